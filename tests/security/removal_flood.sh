# kernels: x86_64-6.1 arm64-5.10
# needs: override
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A user calls delete_module() with the name of the remote processor's driver, on all CPUs, and kills the
# callers as soon as they are stopped. Stops by root are held and go on as always. The kernel of arm64 has no
# BTF: there it is the service that finds out who has no right.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]' 30
rpmsg-caller --uid 1000 run rpmsg-attacker remove-killed sim_rproc 12 &
flood=$!
n=0
while [ $n -lt 3 ]; do
	load_start writer saturate $tty
	carries 0
	check stop_remote 0
	load_stop writer 2>/dev/null
	wait_for '[ "$(guard_phase 0)" = idle ]' 60
	check start_remote 0
	wait_for '[ -c $tty ]' 60
	n=$((n + 1))
done
[ -d /proc/$flood ] || fail "the flood has ended before"
kill -9 $(pidof rpmsg-attacker)

# The log says it once in a minute, and how many.
minutes=$(($(sed 's/\..*//' /proc/uptime) / 60))
lines=$(grep -c 'removals of modules were refused' $GUARD_LOG)
[ "$lines" -le $((minutes + 1)) ] || fail "$lines lines say that removals were refused"
grep 'requested by rpmsg-attacker' $GUARD_LOG && fail "any user can start a hold"
grep UNSAFE $GUARD_LOG && fail "a teardown was not safe"
stop_guard
