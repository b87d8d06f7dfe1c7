# kernels: x86_64-6.1
# without: none
# with: clean
# hooks: yes
# timeout: 180
#
# Events that are lost because nobody takes them out of the ring buffer in time: the loss is counted
# and shown, and the gate, the ledger and the hold do without them.
load_stack channels=vendor-tty@30,kernel-sender@50
check load inkernel_sender period_us=500
export RPMSG_GUARD_TEST_EVENTS=65536
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 20 ]' 30

# The remote does one thing after the other.
tell() {
	until echo "$2" >"$REMOTES/remoteproc0/device/$1"; do
		sleep 0.01
	done 2>/dev/null
}

kill -STOP "$guard_pid"
round=0
while [ $round -lt 450 ]; do
	tell withdraw kernel-sender
	tell announce kernel-sender@50
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
