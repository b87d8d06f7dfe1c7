# kernels: x86_64-6.1
# since: 5.18 rproc_shutdown() can tell its caller that it was refused
# without: none
# with: clean
# timeout: 180
# hooks: yes
#
# The end of a send is missed, and the same process wants to stop the remote processor through a descriptor
# from before the guard. As long as a sender of it is on record it cannot be parked and is refused; that it is
# not inside any more is found out then, so its next try succeeds. (Nothing can fail in the kernel.)
#
# And the end of a shutdown is missed, whose caller then sleeps in another write without an end: the turns of
# others come to their ends.
load_stack
export RPMSG_GUARD_TEST_MISSES=rpmsg_send
(
	exec 9>$REMOTES/remoteproc0/state
	: >/tmp/opened
	until [ -e /tmp/go ]; do
		sleep 0.02
	done
	echo hello >/dev/ttyRPMSG30
	tries=0
	until echo stop >&9 || [ $tries -ge 250 ]; do
		tries=$((tries + 1))
		sleep 0.1
	done 2>/dev/null
	echo $tries >/tmp/tries
) &
wait_for '[ -e /tmp/opened ]'
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
: >/tmp/go
# Where /proc shows no stack (32-bit ARM), only when it must be out: after 18 s.
wait_for '[ -s /tmp/tries ]' 120
echo "refused $(cat /tmp/tries) times"
[ "$(cat /tmp/tries)" -lt 250 ] || fail "refused again and again for a sender that is out"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged 'refused with EBUSY: its process is inside a send' || fail "no end of a send was missed"
stop_guard
# Only the stack shows that the caller below is out, and 32-bit ARM shows none.
[ "$(uname -m)" != armv7l ] || exit 0

export RPMSG_GUARD_TEST_MISSES=rproc_shutdown
mkfifo /tmp/full
(
	exec 9>$REMOTES/remoteproc0/state 8<>/tmp/full
	: >/tmp/opened_again
	until [ -e /tmp/go_again ]; do
		sleep 0.02
	done
	echo stop >&9
	: >/tmp/stopped
	# More than there is room for in a pipe that nobody reads.
	printf '%100000s' x >&8
) &
sleeper=$!
wait_for '[ -e /tmp/opened_again ]'
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
: >/tmp/go_again
wait_for '[ -e /tmp/stopped ]' 60
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
wait_for 'grep -q pipe_w /proc/$sleeper/wchan'
start_remote 0
: >$REMOTES/remoteproc0/state
wait_for 'grep -q "not carried out: the file was closed" $GUARD_LOG' 60
kill $sleeper
check stop_remote 0
stop_guard
