# kernels: x86_64-6.12
# needs: override optprobes
# without: none
# with: clean
# timeout: 240
# x86 threads: one
#
# A kernel without the function tracer makes jumps of probes, some jiffies after they were attached, and what
# such a probe overrides runs all the same: a guard that lets the kernel do that turns nobody back and refuses
# no send, and believes that it does. The guard turns it off while it overrides, notices who turns it on, puts
# back what was there, and overrides nothing where it cannot turn it off. Without the guard nothing overrides.
switch=/proc/sys/debug/kprobes-optimization

# is VALUE. The shell reads a byte at a time, and the kernel has no second one.
is() {
	[ "$(cat $switch)" = "$1" ]
}

# old_caller: holds a descriptor of state that is older than the guard or was opened while nothing was up, and
# writes "stop" when told to.
old_caller() {
	rm -f /tmp/caller
	(
		exec 3>$REMOTES/remoteproc0/state
		echo open >/tmp/caller
		read -r _ </tmp/go
		printf stop >&3
		echo $? >/tmp/caller
	) &
	caller=$!
	wait_for '[ -e /tmp/caller ]'
}

# turned_back N: a late stop under load, the Nth, is turned back and held.
turned_back() {
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start fast saturate /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 20 ]' 30
	echo >/tmp/go
	wait_for '[ "$(cat /tmp/caller)" != open ]' 60
	wait $caller
	[ "$(cat /tmp/caller)" = 0 ] || fail "the late stop failed"
	load_stop fast
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	logged 'released: the stop may go on' || fail "the late stop was not held"
	[ "$(guard_status 0 stops)" = "$1" ] || fail "$(guard_status 0 stops) stops were counted, not $1"
	check_no_unsafe_overlap 0
}

# killed: the guard, by SIGKILL.
killed() {
	kill -KILL $guard_pid
	wait $guard_pid
	is 0 || fail "who has put it back?"
}

load_stack
mkfifo /tmp/go
is 1 || fail "this kernel does not optimize"
old_caller
printf 'hold_timeout = 60s\nclose_timeout = 50s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
turned_back 1
is 0 || fail "the kernel may optimize while the guard overrides"
/test/bin/rpmsg-guard check >/tmp/said
grep -q '^kprobes not optimized  *ok  *debug.kprobes-optimization is 0 while' /tmp/said ||
	fail "check: $(cat /tmp/said)"

# Somebody turns it on.
old_caller
echo 1 >$switch
wait_for 'is 0'
logged 'another program has set debug.kprobes-optimization to 1.*sysctl.d' || fail "the log: $(cat $GUARD_LOG)"
turned_back 2
# By way of a proc whose inodes are others: no event tells of that.
check unshare -p -f sh -c "mkdir /tmp/other && mount -t proc none /tmp/other && echo 1 >/tmp/other/${switch#/proc/}"
wait_for 'is 0'
wait_for '[ "$(grep -c "another program has set debug.kprobes-optimization" $GUARD_LOG)" = 2 ]'

# In the middle of the hold of a crash: whom the gate has refused meanwhile may be inside, for as long as a send
# may last. It is recovered behind that.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 3 ]' 30
read -r pid <$LOADS/stubborn.pid
set_remote 0 crash 1
# Not at once: sends from before are waited for, which the gate may not have refused.
wait_for 'grep -q "hanging up /dev/ttyRPMSG30, open in rpmsg-load (pid $pid)" $GUARD_LOG' 60
echo 1 >$switch
wait_for 'is 0'
load_stop stubborn
wait_for '/test/bin/rpmsg-guard status | grep -q "a send without a record"'
wait_for 'grep -q "recovered: remoteproc0 is running" $GUARD_LOG' 60
logged 'the hold starts again' || fail "the log: $(cat $GUARD_LOG)"
check stop_remote 0
stop_guard
is 1 || fail "it was not put back"

# What the administrator has turned off stays so.
echo 0 >$switch
start_guard
stop_guard
is 0 || fail "it was turned on"
echo 1 >$switch

# Killed: the next instance, or a command, knows what was there.
start_guard
killed
start_guard
is 0 || fail "the kernel may optimize while the second guard overrides"
killed
echo 'level = observe' >/tmp/observe.conf
start_guard --config /tmp/observe.conf
is 1 || fail "an instance that overrides nothing has left it"
stop_guard
start_guard
killed
/test/bin/rpmsg-guard release >/tmp/said 2>&1 || fail "release: $(cat /tmp/said)"
grep -q 'kprobes-optimization is 1 again' /tmp/said || fail "release: $(cat /tmp/said)"
is 1 || fail "release has not put it back"

# It cannot be turned off.
mkdir /tmp/proc
check mount -t proc none /tmp/proc
check mount -o bind /proc/sys /proc/sys
check mount -o remount,bind,ro /proc/sys
/test/bin/rpmsg-guard check >/tmp/said
grep -q '^kprobes not optimized  *missing  *the kernel optimizes.*Read-only' /tmp/said ||
	fail "check: $(cat /tmp/said)"
grep -q 'can be guarded at level observe\.$' /tmp/said || fail "check: $(cat /tmp/said)"
echo 'level = override' >/tmp/override.conf
status=0
/test/bin/rpmsg-guard run --config /tmp/override.conf >/tmp/said 2>&1 || status=$?
[ $status = 3 ] || fail "status $status: $(cat /tmp/said)"
grep -q 'level override is not possible: the kernel optimizes.*make /proc/sys writable' /tmp/said ||
	fail "it does not say why: $(cat /tmp/said)"
start_guard
[ "$(cat $GUARD_READY)" = observe ] || fail "the level is $(cat $GUARD_READY)"
stop_guard

# It is off, and when somebody turns it on, it cannot be turned off.
echo 0 >/tmp/proc/sys/debug/kprobes-optimization
start_guard
[ "$(cat $GUARD_READY)" = override ] || fail "the level is $(cat $GUARD_READY)"
echo 1 >/tmp/proc/sys/debug/kprobes-optimization
wait_for '[ "$(cat $GUARD_READY)" = observe ]' 60
logged 'the guard cannot set it to 0 again: Read-only.*make /proc/sys writable' || fail "the log: $(cat $GUARD_LOG)"
logged 'level override is not possible any more: the service starts again' || fail "the log: $(cat $GUARD_LOG)"
stop_guard
is 1 || fail "it was put to another value"
