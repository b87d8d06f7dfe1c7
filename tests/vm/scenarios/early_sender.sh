# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan
# with: clean
# timeout: 240
#
# A sender sleeps on the full ring of a hung remote processor when the guard is started, so its entry
# is on no record: one inside the kernel, and one on an rpmsg character device. A stop that comes at
# once is held until the sender is out.
load_stack channels=kernel-sender@50
check load inkernel_sender unsafe_remove=1 period_us=500
echo 'hold_timeout = 120s' >/tmp/guard.conf

kernel_sender_sleeps() {
	local process

	for process in $(pidof kernel-sender); do
		grep -q rpmsg_send "/proc/$process/wchan" && return
	done
	return 1
}

# start_before_the_end SLEEPS: starts the guard while a sender sleeps, and is done before it wakes up.
start_before_the_end() {
	local tries=0 before

	while [ $tries -lt 3 ]; do
		# Right after the end of its sleep before: the whole transmit timeout of 15 s is left.
		before=$(timeouts)
		wait_for "[ \$(timeouts) -gt $before ] && $1" 60
		begun=$(timeouts)
		start_guard --config /tmp/guard.conf
		[ "$(timeouts)" != $begun ] || return 0
		stop_guard
		tries=$((tries + 1))
	done
	fail "the guard takes as long to start as a transmit timeout"
}

stop_after_the_sender() {
	: >/tmp/stopped
	(
		stop_remote 0
		echo $? >/tmp/stopped
	) &
	if [ "$GUARD" = 0 ]; then
		holds_within false 60
		exit 0
	fi
	wait_for 'grep -q "released: the stop may go on" $GUARD_LOG' 60
	out=$(timeouts)
	# One that is still inside wakes up: that is for the kernel to see.
	wait_for '[ "$(timeouts)" -gt $begun ]' 60
	[ "$out" -gt $begun ] || fail "the stop was let go with a sender inside"
	wait_for '[ "$(cat /tmp/stopped)" = 0 ]' 60
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	check_no_unsafe_overlap 0
}

start_remote 0
carries 0
set_remote 0 mode hung
start_before_the_end kernel_sender_sleeps
stop_after_the_sender
# It goes on sending on its dead endpoint, and another one on that of the next channel.
wait_for '[ "$(guard_status 0 dropped)" -gt 20 ]' 30
set_remote 0 mode live
start_remote 0
carries 0
check stop_remote 0
check_no_unsafe_overlap 0
# The senders end with their module, and the guard is the last to go.
check rmmod inkernel_sender
stop_guard

start_remote 0
# 5.10 has no control device on virtio.
if holds_within '[ -c /dev/rpmsg_ctrl0 ]' 5; then
	load_start chars char --ctrl /dev/rpmsg_ctrl0 --name probe --dst 77
	carries 0
	set_remote 0 mode hung
	start_before_the_end 'asleep_in_send chars'
	stop_after_the_sender
	load_stop chars
	stop_guard
fi
