# kernels: x86_64-6.1
# needs: override container
# without: panic
# with: clean
# timeout: 300
# add: build/callers/{arch}:/test/callers build/container/vm:/test/container
# add: build/container/vm/runtime/usr:/ build/container/vm/runtime/lib:/ build/container/vm/runtime/lib64:/
#
# The guard in a container, run by crun as an engine runs it for packaging/container/compose.yaml: with the
# rights that the file names and the engines' profile of system calls, then with all rights (--privileged).
# It holds stops of the host and of another container, sees a program of the host that keeps a tty open, and
# the host's rpmsg-guard reaches it.
PATH=$PATH:/usr/bin:/test/callers
tty=/dev/ttyRPMSG30
state=$REMOTES/remoteproc0/state

# start_container ARGUMENT...: of "crun run"; once it guards. The root file system of a VM cannot be pivoted away.
start_container() {
	[ "$GUARD" = 1 ] || return 0
	rm -f $GUARD_READY
	mkdir -p /run/rpmsg-guard /var/lib/rpmsg-guard
	crun --cgroup-manager=disabled run --no-pivot --bundle=/test/container/bundle "$@" guard >$GUARD_LOG 2>&1 &
	crun_pid=$!
	holds_within "[ -e $GUARD_READY ] || ! alive $crun_pid" 120
	[ -e $GUARD_READY ] || fail "it does not guard: $(cat $GUARD_LOG)"
	[ "$(cat $GUARD_READY)" = override ] || fail "its level is $(cat $GUARD_READY): $(cat $GUARD_LOG)"
}

end_container() {
	check crun --cgroup-manager=disabled kill guard TERM
	end_process $crun_pid 60 || fail "it ended with status $?: $(cat $GUARD_LOG)"
	! /test/bin/rpmsg-guard status --quiet || fail "a service that has ended lives"
	[ -c $tty ] || fail "$tty is missing"
}

# A health check is a command in the container, and so is every command of the guard.
in_container() {
	crun --cgroup-manager=disabled exec guard rpmsg-guard "$@"
}

# Another container, with a node of its own for the tty.
start_neighbour() {
	rm -f /tmp/away /tmp/neighbour
	rpmsg-caller --own-dev $tty run sh -c "
		echo \$\$ >/tmp/neighbour
		while [ -c $tty ]; do sleep 0.02; done
		: >/tmp/away
		exec sleep 1000" &
	wait_for '[ -s /tmp/neighbour ]'
}

# Its node is put aside during a hold, and there again.
check_neighbour() {
	local pid

	read -r pid </tmp/neighbour
	[ -e /tmp/away ] || fail "the node of another container was not put aside"
	wait_for "[ -c /proc/$pid/root$tty ]"
	kill "$pid"
}

stops_outside() {
	start_neighbour
	load_start writer reopen $tty
	carries 0
	stops_by stop_remote 0
	load_stop writer
	check_neighbour
	check_no_unsafe_overlap 0
}

# A program of the host, which the container has to find and name.
names_holder() {
	load_start stubborn saturate $tty --keep
	carries 0
	stop_remote 0 2>/tmp/refused && fail "the stop was not refused"
	logged 'stop refused: .*rpmsg-load (pid [0-9]*)' || fail "the process is not named: $(cat $GUARD_LOG)"
	[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
	load_stop stubborn
}

# What takes level override: a caller that has the file open already, also in another container.
stops_late() {
	local late

	load_start writer reopen $tty
	carries 0
	(exec 3>$state; sleep 6; echo stop >&3) &
	late=$!
	wait_for "! alive $late" 60
	wait_for '[ "$(remote_state 0)" = offline ]' 30
	restart_remote 0 $tty
	rpmsg-caller --own-dev $tty run rpmsg-caller --netns write $state stop || fail "status $?"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	restart_remote 0 $tty
	load_stop writer
	check_no_unsafe_overlap 0
}

# As on every machine with containers; crun looks for it.
check mount -t cgroup2 cgroup2 /sys/fs/cgroup
load_stack
install_allow_list
start_container
start_remote 0
wait_for '[ -c $tty ]'
if [ "$GUARD" = 0 ]; then
	load_start writer reopen $tty
	carries 0
	stop_remote 0
	holds_within false 60
	exit 0
fi
check /test/bin/rpmsg-guard status --quiet
check in_container status --quiet
stops_outside
names_holder
stops_late
check in_container stop remoteproc0
start_remote 0
wait_for '[ -c $tty ]'
end_container
[ "$(newest_episode)" ] || fail "no episode outlives the container"

start_container --config=/test/container/config-privileged
stops_outside
names_holder
end_container
