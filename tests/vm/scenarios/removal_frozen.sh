# kernels: x86_64-6.1
# needs: override container suspend
# without: none
# with: clean
# timeout: 180
#
# The removal of a module that nothing hangs on at that moment is let go, but its caller is frozen. When it
# goes on at last, a remote processor does hang on the module: it is held then. (What an unheld removal does
# without the guard is in "removal".)
load_stack
mkdir -p /tmp/groups
check mount -t cgroup2 none /tmp/groups
check mkdir /tmp/groups/frozen
printf 'write_timeout = 500ms\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
driver=/sys/bus/virtio/drivers/virtio_rpmsg_bus
device=$(cd $driver && echo virtio*)
echo "$device" >$driver/unbind || fail "$device cannot be unbound"
wait_for '[ "$(guard_phase 0)" = idle ]'

# Turned back by the kernel side, and frozen before it has its answer.
kill -STOP $guard_pid
/bin/busybox rmmod virtio_rpmsg_bus &
caller=$!
wait_for 'grep -q "^State:.T" /proc/$caller/status'
echo $caller >/tmp/groups/frozen/cgroup.procs || fail "no group for the caller"
echo 1 >/tmp/groups/frozen/cgroup.freeze
wait_for 'grep -q "frozen 1" /tmp/groups/frozen/cgroup.events'
kill -CONT $guard_pid
logged 'removal of module virtio_rpmsg_bus' || fail "the removal was not seen"
logged "process $caller did not remove module" || echo "its permission has no end"

echo "$device" >$driver/bind || fail "$device cannot be bound again"
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
load_start writer saturate /dev/ttyRPMSG30
carries 0
echo 0 >/tmp/groups/frozen/cgroup.freeze
wait $caller || fail "the removal ended with $?"
logged 'removal of module virtio_rpmsg_bus requested by busybox.*: held' ||
	fail "the removal was not held"
grep UNSAFE $GUARD_LOG && fail "a teardown was not safe"
load_stop writer
stop_guard
