# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan|timeout
# with: clean
# timeout: 180
#
# A sender inside the kernel that goes on sending on the endpoint of a channel that was removed.
# Level override refuses it once the stop is requested, and keeps it away from the freed endpoint
# afterwards; after the next start its messages arrive again. (Without the guard it mostly faults;
# once in a while it spins for ever on a lock in freed memory, and the VM times out.)
load_stack channels=kernel-sender@50
check load inkernel_sender unsafe_remove=1 period_us=500
start_guard
start_remote 0
wait_for '[ "$(remote_knob 0 consumed)" -gt 50 ]' 30
sender=/sys/module/inkernel_sender/parameters

round=0
while [ $round -lt 3 ]; do
	check stop_remote 0
	if [ "$GUARD" = 0 ]; then
		holds_within false 60
		exit 0
	fi
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	wait_for '[ "$(guard_status 0 dropped)" -gt 20 ]' 30
	[ "$(cat $sender/refused)" -gt 0 ] || [ "$(guard_status 0 refused)" -gt 0 ] ||
		fail "no send was refused while the stop was held"
	start_remote 0
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
	round=$((round + 1))
done
check_no_unsafe_overlap 0
check stop_remote 0
# The sender ends with its module, and the guard is the last to go.
check rmmod inkernel_sender
stop_guard
