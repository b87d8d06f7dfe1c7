# kernels: all
# without: none
# with: clean
# timeout: 300
#
# What is kept of a stop under load: the file says what led to it, each step and what the kernel did, in
# the order in which it happened. There are no more files than are allowed, one of a service that was
# killed has no end, and a directory that cannot be written costs a warning and no stop.
stop_under_load() {
	load_start fast saturate /dev/ttyRPMSG30
	load_start slow steady /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 50 ] && [ "$(load_stat slow writes)" -gt 3 ]' 30
	check stop_remote 0
	load_stop fast
	load_stop slow
}

load_stack
printf 'episodes_max = 3\n' >/tmp/few.conf
start_guard --verbose --config /tmp/few.conf
level=$(cat $GUARD_READY)
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
stop_under_load
episodes_on_disk 1
file=$EPISODES/$(newest_episode)
sed -n '/"record":"send"/!p' "$file"
grep -m 2 '"record":"send"' "$file"

head -n 1 "$file" | grep -q '"record":"episode","version":1,' || fail "it does not begin with its head"
has '"record":"episode"' '"rproc":"remoteproc0"' '"device":"sim-rproc.0"' '"action":"stop"' \
	"\"level\":\"$level\"" "\"kernel\":\"$(uname -r)\"" '"caller":{"pid":'
tail -n 1 "$file" | grep -q '"record":"end".*"result":"stopped"' || fail "it does not end with its result"
has '"event":"requested"'
has '"event":"hung_up"' '"device":"/dev/ttyRPMSG30"'
has '"event":"released"'
in_order requested held kept_out hung_up closed mended released
has '"event":"still_open"' '"comm":"rpmsg-load"' '"device":"/dev/ttyRPMSG30"'
has '"event":"now_closed"' '"comm":"rpmsg-load"' '"device":"/dev/ttyRPMSG30"'
in_order kept_out still_open now_closed closed
if [ "$level" != userspace ]; then
	for event in gate_closed drained virtqueue_deleted resources_freed endpoint_destroyed; do
		has "\"event\":\"$event\""
	done
	in_order held gate_closed drained released shutdown endpoint_destroyed virtqueue_deleted \
		resources_freed
	has '"event":"virtqueue_deleted"' '"senders":0'
	has '"record":"send"' '"function":"rpmsg_send"' '"result":"returned"' '"comm":"rpmsg-load"'
	[ "$(time_of start_ns returned)" -lt "$(time_of t_ns gate_closed)" ] ||
		fail "no send is from before the stop"
	check_no_unsafe_overlap 0
fi
[ "$level" != override ] || has '"record":"send"' '"result":"refused"' '"value":-108'

# Four more: three are kept, the newest ones.
round=0
while [ $round -lt 4 ]; do
	first=$(ls $EPISODES | sort -t- -k1,1 -k3,3n | head -n 1)
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	check stop_remote 0
	round=$((round + 1))
	episodes_on_disk $((round + 1))
done
[ "$(ls $EPISODES | wc -l)" = 3 ] || fail "there are $(ls $EPISODES | wc -l) episodes"
[ ! -e "$EPISODES/$first" ] || fail "the oldest one is still there"
/test/bin/rpmsg-guard status | grep -q "$(newest_episode)" || fail "status does not know of the newest"

# Killed in the middle, held up by one that keeps the hung-up tty open.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 3 ]' 30
(: >$REMOTES/remoteproc0/state; echo done >/tmp/opener) &
wait_for 'grep -q "\"event\":\"hung_up\"" $EPISODES/$(newest_episode)'
kill -KILL $guard_pid
wait_for '[ -e /tmp/opener ]'
file=$EPISODES/$(newest_episode)
has '"event":"held"'
! grep -q '"record":"end"' "$file" || fail "it has an end"
load_stop stubborn
wait $guard_pid

mount -t tmpfs -o ro none $EPISODES || fail "no file system to be read-only"
start_guard --config /tmp/few.conf
stop_under_load
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged 'episodes cannot be written: .*Read-only file system' || fail "nothing is said of the disk"
start_remote 0
check stop_remote 0
[ "$(grep -c 'episodes cannot be written' $GUARD_LOG)" = 1 ] || fail "it is said again"
stop_guard
umount $EPISODES

# The one that was cut off is still there, and known for what it is.
start_guard --config /tmp/few.conf
/test/bin/rpmsg-guard status | grep -q "cut off, $file" || fail "status does not say cut off"
stop_guard
