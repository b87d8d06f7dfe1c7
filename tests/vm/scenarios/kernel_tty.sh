# kernels: x86_64-6.1-kasan
# without: panic|oops|kasan
# with: clean
#
# The kernel's own rpmsg_tty (since 5.15) counts the references to its port, but hangs up without
# waiting: a writer that is inside a send when the channel is removed, here in a kick that takes
# 0.3 s, comes back to freed memory. The guard hangs the tty up first and waits for that writer, at
# every level; it does not wait for the process that keeps its descriptor open, whatever the
# configuration says of those.
load_stack channels=rpmsg-tty@31

# asleep_in_kick NAME: the kick itself is a tail call of this.
asleep_in_kick() {
	local pid

	read -r pid <"$LOADS/$1.pid"
	cat "/proc/$pid/task/"*/stack 2>/dev/null | grep -q rproc_virtio_notify
}

# turn MODE: one start and stop, with a remote that consumes ("live") or one that does not ("hung").
turn() {
	start_remote 0
	set_remote 0 mode live
	set_remote 0 kick_us 0
	wait_for '[ -c /dev/ttyRPMSG0 ]'
	load_start keeper saturate /dev/ttyRPMSG0 --keep
	load_start steady steady /dev/ttyRPMSG0
	wait_for '[ "$(load_stat keeper writes)" -gt 20 ]' 30
	set_remote 0 mode "$1"
	# A full ring would keep the writers from kicking.
	[ "$1" = hung ] || set_remote 0 kick_us 300000
	[ "$1" = hung ] || wait_for 'asleep_in_kick keeper || asleep_in_kick steady' 30
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	[ "$GUARD" = 1 ] || holds_within false 10
	alive "$(cat $LOADS/keeper.pid)" || fail "the program that keeps its descriptor has gone"
	load_stop keeper
	load_stop steady
}

if [ "$GUARD" = 0 ]; then
	turn live
	exit 0
fi

for level in override userspace; do
	# If a descriptor of this tty had to be closed, the stop would be refused.
	printf 'level = %s\nclose_timeout = 100ms\non_open_descriptor = refuse\n' $level >/tmp/$level.conf
	start_guard --config /tmp/$level.conf
	logged "guarding at level $level" || fail "not at level $level"
	turn live
	turn hung
	turn live
	stop_guard
	[ "$(grep -c 'hanging up /dev/ttyRPMSG0' $GUARD_LOG)" = 3 ] || fail "not hung up each time"
	! grep 'is still open in' $GUARD_LOG || fail "a descriptor was waited for"
done
