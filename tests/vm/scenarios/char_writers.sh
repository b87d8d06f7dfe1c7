# kernels: x86_64-6.1-kasan
# needs: override
# since: 5.15 the virtio transport has /dev/rpmsg_ctrl0
# without: exit:9
# with: clean
# timeout: 200
#
# Writers on an rpmsg character device, one of them asleep on the full ring of a hung remote, the
# others behind it. No hang-up reaches them. rpmsg_char has a lock that makes the teardown wait for
# them, so that the kernel survives; but without the guard each of them in turn gets inside while
# the stop is under way and sleeps out its own transmit timeout of 15 s, device already reset. With
# the guard the one that sleeps is drained before the stop, and the others are refused.
load_stack channels=vendor-tty@30
start_guard
start_remote 0
wait_for '[ -c /dev/rpmsg_ctrl0 ]'
load_start chars char --ctrl /dev/rpmsg_ctrl0 --name probe --dst 77 --writers 4
wait_for '[ "$(remote_knob 0 consumed)" -gt 50 ]' 30
set_remote 0 mode hung
wait_for 'asleep_in_send chars' 30

if [ "$GUARD" = 0 ]; then
	stop_remote 0 &
	stopper=$!
	# Two transmit timeouts and more: senders that came in after the first had left.
	holds_within "! alive $stopper" 29 || exit 9
	exit 0
fi
begin=$(now)
check stop_remote 0
took=$(($(now) - begin))
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
echo "stopped after $took hundredths of a second"
logged 'drained: no sender inside' || fail "nobody was waited for"
logged 'virtqueue deleted, 0 senders inside' || fail "senders were inside"
[ "$(guard_status 0 refused)" -gt 0 ] || fail "no send was refused"
check_no_unsafe_overlap 0
load_stop chars
stop_guard
