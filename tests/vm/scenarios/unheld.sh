# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan|timeout|oops|exit:7
# with: clean
# timeout: 180
#
# Ways down that nobody can hold, because the caller is the kernel itself: the driver's module is
# removed. The gate closes at the entry of rproc_shutdown, senders that run are waited for and later
# ones refused; after it the sender's endpoint is dead. Then the driver comes again.
load_stack channels=kernel-sender@50
check load inkernel_sender unsafe_remove=1 period_us=200
start_guard

round=0
while [ $round -lt 3 ]; do
	start_remote 0
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
	check rmmod sim_rproc
	if [ "$GUARD" = 0 ]; then
		holds_within false 30
		# It sometimes lives on in freed memory that nobody has taken yet.
		exit 7
	fi
	wait_for '[ "$(grep -c "rproc_shutdown entered from .*not announced" $GUARD_LOG)" -gt $round ]'
	check load sim_rproc channels=kernel-sender@50
	wait_for '[ -e $REMOTES/remoteproc0/state ]'
	round=$((round + 1))
	wait_for '[ "$(grep -c "is guarded" $GUARD_LOG)" = $((round + 1)) ]'
done
grep -q 'gate closed at rproc_shutdown' $GUARD_LOG || fail "the gate did not close"
if grep -q 'UNSAFE' $GUARD_LOG; then
	fail "a sender was inside"
fi
check_no_unsafe_overlap 0
check rmmod inkernel_sender
stop_guard
