# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 180
# hooks: yes
#
# The hold of an unbind is complete, and at that moment a driver stops the remote processor by itself, and a
# program with a descriptor from before starts it again. What is up now nobody has held: it is held again
# before the unbind goes on. (What an unheld unbind does without the guard is in "unbind".)
load_stack channels=vendor-tty@30,kernel-sender@50
check load inkernel_sender period_us=500
exec 9>$REMOTES/remoteproc0/state
export RPMSG_GUARD_TEST=1
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
load_start writer reopen /dev/ttyRPMSG30
carries 0

echo released >/run/rpmsg-guard/pause-at
(echo sim-rproc.0 >/sys/bus/platform/drivers/sim-rproc/unbind; echo $? >/tmp/unbound) 9>&- &
wait_for '[ -e /run/rpmsg-guard/paused ]' 60
echo sim-rproc.0 >/sys/module/inkernel_sender/parameters/shutdown ||
	fail "the kernel did not shut it down"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
echo start >&9
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
carries 0
rm /run/rpmsg-guard/pause-at
wait_for '[ -s /tmp/unbound ]' 60
[ "$(cat /tmp/unbound)" = 0 ] || fail "status $(cat /tmp/unbound) of the unbind"
[ ! -e $REMOTES/remoteproc0 ] || fail "the remote processor is still there"
logged 'given up: .* the guard holds it again' || fail "it was not held again"
grep -q 'gate closed at rproc_shutdown' $GUARD_LOG && fail "the second teardown was not held"
grep UNSAFE $GUARD_LOG && fail "a teardown was not safe"
exec 9>&-
load_stop writer
check rmmod inkernel_sender
stop_guard
