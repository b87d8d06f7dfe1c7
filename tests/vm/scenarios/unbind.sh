# kernels: x86_64-6.1-kasan arm64-5.10-shipped
# without: panic|kasan
# with: clean
# timeout: 240
#
# The platform driver of one of two remote processors is unbound under load. Both are held, because
# the open of "unbind" does not say which one is meant; the one goes, the other goes on. Bound again,
# the first is guarded again.
load_stack instances=2 channels=vendor-tty@30 channels2=vendor-tty@40
driver=/sys/bus/platform/drivers/sim-rproc
printf 'close_timeout = 60s\nhold_timeout = 60s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
start_remote 0
start_remote 1
wait_for '[ -c /dev/ttyRPMSG30 ] && [ -c /dev/ttyRPMSG40 ]' 60
load_start going saturate /dev/ttyRPMSG30
load_start slow steady /dev/ttyRPMSG30
load_start other reopen /dev/ttyRPMSG40
wait_for '[ "$(load_stat going writes)" -gt 50 ] && [ "$(load_stat slow writes)" -gt 3 ]' 30
wait_for '[ "$(remote_knob 1 consumed)" -gt 50 ]' 30

check sh -c "echo sim-rproc.0 >$driver/unbind"
[ ! -e $REMOTES/remoteproc0 ] || fail "remoteproc0 is still there"
if [ "$GUARD" = 0 ]; then
	holds_within false 60
	exit 0
fi
wait_for 'grep -q "remoteproc0: gone (sim-rproc.0)" $GUARD_LOG' 60
grep -q "remoteproc0: .*unbind requested by sh (pid [0-9]*) through .*/drivers/sim-rproc/unbind: held" \
	$GUARD_LOG || fail "the log does not name the path"
wait_for 'grep -q "remoteproc1: .*not carried out" $GUARD_LOG' 60
carried=$(remote_knob 1 consumed)
wait_for '[ "$(remote_knob 1 consumed)" -gt $((carried + 50)) ]' 30
check_no_unsafe_overlap 1
load_stop going
load_stop slow

# The caller is killed while it is held: both go on, and whoever was hung up may open again.
stop_guard
start_guard --config /tmp/patient.conf
load_start keeper steady /dev/ttyRPMSG40 --keep
wait_for '[ "$(load_stat keeper writes)" -gt 3 ]' 30
sh -c "echo sim-rproc.1 >$driver/unbind" &
caller=$!
wait_for 'grep -q "hanging up" $GUARD_LOG && [ ! -e /dev/ttyRPMSG40 ]' 60
kill -KILL $caller
wait_for '[ "$(guard_phase 1)" = idle ]' 60
wait_for '[ -c /dev/ttyRPMSG40 ]' 60
load_stop keeper
carried=$(remote_knob 1 consumed)
wait_for '[ "$(remote_knob 1 consumed)" -gt $((carried + 50)) ]' 30

# An unbind that the kernel refuses, and one of a remote processor that is down.
echo nonsense >$driver/unbind 2>/dev/null && fail "nonsense was unbound"
wait_for 'grep -q "remoteproc1: .*not carried out" $GUARD_LOG' 60
echo sim-rproc.0 >$driver/bind || fail "it cannot be bound again"
wait_for '[ "$(grep -c "remoteproc0: guarded (sim-rproc.0)" $GUARD_LOG)" = 1 ]' 60
check sh -c "echo sim-rproc.0 >$driver/unbind"
wait_for '[ ! -e $REMOTES/remoteproc0 ]' 60
echo sim-rproc.0 >$driver/bind || fail "it cannot be bound again"
wait_for '[ "$(grep -c "remoteproc0: guarded (sim-rproc.0)" $GUARD_LOG)" = 2 ]' 60

start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 60
load_start again saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat again writes)" -gt 20 ]' 30
check stop_remote 0
check_no_unsafe_overlap 0
load_stop again

# Both at once, each by its own shell.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 60
load_start again saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat again writes)" -gt 20 ]' 30
(echo sim-rproc.0 >$driver/unbind; echo $? >/tmp/first) &
(echo sim-rproc.1 >$driver/unbind; echo $? >/tmp/second) &
wait_for '[ -s /tmp/first ] && [ -s /tmp/second ]' 60
[ "$(cat /tmp/first /tmp/second | tr -d '\n')" = 00 ] || fail "one of two unbinds failed"
[ ! -e $REMOTES/remoteproc0 ] && [ ! -e $REMOTES/remoteproc1 ] || fail "one is still there"
load_stop again
load_stop other
stop_guard
