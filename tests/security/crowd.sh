# kernels: x86_64-6.1-kasan
# without: none
# with: clean
# hooks: yes
# timeout: 180
#
# More senders than there is room for records, at level observe, which can turn nobody away: one is
# asleep in its send, and nothing but a count says so. The stop waits for it as for the others.
load_stack channels=kernel-sender@50
check load inkernel_sender unsafe_remove=1 period_us=500
echo 'level = observe' >/tmp/conf
export RPMSG_GUARD_TEST_SENDERS=1
start_guard --config /tmp/conf
start_remote 0
wait_for '[ "$(remote_knob 0 consumed)" -gt 50 ]' 30

# sleepers: how many kernel senders are asleep in a send.
sleepers() {
	local n=0 comm

	for task in /proc/[0-9]*; do
		read -r comm <$task/comm 2>/dev/null
		[ "$comm" = kernel-sender ] && grep -q rpmsg_send $task/wchan 2>/dev/null && n=$((n + 1))
	done
	echo $n
}
set_remote 0 mode hung
wait_for '[ "$(sleepers)" = 1 ]' 30
# After this send it stays away, so that its record goes while the second one is still inside.
echo 60000000 >/sys/module/inkernel_sender/parameters/period_us
sleep 7
set_remote 0 announce kernel-sender@51
wait_for '[ "$(sleepers)" = 2 ]' 5
check stop_remote 0
[ "$(sleepers)" = 0 ] || fail "a sender was inside"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
[ "$(guard_status 0 unsafe_overlaps)" = 0 ] || fail "an unsafe overlap"
/test/bin/rpmsg-guard status | grep -q 'senders without a record' || fail "the loss is not told"
# It would send on a channel that is gone, which level observe does not keep it from.
stop_guard
