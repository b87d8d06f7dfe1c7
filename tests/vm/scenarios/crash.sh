# kernels: x86_64-6.1-kasan arm64-5.10 arm64-5.10-shipped
# without: panic|kasan
# with: clean
# timeout: 240
# append: init_on_free=1
#
# The remote processor crashes under load. Without the guard the kernel's recovery deletes the
# virtqueues under the writers; with it the recovery is held, and messages flow again after it.
load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writers reopen /dev/ttyRPMSG30 --writers 2
load_start slow steady /dev/ttyRPMSG30
wait_for '[ "$(load_stat slow writes)" -gt 3 ]' 30

recovered() {
	grep -c 'recovered: remoteproc0 is running' $GUARD_LOG
}

round=0
while [ $round -lt 3 ]; do
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
	set_remote 0 crash 1
	round=$((round + 1))
	if [ "$GUARD" = 0 ]; then
		holds_within false 20
		continue
	fi
	wait_for '[ "$(recovered)" = $round ]' 40
	wait_for '[ -c /dev/ttyRPMSG30 ]'
done
[ "$GUARD" = 1 ] || exit 0
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
check_no_unsafe_overlap 0
[ "$(guard_status 0 recoveries)" = 3 ] || fail "$(guard_status 0 recoveries) recoveries, not 3"
/test/bin/rpmsg-guard status | grep -q 'recovery: enabled, by the guard' || fail "status does not tell"
load_stop slow

# The ring is full and a writer asleep on it when it crashes, as a crash in the field mostly is.
set_remote 0 mode hung
load_start sleeper saturate /dev/ttyRPMSG30
wait_for 'asleep_in_send sleeper || asleep_in_send writers' 30
set_remote 0 crash 1
set_remote 0 mode live
wait_for '[ "$(recovered)" = 4 ]' 40
load_stop sleeper
load_stop writers

# A crash while a stop is held: it is stopped, or (before 5.18, which stop none that has crashed) the
# stop is refused by the kernel, and it is recovered.
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start keeper saturate /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
(stop_remote 0 2>/dev/null; echo $? >/tmp/stopped) &
wait_for 'grep -q "hanging up.*rpmsg-load" $GUARD_LOG && [ ! -e /dev/ttyRPMSG30 ]'
set_remote 0 crash 1
load_stop keeper
wait_for '[ -s /tmp/stopped ]' 30
if [ "$(cat /tmp/stopped)" = 0 ]; then
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	start_remote 0
else
	wait_for '[ "$(recovered)" = 5 ]' 40
fi

# A crash just after a start, and a stop while it is being recovered.
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start again saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat again writes)" -gt 20 ]' 30
check stop_remote 0
load_stop again
start_remote 0
set_remote 0 crash 1
wait_for 'grep -q "recovery after a crash: held" $GUARD_LOG'
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start again saturate /dev/ttyRPMSG30
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
check stop_remote 0
load_stop again
stop_guard
[ "$(cat $REMOTES/remoteproc0/recovery)" = enabled ] || fail "recovery was not put back"
