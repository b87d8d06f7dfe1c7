# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 240
# append: maxcpus=1
#
# A hung remote and 32 senders asleep whose driver logs every failed send. Who is ejected tries
# again at once, is refused and logged: the others get out all the same, and in time, also on a machine
# that has little time (where those that were awake were not out after 5 s, and the stop was refused). On one CPU:
# there whoever tries again takes the time of those that are still inside.
load_stack channels="$(vendor_channels)"
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG61 ]' 30
# So that it is known what is announced, and not waited for behind the next start.
check stop_remote 0
wait_for '[ "$(guard_phase 0)" = idle ]'

start_remote 0
wait_for '[ -c /dev/ttyRPMSG61 ]' 30
hang_writers
took=$(now)
check stop_remote 0
took=$(($(now) - took))
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
refused=$(guard_status 0 refused)
echo "held for $took hundredths of a second, $refused sends were refused"
[ "$refused" -gt 320 ] || fail "$refused sends were refused: those that were out have not tried again"
dmesg | grep 'timeout waiting for a tx buffer' && fail "a sender slept out its timeout"
logged 'ejected 32 blocked senders' || fail "32 were not ejected"
check_no_unsafe_overlap 0
stop_guard
