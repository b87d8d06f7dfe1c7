# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
#
# The driver's stop fails when the channels and their virtqueues are gone already, as TI's K3 and
# Qualcomm's do when the firmware does not answer: the state still says "running". It is called what it
# is, nobody waits for ever, and a stop that comes later tries it again, as on the kernel alone. The
# same for the stop of a recovery.
load_stack
exec 3>$REMOTES/remoteproc0/state
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writer reopen /dev/ttyRPMSG30
carries 0

last_result() {
	/test/bin/rpmsg-guard status | sed -n 's/^  last [a-z]*: \([^,]*\),.*/\1/p'
}

# The kernel tells the caller since 5.18. The log tells it on all.
tells() {
	[ "$(uname -r | cut -d . -f 1)" -ge 6 ]
}

# fails_as RESULT LINE COMMAND...: this stop fails, and the status and the log say that. What it said
# itself is in /tmp/said.
fails_as() {
	local status=0 result=$1 line=$2 before

	shift 2
	before=$(grep -c "$line" $GUARD_LOG)
	set_remote 0 stop_ms 200
	set_remote 0 stop_fails 1
	"$@" >/tmp/said 2>&1 || status=$?
	echo "status $status of $*: $(cat /tmp/said)"
	wait_for "[ \"\$(grep -c '$line' \$GUARD_LOG)\" = $((before + 1)) ]"
	[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
	wait_for '[ "$(guard_phase 0)" = idle ]'
	[ "$(last_result)" = "$result" ] || fail "the status says '$(last_result)'"
	/test/bin/rpmsg-guard status >/tmp/status
	grep -q 'its channels are gone' /tmp/status || fail "the status does not say what is left"
	! grep -q 'gate open' /tmp/status || fail "the gate is open"
	[ ! -e /dev/ttyRPMSG30 ] || fail "a node of a tty that is gone"
	return $status
}

fails() {
	fails_as 'failed after the teardown' 'the stop failed after the teardown' "$@"
}

# The second time nothing is left to be torn down: only the hooks see that it was tried.
fails_again() {
	if grep -q 'guarding at level userspace' $GUARD_LOG; then
		fails_as 'not carried out' 'not carried out: an earlier stop failed, it is still running, but its channels' "$@"
	else
		fails "$@"
	fi
}

if fails stop_remote 0; then
	! tells || fail "the writer was not told"
else
	tells || fail "the writer was told"
fi
! fails_again /test/bin/rpmsg-guard stop remoteproc0 || fail "the command does not know that it failed"
! /test/bin/rpmsg-guard start remoteproc0 || fail "it was started while its state was running"
[ "$(guard_status 0 stops)" = 0 ] || fail "$(guard_status 0 stops) stops are counted"
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
restart_remote 0 /dev/ttyRPMSG30
! fails /test/bin/rpmsg-guard stop remoteproc0 || fail "the command does not know that it failed"
grep -q 'after the teardown' /tmp/said || fail "the command does not say it"
# Through a descriptor of long ago, which is held at level override only.
through_old_descriptor() {
	(echo stop >&3)
}
if grep -q 'guarding at level override' $GUARD_LOG; then
	check /test/bin/rpmsg-guard restart remoteproc0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	carries 0
	fails through_old_descriptor
fi
exec 3>&-
check /test/bin/rpmsg-guard restart remoteproc0
wait_for '[ -c /dev/ttyRPMSG30 ]'
carries 0

# A recovery whose stop fails is not tried again and again: the kernel does not either.
set_remote 0 stop_fails 1
set_remote 0 crash 1
# Below level override a writer sleeps on the ring of the crashed one, for up to 15 s.
wait_for 'grep -q "stays crashed" $GUARD_LOG' 40
wait_for '[ "$(last_result)" = "not recovered" ]'
[ "$(remote_state 0)" = crashed ] || fail "the state is $(remote_state 0)"
[ "$(guard_status 0 recoveries)" = 0 ] || fail "it is counted as recovered"
! grep -q 'recovered: ' $GUARD_LOG || fail "it is called recovered"
set_remote 0 stop_fails 1
echo recover >$REMOTES/remoteproc0/recovery
wait_for '[ "$(remote_knob 0 stop_fails)" = 0 ] && [ "$(guard_phase 0)" = idle ]'
[ "$(last_result)" = "not recovered" ] || fail "the status says '$(last_result)'"
echo recover >$REMOTES/remoteproc0/recovery
logged 'recovered: remoteproc0 is running' || fail "it is not recovered"
wait_for '[ -c /dev/ttyRPMSG30 ]'
carries 0
[ "$(guard_status 0 recoveries)" = 1 ] || fail "$(guard_status 0 recoveries) recoveries"

# The service ends beside one that is neither up nor down. The next one does not know of that, and takes it
# for nothing else; it can stop it.
fails stop_remote 0
stop_guard
[ "$(cat $REMOTES/remoteproc0/recovery)" = enabled ] || fail "recovery was not put back"
start_guard
set_remote 0 stop_fails 1
! stop_remote 0 || ! tells || fail "the writer was not told"
wait_for 'grep -q "not carried out" $GUARD_LOG'
! grep -q 'started more than once' $GUARD_LOG || fail "nobody keeps it powered"
check stop_remote 0
restart_remote 0 /dev/ttyRPMSG30
load_stop writer
check stop_remote 0
stop_guard

# The same where nobody holds it: through the device node, at a level that only sees it.
tells || exit 0
echo 'level = observe' >/tmp/observe.conf
start_guard --config /tmp/observe.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
set_remote 0 stop_fails 1
! printf stop >/dev/remoteproc0 || fail "the writer was not told"
logged 'the stop failed after the teardown' || fail "the log does not say it"
/test/bin/rpmsg-guard status | grep -q 'its channels are gone' || fail "the status does not say it"
wait_for '/test/bin/rpmsg-guard status | grep -q "remoteproc0-[0-9]*: failed, "'
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
stop_guard
