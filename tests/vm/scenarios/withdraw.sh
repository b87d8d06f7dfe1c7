# kernels: x86_64-6.1-kasan
# without: panic|kasan
# with: clean
# timeout: 180
#
# A channel goes while the remote processor stays up, and a sender inside the kernel goes on sending
# on its endpoint: once withdrawn by the remote, once taken from its driver through sysfs. The ledger
# knows the endpoint as dead from then on; a channel of the same name that comes again works.
load_stack channels=kernel-sender@50,vendor-tty@30
check load inkernel_sender unsafe_remove=1 period_us=500
start_guard
start_remote 0
drivers=/sys/bus/rpmsg/drivers

consumes() {
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
}

channel_device() {
	ls $drivers/$1 2>/dev/null | grep "^virtio.*kernel-sender"
}

# dropped_more THAN
dropped_more() {
	[ "$(guard_status 0 dropped)" -gt "$1" ]
}

wait_for '[ -n "$(ls /sys/bus/rpmsg/devices | grep kernel-sender)" ]'
consumes
driver=$(basename "$(readlink /sys/bus/rpmsg/devices/*kernel-sender*/driver)")
set_remote 0 withdraw kernel-sender
if [ "$GUARD" = 0 ]; then
	holds_within false 30
	exit 0
fi
wait_for '[ -z "$(channel_device "$driver")" ]'
wait_for 'dropped_more 20' 30
set_remote 0 announce kernel-sender@50
wait_for '[ -n "$(channel_device "$driver")" ]'
consumes

dropped=$(guard_status 0 dropped)
channel_device "$driver" >$drivers/$driver/unbind || fail "the channel's driver cannot be unbound"
wait_for "dropped_more $((dropped + 20))" 30
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"

# The rest of the remote processor is as it was.
load_start fast saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 20 ]' 30
check stop_remote 0
load_stop fast
check_no_unsafe_overlap 0
check rmmod inkernel_sender
stop_guard
