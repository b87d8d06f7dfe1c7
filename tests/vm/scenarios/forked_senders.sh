# kernels: x86_64-6.1 arm64-5.10
# without: none
# with: clean
# hooks: yes
# timeout: 120
#
# A new process for each send, on a machine with room for 8 records: those of processes that have gone are taken
# back, so every message gets through, no sender goes without a record, and a stop is held as ever.
load_stack
export RPMSG_GUARD_TEST_SENDERS=8
start_guard --verbose
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
before=$(remote_knob 0 consumed)
n=0
while [ $n -lt 100 ]; do
	(echo hello >/dev/ttyRPMSG30) || fail "send $n failed"
	n=$((n + 1))
done
wait_for '[ $(($(remote_knob 0 consumed) - before)) -ge 100 ]' 30
wait_for "logged 'took back [0-9]* records of tasks that have ended'" 30
! /test/bin/rpmsg-guard status | grep 'senders without a record' || fail "a sender had no record"
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
check_no_unsafe_overlap 0
stop_guard
