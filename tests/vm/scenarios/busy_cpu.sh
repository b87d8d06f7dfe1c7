# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers
#
# The barrier behind the gate runs on every CPU. One that never lets it in (a program of the highest
# real-time priority that does nothing but run) must neither keep a stop waiting nor the service from
# ending, and one that is offline must not count. And a caller that was let go may take its time on such a
# CPU: a close of the same file by somebody else meanwhile is not the end of it.
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

echo 0 >/sys/devices/system/cpu/cpu1/online || fail "cpu1 stays online"
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
stop_under_load
echo 1 >/sys/devices/system/cpu/cpu1/online || fail "cpu1 stays offline"
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
stop_under_load
stop_guard
[ "$(grep -c 'gate closed' $GUARD_LOG)" = 3 ] || fail "the gate was not closed"

# At a level where nothing holds a write whose turn is over.
state=$REMOTES/remoteproc0/state
mkfifo /tmp/close
sh -c "exec 3>$state; read -r _ </tmp/close" &
old=$!
wait_for 'ls -l /proc/$old/fd | grep -q remoteproc0/state'
printf 'level = userspace\nhold_timeout = 60s\nclose_timeout = 50s\n' >/tmp/userspace.conf
start_guard --config /tmp/userspace.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 1 ]'
/test/callers/rpmsg-caller --cpu 1 write $state stop >/tmp/said 2>&1 &
caller=$!
wait_for '[ "$(guard_phase 0)" = held ] && ! [ -e /dev/ttyRPMSG30 ]'
load_start hog hog 1
wait_for '[ "$(load_stat hog writes)" -gt 20 ]'
load_stop stubborn
wait_for 'grep -q "released: the stop may go on" $GUARD_LOG' 30
echo >/tmp/close
end_process $old 30
end_process $caller 30 || fail "the stop failed: $(cat /tmp/said)"
load_stop hog
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
wait_for '[ "$(guard_phase 0)" = idle ]'
! grep -q 'not carried out' $GUARD_LOG || fail "the close of another one ended its turn"
stop_guard
