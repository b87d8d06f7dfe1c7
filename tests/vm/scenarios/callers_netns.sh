# kernels: x86_64-6.1 arm64-5.10 arm64-5.10-shipped
# without: panic
# with: clean
# timeout: 180
# append: init_on_free=1
# add: build/callers/{arch}:/test/callers
#
# Stops through the sysfs of another network namespace, whose files are not the host's: mounted
# before the service began and after; and, where a stop can be held in rproc_shutdown as well, at
# once, before the service can have found it.
PATH=$PATH:/test/callers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

# contained_stopper NAME: waits for /tmp/NAME.go in a network namespace of its own, then stops.
contained_stopper() {
	rpmsg-caller --netns run sh -c "
		echo \$\$ >/tmp/$1.pid
		until [ -e /tmp/$1.go ]; do sleep 0.05; done
		echo stop >$state" &
	contained_pid=$!
	wait_for "[ -s /tmp/$1.pid ]"
}

go() {
	: >"/tmp/$1.go"
	wait $2
}

# How often the state file was found in such a sysfs.
found_elsewhere() {
	grep -c '/state is guarded in the sysfs of another network namespace' $GUARD_LOG
}

contained_stopper before
before=$contained_pid
load_stack
start_guard
if [ "$GUARD" = 1 ]; then
	logged 'guarding at level' || fail "it does not say that it guards"
	[ "$(found_elsewhere)" = 1 ] || fail "not found by the time the service was ready"
fi
start_remote 0
wait_for '[ -c $tty ]'
load_start fast reopen $tty
load_start slow reopen $tty --hz 20 --size 24
carries 0
if [ "$GUARD" = 0 ]; then
	go before $before
	holds_within false 60
	exit 0
fi
stops_by go before $before

contained_stopper after
wait_for '[ "$(found_elsewhere)" = 2 ]'
stops_by go after $contained_pid

# Nothing of a container that has ended is left to keep its mounts busy, and another one is found.
contained_stopper again
wait_for '[ "$(found_elsewhere)" = 3 ]'
stops_by go again $contained_pid

if [ "$(cat $GUARD_READY)" = override ]; then
	check rpmsg-caller --netns write $state stop
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	restart_remote 0 $tty
fi
load_stop fast
load_stop slow
check_no_unsafe_overlap 0
stop_guard
