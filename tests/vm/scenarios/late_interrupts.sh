# kernels: x86_64-6.1-kasan x86_64-6.12-rt/with arm-6.12/with
# needs: override
# without: panic|kasan
# with: clean
#
# The platform driver delivers the interrupts of virtqueues from a workqueue, and nothing waits for it before the
# virtqueues are deleted: so do imx_rproc and stm32_rproc. Interrupts for messages go on while the virtqueues are
# deleted. The messages go to an endpoint that a program has closed: no other driver is concerned.
load_stack
set_remote 0 talk_us 500
set_remote 0 late_interrupts 1
start_guard

# A remote processor that talks to nobody.
talk() {
	start_remote 0
	wait_for '[ -c /dev/rpmsg_ctrl0 ]' 30
	load_start sender char --ctrl /dev/rpmsg_ctrl0 --name closed --dst 98 --writers 1
	wait_for '[ "$(load_stat sender writes)" -gt 3 ]' 30
	load_stop sender
	wait_for 'dmesg | grep -q "msg received with no recipient"' 30
}

stop() {
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
}

round=0
while [ $round -lt 8 ]; do
	talk
	stop
	round=$((round + 1))
done
[ "$GUARD" = 1 ] || exit 0

# A delivery that waits for its CPU is waited for, and not refused.
talk
set_remote 0 interrupt_ms 700
wait_for '[ "$(remote_knob 0 delivering)" = 1 ]' 30
stop
! grep -q refused $GUARD_LOG || fail "a stop was refused"

# A delivery that does not end: the stop is refused, and the remote processor goes on as it was.
set_remote 0 interrupt_ms 0
cat >/tmp/short.conf <<'C'
hold_timeout = 2 s
C
stop_guard
start_guard --config /tmp/short.conf
talk
set_remote 0 interrupt_ms 8000
wait_for '[ "$(remote_knob 0 delivering)" = 1 ]' 30
! stop_remote 0 || fail "a stop with a delivery inside"
grep -q 'stop refused: .*kworker.* is still inside the driver that gets the messages of remoteproc0' $GUARD_LOG ||
	fail "the reason is not named"
set_remote 0 interrupt_ms 0
wait_for '[ "$(remote_knob 0 delivering)" = 0 ]' 30
load_start sender char --ctrl /dev/rpmsg_ctrl0 --name again --dst 98 --writers 1
wait_for '[ "$(load_stat sender writes)" -gt 3 ]' 30
load_stop sender
stop
stop_guard
