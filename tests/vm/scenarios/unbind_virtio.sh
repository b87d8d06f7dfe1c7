# kernels: x86_64-6.1-kasan arm64-5.10-shipped
# without: panic|kasan
# with: clean
# timeout: 180
#
# virtio_rpmsg_bus is unbound from the virtio device under load: the remote processor runs on while
# its virtqueues and channels are deleted. Bound again, messages flow, and a stop is held as ever.
load_stack
driver=/sys/bus/virtio/drivers/virtio_rpmsg_bus
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
load_start slow steady /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 50 ] && [ "$(load_stat slow writes)" -gt 3 ]' 30
device=$(basename $driver/virtio*)

check sh -c "echo $device >$driver/unbind"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
if [ "$GUARD" = 0 ]; then
	holds_within false 60
	exit 0
fi
grep -q 'unbind requested by sh.* through .*/virtio_rpmsg_bus/unbind: held' $GUARD_LOG ||
	fail "the log does not name the path"
wait_for 'grep -q "unbound: remoteproc0 is running, its channels are gone" $GUARD_LOG'
[ ! -e /dev/ttyRPMSG30 ] || fail "the tty is still there"
load_stop fast
load_stop slow
check_no_unsafe_overlap 0

echo $device >$driver/bind || fail "it cannot be bound again"
wait_for '[ -c /dev/ttyRPMSG30 ]'
carried=$(remote_knob 0 consumed)
load_start again saturate /dev/ttyRPMSG30
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30

# Refused by a process that keeps its descriptor: everything is as before.
load_stop again
load_start keeper steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
(echo $device >$driver/unbind) 2>/tmp/refused && fail "the unbind was not refused"
grep -q "$(refusal)" /tmp/refused || fail "refused with: $(cat /tmp/refused)"
grep -q 'unbind through .* refused: remoteproc0: .*rpmsg-load' $GUARD_LOG || fail "no reason given"
load_stop keeper
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start again saturate /dev/ttyRPMSG30
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30

# Stopped while the driver is unbound, and started again.
check sh -c "echo $device >$driver/unbind"
check stop_remote 0
load_stop again
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start again saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat again writes)" -gt 20 ]' 30
check stop_remote 0
load_stop again
stop_guard
