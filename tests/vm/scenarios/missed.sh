# kernels: x86_64-6.1
# since: 5.15 the virtio transport has /dev/rpmsg_ctrl0
# without: none
# with: clean
# timeout: 180
# hooks: yes
#
# Events that are lost because nobody takes them out of the ring buffer in time: the loss is counted
# and shown, and the gate, the ledger and the hold do without them. And ends of the creation of an
# endpoint that nobody sees: messages on such an endpoint arrive.
load_stack channels=vendor-tty@30,kernel-sender@50
check load inkernel_sender period_us=500
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 20 ]' 30

# An endpoint device that nobody has open: opening it makes an endpoint, closing it takes that away.
load_start maker char --ctrl /dev/rpmsg_ctrl0 --name probe --dst 77
wait_for '[ "$(load_stat maker writes)" -gt 0 ]' 30
load_stop maker
device=$(echo /dev/rpmsg[0-9]*)
[ -c "$device" ] || fail "there is no endpoint device, only $device"

# The remote does one thing after the other.
tell() {
	until echo "$2" >"$REMOTES/remoteproc0/device/$1"; do
		sleep 0.01
	done 2>/dev/null
}

kill -STOP "$guard_pid"
round=0
while [ $round -lt 150 ]; do
	tell withdraw kernel-sender
	tell announce kernel-sender@50
	round=$((round + 1))
done
# Each is two events of some 100 bytes; the ring buffer has 256 KiB.
round=0
while [ $round -lt 3000 ]; do
	: <>"$device"
	round=$((round + 1))
done
kill -CONT "$guard_pid"
wait_for '/test/bin/rpmsg-guard status | grep -q "events lost, the timeline is incomplete"' 30
lost=$(/test/bin/rpmsg-guard status --json | tr -d ' \n' | sed -n 's/.*"lost":{"events":\([0-9]*\).*/\1/p')
[ "$lost" -gt 0 ] || fail "$lost events lost"
echo "$lost events were lost"

check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop fast
check_no_unsafe_overlap 0
start_remote 0
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
check stop_remote 0
check rmmod inkernel_sender
stop_guard

export RPMSG_GUARD_TEST_MISSES=virtio_rpmsg_create_ept
start_guard --verbose
logged 'every endpoint is known' || fail "the world is not closed"
carried=$(remote_knob 0 consumed)
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start unseen saturate /dev/ttyRPMSG30
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
logged 'the guard missed the creation of an endpoint' || fail "nothing is said of it"
check stop_remote 0
load_stop unseen
check_no_unsafe_overlap 0
stop_guard
