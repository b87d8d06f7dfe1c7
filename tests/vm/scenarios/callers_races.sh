# kernels: x86_64-6.1 arm64-5.10-shipped
# without: panic
# with: clean
# timeout: 240
# append: init_on_free=1
# add: build/callers/{arch}:/test/callers
#
# Several callers: two stops at once, a start that comes while a stop is held, a caller that is killed
# while it is held, alone and with another one behind it, a stop that comes while a start is under way,
# one that opens the file twice; and the stop of what is stopped, whose error is the kernel's own, with
# and without the guard.
PATH=$PATH:/test/callers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30
consumed=$REMOTES/remoteproc0/device/consumed

# caller NAME WORD: in the background; what it says is in /tmp/NAME.
caller() {
	rpmsg-caller write $state "$2" >"/tmp/$1" 2>&1 &
	eval "$1=\$!"
}

# asleep PID: in the kernel, in its open or its write.
asleep() {
	grep -q '^State:.*[SD]' "/proc/$1/status"
}

# ends NAME PID TEXT: it ends, and said so.
ends() {
	holds_within "! alive $2" 30 || fail "$1 does not end"
	grep -q "$3" "/tmp/$1" || fail "$1 said $(cat "/tmp/$1"), not $3"
}

# One that keeps the tty open makes the hold last until it is let go.
hold_a_stop() {
	load_start stubborn steady $tty --keep
	wait_for '[ "$(load_stat stubborn writes)" -gt 1 ]'
	caller first stop
	wait_for '[ "$(guard_phase 0)" = held ]'
	wait_for '! [ -e $tty ]'
}

load_stack
printf 'hold_timeout = 60s\nclose_timeout = 50s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
start_remote 0
check stop_remote 0
rpmsg-caller write $state stop >/tmp/said && fail "the second stop succeeded"
grep -q '^open=OK write=EINVAL$' /tmp/said || fail "the second stop: $(cat /tmp/said)"

start_remote 0
wait_for '[ -c $tty ]'
load_start fast reopen $tty
load_start slow reopen $tty --hz 20 --size 24
carries 0
if [ "$GUARD" = 0 ]; then
	caller first stop
	caller second stop
	holds_within false 60
	exit 0
fi

# A descriptor opened while nothing was up, used for a stop when somebody else has started it.
if [ "$(cat $GUARD_READY)" = override ]; then
	check stop_remote 0
	mkfifo /tmp/now
	sh -c "exec 3>$state; read -r _ </tmp/now; echo stop >&3" &
	late=$!
	wait_for 'ls -l /proc/$late/fd | grep -q remoteproc0/state'
	restart_remote 0 $tty
	echo >/tmp/now
	end_process $late 30 || fail "the late stop failed"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	restart_remote 0 $tty
fi

# Two at once: the first stops it, the second is told by the kernel that there is nothing to stop.
# One start is enough afterwards, and one stop.
hold_a_stop
caller second stop
wait_for 'asleep $second'
load_stop stubborn
ends first $first 'open=OK write=OK'
ends second $second 'open=OK write=EINVAL'
restart_remote 0 $tty
stops_by rpmsg-caller write $state stop

# The start waits for the stop and is carried out after it.
hold_a_stop
caller third start
wait_for 'asleep $third'
load_stop stubborn
ends first $first 'open=OK write=OK'
ends third $third 'open=OK write=OK'
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
wait_for '[ -c $tty ]'
carries 0
stops_by rpmsg-caller write $state stop

# Killed: everything goes on as if nothing had been.
hold_a_stop
kill -KILL $first
wait_for '[ "$(guard_phase 0)" = idle ]'
wait_for '[ -c $tty ]'
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
load_stop stubborn
carries 0

# Killed with another one behind it: that one is held on, and stops it.
hold_a_stop
caller second stop
wait_for 'asleep $second'
kill -KILL $first
holds_within '! alive $second' 1 && fail "the second one was not held on: $(cat /tmp/second)"
load_stop stubborn
ends second $second 'open=OK write=OK'
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"

# A start takes its time. The stop waits until it is over, and is then held like any other.
set_remote 0 start_ms 1500
before=$(holds_let_go)
caller third start
# 32-bit ARM shows nobody else's stack with SMP.
wait_for 'grep -q -e sim_start -e msleep /proc/$third/stack /proc/$third/wchan'
caller first stop
ends third $third 'open=OK write=OK'
ends first $first 'open=OK write=OK'
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
[ "$(holds_let_go)" = $((before + 1)) ] || fail "the stop was not held"
set_remote 0 start_ms 0
restart_remote 0 $tty

# One that starts it and stops it right away, with its first descriptor closed and with it kept.
check stop_remote 0
before=$(holds_let_go)
carrying="n=\$(cat $consumed); until [ \$(cat $consumed) -gt \$((n + 50)) ]; do :; done"
check sh -c "echo start >$state; $carrying; echo stop >$state"
check sh -c "exec 3>$state; echo start >&3; $carrying; echo stop >$state"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
[ "$(holds_let_go)" = $((before + 2)) ] || fail "a stop was not held"
restart_remote 0 $tty

# One that opens it twice before it writes is held once, and waits for nobody.
before=$(holds_let_go)
begin=$(now)
echo stop | tee $state $state >/tmp/said 2>&1
[ $(($(now) - begin)) -lt 1500 ] || fail "it waited for itself"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
[ "$(holds_let_go)" = $((before + 1)) ] || fail "held $(($(holds_let_go) - before)) times"
restart_remote 0 $tty

load_stop fast
load_stop slow
check_no_unsafe_overlap 0
stop_guard
