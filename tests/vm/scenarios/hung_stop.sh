# kernels: all x86_64-6.12-rt
# without: panic|kasan
# with: clean
#
# A hung remote, the ring full, a writer asleep on it, then "echo stop". Without the guard it wakes
# up after 15 s at an address of an unmapped vring, as in the field report. With it the stop is held
# until the writer has come out.
load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
set_remote 0 mode hung
load_start writer saturate /dev/ttyRPMSG30
wait_for 'asleep_in_send writer' 30

begin=$(now)
check stop_remote 0
held=$(($(now) - begin))
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
if [ "$GUARD" = 0 ]; then
	holds_within false 60
	exit 0
fi
echo "held for $held hundredths of a second"
load_stop writer
check_no_unsafe_overlap 0
# The remote processor, the tty and the writer are fit for another round.
set_remote 0 mode live
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writer saturate /dev/ttyRPMSG30
wait_for '[ "$(load_stat writer writes)" -gt 20 ]' 30
check stop_remote 0
load_stop writer
stop_guard
