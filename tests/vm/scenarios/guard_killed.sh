# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
# x86 threads: one
#
# The service is killed with SIGKILL while an opener is held: the opener goes on, and the next
# instance guards again and puts back what the dead one left. So, too, while a thread of the service
# waits in the kernel for a writer that sleeps on the full ring of a hung remote, or is inside the
# teardown of a recovery, and no signal ends that wait.
load_stack
printf 'hold_timeout = 60s\nclose_timeout = 50s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 3 ]' 30

# An opener that does not write, so that the kernel survives the guard's death.
open_state() {
	rm -f /tmp/opener
	(: >$REMOTES/remoteproc0/state; echo done >/tmp/opener) &
	opener=$!
}

held() {
	wait_for 'grep -q "hanging up" $GUARD_LOG'
	wait_for '! [ -e /dev/ttyRPMSG30 ]'
}

# What "check" and "status" say of the service, and their exit statuses.
says() {
	local status=0

	/test/bin/rpmsg-guard check >/tmp/check || fail "check ended with $?"
	head -n 2 /tmp/check | grep -q "$1" || fail "no '$1': $(cat /tmp/check)"
	/test/bin/rpmsg-guard check --json | tr -d ' \n' | grep -q "\"can_guard\":true,\"is_guarding\":$2" ||
		fail "check --json does not say $2"
	/test/bin/rpmsg-guard status >/tmp/status 2>/tmp/status.err || status=$?
	[ $status = "$3" ] || fail "status ended with $status"
	status=0
	/test/bin/rpmsg-guard status --json >/dev/null 2>&1 || status=$?
	[ $status = "$3" ] || fail "status --json ended with $status"
}

says '^The guard is running: it guards remoteproc0\.$' 'true,"guards":\["remoteproc0"\]' 0
open_state
held
[ ! -e /tmp/opener ] || fail "the opener was not held"
kill -KILL $guard_pid
wait_for '[ -e /tmp/opener ]' 5
wait $guard_pid
says '^The guard is not running: start it with "rpmsg-guard run --supervise &"\.$' 'false,"guards":\[\]' 3
grep -qi dead /tmp/status || fail "status does not say that the service is dead"
grep -q '^rpmsg-guard status: the service is not running, .*start it with "' /tmp/status.err ||
	fail "status does not say what to do"

echo 'level = userspace' >/tmp/userspace.conf
start_guard --config /tmp/userspace.conf
[ -c /dev/ttyRPMSG30 ] || fail "the device node is still missing"
load_stop stubborn

# In TIOCVHANGUP.
hangs_up() {
	cat /proc/$guard_pid/task/*/syscall | grep -q ' 0x5437 '
}

# The writer must sleep for much longer than the opener may take.
load_start sleeper saturate /dev/ttyRPMSG30
carries 0
while :; do
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	set_remote 0 mode hung
	begin=$(now)
	wait_for 'asleep_in_send sleeper' 30
	open_state
	held
	wait_for hangs_up
	kill -KILL $guard_pid
	[ $(($(now) - begin)) -ge 500 ] || break
	echo "too slow: once more"
	load_stop sleeper
	set_remote 0 mode live
	start_guard --config /tmp/userspace.conf
	load_start sleeper saturate /dev/ttyRPMSG30
	carries 0
done
wait_for '[ -e /tmp/opener ]' 5
asleep_in_send sleeper || fail "the opener waited for the sender"

# A thread of the dead instance is still in the kernel.
start_guard
[ -c /dev/ttyRPMSG30 ] || fail "the device node is still missing"
load_stop sleeper
set_remote 0 mode live

set_remote 0 linger 1
set_remote 0 crash 1
wait_for '[ "$(remote_knob 0 lingers)" = 1 ]' 30
open_state
wait_for 'grep -q fanotify /proc/$opener/wchan'
kill -KILL $guard_pid
wait_for '[ -e /tmp/opener ]' 5
[ "$(remote_knob 0 lingers)" = 1 ] || fail "the teardown is over"
set_remote 0 linger 0
wait_for '[ "$(remote_state 0)" = running ]' 30

# It takes its hooks off one by one.
wait $guard_pid
start_guard
# A thread that is being killed starts no firmware: the simulated one is a thread that it creates.
check stop_remote 0
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
carried=$(remote_knob 0 consumed)
load_start again saturate /dev/ttyRPMSG30
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop again
stop_guard
