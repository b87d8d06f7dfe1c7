# kernels: x86_64-6.1 arm64-5.10-shipped
# without: panic
# with: clean
# timeout: 180
# append: init_on_free=1
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# The service in a container that has the process numbers of the host: in a mount namespace of its own,
# and in a network namespace with a sysfs of its own as well. Stops through the host's sysfs are held.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
install_allow_list
start_remote 0
wait_for '[ -c $tty ]'
load_start writer reopen $tty
carries 0
if [ "$GUARD" = 0 ]; then
	stop_remote 0
	holds_within false 60
	exit 0
fi

# guards_from PLACE...
guards_from() {
	rm -f $GUARD_READY
	rpmsg-caller "$@" run /test/bin/rpmsg-guard run --verbose >$GUARD_LOG 2>&1 &
	guard_pid=$!
	wait_for '[ -e $GUARD_READY ]' 60
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	grep -q 'released: the stop may go on' $GUARD_LOG || fail "$*: the stop was not held"
	restart_remote 0 $tty
	kill -TERM "$guard_pid"
	end_process "$guard_pid" 30 || fail "$*: status $?"
	echo "guarded from $*"
}

guards_from --mntns
guards_from --netns
load_stop writer
