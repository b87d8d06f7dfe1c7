# kernels: x86_64-6.1 x86_64-6.1-kasan
# without: clean|warning|panic|oops|kasan
# with: clean
#
# The kernel's own rpmsg_tty hangs up and counts its references by itself. The guard neither hangs it
# up, nor waits for the process that keeps it open, nor takes its node away; at level override it
# refuses and drains its senders like all others. Without the guard it is clean mostly, but not a
# control to rely on: in one of four runs kfree() warned of a bad pointer in vring_del_virtqueue().
# Its hang-up on remove is asynchronous, so a writer may still have been inside rpmsg_trysendto().
load_stack channels=rpmsg-tty@31
start_guard
round=0
while [ $round -lt 6 ]; do
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG0 ]'
	load_start keeper saturate /dev/ttyRPMSG0 --keep
	load_start steady steady /dev/ttyRPMSG0
	wait_for '[ "$(load_stat keeper writes)" -gt 20 ]' 30
	[ $((round % 2)) = 0 ] || set_remote 0 mode hung
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	load_stop keeper
	load_stop steady
	set_remote 0 mode live
	round=$((round + 1))
done
[ "$GUARD" = 1 ] || exit 0
grep 'hanging up' $GUARD_LOG && fail "a tty that needs no help was hung up"
stop_guard
