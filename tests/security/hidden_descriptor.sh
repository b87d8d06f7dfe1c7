# kernels: x86_64-6.1-kasan arm64-5.10-shipped
# without: none
# with: clean
# timeout: 240
# append: init_on_free=1
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A descriptor of the tty that a look at processes misses: one on its way through a socket, and one that
# two processes take from each other; one whose owner does all he can to make the tty look unused; and
# opens through a descriptor of the node, which need no name. Closed after the stop any of them would touch
# freed memory; so the stop is refused while it is there, or waits for its close.
PATH=$PATH:/test/callers:/test/attackers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

load_stack
printf 'close_timeout = 2s\n' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
wait_for '[ -c $tty ]'

# As often as not a single look would miss it.
refused_until_it_ends() {
	local round=0

	while [ $round -lt 4 ]; do
		if stop_remote 0; then
			kill -9 $(pidof rpmsg-attacker)
			fail "round $round: stopped while the tty was open"
		fi
		round=$((round + 1))
	done
	kill -9 $(pidof rpmsg-attacker)
	wait_for '! pidof rpmsg-attacker'
}

rpmsg-attacker in-flight $tty >/tmp/in-flight &
attacker=$!
wait_for 'grep -q flight /tmp/in-flight'
if stop_remote 0; then
	kill -TERM $attacker
	wait $attacker
	fail "stopped with a descriptor in flight"
fi
logged 'a tty is still open in a program that /proc does not show' || fail "the reason is not given"
[ "$(remote_state 0)" = running ] || fail "refused, and $(remote_state 0)"
# Closed while the stop waits for it, and then all is well.
(stop_remote 0 && : >/tmp/stopped) &
wait_for '[ "$(grep -c "hanging up $tty" $GUARD_LOG)" -ge 2 ]'
kill -TERM $attacker
wait $attacker
wait_for '[ -e /tmp/stopped ]' 20
start_remote 0
wait_for '[ -c $tty ]'

# Hidden from a look in every few; kernels without pidfd_getfd() (5.6) are not asked.
rpmsg-attacker hand-over $tty >/tmp/hands 2>&1 &
wait_for 'grep -q handing /tmp/hands'
refused_until_it_ends
check stop_remote 0
start_remote 0
wait_for '[ -c $tty ]'

# The guard may hang it up at once, and then it is closed by its end only.
rpmsg-attacker shared $tty >/tmp/shared &
wait_for 'grep -q shared /tmp/shared'
refused_until_it_ends

chmod 666 $tty
rpmsg-attacker reopen $tty 65534 >/tmp/reopen &
wait_for 'grep -q reopening /tmp/reopen'
round=0
while [ $round -lt 10 ]; do
	check stop_remote 0
	start_remote 0
	wait_for '[ -c $tty ]'
	kill -9 $(pidof rpmsg-attacker)
	chmod 666 $tty
	rpmsg-attacker reopen $tty 65534 >/tmp/reopen &
	sleep 0.2
	round=$((round + 1))
done
kill -9 $(pidof rpmsg-attacker)
wait_for '! pidof rpmsg-attacker'
load_start writer reopen $tty
carries 0
check stop_remote 0
load_stop writer
check_no_unsafe_overlap 0
stop_guard
