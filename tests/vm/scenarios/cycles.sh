# kernels: x86_64-6.1-kasan
# needs: base
# without: panic|kasan
# with: clean
# timeout: 500
#
# 100 cycles of stop and start under mixed load (a steady, three reopening, a saturating writer, none)
# on the judge, by "echo" and by "rpmsg-guard": no report, no unsafe overlap, every stop returns 0, and
# nothing is left behind by the hundredth that was not there after the tenth.
load_stack channels=vendor-tty@30,rpmsg-tty@31
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'

# What could leak: the guard's descriptors and threads, device nodes, module references, programs.
footprint() {
	ls "/proc/$guard_pid/fd" | wc -l
	ls "/proc/$guard_pid/task" | wc -l
	ls /dev | wc -l
	ls /sys/class/tty | wc -l
	cut -d' ' -f1,3 /proc/modules | sort
	ls /run/rpmsg-guard/kept-out 2>/dev/null | wc -l
}

# The file of an episode stays open for a moment after the stop has returned.
writes_episode() {
	ls -l "/proc/$guard_pid/fd" | grep -q /episodes/
}

cycle=0
worst=0
while [ $cycle -lt 100 ]; do
	case $((cycle % 4)) in
	0) load_start load steady /dev/ttyRPMSG30 ;;
	1) load_start load reopen /dev/ttyRPMSG30 --writers 3 ;;
	2) load_start load saturate /dev/ttyRPMSG30 ;;
	esac
	carried=$(remote_knob 0 consumed)
	[ $((cycle % 4)) = 3 ] || wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 3)) ]' 30
	begin=$(now)
	if [ "$GUARD" = 1 ] && [ $((cycle % 8)) -ge 4 ]; then
		check /test/bin/rpmsg-guard stop remoteproc0
	else
		check stop_remote 0
	fi
	took=$(($(now) - begin))
	[ $took -le $worst ] || worst=$took
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	if [ "$GUARD" = 1 ] && [ $cycle = 10 ]; then
		wait_for '! writes_episode && footprint >/tmp/before && ! writes_episode'
	fi
	if [ "$GUARD" = 1 ] && [ $cycle = 99 ]; then
		holds_within 'footprint >/tmp/after; cmp -s /tmp/before /tmp/after' 30 || {
			diff /tmp/before /tmp/after
			ls -l "/proc/$guard_pid/fd"
			fail "something was left behind"
		}
	fi
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	[ $((cycle % 4)) = 3 ] || load_stop load >/dev/null
	cycle=$((cycle + 1))
done
[ "$GUARD" = 1 ] || exit 0
echo "worst stop: $worst hundredths of a second"
check_no_unsafe_overlap 0
[ "$(guard_status 0 stops)" = 100 ] || fail "$(guard_status 0 stops) stops were counted, not 100"
stop_guard
