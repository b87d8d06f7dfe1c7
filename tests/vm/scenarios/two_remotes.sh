# kernels: x86_64-6.1 arm64-5.10 arm64-5.10-shipped
# without: none
# with: clean
#
# Two remote processors: stopping one refuses no send to the other and breaks no tty of it.
load_stack instances=2 channels=vendor-tty@30 channels2=vendor-tty@40
start_guard
start_remote 0
start_remote 1
wait_for '[ -c /dev/ttyRPMSG30 ] && [ -c /dev/ttyRPMSG40 ]'
load_start stopped saturate /dev/ttyRPMSG30
load_start other saturate /dev/ttyRPMSG40
wait_for '[ "$(load_stat stopped writes)" -gt 20 ] && [ "$(load_stat other writes)" -gt 20 ]' 30

round=0
while [ $round -lt 5 ]; do
	check stop_remote 0
	carried=$(remote_knob 1 consumed)
	wait_for '[ "$(remote_knob 1 consumed)" -gt $((carried + 20)) ]'
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	round=$((round + 1))
done
load_stop other
load_stop stopped
[ "$(load_stat other errors)" = 0 ] || fail "the other's writer saw $(load_stat other errors) errors"
[ "$(load_stat other opens)" = 1 ] || fail "the other's writer opened $(load_stat other opens) times"
[ "$(guard_status 1 refused)" = 0 ] || fail "sends to the other were refused"
check stop_remote 0
check stop_remote 1
stop_guard
