# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: ended
# reboot: clean
#
# The machine goes down while a stop is held: init ends all programs, or the kernel restarts at once.
# Neither waits for the hold.
if [ -e /test/kept ]; then
	grep -q restarting /test/kept || fail "the VM has ended before its restart"
	exit 0
fi

# A stop that is held for as long as the descriptor is kept.
hold_a_stop() {
	load_start stubborn steady /dev/ttyRPMSG30 --keep
	carries 0
	(stop_remote 0) 2>/dev/null &
	opener=$!
	wait_for '[ "$(guard_phase 0)" = held ]'
}

load_stack
cat >/tmp/hold.conf <<'CONF'
hold_timeout = 60s
close_timeout = 60s
CONF
start_guard --config /tmp/hold.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'

# As init does: the end of the service waits for the hold, and the hold ends with its caller.
hold_a_stop
kill -TERM $opener
stop_guard
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
load_stop stubborn

start_guard --config /tmp/hold.conf
wait_for '[ -c /dev/ttyRPMSG30 ]'
hold_a_stop
echo 'keep: restarting'
reboot -f
fail "the kernel does not restart"
