# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
# x86 threads: one
#
# The service is killed with SIGKILL while an opener is held: the opener goes on, and the next
# instance guards again and puts back what the dead one left.
load_stack
printf 'hold_timeout = 60s\nclose_timeout = 50s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 3 ]' 30

# An opener that does not write, so that the kernel survives the guard's death.
(: >$REMOTES/remoteproc0/state; echo done >/tmp/opener) &
wait_for 'grep -q "hanging up" $GUARD_LOG'
wait_for '! [ -e /dev/ttyRPMSG30 ]'
[ ! -e /tmp/opener ] || fail "the opener was not held"
kill -KILL $guard_pid
wait_for '[ -e /tmp/opener ]' 5
/test/bin/rpmsg-guard status | grep -qi dead || fail "status does not say that the service is dead"

start_guard
[ -c /dev/ttyRPMSG30 ] || fail "the device node is still missing"
load_stop stubborn
carried=$(remote_knob 0 consumed)
load_start again saturate /dev/ttyRPMSG30
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop again
stop_guard
