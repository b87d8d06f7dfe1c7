# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan
# with: clean
# timeout: 180
#
# Two callers. One opens "state" for writing, and when its hold is complete it writes nothing. The
# other one stops meanwhile, through a descriptor or a character device that nobody could hold: the
# release lets it in, too. Then the first one closes the file, or dies. The gate stays closed and the
# ttys stay away until the other one is out of rproc_shutdown(), and the result is a stop.
load_stack
cdev=/dev/remoteproc0
# The node is made by the kernel since 5.11 only, the device is there before.
[ -c $cdev ] || check mknod $cdev c "$(sed -n 's/^ *\([0-9]*\) remoteproc$/\1/p' /proc/devices)" 0

# caller NAME FILE [WORD]: opens FILE, and writes WORD if there is one when told to by /tmp/NAME.go.
# Its process is in $caller.
caller() {
	rm -f "/tmp/$1" "/tmp/$1.go"
	mkfifo "/tmp/$1.go"
	(
		exec 3>"$2"
		echo open >"/tmp/$1"
		read -r _ <"/tmp/$1.go"
		[ -z "$3" ] || printf "$3" >&3
		echo $? >"/tmp/$1"
	) &
	caller=$!
	wait_for "[ -s /tmp/$1 ]" 60
}

# turn COMMAND: the bystander ends by COMMAND while the stopper is inside.
turn() {
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start writer reopen /dev/ttyRPMSG30
	carries 0
	set_remote 0 linger 1
	caller bystander $REMOTES/remoteproc0/state
	bystander=$caller
	echo >/tmp/stopper.go
	wait_for '[ "$(remote_knob 0 lingers)" = 1 ]' 30
	if [ "$GUARD" = 0 ]; then
		set_remote 0 linger 0
		holds_within false 60
		exit 0
	fi
	"$@"
	wait_for '! alive $bystander'
	back=no
	if holds_within '[ -c /dev/ttyRPMSG30 ]' 5; then
		back=yes
		# What that leads to is for the kernel to say.
		carries 0
	fi
	set_remote 0 linger 0
	wait_for '[ "$(cat /tmp/stopper)" != open ]' 60
	[ $back = no ] || fail "the ttys came back while somebody was inside rproc_shutdown()"
	[ "$(cat /tmp/stopper)" = 0 ] || fail "the stop failed"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	wait_for '[ "$(guard_phase 0)" = idle ]'
	load_stop writer
	check_no_unsafe_overlap 0
}

close_it() {
	echo >/tmp/bystander.go
}

kill_it() {
	kill -KILL $bystander
}

# So that nothing but the end of the bystander can end its turn.
echo 'write_timeout = 120s' >/tmp/guard.conf
caller stopper $REMOTES/remoteproc0/state stop
start_guard --config /tmp/guard.conf
turn close_it
# Opened while nothing is up, so that this open is not held.
caller stopper $REMOTES/remoteproc0/state stop
turn kill_it
caller stopper $cdev stop
turn close_it
caller stopper $cdev stop
turn kill_it

grep 'turned back at rproc_shutdown' $GUARD_LOG && fail "the stopper was not let in by the release of another one"
grep 'not carried out' $GUARD_LOG && fail "a stop that was made counts as not carried out"
wait_for '[ "$(grep -c "stopped: remoteproc0 is offline" $GUARD_LOG)" = 4 ]'
[ "$(guard_status 0 stops)" = 4 ] || fail "$(guard_status 0 stops) stops were counted, not 4"
stop_guard
