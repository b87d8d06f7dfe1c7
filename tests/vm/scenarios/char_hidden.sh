# kernels: x86_64-6.1-kasan
# without: panic|kasan|oops
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# Character devices of a vendor's driver that are hard to find: a device without a parent, a descriptor
# that no process shows, a node of a container, a second remote processor whose device is of the same
# module. Then an unbind, and a guard that dies while it waits.
PATH=$PATH:/test/callers:/test/attackers
device=/dev/rpmsg_vendor30
driver=/sys/bus/platform/drivers/sim-rproc

load_stack instances=2 channels=vendor-chardev@30 channels2=vendor-chardev@40
printf 'close_timeout = 1s\n' >/tmp/refuse.conf
printf 'close_timeout = 60s\nhold_timeout = 60s\n' >/tmp/patient.conf
start_guard --config /tmp/refuse.conf

# stop_is_refused REASON
stop_is_refused() {
	stop_remote 0 && fail "the stop was not refused"
	logged "remoteproc0: stop refused: after [0-9.]* s .*$1" || fail "the reason is not given"
	[ "$(remote_state 0)" = running ] || fail "refused, and $(remote_state 0)"
	wait_for '[ -c $device ]'
}

# A device without a parent: the number in its name says whose it is.
echo 0 >/sys/module/vendor_chardev/parameters/parented
start_remote 0
start_remote 1
wait_for '[ -c $device ] && [ -c /dev/rpmsg_vendor40 ]'
[ -e /sys/devices/virtual/rpmsg_vendor/rpmsg_vendor30 ] || fail "it has a parent"
load_start keeper steady $device
wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
if [ "$GUARD" = 0 ]; then
	check stop_remote 0
	holds_within false 60
	load_stop keeper
	exit 0
fi
stop_is_refused "$device is still open in rpmsg-load"
check stop_remote 1
load_stop keeper
check stop_remote 0
echo 1 >/sys/module/vendor_chardev/parameters/parented
start_remote 0
wait_for '[ -c $device ]'

# In flight on a socket: the module's count shows it, and its close.
rpmsg-attacker in-flight $device >/tmp/in-flight &
attacker=$!
wait_for 'grep -q flight /tmp/in-flight'
stop_is_refused 'is still open in a program that /proc does not show: its module vendor_chardev'
kill -TERM $attacker
wait $attacker
check stop_remote 0
start_remote 0
wait_for '[ -c $device ]'

# The other remote processor's device is of the same module: that count says nothing then, and the
# stop is not refused for it.
start_remote 1
wait_for '[ -c /dev/rpmsg_vendor40 ]'
load_start other steady /dev/rpmsg_vendor40
check stop_remote 0
logged 'other devices of module vendor_chardev are open' || fail "the log does not say so"
load_stop other
check stop_remote 1
start_remote 0
wait_for '[ -c $device ]'

# A container opens its own node again and again.
LOAD_IN="rpmsg-caller --own-dev $device run"
load_start container visit $device
LOAD_IN=
carries 0
round=0
while [ $round -lt 5 ]; do
	stop_remote 0 || fail "round $round: not stopped"
	start_remote 0
	carries 0
	round=$((round + 1))
done
load_stop container

# The guard dies while it waits: the next one puts the node back, and opens nothing.
stop_guard
start_guard --config /tmp/patient.conf
wait_for '[ -c $device ]'
cat $device &
reader=$!
wait_for 'grep -q vendor_read /proc/$reader/wchan' 30
# An opener that does not write, so that the kernel survives the guard's death.
(: >$REMOTES/remoteproc0/state; : >/tmp/opener) &
wait_for 'grep -q "$device is open in cat (pid $reader)" $GUARD_LOG' 60
[ ! -e $device ] || fail "it can be opened"
kill -KILL $guard_pid
wait_for '[ -e /tmp/opener ]' 60
# Its last thread takes the hooks off, and has the lock until then.
wait $guard_pid
start_guard --config /tmp/patient.conf
[ -c $device ] || fail "the device node is still missing"
logged "$device: node restored after an interrupted hold" || fail "the log does not say so"

# The unbind waits for the reader, too.
(echo sim-rproc.0 >$driver/unbind; : >/tmp/unbound) &
wait_for 'grep -q "$device is open in cat (pid $reader), and the kernel cannot hang it up: the unbind waits" $GUARD_LOG' 60
[ -e $REMOTES/remoteproc0 ] || fail "unbound with the device open"
kill $reader
wait_for '[ -e /tmp/unbound ]' 60
[ ! -e $REMOTES/remoteproc0 ] || fail "remoteproc0 is still there"
stop_guard
