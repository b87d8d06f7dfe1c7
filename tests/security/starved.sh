# kernels: x86_64-6.1
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
chmod 660 /dev/null 2>/dev/null; chmod 666 /dev/null

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'
(echo 0 >/tmp/cgroup/starved/cgroup.procs
	exec rpmsg-caller --uid 65534 run rpmsg-attacker spin 24) &
wait_for '[ "$(pidof rpmsg-attacker | wc -w)" = 24 ]' 60
round=0
while [ $round -lt 3 ]; do
	load_start writer reopen $tty
	carries 0
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	restart_remote 0 $tty
	load_stop writer
	round=$((round + 1))
done
grep -q 'stop refused' $GUARD_LOG && fail "a stop was refused"
kill -9 $(pidof rpmsg-attacker)
stop_guard
