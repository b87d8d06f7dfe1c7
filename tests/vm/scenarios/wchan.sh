# kernels: x86_64-6.1 x86_64-5.10
# without: none
# with: clean
# hooks: yes
# timeout: 180
#
# A kernel whose /proc/<pid>/wchan does not say where a thread sleeps: x86_64-5.10 guesses at stacks, and the
# hook makes every kernel such a kernel. Once the stack says it (1), once nothing does (2). A sender that
# sleeps on the full ring is ejected all the same, and programs that sleep elsewhere keep no stop waiting, even if
# the helpers that are asked about them answer late, as on a busy machine.
# (hung_stop is the side without the guard.)
load_stack
echo 1 >/sys/module/vendor_tty/parameters/quiet
echo 'hold_timeout = 60s' >/tmp/patient.conf

# More than a hold asks helpers that do not answer.
for n in $(seq 20); do
	sleep 10000 &
done

# late_helpers: a stop for which no helper answers within seconds.
late_helpers() {
	local helper begin

	helper=$(pidof rpmsg-helper)
	kill -STOP $helper
	(stop_remote 0; echo $? >/tmp/stopped) &
	wait_for '/test/bin/rpmsg-guard status | grep -q "may still be opening a tty"' 30
	begin=$(now)
	wait_for '[ "$(now)" -ge $((begin + 300)) ]'
	kill -CONT $helper
	wait_for '[ -s /tmp/stopped ]' 30
	[ "$(cat /tmp/stopped)" = 0 ] || fail "the stop ended with $(cat /tmp/stopped)"
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]' 30
}

for source in 1 2; do
	export RPMSG_GUARD_TEST_SLEEP=$source
	/test/bin/rpmsg-guard check >/tmp/check 2>&1
	start_guard --config /tmp/patient.conf
	case $source in
	1)
		logged 'the guard reads /proc/<pid>/stack to see where threads sleep' || fail "the stack is not used"
		grep -q 'where threads sleep.*read from /proc/<pid>/stack' /tmp/check || fail "$(cat /tmp/check)"
		;;
	2)
		logged '/proc does not show where threads sleep' || fail "nothing was said"
		grep -q 'neither wchan nor stack shows it' /tmp/check || fail "$(cat /tmp/check)"
		;;
	esac
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]' 30
	[ $source = 2 ] || late_helpers
	load_start writer saturate /dev/ttyRPMSG30
	wait_for '[ "$(load_stat writer writes)" -gt 20 ]' 30
	set_remote 0 mode hung
	wait_for 'asleep_in_send writer' 30
	stop_ejects writer
	stop_guard
	set_remote 0 mode live
done
