# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# Root of a container with a /dev of its own, without CAP_SYS_ADMIN, swaps its node of the tty for a
# link to a file of the host, as fast as it can, while stops are held. Nothing happens to the file, and
# when the container leaves its node alone it gets that very node back.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

echo secret >/tmp/secret
chmod 600 /tmp/secret
untouched=$(stat -c '%a %u %g' /tmp/secret)

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'
rpmsg-caller --own-dev $tty --no-admin run rpmsg-attacker swap $tty /tmp/secret >/tmp/swap 2>&1 &
attacker=$!
wait_for 'grep -q ready /tmp/swap'
round=0
while [ $round -lt 40 ]; do
	stop_remote 0 || fail "round $round: not stopped"
	start_remote 0
	wait_for '[ -c $tty ]'
	[ "$(stat -c '%a %u %g' /tmp/secret)" = "$untouched" ] ||
		fail "round $round: root's file is $(stat -c '%A, of %u:%g' /tmp/secret)"
	round=$((round + 1))
done
kill -9 $attacker

# Another container that means no harm: its node is away during the hold, and back as it was.
rpmsg-caller --own-dev $tty run sh -c "
	chown 7:8 $tty; chmod 640 $tty; ls -lin $tty >/tmp/before
	while [ ! -e /tmp/leave ]; do
		[ -e $tty ] || : >/tmp/away
		ls -lin $tty >/tmp/after 2>/dev/null
		sleep 0.01
	done" &
wait_for '[ -s /tmp/before ]'
mkdir -p /run/rpmsg-guard
round=0
while [ $round -lt 5 ]; do
	stop_remote 0 || fail "not stopped"
	start_remote 0
	wait_for '[ -c $tty ]'
	round=$((round + 1))
done
wait_for '[ -z "$(ls /run/rpmsg-guard/aside 2>/dev/null)" ]'
sleep 0.1
: >/tmp/leave
wait $!
cut -d: -f1 /tmp/before >/tmp/a
cut -d: -f1 /tmp/after >/tmp/b
cmp -s /tmp/a /tmp/b || fail "the node was $(cat /tmp/before), and is $(cat /tmp/after)"
[ -e /tmp/away ] || echo "the node was never seen away"

# Two mount namespaces over the /dev of one container, as of a container whose init is systemd.
rm -f /tmp/leave
rpmsg-caller --own-dev $tty run sh -c "
	rpmsg-caller --mntns run sleep 1000 &
	rpmsg-caller --mntns run sleep 1000 &
	while [ ! -e /tmp/leave ]; do sleep 0.05; done
	ls -lin $tty >/tmp/shared 2>&1" &
container=$!
wait_for '[ "$(pidof sleep | wc -w)" -ge 2 ]'
round=0
while [ $round -lt 5 ]; do
	check stop_remote 0
	start_remote 0
	wait_for '[ -c $tty ]'
	round=$((round + 1))
done
wait_for '[ -z "$(ls /run/rpmsg-guard/aside)" ]'
: >/tmp/leave
wait $container
grep -q 'crw-r--r--' /tmp/shared || fail "the node of the container: $(cat /tmp/shared)"
[ "$(stat -c %a $tty)" != 0 ] || fail "the node of the host has lost its mode"
stop_guard
