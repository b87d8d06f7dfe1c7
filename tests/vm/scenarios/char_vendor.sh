# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan|oops
# with: clean
# timeout: 240
#
# Character devices of a vendor's driver: what an open file refers to is freed with the channel, no
# hang-up reaches it, and a blocking read ends by itself never. So the guard keeps the device from being
# opened, says who has it open, and waits until it is closed: a program that never closes it has its
# stop refused, or is killed where the configuration says so.
load_stack channels=vendor-chardev@30,vendor-chardev@31
cat >/tmp/refuse.conf <<'CONF'
close_timeout = 1s
on_open_descriptor = refuse
CONF
cat >/tmp/patient.conf <<'CONF'
close_timeout = 60s
hold_timeout = 60s
CONF
cat >/tmp/kill.conf <<'CONF'
level = userspace
close_timeout = 1s
on_open_descriptor = kill
CONF
start_guard --config /tmp/refuse.conf
start_remote 0
wait_for '[ -c /dev/rpmsg_vendor30 ] && [ -c /dev/rpmsg_vendor31 ]'
load_start writer steady /dev/rpmsg_vendor30
wait_for '[ "$(load_stat writer writes)" -gt 3 ]' 30

if [ "$GUARD" = 0 ]; then
	check stop_remote 0
	holds_within false 60
	load_stop writer
	exit 0
fi

# One that reads without end, and one that comes and goes.
cat /dev/rpmsg_vendor31 &
reader=$!
wait_for 'grep -q vendor_read /proc/$reader/wchan' 30
stop_remote 0 2>/tmp/refused && fail "the stop was not refused"
grep -q "$(refusal)" /tmp/refused || fail "refused with: $(cat /tmp/refused)"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
logged "/dev/rpmsg_vendor30 is open in rpmsg-load (pid [0-9]*)" || fail "the writer is not named"
logged "/dev/rpmsg_vendor31 is open in cat (pid $reader)" || fail "the reader is not named"
logged 'stop refused: .*/dev/rpmsg_vendor3[01] is still open in' || fail "the refusal names nobody"
file=$EPISODES/$(newest_episode)
has '"event":"still_open"' '"comm":"rpmsg-load"' '"device":"/dev/rpmsg_vendor30"'
has '"event":"still_open"' "\"pid\":$reader,.*\"comm\":\"cat\"" '"device":"/dev/rpmsg_vendor31"'
wait_for '[ -c /dev/rpmsg_vendor30 ] && [ -c /dev/rpmsg_vendor31 ]'
load_stop writer
load_start writer steady /dev/rpmsg_vendor30
carries 0

# They close while the stop waits. Whoever comes and goes is kept out.
stop_guard
start_guard --config /tmp/patient.conf
load_start visitor visit /dev/rpmsg_vendor30 --writers 2
(stop_remote 0 && : >/tmp/stopped) &
wait_for 'grep -q "the stop waits until it is closed" $GUARD_LOG' 60
[ ! -e /tmp/stopped ] || fail "stopped with the device open"
load_stop writer
kill $reader
wait_for '[ -e /tmp/stopped ]' 60
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
check_no_unsafe_overlap 0
round=0
while [ $round -lt 5 ]; do
	start_remote 0
	carries 0
	check stop_remote 0
	round=$((round + 1))
done

# Level userspace: the program goes, and the stop is carried out.
stop_guard
start_guard --config /tmp/kill.conf
start_remote 0
wait_for '[ -c /dev/rpmsg_vendor31 ]'
cat /dev/rpmsg_vendor31 &
reader=$!
wait_for 'grep -q vendor_read /proc/$reader/wchan' 30
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged "SIGTERM sent to cat (pid $reader): it keeps /dev/rpmsg_vendor31 open" || fail "nobody was killed"
load_stop visitor
stop_guard
