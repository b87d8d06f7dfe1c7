# kernels: x86_64-6.1-kasan x86_64-6.12-rt/with arm-6.12/with
# needs: override
# without: panic|kasan
# with: clean
#
# The platform driver delivers the interrupts of virtqueues from a workqueue, and nothing waits for it before the
# virtqueues are deleted: so does imx_rproc. Interrupts for messages go on while the virtqueues are
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

# delay MS: the delivery that is under way now is kept off its CPU.
delay() {
	set_remote 0 interrupt_ms "$1"
	wait_for '[ "$(remote_knob 0 interrupt_ms)" = 0 ]' 30
}

# A delivery that waits for its CPU is waited for, and the stop is not refused.
talk
delay 700
stop
! grep -q refused $GUARD_LOG || fail "a stop was refused"

# A delivery that does not end: the stop is refused, and the remote processor goes on as it was.
stop_guard
echo 'hold_timeout = 2 s' >/tmp/short.conf
start_guard --config /tmp/short.conf
talk
delay 8000
! stop_remote 0 || fail "a stop with a delivery inside"
grep -q 'stop refused: .*kworker.* is still inside the driver that gets the messages of remoteproc0' $GUARD_LOG ||
	fail "the reason is not named"
before=$(dmesg | grep -c 'msg received with no recipient')
wait_for "[ \$(dmesg | grep -c 'msg received with no recipient') -gt $before ]" 30
stop
stop_guard
