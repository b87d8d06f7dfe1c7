# kernels: x86_64-6.1 arm64-5.10 arm64-6.1 x86_64-6.12-rt
# without: none
# with: clean
# timeout: 180
#
# Callers that were turned back at rproc_shutdown, and what may become of them: the stop is refused
# (EBUSY where the kernel can say so), the caller is killed, two come at once, the guard is killed
# and the next one lets them go on, somebody else continues them. On arm64 without BTF, as on devices:
# what a caller can be told must be found out all the same.
[ "$(uname -m)" != aarch64 ] || hide_btf
load_stack
printf 'close_timeout = 500ms\nhold_timeout = 4s\n' >/tmp/guard.conf
state=$REMOTES/remoteproc0/state

# old_caller N: a process whose descriptor is older than the guard; writes when /tmp/go.N appears.
old_caller() {
	(
		exec 3>$state
		echo open >/tmp/caller.$1
		until [ -e /tmp/go.$1 ]; do
			sleep 0.02
		done
		echo stop >&3
		echo $? >/tmp/caller.$1
	) 2>/tmp/error.$1 &
	eval "caller$1=$!"
	wait_for "[ -e /tmp/caller.$1 ]"
}

go() {
	: >/tmp/go.$1
}

came_back() {
	[ "$(cat /tmp/caller.$1)" != open ]
}

is_stopped() {
	grep -q '^State:.*T (stopped' "/proc/$1/status"
}

for n in 1 2 3 4 5 6; do
	old_caller $n
done
start_guard --config /tmp/guard.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'

# Refused: somebody keeps the hung-up tty open.
load_start keeper saturate /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 20 ]' 30
go 1
wait_for 'came_back 1' 30
[ "$(remote_state 0)" = running ] || fail "refused, and the state is $(remote_state 0)"
wait_for 'grep -q "stop refused" $GUARD_LOG'
case "$(uname -r) $(uname -v)" in
5.10* | *PREEMPT_RT*) grep -q 'returned success, but its stop was refused' $GUARD_LOG || fail "nothing was said of it" ;;
*) grep -q 'busy' /tmp/error.1 || fail "the caller was told: $(cat /tmp/error.1)" ;;
esac
wait_for '[ "$(guard_phase 0)" = idle ]'

# Killed while it waits: the hold is given up, programs can go on. (Where its call has returned already,
# the stop goes on without it, and is refused as the first one.)
go 2
wait_for 'is_stopped $caller2'
kill -KILL $caller2
wait_for '[ "$(guard_phase 0)" = idle ]' 30
load_stop keeper
[ "$(remote_state 0)" = running ] || fail "its caller was killed, and the state is $(remote_state 0)"
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 20 ]' 30

# Two at once: one stop, and an answer for both.
go 3
go 4
wait_for 'came_back 3 && came_back 4' 30
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop fast
wait_for '[ "$(guard_phase 0)" = idle ]'

# The guard is killed while one waits; the next guard lets it go on, and holds it again if it comes.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start keeper saturate /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 20 ]' 30
go 5
wait_for 'is_stopped $caller5'
kill -KILL "$guard_pid"
wait "$guard_pid"
is_stopped $caller5 || fail "it goes on without a guard"
load_stop keeper
# Nobody has the tty open any more: even a stop that nobody guards is safe now.
if [ "$(remote_state 0)" = running ]; then
	check /test/bin/rpmsg-guard release
	wait_for 'came_back 5' 30
fi
start_guard --config /tmp/guard.conf
wait_for '[ "$(guard_phase 0)" = idle ]'

# Somebody else continues it: it is turned back once more.
if [ "$(remote_state 0)" = offline ]; then
	start_remote 0
fi
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 20 ]' 30
go 6
while ! came_back 6; do
	kill -CONT $caller6 2>/dev/null
	sleep 0.01
done
wait_for '[ "$(guard_phase 0)" = idle ]' 30
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop fast

# What is stopped cannot be stopped: every kernel says so, with and without the guard; but a real-time kernel
# cannot tell it to a caller that was turned back.
for n in 7 8 9; do
	! uname -v | grep -q PREEMPT_RT || break
	(echo stop >$state) 2>/tmp/error && fail "a stop of what is stopped succeeded"
	grep -q 'Invalid argument' /tmp/error || fail "it was told: $(cat /tmp/error)"
done
check_no_unsafe_overlap 0
stop_guard
