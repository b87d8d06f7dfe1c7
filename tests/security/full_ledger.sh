# kernels: x86_64-6.1
# since: 5.15 the virtio transport has /dev/rpmsg_ctrl0
# without: none
# with: clean
# timeout: 300
# add: build/attackers/{arch}:/test/attackers
#
# A program with /dev/rpmsg_ctrl0 makes endpoints without number: opens and closes them as fast as it goes, and has
# more of them at once than the guard has room for. Neither lets a send through on an endpoint that is dead: a sender
# inside the kernel goes on sending on its old endpoint after each stop. (kernel_sender is the side without the guard.)
PATH=$PATH:/test/attackers
load_stack channels=kernel-sender@50
check load inkernel_sender unsafe_remove=1 period_us=2000
# To hide some thousand devices takes its time on a machine that has other work.
echo 'hold_timeout = 5min' >/tmp/patient.conf
start_guard --verbose --config /tmp/patient.conf
logged 'every endpoint is known' || fail "the world is not closed"
start_remote 0
wait_for '[ -c /dev/rpmsg_ctrl0 ]' 30

# Each uevent makes the guard look for creations that it has missed. One that it sees under way is none.
check rpmsg-attacker endpoints /dev/rpmsg_ctrl0 4
wait_for '[ -c /dev/rpmsg3 ]' 30
rpmsg-attacker churn 10 /dev/rpmsg[0-3] &
churn=$!
while alive $churn; do
	echo change >$REMOTES/remoteproc0/uevent
done
! grep 'missed the creation of an endpoint' $GUARD_LOG || fail "a creation that was under way was taken for missed"

check rpmsg-attacker endpoints /dev/rpmsg_ctrl0 4200
wait_for '[ -c /dev/rpmsg4199 ]' 120
rpmsg-attacker open-all 4200 >/tmp/opened &
many=$!
wait_for 'grep -q open /tmp/opened' 120
logged 'there are more than 4096 endpoints' || fail "nothing is said of them"
kill $many

round=0
while [ $round -lt 2 ]; do
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	dropped=$(guard_status 0 dropped)
	wait_for '[ "$(guard_status 0 dropped)" -gt $((dropped + 20)) ]' 30
	carried=$(remote_knob 0 consumed)
	start_remote 0
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
	round=$((round + 1))
done
[ "$(grep -c 'every endpoint is known' $GUARD_LOG)" = 2 ] || fail "the world was not closed again"
check_no_unsafe_overlap 0
check stop_remote 0
check rmmod inkernel_sender
stop_guard
