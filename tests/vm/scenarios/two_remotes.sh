# kernels: x86_64-6.1 arm64-5.10 arm64-5.10-shipped
# without: none
# with: clean
#
# Two remote processors: stopping one refuses no send to the other and breaks no tty of it. And a program that
# sends to both is waited for by the one that it is inside, whichever it was before.
load_stack instances=2 channels=vendor-tty@30,vendor-tty@31 channels2=vendor-tty@40
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

# Its sends to the first one have a pass; then it has sent to the other; then it sleeps inside the first one.
program_that_sends_to_both() {
	local sender

	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ] && [ -c /dev/ttyRPMSG31 ]'
	(
		exec 3>/dev/ttyRPMSG30 4>/dev/ttyRPMSG40
		for tty in 3 3 3 4; do
			echo hello >&$tty
		done
		: >/tmp/sent
		while [ ! -e /tmp/full ]; do
			sleep 0.1
		done
		echo hello >&3
	) 2>/dev/null &
	sender=$!
	wait_for '[ -e /tmp/sent ]' 30
	set_remote 0 mode hung
	load_start filler saturate /dev/ttyRPMSG31
	wait_for 'asleep_in_send filler' 60
	: >/tmp/full
	wait_for 'grep -q rpmsg_send /proc/'$sender'/wchan' 60
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	logged 'ejected 2 blocked senders' || fail "not both were ejected"
	load_stop filler >/dev/null
	wait $sender
}

# Below that level nobody is ejected.
[ "$(cat $GUARD_READY)" != override ] || program_that_sends_to_both
check stop_remote 1
stop_guard
