# kernels: arm64-5.10-shipped
# without: none
# with: clean
# hooks: yes
# timeout: 600
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# The service is killed in every state of a hold while the node of a container is put aside. The next
# one puts it back as it was, and leaves no record.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
printf 'hold_timeout = 60s\nclose_timeout = 50s\n' >/tmp/patient.conf
mkdir -p /run/rpmsg-guard
export RPMSG_GUARD_TEST=1
start_guard --config /tmp/patient.conf --supervise
start_remote 0
wait_for '[ -c $tty ]'
rpmsg-caller --own-dev $tty run sh -c "
	chown 7:8 $tty; chmod 640 $tty
	while :; do ls -lin $tty >/tmp/new 2>/dev/null || echo away >/tmp/new; mv /tmp/new /tmp/node; sleep 0.02; done" &
wait_for '[ -s /tmp/node ]'
as_it_was=$(cut -d: -f1 /tmp/node)

for state in kept_out settled ejected hung_up drained closed mended released; do
	state=$(echo $state | tr _ ' ')
	pid=$(service_pid)
	rm -f /run/rpmsg-guard/paused /tmp/opener
	echo "$state" >/run/rpmsg-guard/pause-at
	(: >$REMOTES/remoteproc0/state; : >/tmp/opener) &
	wait_for '[ "$(cat /run/rpmsg-guard/paused 2>/dev/null)" = "$state" ]' 30
	wait_for '[ "$(cat /tmp/node)" = away ]'
	[ "$(ls /run/rpmsg-guard/aside | wc -l)" = 1 ] || fail "in '$state': no record of the node"
	rm -f $GUARD_READY
	kill -9 "$pid"
	rm /run/rpmsg-guard/pause-at
	wait_for '[ -e /tmp/opener ]' 20
	wait_for '[ -e $GUARD_READY ]' 120
	wait_for '[ "$(cut -d: -f1 /tmp/node)" = "$as_it_was" ]'
	[ -c $tty ] || fail "in '$state': the host's node is missing"
	[ -z "$(ls /run/rpmsg-guard/aside)" ] || fail "in '$state': a record is left"
	[ -z "$(ls -A /dev/.rpmsg-guard)" ] || fail "in '$state': a node is left aside"
	echo "killed in '$state': the node is back"
done
check stop_remote 0
stop_guard
