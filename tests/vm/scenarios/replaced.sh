# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan
# with: clean
# timeout: 180
#
# A driver goes and comes back under the same number while the service is busy and hears of neither
# (with its probes on the modules that go, for instance; here it is stopped). What it knows of the stop
# before is of another remote processor then, and says nothing about a stop of this one.
load_stack
# Nobody can hold it through a descriptor that was opened before the guard starts.
platform=/sys/bus/platform/drivers/sim-rproc
exec 4>$platform/unbind
start_guard

go() {
	printf sim-rproc.0 >&4 || fail "it cannot be unbound"
}

come_back() {
	echo sim-rproc.0 >$platform/bind || fail "it cannot be bound again"
}

# The service in the middle of a stop: the caller was let go and has not written yet.
leave_in_the_middle() {
	start_remote 0
	exec 3>$REMOTES/remoteproc0/state
	[ "$GUARD" = 0 ] || kill -STOP $guard_pid
	printf stop >&3 || fail "not stopped"
	exec 3>&-
	go
	come_back
}

put_load() {
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start fast saturate /dev/ttyRPMSG30
	load_start slow steady /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 20 ] && [ "$(load_stat slow writes)" -gt 1 ]' 30
}

stop_it() {
	echo stop >$REMOTES/remoteproc0/state
	echo $? >/tmp/stopped
}

must_have_been_held() {
	wait_for '[ -s /tmp/stopped ]' 60
	[ "$(cat /tmp/stopped)" = 0 ] || fail "the stop failed"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	[ "$GUARD" = 1 ] || { holds_within false 60; exit 0; }
	check_no_unsafe_overlap 0
	wait_for '[ "$(guard_phase 0)" = idle ]'
	[ "$(guard_status 0 stops)" = 1 ] || fail "that stop was not held"
	load_stop fast
	load_stop slow
	rm -f /tmp/stopped
}

is_parked() {
	grep -q '^State:.*T (stopped' /proc/$stopper/status
}

# Its files are not marked yet when the stop comes: it is turned back at rproc_shutdown.
leave_in_the_middle
start_remote 0
put_load
stop_it &
stopper=$!
if [ "$GUARD" = 1 ]; then
	wait_for is_parked
	kill -CONT $guard_pid
fi
must_have_been_held

# They are marked by the time it is started.
leave_in_the_middle
[ "$GUARD" = 0 ] || kill -CONT $guard_pid
start_remote 0
put_load
stop_it &
must_have_been_held

# And the way down is an unbind of the virtio driver, whose file is the same as before.
leave_in_the_middle
start_remote 0
put_load
drivers=/sys/bus/virtio/drivers/virtio_rpmsg_bus
device=$(basename $drivers/virtio*)
(
	echo "$device" >$drivers/unbind
	echo $? >/tmp/stopped
) &
stopper=$!
wait_for 'grep -q fanotify /proc/$stopper/wchan'
kill -CONT $guard_pid
wait_for '[ -s /tmp/stopped ]' 60
[ "$(cat /tmp/stopped)" = 0 ] || fail "the unbind failed"
wait_for '[ "$(guard_phase 0)" = idle ]'
check_no_unsafe_overlap 0
grep -q 'unbound: remoteproc0' $GUARD_LOG || fail "the unbind was not held"
load_stop fast
load_stop slow
rm -f /tmp/stopped
check stop_remote 0
wait_for '[ "$(guard_phase 0)" = idle ]'

# It goes while a stop of it is held, here because it has just been started and may have channels yet
# to announce: nothing is left to be held for, and the caller is told by the kernel.
go
given_up=
round=0
while [ -z "$given_up" ]; do
	[ $((round += 1)) -le 5 ] || fail "no hold was given up"
	come_back
	wait_for '[ "$(guard_phase 0)" = idle ]'
	start_remote 0
	held=$(grep -c 'stop requested by .*: held' $GUARD_LOG)
	stop_it 2>/tmp/stop_error &
	# A machine that is busy with something else may carry the stop out before the module goes.
	wait_for '[ "$(grep -c "stop requested by .*: held" $GUARD_LOG)" -gt $held ]'
	go
	wait_for '[ -s /tmp/stopped ]' 60
	! grep -q 'given up: remoteproc0 is gone' $GUARD_LOG || given_up=1
	[ -z "$given_up" ] || grep -q 'No such device' /tmp/stop_error ||
		fail "the caller was told: $(cat /tmp/stop_error)"
	rm -f /tmp/stopped
done
stop_guard
