# kernels: x86_64-6.1-kasan arm64-5.10 arm64-6.1 x86_64-6.12-rt arm-6.12
# without: panic|kasan
# with: clean
# timeout: 180
#
# A stop that no open announces: through a state descriptor that is older than the guard, and through
# /dev/remoteproc0, whose opens cannot be held. The caller is turned back at rproc_shutdown, stopped,
# and after the hold its stop is made; to itself it looks like a slow write.
load_stack
mkfifo /tmp/go

# old_caller WORD FILE: opens FILE now, and writes WORD when told to.
old_caller() {
	(
		exec 3>"$2"
		echo open >/tmp/caller
		read -r _ </tmp/go
		# The character device wants the bare word.
		printf "$1" >&3
		echo $? >/tmp/caller
	) &
	caller=$!
	wait_for '[ "$(cat /tmp/caller)" = open ]'
}

# The node is made by the kernel since 5.11 only, the device is there before.
cdev=/dev/remoteproc0
if [ ! -c $cdev ]; then
	major=$(sed -n 's/^ *\([0-9]*\) remoteproc$/\1/p' /proc/devices)
	check mknod $cdev c "$major" 0
fi

rm -f /tmp/caller
old_caller stop $REMOTES/remoteproc0/state
start_guard
round=0
while [ $round -lt 6 ]; do
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start fast saturate /dev/ttyRPMSG30
	load_start slow steady /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 20 ] && [ "$(load_stat slow writes)" -gt 1 ]' 30
	echo >/tmp/go
	wait_for '[ "$(cat /tmp/caller)" != open ]' 60
	wait $caller
	if [ "$GUARD" = 0 ]; then
		holds_within false 60
		exit 0
	fi
	[ "$(cat /tmp/caller)" = 0 ] || fail "the write of round $round failed"
	# A real-time kernel stops the caller some milliseconds late.
	case $(uname -v) in
	*PREEMPT_RT*) wait_for '[ "$(remote_state 0)" = offline ]' 30 ;;
	esac
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	wait_for '[ "$(guard_phase 0)" = idle ]'
	load_stop fast
	load_stop slow
	round=$((round + 1))
	[ $((round % 2)) = 0 ] && file=$REMOTES/remoteproc0/state || file=$cdev
	rm -f /tmp/caller
	# Opened while nothing is up, so that this open is not held.
	old_caller stop $file
done
kill $caller
check_no_unsafe_overlap 0
[ "$(grep -c 'turned back at rproc_shutdown' $GUARD_LOG)" -ge $round ] || fail "not every stop was turned back"
[ "$(guard_status 0 stops)" = $round ] || fail "$(guard_status 0 stops) stops were counted, not $round"
stop_guard
