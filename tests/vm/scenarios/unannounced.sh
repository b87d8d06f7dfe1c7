# kernels: x86_64-6.1 arm64-5.10
# without: none
# with: clean
# timeout: 180
#
# A rproc_shutdown() that no open announced, from inside the kernel: the gate closes at its entry,
# senders are refused, and the log says who called. One that bails out opens the gate again.
load_stack channels=kernel-sender@50,vendor-tty@30
check load inkernel_sender period_us=500
start_guard
sender=/sys/module/inkernel_sender/parameters

round=0
while [ $round -lt 5 ]; do
	start_remote 0
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
	echo sim-rproc.0 >$sender/shutdown || fail "the kernel did not shut it down"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	round=$((round + 1))
done
wait_for '[ "$(grep -c "rproc_shutdown entered from .*, unheld" $GUARD_LOG)" = 5 ]'
# Its function, or the one it returns to when the compiler made its call a jump.
logged 'rproc_shutdown entered from [a-z_.]*+0x[0-9a-f]*' || fail "the caller is not named"
logged 'gate closed at rproc_shutdown' || fail "the gate did not close"
check_no_unsafe_overlap 0

# An entry that does nothing: on 6.1 a second user of the remote processor keeps it powered.
start_remote 0
if echo start >$REMOTES/remoteproc0/state 2>/dev/null; then
	wait_for '[ "$(guard_phase 0)" = idle ]'
	echo sim-rproc.0 >$sender/shutdown
	[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
	wait_for 'grep -q "did nothing; gate open again" $GUARD_LOG'
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
fi
check stop_remote 0
check rmmod inkernel_sender
stop_guard
