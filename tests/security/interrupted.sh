# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
# timeout: 120
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A stop by hand, without the service, that is interrupted at its terminal: the very node of the tty is
# back, and with it all that it carries, and nothing else is left.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
start_remote 0
wait_for '[ -c $tty ]'
chown 7:8 $tty
chmod 640 $tty
node=$(stat -c '%i %a %u %g' $tty)
load_start keeper saturate $tty --keep
for signal in INT TERM HUP; do
	/test/bin/rpmsg-guard stop remoteproc0 >/tmp/said 2>&1 &
	command=$!
	wait_for '[ ! -e $tty ]'
	kill -$signal $command
	end_process $command 10
	status=$?
	[ $status = 1 ] || fail "SIG$signal: status $status: $(cat /tmp/said)"
	[ "$(stat -c '%i %a %u %g' $tty)" = "$node" ] || fail "SIG$signal: not the node that it was"
	[ "$(remote_state 0)" = running ] || fail "SIG$signal: $(remote_state 0)"
	grep -q interrupted /tmp/said || fail "SIG$signal: $(cat /tmp/said)"
done
load_stop keeper
check /test/bin/rpmsg-guard stop remoteproc0
[ -z "$(ls -A /dev/.rpmsg-guard)" ] || fail "a node is left aside"
