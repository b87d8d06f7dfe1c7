# kernels: x86_64-6.1
# without: none
# with: clean
#
# The barrier behind the gate runs on every CPU. One that never lets it in (a program of the highest
# real-time priority that does nothing but run) must neither keep a stop waiting nor the service from
# ending, and one that is offline must not count.
load_stack
echo 'level = override' >/tmp/override.conf
start_guard --config /tmp/override.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'

# stop_under_load: a stop that meets a writer, refused sends and all.
stop_under_load() {
	load_start writer saturate /dev/ttyRPMSG30
	wait_for '[ "$(load_stat writer writes)" -gt 20 ]' 30
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	load_stop writer
	check_no_unsafe_overlap 0
}

threads() {
	ls "/proc/$guard_pid/task" | wc -l
}

before=$(threads)
load_start hog hog 1
wait_for '[ "$(load_stat hog writes)" -gt 20 ]'
stop_under_load
logged 'gate closed' || fail "the gate was not closed"
# Those of the hold are about to end.
wait_for '[ "$(threads)" = "$before" ]'
load_stop hog

# Not every kernel of 32-bit ARM can (HOTPLUG_CPU).
online=/sys/devices/system/cpu/cpu1/online closed=1
if [ -e $online ]; then
	closed=3
	echo 0 >$online || fail "cpu1 stays online"
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	stop_under_load
	echo 1 >$online || fail "cpu1 stays offline"
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	stop_under_load
else
	echo "left out: this kernel takes no CPU offline"
fi
stop_guard
[ "$(grep -c 'gate closed' $GUARD_LOG)" = $closed ] || fail "the gate was not closed"
