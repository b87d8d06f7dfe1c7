# kernels: arm64-5.10-shipped
# without: none
# with: clean
# timeout: 240
#
# Sixty-three ttys and devices of a remote processor are guarded; with one more its stop is refused by name, and
# none is left out in silence. Since 5.15 one of them is /dev/rpmsg_ctrl0.
ttys=63
[ ! -f /lib/modules/rpmsg_ctrl.ko ] || ttys=62
channels=
n=0
while [ $n -lt $ttys ]; do
	channels=$channels${channels:+,}vendor-tty@$((100 + n))
	n=$((n + 1))
done
load_stack channels=$channels
start_guard
start_remote 0
wait_for '[ "$(ls /dev/ttyRPMSG* | wc -l)" = $ttys ]' 60
load_start writer reopen /dev/ttyRPMSG$((99 + ttys))
check stop_remote 0
start_remote 0
wait_for '[ "$(ls /dev/ttyRPMSG* | wc -l)" = $ttys ]' 60
carries 0
set_remote 0 announce vendor-tty@200
wait_for '[ -c /dev/ttyRPMSG200 ]'
stop_remote 0 && fail "stopped with one more"
logged 'has more than 63 ttys and devices' || fail "the reason is not given"
[ "$(ls /dev/ttyRPMSG* | wc -l)" = $((ttys + 1)) ] || fail "not all nodes are back"
carries 0
load_stop writer
stop_guard
