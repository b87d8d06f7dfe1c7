# kernels: x86_64-6.1
# needs: container
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# Processes of another user that want a CPU and get next to none of it: which of them is in the middle of
# an open cannot be seen, but by their credentials none can be. The stop is not kept waiting.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

mkdir -p /tmp/cgroup
mount -t cgroup2 none /tmp/cgroup || fail "no cgroup2"
echo +cpu >/tmp/cgroup/cgroup.subtree_control
mkdir /tmp/cgroup/starved
echo '1000 100000' >/tmp/cgroup/starved/cpu.max

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'
# Begun outside: in there each of them would take seconds to come into being.
rpmsg-caller --uid 65534 run rpmsg-attacker spin 24 19 &
wait_for '[ "$(pidof rpmsg-attacker | wc -w)" = 24 ]' 60
for pid in $(pidof rpmsg-attacker); do
	echo "$pid" >/tmp/cgroup/starved/cgroup.procs || fail "$pid cannot be starved"
done
stops_under_load 3 $tty 30
grep -q 'stop refused' $GUARD_LOG && fail "a stop was refused"
kill -9 $(pidof rpmsg-attacker)
stop_guard
