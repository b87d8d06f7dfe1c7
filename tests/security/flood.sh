# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A user opens the state as often as it goes, on all CPUs, while stops are held. Prints what that does
# to their time; more than twice as much, in the median of several, is a failure.
PATH=$PATH:/test/callers:/test/attackers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'

# held_ms FILE: appends how long the last stop was held, by the service's own clock.
held_ms() {
	echo "$(/test/bin/rpmsg-guard status --json | tr -d ' \n' |
		sed -n 's/.*"last":{[^}]*"held_ms":\([0-9]*\).*/\1/p')" >>"$1"
}

# stops FILE
stops() {
	local n=0

	while [ $n -lt 9 ]; do
		load_start writer reopen $tty --hz 200
		carries 0
		# A stop close behind a start waits for announcements, until a second is over.
		sleep 1
		check stop_remote 0
		wait_for '[ "$(guard_phase 0)" = idle ]'
		held_ms "$1"
		start_remote 0
		wait_for '[ -c $tty ]'
		load_stop writer >/dev/null
		n=$((n + 1))
	done
}

median() {
	sort -n "$1" | sed -n 5p
}

# What the flood is measured against: as many processes of the same user that are as busy.
rpmsg-caller --uid 65534 run rpmsg-attacker spin 2 &
spinner=$!
stops /tmp/calm
kill -9 $spinner
wait_for '! pidof rpmsg-attacker'
for n in 1 2; do
	rpmsg-caller --uid 65534 run rpmsg-attacker flood $state 90 >/tmp/flood.$n &
done
stops /tmp/flooded
kill -9 $(pidof rpmsg-attacker)
calm=$(median /tmp/calm) flooded=$(median /tmp/flooded)
echo "held $calm ms beside busy processes, $flooded ms in the flood"
[ "$flooded" -le $((2 * calm + 10)) ] || fail "the flood costs more than as much again"
load_stop writer 2>/dev/null
stop_guard
