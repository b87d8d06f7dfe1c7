# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 180
# hooks: yes
#
# The look at an opener does not end, as when its process executes a file of a file system that does not
# answer: a caller that comes later is held and served all the same, and readers are. With more of them than
# there are threads to look, opens of those who could write are refused, until the looks end. (It is about the
# service alone.)
load_stack
export RPMSG_GUARD_TEST=1
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
state=$REMOTES/remoteproc0/state

# One that opens the file to write, and does not write.
stuck_opener() {
	sh -c ": >/run/rpmsg-guard/stuck-\$\$; : 3>>$state" 2>/dev/null &
	openers="${openers:-} $!"
	wait_for "[ -e /run/rpmsg-guard/stuck-$! ]"
	wait_for "grep -q fanotify /proc/$!/wchan || ! alive $!"
}

stuck_opener
(stop_remote 0; echo $? >/tmp/stopped) &
wait_for '[ -s /tmp/stopped ]' 30
[ "$(cat /tmp/stopped)" = 0 ] || fail "the stop ended with $(cat /tmp/stopped)"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"

for n in 2 3 4 5 6 7 8 9; do
	stuck_opener
done
# Each of them has its time.
wait_for 'grep -q "wait in exec() .*refuses opens of guarded files until" $GUARD_LOG' 30
stop_remote 0 2>/tmp/error && fail "a stop that nobody could look at succeeded"
grep -q "$(refusal)" /tmp/error || fail "refused with: $(cat /tmp/error)"

rm /run/rpmsg-guard/stuck-*
logged 'the guard checks opens of guarded files again' || fail "the looks are over, and the log does not say so"
for opener in $openers; do
	wait "$opener"
done
start_remote 0
check stop_remote 0
check_no_unsafe_overlap 0
stop_guard
