# kernels: x86_64-6.1 arm64-5.10 arm64-5.10-shipped
# without: none
# with: clean
# timeout: 180
#
# Whose the recovery is: the guard takes it over, puts it back however it ends, and respects what
# others write to it.
guard=/test/bin/rpmsg-guard
load_stack instances=2 channels=vendor-tty@30 channels2=nobody@40
attr=$REMOTES/remoteproc0/recovery
other=$REMOTES/remoteproc1/recovery

# recovery_is ATTRIBUTE VALUE
recovery_is() {
	[ "$(cat "$1")" = "$2" ] || fail "$1 is $(cat "$1"), not $2"
}

# told TEXT: status says so of remoteproc0.
told() {
	$guard status | grep -A 3 '^remoteproc0' | grep -q "recovery: $1"
}

# recovered N
recovered() {
	wait_for "[ \"\$(grep -c 'remoteproc0.*recovered: remoteproc0 is running' $GUARD_LOG)\" = $1 ]" 40
	[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
}

# A normal end.
echo disabled >$other
start_guard
recovery_is $attr disabled
told 'enabled, by the guard' || fail "status: $($guard status)"
stop_guard
recovery_is $attr enabled
recovery_is $other disabled

# Killed: by "release", and by the next instance.
start_guard
kill -KILL $guard_pid
wait $guard_tee
recovery_is $attr disabled
check $guard release
recovery_is $attr enabled
recovery_is $other disabled
start_guard
kill -KILL $guard_pid
wait $guard_tee
start_guard
recovery_is $attr disabled
stop_guard
recovery_is $attr enabled
recovery_is $other disabled

# Killed while one is crashed: nobody enables it, and the next instance recovers it.
printf 'close_timeout = 60s\nhold_timeout = 60s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start keeper steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
set_remote 0 crash 1
wait_for 'grep -q "recovery after a crash: held" $GUARD_LOG && grep -q "hanging up" $GUARD_LOG'
kill -KILL $guard_pid
wait $guard_tee
[ "$(remote_state 0)" = crashed ] || fail "the state is $(remote_state 0)"
check $guard release
recovery_is $attr disabled
load_stop keeper
start_guard
recovered 1

# Somebody disables it: a crash is left alone until somebody asks for the recovery, which is held.
echo disabled >$attr
wait_for 'told disabled'
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writer reopen /dev/ttyRPMSG30
wait_for '[ "$(load_stat writer writes)" -gt 20 ]' 30
set_remote 0 crash 1
wait_for 'grep -q "remoteproc0: crashed; its recovery is disabled" $GUARD_LOG'
[ "$(remote_state 0)" = crashed ] || fail "the state is $(remote_state 0)"
echo recover >$attr || fail "it was not recovered"
grep -q 'recovery requested by .*: held' $GUARD_LOG || fail "the recovery was not held"
recovered 2
recovery_is $attr disabled
wait_for 'told disabled'

# Somebody enables it, which recovers what has crashed, and is the guard's from then on.
set_remote 0 crash 1
wait_for '[ "$(remote_state 0)" = crashed ]'
echo enabled >$attr || fail "it was not enabled"
recovered 3
wait_for 'told "enabled, by the guard"'
recovery_is $attr disabled
wait_for '[ -c /dev/ttyRPMSG30 ]'
set_remote 0 crash 1
recovered 4

# What writes nothing changes nothing; readers are not held.
: >$attr
echo nonsense >$attr 2>/dev/null && fail "nonsense was accepted"
cat $attr >/dev/null
echo enabled >$attr
wait_for 'told "enabled, by the guard"'
recovery_is $attr disabled
load_stop writer
stop_guard
recovery_is $attr enabled

# A recovery that is refused leaves it crashed, until somebody asks again.
echo 'close_timeout = 1s' >/tmp/hasty.conf
start_guard --config /tmp/hasty.conf
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start keeper steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
set_remote 0 crash 1
wait_for 'grep -q "remoteproc0: not recovered, stays crashed: .*rpmsg-load.*echo recover" $GUARD_LOG' 30
[ "$(remote_state 0)" = crashed ] || fail "the state is $(remote_state 0)"
$guard status | grep -q 'last recovery: left crashed' || fail "status: $($guard status)"
load_stop keeper
[ "$(remote_state 0)" = crashed ] || fail "the state is $(remote_state 0)"
echo recover >$attr || fail "it was not recovered"
recovered 1
told 'enabled, by the guard' || fail "status: $($guard status)"

# One without ttys, whose recovery somebody enables while the guard runs.
echo enabled >$other
wait_for '[ "$(cat $other)" = disabled ]'
start_remote 1
set_remote 1 crash 1
wait_for 'grep -q "remoteproc1.*recovered: remoteproc1 is running" $GUARD_LOG' 30
stop_guard
recovery_is $attr enabled
recovery_is $other enabled

# Left to the kernel.
echo 'own_recovery = no' >/tmp/kernel.conf
start_guard --config /tmp/kernel.conf
recovery_is $attr enabled
told 'enabled, by the kernel' || fail "status: $($guard status)"
set_remote 0 crash 1
wait_for '[ "$(remote_state 0)" = running ]'
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writer saturate /dev/ttyRPMSG30
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
check stop_remote 0
load_stop writer
stop_guard
