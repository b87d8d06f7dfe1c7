# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan|timeout|oops|exit:7
# with: clean
# timeout: 180
#
# A way down that nobody can hold, because the caller is the kernel itself: a driver calls rproc_shutdown().
# The gate closes at its entry, senders that run are waited for and later ones refused; after it the
# sender's endpoint is dead, and the sender goes on with it. Then the remote processor is started again.
load_stack channels=kernel-sender@50
check load inkernel_sender unsafe_remove=1 period_us=200
start_guard

round=0
while [ $round -lt 3 ]; do
	start_remote 0
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
	echo sim-rproc.0 >/sys/module/inkernel_sender/parameters/shutdown ||
		fail "the kernel did not shut it down"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	if [ "$GUARD" = 0 ]; then
		holds_within false 30
		# It sometimes lives on in freed memory that nobody has taken yet.
		exit 7
	fi
	round=$((round + 1))
	wait_for '[ "$(grep -c "rproc_shutdown entered from .*, unheld" $GUARD_LOG)" = $round ]'
done
grep -q 'gate closed at rproc_shutdown' $GUARD_LOG || fail "the gate did not close"
if grep -q 'UNSAFE' $GUARD_LOG; then
	fail "a sender was inside"
fi
check_no_unsafe_overlap 0
check rmmod inkernel_sender
stop_guard
