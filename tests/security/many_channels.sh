# kernels: x86_64-6.1
# since: 5.18 a program makes channels through /dev/rpmsg_ctrlN
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# With more channels than any firmware has, a driver's probe is waited for all the same, and every /dev/rpmsgN is
# hidden: before 6.2 an open of one during the stop uses a freed endpoint. The probe of this vendor's driver sends,
# and the remote processor hangs with a full ring.
PATH=$PATH:/test/callers:/test/attackers
load_stack
printf 'hold_timeout = 3s\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
start_remote 0
wait_for '[ -c /dev/rpmsg_ctrl0 ] && [ -c /dev/ttyRPMSG30 ]' 60
check rpmsg-attacker channels /dev/rpmsg_ctrl0 300
wait_for '[ "$(ls -d /dev/rpmsg[0-9]* | wc -l)" = 300 ]' 60

probe_sleeps() {
	grep -q rpmsg_send /proc/[0-9]*/wchan 2>/dev/null
}

set_remote 0 mode hung
message=0
while [ $message -lt 32 ]; do
	check printf x >/dev/ttyRPMSG30
	message=$((message + 1))
done
set_remote 0 announce vendor-tty@31
wait_for probe_sleeps
stop_remote 0 2>/dev/null && fail "stopped while a driver was being probed"
logged 'stop refused: .*the probe of channel virtio[0-9]*.vendor-tty.-1.31 still runs' ||
	fail "the reason is not given"
set_remote 0 mode live
wait_for '! probe_sleeps' 30
carries_on() {
	echo x >/dev/ttyRPMSG31
}
wait_for carries_on
stop_guard

# All are hidden in a hold, also those of a container: what has /dev/rpmsg_ctrl0 open keeps the hold waiting.
rpmsg-caller --own-dev /dev/rpmsg0 run sh -c '
	for device in /sys/class/rpmsg/rpmsg[1-9]*; do
		IFS=: read -r major minor <$device/dev
		mknod /dev/${device##*/} c $major $minor || exit 1
	done
	while [ ! -e /tmp/leave ]; do
		ls -d /dev/rpmsg[0-9]* 2>/dev/null | wc -l >/tmp/inside.new
		mv /tmp/inside.new /tmp/inside
		sleep 0.05
	done' &
container=$!
wait_for '[ "$(cat /tmp/inside 2>/dev/null)" = 300 ]' 60
printf 'hold_timeout = 120s\nclose_timeout = 100s\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
exec 4<>/dev/rpmsg_ctrl0
(
	exec 4>&-
	stop_remote 0
	echo $? >/tmp/stopped
) &
wait_for '/test/bin/rpmsg-guard status | grep -q "/dev/rpmsg_ctrl0 is still open"' 60
ls -d /dev/rpmsg[0-9]* 2>/dev/null && fail "not all are hidden"
wait_for '[ "$(cat /tmp/inside)" = 0 ]'
exec 4>&-
wait_for '[ "$(cat /tmp/stopped 2>/dev/null)" = 0 ]' 100
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
wait_for '[ "$(cat /tmp/inside)" = 300 ]' 30
: >/tmp/leave
wait $container || fail "the container"
check_no_unsafe_overlap 0
stop_guard
