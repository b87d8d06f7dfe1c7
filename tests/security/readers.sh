# kernels: x86_64-6.1 arm64-5.10 arm64-5.10-shipped
# without: none
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# Users who may read the state and do so in ways that do not show it: through an io_uring, with and
# without a descriptor, and in numbers. None of it starts a hold, and root's stop is carried out among
# them. What the service keeps in /run is root's, whatever the umask was. Root's own stop through an io_uring is held as ever, and so is a user's who may write the file.
PATH=$PATH:/test/callers:/test/attackers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

load_stack
# Whatever the umask of who starts it: nobody else writes to what it believes, or asks it.
umask 0
start_guard
umask 022
[ "$(stat -c %a /run/rpmsg-guard /run/rpmsg-guard/control | xargs)" = "755 600" ] ||
	fail "modes: $(stat -c '%a %n' /run/rpmsg-guard /run/rpmsg-guard/*)"
wait_for '[ "$(stat -c %a /run/rpmsg-guard/status.json)" = 644 ]'
start_remote 0
wait_for '[ -c $tty ]'
load_start writer reopen $tty
carries 0

for how in openat openat2 uring uring-direct; do
	rpmsg-caller --uid 65534 read $state $how >/tmp/said
	case $? in
	0) echo "$how: $(cat /tmp/said)" ;;
	3) echo "$how: not on this kernel" ;;
	*) fail "$how: $(cat /tmp/said)" ;;
	esac
	! grep -q 'requested by' $GUARD_LOG || fail "$how: a reader was taken for somebody who stops"
done

# More than may wait for a hold at once.
n=0
while [ $n -lt 20 ]; do
	(while [ ! -e /tmp/enough ]; do rpmsg-caller --uid 65534 read $state uring; done >/dev/null 2>&1) &
	n=$((n + 1))
done
stops_by rpmsg-caller write $state stop
: >/tmp/enough
wait_for '! pidof rpmsg-caller' 20

rpmsg-caller write $state stop uring >/tmp/said
[ $? = 3 ] || wait_for '[ "$(holds_let_go)" = 2 ]'
[ "$(remote_state 0)" = running ] || restart_remote 0 $tty

# A file that its owner has opened to a group.
before=$(holds_let_go)
chown 0:4242 $state
chmod 664 $state
rpmsg-caller --uid 4242 write $state stop >/tmp/said || fail "the group's stop: $(cat /tmp/said)"
wait_for '[ "$(holds_let_go)" = $((before + 1)) ]'
load_stop writer
stop_guard
