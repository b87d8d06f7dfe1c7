# kernels: x86_64-6.1 arm64-5.10
# without: none
# with: clean
# timeout: 300
#
# What is kept of the ways down that are no plain stop: one through an old descriptor, one that is
# refused, a hung remote whose sender is ejected, a crash, a shutdown from inside the kernel, and one
# while the service only observes.
load_stack channels=vendor-tty@30,kernel-sender@50
printf 'close_timeout = 500ms\n' >/tmp/guard.conf
exec 8>$REMOTES/remoteproc0/state
start_guard --verbose --config /tmp/guard.conf
episodes=0

# next_episode ACTION RESULT: the next one is complete, and about that.
next_episode() {
	episodes=$((episodes + 1))
	episodes_on_disk $episodes
	file=$EPISODES/$(newest_episode)
	sed -n '/"record":"send"/!p' "$file"
	has '"record":"episode"' "\"action\":\"$1\""
	tail -n 1 "$file" | grep -q "\"record\":\"end\".*\"result\":\"$2\"" || fail "its end is not '$2'"
	tail -n 1 "$file" | grep -q '"unsafe_overlaps":0,"complete":true' || fail "it is not complete"
}

start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
echo stop >&8 || fail "the old descriptor did not stop it"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
next_episode stop stopped
has '"event":"parked"' '"origin":"state_store'
in_order parked held gate_closed released virtqueue_deleted

start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start keeper saturate /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
! stop_remote 0 2>/dev/null || fail "it was stopped under an open descriptor"
next_episode stop refused
has '"record":"end"' '"reason":"after [0-9.]* s /dev/ttyRPMSG30 is still open in rpmsg-load'
in_order held gate_closed hung_up gate_opened
! grep -q '"event":"virtqueue_deleted"' "$file" || fail "something was torn down"
load_stop keeper

wait_for '[ -c /dev/ttyRPMSG30 ]'
set_remote 0 mode hung
load_start sleeper saturate /dev/ttyRPMSG30
wait_for 'asleep_in_send sleeper' 30
check stop_remote 0
load_stop sleeper
set_remote 0 mode live
next_episode stop stopped
has '"record":"end"' '"ejected":1'
has '"event":"ejected"' '"senders":1'
# Seen inside when the gate closed, and again once it was out.
has '"record":"send"' '"result":"unknown"' '"comm":"rpmsg-load"'
has '"record":"send"' '"result":"ejected"' "\"start_ns\":$(time_of start_ns unknown),\"end_ns\""

start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
set_remote 0 crash 1
next_episode recovery recovered
has '"event":"crash"'
in_order crash held virtqueue_deleted virtqueue_created

# From here on with a sender inside the kernel, which nobody can hang up.
check load inkernel_sender period_us=500
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
echo sim-rproc.0 >/sys/module/inkernel_sender/parameters/shutdown || fail "the kernel did not shut it down"
next_episode shutdown stopped
has '"record":"episode"' '"caller":{"pid":'
has '"event":"shutdown"' '"origin":"'
in_order shutdown gate_closed virtqueue_deleted resources_freed
has '"record":"send"' '"function":"rpmsg_send"' '"comm":"kernel-sender"' '"result":"returned"'
# It has one message under way at a time, and may be between two of them.
! grep -q '"event":"send_refused"' "$file" || has '"record":"end"' '"refused":[1-9]'
check rmmod inkernel_sender
stop_guard

start_guard --verbose --observe
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
check stop_remote 0
episodes=0
next_episode shutdown stopped
has '"record":"episode"' '"level":"observe"'
stop_guard
