# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
# hooks: yes
# timeout: 900
# x86 threads: one
#
# The service is killed in every state of a hold, and on one kernel stopped by SIGSTOP in each, with an
# opener that is held and programs that use the tty. Each time the opener gets through, the supervisor
# brings the service back, and nothing is left behind: no closed gate, no missing device node, no
# stopped task.
load_stack
printf 'hold_timeout = 60s\nclose_timeout = 50s\n' >/tmp/patient.conf
mkdir -p /run/rpmsg-guard
export RPMSG_GUARD_TEST=1
start_guard --config /tmp/patient.conf --supervise
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'

guards_again() {
	[ -e $GUARD_READY ] && [ "$(service_pid)" != "$1" ] && [ -n "$(service_pid)" ]
}

# What a dead instance could have left behind.
check_nothing_left() {
	[ -c /dev/ttyRPMSG30 ] || fail "after '$1': the device node is missing"
	# "open", and null where there is none.
	/test/bin/rpmsg-guard status --json | tr -d ' \n' | grep -q '"gate":\("open"\|null\)' ||
		fail "after '$1': the gate is closed"
	if grep -l '^State:.*T (stopped' /proc/[0-9]*/status 2>/dev/null; then
		fail "after '$1': a task is stopped"
	fi
	[ "$(remote_state 0)" = running ] || fail "after '$1': the state is $(remote_state 0)"
	[ -z "$(ls /run/rpmsg-guard/kept-out 2>/dev/null)" ] || fail "after '$1': a record of a node is left"
}

# fault SIGNAL STATE
fault() {
	local pid state=$2

	load_start load reopen /dev/ttyRPMSG30 --writers 2
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
	pid=$(service_pid)
	rm -f /tmp/opener /run/rpmsg-guard/paused
	echo "$2" >/run/rpmsg-guard/pause-at
	# An opener that does not write, so that the kernel survives a stop that nobody holds.
	(: >$REMOTES/remoteproc0/state; echo done >/tmp/opener) &
	wait_for '[ "$(cat /run/rpmsg-guard/paused 2>/dev/null)" = "$state" ]' 30
	[ ! -e /tmp/opener ] || fail "in '$2': the opener was not held"
	rm -f $GUARD_READY
	kill "-$1" "$pid" || fail "in '$2': there is no service"
	rm /run/rpmsg-guard/pause-at
	wait_for '[ -e /tmp/opener ]' 40
	# Mostly some seconds. An emulated machine beside others once took three minutes for the probes.
	wait_for "guards_again $pid" 300
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	check_nothing_left "$2"
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
	load_stop load >/dev/null
	echo "SIG$1 in '$2': guarded again"
}

states='gate_closed kept_out settled ejected hung_up drained closed mended released'
for name in $states; do
	fault KILL "$(echo $name | tr _ ' ')"
done
# Each takes the patience of the supervisor, 10 s: all of them where a VM is cheapest.
logged 'guarding at level userspace' || states='kept_out drained'
for name in $states; do
	fault STOP "$(echo $name | tr _ ' ')"
done
grep -q 'stuck for 10 s' $GUARD_LOG || fail "the supervisor did not say why it killed"

# And it is a guard that works.
load_start load saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat load writes)" -gt 20 ]' 30
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop load
stop_guard
