# kernels: arm64-5.10-shipped
# without: none
# with: clean
# timeout: 240
#
# Sixty-three ttys of a remote processor are guarded; with one more its stop is refused by name, and
# none is left out in silence.
channels=
n=0
while [ $n -lt 63 ]; do
	channels=$channels${channels:+,}vendor-tty@$((100 + n))
	n=$((n + 1))
done
load_stack channels=$channels
start_guard
start_remote 0
wait_for '[ "$(ls /dev/ttyRPMSG* | wc -l)" = 63 ]' 60
load_start writer reopen /dev/ttyRPMSG162
check stop_remote 0
start_remote 0
wait_for '[ "$(ls /dev/ttyRPMSG* | wc -l)" = 63 ]' 60
carries 0
set_remote 0 announce vendor-tty@200
wait_for '[ -c /dev/ttyRPMSG200 ]'
stop_remote 0 && fail "stopped with 64 ttys"
logged 'has more than 63 ttys and devices' || fail "the reason is not given"
[ "$(ls /dev/ttyRPMSG* | wc -l)" = 64 ] || fail "not all nodes are back"
carries 0
load_stop writer
stop_guard
