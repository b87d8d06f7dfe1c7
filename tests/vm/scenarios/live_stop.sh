# kernels: all x86_64-6.12-rt/with arm-6.12 arm-6.1/with
# without: panic|kasan
# with: clean
#
# The field report: a live remote, one writer that saturates the vendor's tty and one that writes
# short messages at 20 Hz, then "echo stop".
load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
load_start slow steady /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 50 ] && [ "$(load_stat slow writes)" -gt 3 ]' 30
wait_for '[ "$(remote_knob 0 consumed)" -gt 50 ]'

check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
if [ "$GUARD" = 0 ]; then
	# A sender that was asleep in rpmsg_send wakes up on freed memory 15 s later at the latest.
	holds_within false 60
	exit 0
fi
load_stop fast
load_stop slow
check_no_unsafe_overlap 0
stop_guard
