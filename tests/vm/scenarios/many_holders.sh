# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 180
#
# More programs keep a hung-up tty open than the guard has room to name: the stop is refused all the same, and with
# on_open_descriptor = kill each of them is asked to end before any is killed. (What the kernel does to descriptors
# that are kept is in kept_descriptor.)
load_stack
printf 'close_timeout = 1s\n' >/tmp/refuse.conf
printf 'close_timeout = 1s\non_open_descriptor = kill\n' >/tmp/kill.conf
start_guard --config /tmp/refuse.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
holders=''
for n in $(seq 90); do
	sleep 1000 3<>/dev/ttyRPMSG30 &
	holders="$holders $!"
done
# all_have_it: each has become its program, with the tty open.
all_have_it() {
	local pid

	for pid in $holders; do
		[ "$(cat "/proc/$pid/comm")" = sleep ] && [ -e "/proc/$pid/fd/3" ] || return 1
	done
}
wait_for all_have_it 60

stop_remote 0 2>/dev/null && fail "the stop was not refused"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
logged 'stop refused: .*/dev/ttyRPMSG30 is still open in sleep.*more' || fail "they are not named"
stop_guard

start_guard --config /tmp/kill.conf
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged 'SIGTERM sent to sleep'
[ "$(grep -c 'SIGTERM sent to sleep' $GUARD_LOG)" = 90 ] ||
	fail "$(grep -c 'SIGTERM sent to sleep' $GUARD_LOG) of 90 were asked to end"
! grep -q SIGKILL $GUARD_LOG || fail "one was killed that was not asked to end"
check_no_unsafe_overlap 0
start_remote 0
wait_for "[ -c /dev/ttyRPMSG30 ]"
check stop_remote 0
stop_guard
