# kernels: x86_64-6.1
# needs: override suspend
# without: none
# with: clean
#
# A suspend, up to the freezer, while nothing is held and in the middle of a hold. Before 6.9 the freezer
# gives up on the opener that waits for its answer. The time for which the service was frozen must not
# count against the hold, nor may its supervisor (10 s) take it for stuck.
suspend() {
	echo freeze >/sys/power/state
}

load_stack
cat >/tmp/hold.conf <<'CONF'
hold_timeout = 3s
close_timeout = 3s
CONF
check sh -c 'echo freezer >/sys/power/pm_test'
echo 12000 >/sys/power/pm_freeze_timeout
start_guard --supervise --config /tmp/hold.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
check suspend

load_start stubborn steady /dev/ttyRPMSG30 --keep
carries 0
(stop_remote 0 && : >/tmp/stopped) &
wait_for '[ "$(guard_phase 0)" = held ]'
! suspend 2>/tmp/refused || fail "the kernel has suspended in a hold: see docs/behaviour.md"
cat /tmp/refused
# The freezer has taken longer than the hold may.
[ "$(guard_phase 0)" = held ] || fail "the hold has not outlived the freezer"
load_stop stubborn
wait_for '[ -e /tmp/stopped ]'
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
check_no_unsafe_overlap 0
check suspend
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
stop_guard
