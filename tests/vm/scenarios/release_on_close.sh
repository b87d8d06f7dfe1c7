# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers
#
# A program that has the remote processor stopped with the close of /dev/remoteproc0, because it ends
# or because it is killed. There is no open to hold and no result to wait for: the close ends at once,
# and the service holds and makes the stop in its place.
PATH=$PATH:/test/callers
cdev=/dev/remoteproc0
load_stack
# The node is made by the kernel since 5.11 only, the device is there before.
[ -c $cdev ] || check mknod $cdev c "$(sed -n 's/^ *\([0-9]*\) remoteproc$/\1/p' /proc/devices)" 0
start_guard

# end_by SIGNAL: the owner starts it, two programs send, and the owner ends; at SIGUSR1 by itself.
end_by() {
	rpmsg-caller own $cdev >/tmp/owner 2>&1 &
	owner=$!
	wait_for 'grep -q started /tmp/owner' 30
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start fast saturate /dev/ttyRPMSG30
	load_start slow steady /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 20 ] && [ "$(load_stat slow writes)" -gt 1 ]' 30
	[ "$1" = none ] || kill "-$1" $owner
	exec
	wait_for '! alive $owner'
	if [ "$GUARD" = 0 ]; then
		holds_within false 60
		exit 0
	fi
	wait_for '[ "$(remote_state 0)" = offline ]' 60
	wait_for '[ "$(guard_phase 0)" = idle ]'
	load_stop fast
	load_stop slow
	check_no_unsafe_overlap 0
	echo "stopped after the end by $1"
}

end_by USR1
end_by TERM
end_by KILL
logged 'turned back at rproc_shutdown, called from rproc_cdev_release' || fail "not held"
stop_guard
