# kernels: x86_64-6.1 arm64-5.10
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers
# x86 threads: one
#
# What becomes of the caller that wants to remove a driver's module: it is refused, killed, continued
# by somebody else, or left behind by a guard that was killed; it has no right to remove modules, or
# the module is in use. Nothing can fail in the kernel here: removal.sh is about that.

# A program that keeps its descriptor.
keep_it_open() {
	load_start keeper steady /dev/ttyRPMSG30 --keep
	wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
}

# A removal that is held for as long as that program runs, by the process $caller.
hold_a_removal() {
	keep_it_open
	/bin/busybox rmmod sim_rproc &
	caller=$!
	wait_for '[ ! -e /dev/ttyRPMSG30 ]' 30
}

load_stack
check load inkernel_sender
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 30

# Of no concern: not turned back.
check rmmod inkernel_sender
grep 'turned back' $GUARD_LOG && fail "a module that nobody guards was not removed at once"

keep_it_open
rmmod sim_rproc 2>/tmp/refused && fail "the removal was not refused"
grep -q 'resource busy' /tmp/refused || fail "refused with: $(cat /tmp/refused)"
logged 'removal of module sim_rproc refused: remoteproc0: .*rpmsg-load' || fail "no reason given"
load_stop keeper
wait_for '[ -c /dev/ttyRPMSG30 ]' 30

# Who may not remove modules waits for no hold.
held=$(grep -c ': held' $GUARD_LOG)
/test/callers/rpmsg-caller --uid 1000 run /bin/busybox rmmod sim_rproc 2>/tmp/refused &&
	fail "any user can remove a module"
grep -q 'not permitted' /tmp/refused || fail "refused with: $(cat /tmp/refused)"
[ "$(grep -c ': held' $GUARD_LOG)" = "$held" ] || fail "any user can start a hold"

# Nor do many of them at once. Those that find no room are refused without having been looked at.
/test/callers/rpmsg-caller --uid 1000 remove sim_rproc 80 >/tmp/refused
[ "$(grep -c 'EPERM\|EBUSY' /tmp/refused)" = 80 ] || fail "refused with: $(cat /tmp/refused)"
! grep -q EBUSY /tmp/refused || logged 'removals of modules were refused: too many' ||
	fail "the log does not say that some were refused"
[ "$(grep -c ': held' $GUARD_LOG)" = "$held" ] || fail "any user can start a hold"

# The kernel itself would refuse.
load inkernel_sender
set_remote 0 announce kernel-sender@50
wait_for '[ "$(cat /sys/module/inkernel_sender/parameters/sent)" -gt 0 ]' 30
echo sim-rproc.0 >/sys/module/inkernel_sender/parameters/pin || fail "it cannot be pinned"
rmmod sim_rproc 2>/tmp/refused && fail "a module in use was removed"
grep -q 'temporarily unavailable' /tmp/refused || fail "refused with: $(cat /tmp/refused)"
[ "$(grep -c ': held' $GUARD_LOG)" = "$held" ] || fail "a removal that cannot be was held"
/test/callers/rpmsg-caller-32 remove sim_rproc >/tmp/refused && fail "a module in use was removed"
grep -q EAGAIN /tmp/refused || fail "refused with: $(cat /tmp/refused)"
logged 'rpmsg-caller-32 (pid [0-9]*): turned back at the removal of module sim_rproc' || fail "a program of 32 bits is not seen"
echo >/sys/module/inkernel_sender/parameters/pin

# The name is not in memory: it may be that of any module.
echo nothing | tr -d '\n' >/tmp/name
/test/callers/rpmsg-caller remove /tmp/name >/tmp/refused && fail "nothing was removed"
grep -q ENOENT /tmp/refused || fail "the kernel was not asked: $(cat /tmp/refused)"
logged 'removal of module (not known) requested by rpmsg-caller.*: held' || fail "not held"
wait_for '[ "$(guard_phase 0)" = idle ]' 60
wait_for '[ -c /dev/ttyRPMSG30 ]' 30

# Continued by somebody else it is stopped again; killed, all is as before.
hold_a_removal
kill -CONT $caller
kill -KILL $caller
wait_for '[ "$(guard_phase 0)" = idle ]' 60
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
[ -e $REMOTES/remoteproc0 ] || fail "the remote processor has gone"
load_stop keeper
carries 0

# The guard is killed meanwhile: the next one lets the caller go on, and it is held by that one.
hold_a_removal
kill -KILL $guard_pid
wait $guard_pid
wait $guard_tee
load_stop keeper
[ -e $REMOTES/remoteproc0 ] || fail "the remote processor has gone without a guard"
start_guard
wait $caller || fail "the removal ended with $?"
[ ! -e $REMOTES/remoteproc0 ] || fail "the remote processor is still there"
logged 'removal of module sim_rproc requested by busybox.*: held' || fail "it was not held again"
logged "process $caller was stopped in an interrupted hold; continued" || fail "not continued"
grep UNSAFE $GUARD_LOG && fail "a teardown was not safe"
stop_guard
