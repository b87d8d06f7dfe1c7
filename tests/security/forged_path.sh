# kernels: x86_64-6.1-kasan arm64-5.10-shipped arm-6.12
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A user begins to open the tty's node before the driver of its number is there: the kernel looks for a module,
# and the open sleeps. Then the user makes the path lead elsewhere, or has the open done by an io_uring, which no
# system call shows. A stop must wait for that open: it returns with the tty. It must not wait for programs that
# sleep in an open of something else. 32-bit ARM with SMP shows no stack, only where the thread sleeps.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
printf 'hold_timeout = 100s\n' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
wait_for '[ -c $tty ]'
major=$(printf %d "0x$(stat -c %t $tty)")
check stop_remote 0

# modprobe looks for those two until it may end.
cat >/tmp/modprobe <<END
#!/bin/sh
case "\$*" in
*char-major-10-77*) while [ ! -e /tmp/found-other ]; do sleep 0.1; done ;;
*char-major-$major*) while [ ! -e /tmp/found ]; do sleep 0.1; done ;;
esac
END
chmod +x /tmp/modprobe
echo /tmp/modprobe >/proc/sys/kernel/modprobe

# Programs of root and of a user that may open the tty.
mkfifo -m 666 /tmp/fifo
mknod /tmp/other c 10 77
cat /tmp/fifo &
fifo=$!
(exec 3<>/tmp/other) &
other=$!
wait_for 'grep -Eq "fifo_open|wait_for_partner" /proc/$fifo/wchan'
wait_for 'grep -q usermodehelper /proc/$other/wchan'

# forged HOW: the stop waits until the open of HOW has returned.
forged() {
	rm -f /tmp/found /tmp/stopped $tty
	check mknod -m 666 $tty c $major 0
	rpmsg-attacker opening "$1" $tty 1000 >/tmp/attacker 2>&1 &
	attacker=$!
	wait_for 'cat /proc/$attacker/task/*/wchan | grep -q usermodehelper'
	case $1 in
	memory | link)
		kill -USR1 $attacker
		wait_for 'grep -q forged /tmp/attacker'
		;;
	esac
	start_remote 0
	(stop_remote 0; echo $? >/tmp/stopped) &
	wait_for '[ -s /tmp/stopped ] || /test/bin/rpmsg-guard status | grep -q "may still be opening a tty"' 30
	[ -s /tmp/stopped ] && fail "$1: the stop went on under an open that sleeps"
	: >/tmp/found
	wait_for '[ -s /tmp/stopped ]' 60
	[ "$(cat /tmp/stopped)" = 0 ] || fail "$1: the stop ended with $(cat /tmp/stopped)"
	wait $attacker || fail "$1: $(cat /tmp/attacker)"
	grep -q closed /tmp/attacker || fail "$1: the tty was not hung up: $(cat /tmp/attacker)"
	echo "$1: the stop waited for the open"
}

for how in memory link ring worker; do
	forged $how
done

rm -f $tty
start_remote 0
wait_for '[ -c $tty ]'
check chmod 666 $tty
rpmsg-caller --uid 1000 run cat /tmp/fifo &
users_fifo=$!
wait_for 'grep -Eq "fifo_open|wait_for_partner" /proc/$users_fifo/wchan'
check stop_remote 0
: >/tmp/found-other
wait $other
kill $fifo $users_fifo
check_no_unsafe_overlap 0
stop_guard
