# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 240
# add: packaging/busybox/S30rpmsg-guard:/etc/init.d/
#
# The script for BusyBox init: it comes back when the guard is ready. Its stop waits for a stop that is held: the
# service lets it end, and refuses it after 25 s. Nothing can fail without the guard: the script is what is tested. The settings are those of
# a drop-in.
script=/etc/init.d/S30rpmsg-guard

running() {
	$script status >/tmp/status || return 1
	grep -q "^rpmsg-guard is running (pid $(cat /run/rpmsg-guard.pid))" /tmp/status
}

# A stop that is held for as long as the descriptor is kept, while the service is told to end.
end_in_a_hold() {
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start stubborn steady /dev/ttyRPMSG30 --keep
	carries 0
	(stop_remote 0) 2>/tmp/refused &
	opener=$!
	wait_for '[ "$(guard_phase 0)" = held ]' 30
	$script stop >/tmp/stopping &
	stopping=$!
	logged 'the service ends when the held stop is over' || fail "the log: $(cat $GUARD_LOG)"
}

load_stack
install_allow_list
mkdir -p /etc/default /etc/rpmsg-guard.conf.d
# On a busy host the hooks take longer to detach than the 15 s that are left by default after the refusal.
echo 'PROGRAM=/test/bin/rpmsg-guard ARGUMENTS=--verbose STOP_TIMEOUT=120' >/etc/default/rpmsg-guard
printf 'hold_timeout = 5min\nclose_timeout = 5min\n' >/etc/rpmsg-guard.conf.d/10-patient.conf
syslogd -n -O $GUARD_LOG &
wait_for '[ -e /dev/log ]'

$script status
[ $? = 3 ] || fail "it is running before its start"
# Through a pipe, as over ssh: what stays must not keep it open.
$script start | cat
[ -e $GUARD_READY ] || fail "the start came back before the guard was ready"
check running
logged 'configuration: /etc/rpmsg-guard.conf.d/10-patient.conf$' || fail "the log: $(cat $GUARD_LOG)"
pid=$(cat /run/rpmsg-guard.pid)
check $script start
[ "$(cat /run/rpmsg-guard.pid)" = "$pid" ] || fail "a second service"

stops_while_sending 0
check_no_unsafe_overlap 0

# The program closes the tty in time.
end_in_a_hold
load_stop stubborn
check wait $opener
check wait $stopping
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
! running || fail "it has not ended"

# It does not: the stop is refused, and not let go with the end of the service.
check $script restart
rm $GUARD_LOG
kill -HUP "$(pidof syslogd)"
end_in_a_hold
check wait $stopping
wait $opener && fail "the stop was let go"
grep -q "$(refusal)" /tmp/refused || fail "the caller got: $(cat /tmp/refused)"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
[ -c /dev/ttyRPMSG30 ] || fail "the node is not back"
load_stop stubborn
! running || fail "it has not ended"
