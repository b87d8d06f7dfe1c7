# kernels: x86_64-6.1
# needs: container
# without: none
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# Places in which the service cannot see what it relies on: without CAP_SYS_PTRACE, under the strictest
# setting of yama, in a pid namespace of its own. It refuses to start with one line that says so, and
# check says the same. With the host's process numbers it guards from a container's mount and network
# namespace, and stops through the host's sysfs are held.
PATH=$PATH:/test/callers:/test/attackers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

load_stack
install_allow_list
start_remote 0
wait_for '[ -c $tty ]'

# refuses PATTERN COMMAND...: check and run both end with status 3; the one line of run has the pattern,
# and so has check.
refuses() {
	local pattern=$1 what status

	shift
	for what in check run; do
		status=0
		"$@" /test/bin/rpmsg-guard $what >/tmp/said 2>&1 || status=$?
		[ $status = 3 ] || fail "$* $what: status $status: $(cat /tmp/said)"
		grep -q -e "$pattern" /tmp/said || fail "$* $what: $(cat /tmp/said)"
	done
	[ "$(grep -vc '^configuration: ' /tmp/said)" = 1 ] || fail "$*: not one line: $(cat /tmp/said)"
	echo "refused: $(cat /tmp/said)"
}

# CAP_SYS_PTRACE is number 19.
refuses 'CAP_SYS_PTRACE' rpmsg-attacker without 19
refuses 'pid=host' rpmsg-caller --pidns run
echo 3 >/proc/sys/kernel/yama/ptrace_scope || fail "no yama"
refuses 'ptrace_scope' env
# It cannot be lowered again: what follows runs in another VM, see places.sh.
