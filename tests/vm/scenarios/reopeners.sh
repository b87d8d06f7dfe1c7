# kernels: arm64-5.10 arm64-5.10-shipped
# without: panic|kasan|exit:1
# with: clean
# timeout: 240
#
# Three writers that close on EIO and open again at once, as pyserial programs do; 20 rounds of stop
# and start, half of them by "echo" and half by "rpmsg-guard restart". The tty is back and carries
# messages every time. (The judge sees such writers in a quarter of "cycles".) Without the guard the
# kernel now and then survives a stop, and the tty is dead after it: status 1.
load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writers reopen /dev/ttyRPMSG30 --writers 3

round=0
while [ $round -lt 20 ]; do
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
	if [ $((round % 2)) = 0 ] || [ "$GUARD" = 0 ]; then
		check stop_remote 0
		start_remote 0
	else
		check /test/bin/rpmsg-guard restart remoteproc0
	fi
	wait_for '[ -c /dev/ttyRPMSG30 ]' 20
	round=$((round + 1))
done
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
load_stop writers
[ "$GUARD" = 1 ] || exit 0
check_no_unsafe_overlap 0
stop_guard
