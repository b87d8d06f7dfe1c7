# kernels: arm64-5.10-shipped x86_64-6.1
# without: none
# with: clean
# timeout: 180
#
# The probe of a channel's driver takes longer than any send: up to 5.10 the teardown misses that channel, which
# would stay above freed memory, so the stop is refused by name. Later the teardown itself waits for it, and the stop
# goes on. (Nothing can fail in the kernel.)
load_stack
echo 'hold_timeout = 25s' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
probe=/sys/module/vendor_tty/parameters/probe_ms
echo 60000 >$probe
start_remote 0
wait_for '[ -n "$(ls -d /sys/bus/rpmsg/drivers/vendor_tty/virtio* 2>/dev/null)" ]'
if [ -e /sys/bus/rpmsg/drivers/rpmsg_ns ]; then
	stop_remote 0 &
	wait_for 'grep -q "the probe of its driver takes too long" $GUARD_LOG' 60
	wait_for 'grep -q "released: the stop may go on" $GUARD_LOG' 60
	echo 0 >$probe
	wait $! || fail "the stop failed"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	exit 0
fi
! stop_remote 0 2>/dev/null || fail "stopped while a probe was running that the teardown misses"
logged 'stop refused: .*the probe of channel .* still runs' || fail "the log: $(cat $GUARD_LOG)"
echo 0 >$probe
wait_for '[ -c /dev/ttyRPMSG30 ]'
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
stop_guard
