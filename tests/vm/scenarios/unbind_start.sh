# kernels: x86_64-6.1-kasan
# needs: override
# without: panic|kasan
# with: clean
# timeout: 240
#
# Two remote processors on one driver. The one that is down is unbound, and because the open of
# "unbind" does not say which one is meant, the unbind waits for a hold of the one that is up. Somebody
# starts the first one meanwhile: through "state" the start waits until the unbind is over, and through
# the character device, which nobody can hold, it comes up and is held, too.
load_stack instances=2 channels=vendor-tty@30 channels2=vendor-tty@40
driver=/sys/bus/platform/drivers/sim-rproc
printf 'close_timeout = 120s\nhold_timeout = 120s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf

# starts FILE: in the background, as $starter; how that ended is in /tmp/started.
starts() {
	: >/tmp/started
	(
		printf start >"$1"
		echo $? >/tmp/started
	) 2>/tmp/start_error &
	starter=$!
}

# unbinds NAME: the same, with /tmp/unbound.
unbinds() {
	: >/tmp/unbound
	(
		echo "$1" >$driver/unbind
		echo $? >/tmp/unbound
	) &
}

# An unbind of the first one that waits until the program on the tty of the other one ends.
unbind_waits() {
	load_start keeper steady /dev/ttyRPMSG30 --keep
	wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
	unbinds sim-rproc.1
	wait_for '[ ! -e /dev/ttyRPMSG30 ]' 60
}

unbind_is_over() {
	wait_for '[ -s /tmp/unbound ] && [ -s /tmp/started ]' 90
	[ "$(cat /tmp/unbound)" = 0 ] || fail "the unbind failed"
	[ ! -e $REMOTES/remoteproc1 ] || fail "remoteproc1 is still there"
	# The other one has stayed up.
	wait_for '[ -c /dev/ttyRPMSG30 ]' 60
	carries 0
}

start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 60
load_start other reopen /dev/ttyRPMSG30
load_start writer reopen /dev/ttyRPMSG40

if [ "$GUARD" = 0 ]; then
	# Nobody waits for anything.
	start_remote 1
	carries 1
	echo sim-rproc.1 >$driver/unbind
	holds_within false 60
	exit 0
fi

# A start takes its time, and until it is over it does not show in the state: an unbind that goes on
# meanwhile takes down behind it what nobody holds.
set_remote 1 start_ms 10000
unbind_waits
starts $REMOTES/remoteproc1/state
early=no
holds_within 'grep -q msleep /proc/$starter/wchan' 5 && early=yes
[ ! -s /tmp/unbound ] || fail "the unbind did not wait"
load_stop keeper
unbind_is_over
[ $early = no ] || fail "it was started while the unbind waited"
[ "$(cat /tmp/started)" != 0 ] || fail "a remote processor was started that has gone"

# Bound again it is guarded again, and down again.
echo sim-rproc.1 >$driver/bind || fail "it cannot be bound again"
wait_for '[ "$(grep -c "remoteproc1: guarded (sim-rproc.1)" $GUARD_LOG)" = 2 ]' 60
unbind_waits
starts /dev/remoteproc1
wait_for '[ "$(cat /tmp/started)" = 0 ]' 60
wait_for '[ "$(guard_phase 1)" = held ]' 60
[ ! -s /tmp/unbound ] || fail "the unbind did not wait"
load_stop keeper
unbind_is_over
logged 'remoteproc1: .*unbind requested by .*: held' || fail "what was started meanwhile was not held"

grep UNSAFE $GUARD_LOG && fail "a teardown was not safe"
# The kernel calls rproc_shutdown() also for one that is down.
[ "$(grep -c 'gate closed at rproc_shutdown' $GUARD_LOG)" = "$(grep -c 'did nothing; gate open again' $GUARD_LOG)" ] ||
	fail "a teardown was not held"
check_no_unsafe_overlap 0
load_stop other
load_stop writer
check stop_remote 0
stop_guard
