# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 300
# add: build/attackers/{arch}:/test/attackers
#
# Processes of another user with so many descriptors that a look at all of them takes a minute. Where the
# kernel's count decides (ttys), the look is for names: a stop of root's takes a second longer. Where the
# look decides (a character device), it may take until hold_timeout: the stop is refused, and the process is
# named. When the caller ends, the look ends, too.
PATH=$PATH:/test/attackers
tty=/dev/ttyRPMSG30

# hoard N FDS: N processes that have them all.
hoard() {
	rpmsg-attacker hoard "$1" "$2" 65534 >/tmp/hoard &
	wait_for "[ \$(grep -c hoard /tmp/hoard) = $1 ]" 120
}

# takes_ms MARK: from "gate closed" to the line with MARK in the last hold.
takes_ms() {
	sed -n "s/.*: +\([0-9.]*\) s  gate closed.*/\1/p; s/.*: +\([0-9.]*\) s  $1.*/\1/p" $GUARD_LOG |
		tail -n 2 | awk '{ at[NR] = $1 } END { printf "%d\n", (at[2] - at[1]) * 1000 }'
}

load_stack instances=2 channels=vendor-tty@30 channels2=vendor-chardev@40
printf 'hold_timeout = 6s\n[remoteproc remoteproc0]\nhold_timeout = 60s\n' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
start_remote 1
wait_for '[ -c $tty ] && [ -c /dev/rpmsg_vendor40 ]' 30
hoard 10 60000
load_start fast steady $tty
wait_for '[ "$(load_stat fast writes)" -gt 3 ]' 30
check stop_remote 0
echo "from the gate to the hang-up: $(takes_ms 'hanging up') ms"
# The second may be over on a slow machine before the look gets to it, although it has few descriptors.
logged "hanging up $tty, open in rpmsg-load" || logged 'in a program that the guard did not find in time' ||
	fail "the program with the tty is not named"
[ "$(takes_ms 'hanging up')" -lt 10000 ] || fail "the hold has waited for the look"
logged 'the look for programs .* was ended. rpmsg-attacker (pid [0-9]*) had most descriptors: [0-9]* or more' ||
	fail "the process with the descriptors is not named"
load_stop fast

# Nobody has the device open, but only a look can tell.
if stop_remote 1; then fail "stopped without a look at all programs"; fi
[ "$(remote_state 1)" = running ] || fail "refused, and $(remote_state 1)"
logged '/dev/rpmsg_vendor40 may still be open: rpmsg-attacker (pid [0-9]*) has so many descriptors' ||
	fail "the refusal does not name the process"

# A look with much time ends with the caller.
stop_guard
printf 'hold_timeout = 300s\nclose_timeout = 300s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
sh -c "echo stop >$REMOTES/remoteproc1/state" &
caller=$!
wait_for 'grep -q "remoteproc1: .* was ended. rpmsg-attacker" $GUARD_LOG' 60
kill -9 $caller
wait_for 'grep -q "remoteproc1: .*given up: the caller" $GUARD_LOG' 20

# The administrator ends it.
kill -9 $(pidof rpmsg-attacker)
wait_for '! pidof rpmsg-attacker'
check stop_remote 1
check_no_unsafe_overlap 0
stop_guard
