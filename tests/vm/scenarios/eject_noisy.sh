# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 240
#
# A hung remote and 32 senders asleep whose driver logs every failed send. Who is ejected tries
# again at once, is refused and logged: the others get out all the same, and in time, also on a machine
# that has little time (where those that were awake were not out after 5 s, and the stop was refused).
channels=
for address in $(seq 30 61); do
	channels=$channels${channels:+,}vendor-tty@$address
done
load_stack channels="$channels"
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG61 ]' 30
# So that it is known what is announced, and not waited for behind the next start.
check stop_remote 0
wait_for '[ "$(guard_phase 0)" = idle ]'

start_remote 0
wait_for '[ -c /dev/ttyRPMSG61 ]' 30
# Slow until all are there: then they hang together.
set_remote 0 delay_us 5000
set_remote 0 mode slow
waits=
for number in $(seq 30 61); do
	load_start writer$number saturate /dev/ttyRPMSG$number
	read -r pid <$LOADS/writer$number.pid
	waits="$waits /proc/$pid/task/*/wchan"
done
set_remote 0 mode hung
# By one process: together they may sleep for 15 s only.
wait_for '[ "$(cat $waits | grep -o rpmsg_send | wc -l)" = 32 ]' 60
took=$(now)
check stop_remote 0
took=$(($(now) - took))
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
echo "held for $took hundredths of a second"
dmesg | grep 'timeout waiting for a tx buffer' && fail "a sender slept out its timeout"
logged 'ejected 32 senders' || fail "32 were not ejected"
check_no_unsafe_overlap 0
stop_guard
