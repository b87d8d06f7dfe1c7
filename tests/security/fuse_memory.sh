# kernels: x86_64-6.1 arm64-5.10-shipped
# needs: container
# without: none
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# An opener whose arguments lie in memory that its owner serves to nobody else: first a user's, who is
# let through without a look at it, then root's, for whom a helper is lost. The service answers everybody
# else meanwhile, holds stops, and SIGKILL ends it at once.
PATH=$PATH:/test/callers:/test/attackers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'

# answers WHO: somebody else reads the state and is not kept waiting.
answers() {
	rm -f /tmp/answered
	(cat $state >/dev/null; : >/tmp/answered) &
	wait_for '[ -e /tmp/answered ]' 10
	echo "with $1: readers are answered"
}

rpmsg-attacker fuse-memory $state 65534 >/tmp/nobody 2>&1 &
wait_for 'grep -q open= /tmp/nobody' 20
grep -q 'open=OK' /tmp/nobody || fail "nobody's read: $(cat /tmp/nobody)"
! grep -q caught /tmp/nobody || fail "the memory of a mere reader was looked at"
grep -q 'held' $GUARD_LOG && fail "a mere reader was taken for somebody who stops"
answers "nobody's page"

rpmsg-attacker fuse-memory $state 0 >/tmp/root 2>&1 &
wait_for 'grep -q caught /tmp/root' 20
answers "root's page"
# Who does not show what he wants may want to write: he is held, let go, and does nothing.
wait_for 'grep -q open=OK /tmp/root' 30
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"

# And while a helper is stuck the service can be killed, with all it owed.
start_remote 0
wait_for '[ -c $tty ]'
umount /tmp/fuse-memory 2>/dev/null || umount -l /tmp/fuse-memory
rpmsg-attacker fuse-memory $state 0 >/tmp/root 2>&1 &
wait_for 'grep -q caught /tmp/root' 20
kill -9 "$guard_pid"
wait_for '! alive $guard_pid' 5
answers "a dead guard"
