# kernels: x86_64-7.3-fixed x86_64-6.12-fixed x86_64-5.10-fixed
# needs: patches
# without: none
# with: clean
# timeout: 240
# append: init_on_free=1
#
# The candidate fix of the kernel (packaging/kernel) without the guard, against everything that finds freed
# memory at a stop: writers and openers of a tty, writers, openers, readers and pollers of /dev/rpmsgN, an old
# descriptor of /dev/rpmsg_ctrlN, and a remote that goes on talking, whose interrupts go on while the virtqueues are
# deleted. A reader sleeps in poll() when the stop
# comes, and a registration with epoll outlives it: since 7.0 both stand on the queue of free send buffers.
# Before 5.16 the kernel has no rpmsg_tty and no channel for /dev/rpmsg_ctrlN: a channel is bound to rpmsg_char by
# hand, and the ttys and the driver's own endpoint stay away.
load_stack channels=rpmsg-tty@31,rpmsg-raw@50
set_remote 0 talk_us 500
set_remote 0 late_interrupts 1

# tty: the node of this start. A number that a program still holds is not given away again.
tty() {
	set -- /sys/bus/rpmsg/devices/*.-1.31/tty/*
	echo "/dev/${1##*/}"
}

# raw: the same of /dev/rpmsgN.
raw() {
	set -- /sys/bus/rpmsg/devices/*.-1.50/rpmsg/*
	echo "/dev/${1##*/}"
}

bind_by_hand() {
	local device

	set -- /sys/bus/rpmsg/devices/*.-1.31
	device=${1##*/}
	echo rpmsg_chrdev >"$1/driver_override"
	[ -e "$1/driver" ] || echo "$device" >/sys/bus/rpmsg/drivers/rpmsg_chrdev/bind
}

[ -d /sys/bus/rpmsg/drivers/rpmsg_tty ] && drivers=own || drivers=none

# round COMMAND: a stop with COMMAND at the raw channel.
round() {
	start_remote 0
	if [ $drivers = own ]; then
		wait_for '[ -c "$(tty)" ] && [ -c "$(raw)" ] && [ -c /dev/rpmsg_ctrl0 ]' 30
		load_start tty reopen "$(tty)" --writers 2
		load_start raw "$1" "$(raw)"
	else
		wait_for '[ -e /sys/bus/rpmsg/devices/*.-1.31 ]' 30
		bind_by_hand
		wait_for '[ -c /dev/rpmsg_ctrl0 ]' 30
	fi
	load_start control stale /dev/rpmsg_ctrl0
	load_start writer char --ctrl /dev/rpmsg_ctrl0 --name written --dst 98 --writers 2
	load_start poller poll --ctrl /dev/rpmsg_ctrl0 --name polled --dst 99
	carries 0
	wait_for '[ "$(load_stat poller writes)" -gt 3 ]' 30
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	wait_for '[ "$(load_stat control writes)" -gt 3 ]' 30
	load_stop control
	[ $drivers = none ] || { load_stop tty; load_stop raw; }
	load_stop writer
	load_stop poller
}

for command in read visit read visit; do
	round $command
done
[ $drivers = own ] || exit 0

# Programs that open the tty and read, also behind the hang-up: none sleeps in a tty that is gone.
check load slow_call function=tty_unregister_device
start_remote 0
wait_for '[ -c "$(tty)" ]' 30
node=$(tty)
(while [ ! -e /tmp/enough ]; do cat "$node" >/dev/null 2>&1; done) &
readers=$!
wait_for 'pidof cat'
check stop_remote 0
: >/tmp/enough
# The status is that of the last cat, which found no tty.
end_process $readers 10 || :
check rmmod slow_call
