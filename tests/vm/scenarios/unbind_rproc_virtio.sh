# kernels: x86_64-6.12-rt
# needs: base
# since: 6.2 rproc-virtio is a driver that can be unbound
# without: panic|kasan|oops
# with: clean
#
# rproc-virtio (since 6.2) is unbound from the device between the remote processor and its virtio device.
# The kernel frees the vrings and leaves the virtio device, its virtqueues and its channels: whoever sends
# afterwards uses freed memory, and the next stop does not delete the virtqueues either. No hold can help, so
# it is refused as long as the remote processor is up.
load_stack
driver=/sys/bus/platform/drivers/rproc-virtio
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 50 ]' 30
device=$(basename $driver/rproc-virtio.*)

(echo $device >$driver/unbind) 2>/tmp/refused && refused=no || refused=yes
if [ "$GUARD" = 0 ]; then
	holds_within false 60
	exit 0
fi
[ $refused = yes ] || fail "the unbind was not refused"
grep -q "$(refusal)" /tmp/refused || fail "refused with: $(cat /tmp/refused)"
logged 'unbind through .*/rproc-virtio/unbind refused: remoteproc0: the kernel would free its vrings' ||
	fail "no reason given"
# It goes on as before, with the same programs.
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
carries 0
[ "$(load_stat fast eio)" = 0 ] || fail "the tty was hung up"
check stop_remote 0
load_stop fast
# Down, there is nothing to unbind; up again, it carries messages.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start again saturate /dev/ttyRPMSG30
carries 0
check stop_remote 0
load_stop again
check_no_unsafe_overlap 0
stop_guard
