# kernels: x86_64-6.1-kasan
# without: panic|kasan
# with: clean
#
# Nobody sends, but the remote goes on talking while its channel is removed: the driver's receive
# callback runs while its remove function frees the port. Behind a stop and behind a recovery messages
# come through again, the announcement of the channel first.
load_stack
set_remote 0 talk_us 200
start_guard

hear() {
	wait_for '[ -c /dev/ttyRPMSG30 ]' 30
	head -c 1000 /dev/ttyRPMSG30 >/tmp/heard &
	end_process $! 30
}

start_remote 0
# The moment is short: without the guard about one stop in twenty meets it.
rounds=8
[ "$GUARD" = 1 ] || rounds=60
round=0
while [ $round -lt $rounds ]; do
	hear
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	start_remote 0
	round=$((round + 1))
done
[ "$GUARD" = 1 ] || exit 0
# A callback that ran at the cut ends in this line; none may have begun behind it.
late=$(dmesg | grep -c 'failed to add a virtqueue buffer')
echo "$late callbacks ran at the begin of $rounds teardowns"
[ "$late" -le $rounds ] || fail "$late callbacks in $rounds teardowns"
grep -q measured /tmp/heard || fail "the remote says something else"

hear
set_remote 0 crash 1
wait_for 'grep -q "recovered" $GUARD_LOG' 30
hear
check stop_remote 0
stop_guard
