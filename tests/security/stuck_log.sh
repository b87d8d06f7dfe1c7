# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 240
#
# Whoever reads the log has stopped to do so. Stops are held and carried out all the same, nobody takes
# the service for stuck, and when the log is read again it says what is missing.
tty=/dev/ttyRPMSG30

load_stack
install_allow_list
mkfifo /tmp/log
# A reader that opens the pipe and does not read until it is told to.
(exec 3</tmp/log; while [ ! -e /tmp/read ]; do sleep 0.1; done; cat <&3 >/tmp/text) &
reader=$!
/test/bin/rpmsg-guard run --verbose --verbose --supervise >/tmp/log 2>&1 &
guard_pid=$!
wait_for '[ -e $GUARD_READY ]' 120
GUARD_LOG=/tmp/text
: >/tmp/text

service=$(service_pid)
start_remote 0
wait_for '[ -c $tty ]'
dropped() {
	/test/bin/rpmsg-guard status --json | tr -d ' \n' | sed -n 's/.*"messages":\([0-9]*\).*/\1/p'
}
round=0
# Until the pipe and the queue are full, and then some.
while [ "$(dropped)" = 0 ] || [ $round -lt 5 ]; do
	[ $round -lt 400 ] || fail "nothing was dropped"
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	start_remote 0
	wait_for '[ -c $tty ]'
	round=$((round + 1))
done
echo "$round stops, $(dropped) messages dropped"
load_start writer reopen $tty
carries 0
check stop_remote 0
restart_remote 0 $tty
load_stop writer
[ "$(service_pid)" = "$service" ] || fail "the service was killed"
: >/tmp/read
logged 'messages were dropped' || fail "the log does not say that something is missing"
grep -q 'stuck' /tmp/text && fail "the service was taken for stuck"
kill -TERM "$guard_pid"
end_process "$guard_pid" 30 || fail "the service ended with status $?"
