# kernels: x86_64-6.1
# without: none
# with: oops
# reboot: clean
#
# A kernel that does not panic on an oops (vendors ship such) takes a sender along and goes on: then
# "validate" says so itself, and ends, because that sender never closes its descriptor.
if [ -f /test/kept ]; then
	cat /test/kept
	grep -q '^status 1$' /test/kept || fail "another status"
	grep -q '^verdict: vulnerable$' /test/kept || fail "another verdict"
	grep -q 'The kernel printed an oops and went on' /test/kept || fail "the oops was not seen"
	grep -q 'inside while a virtqueue was deleted: \|Sends on a dead endpoint: ' /test/kept ||
		fail "nothing else was seen"
	grep -q 'ended in cycle [0-9]*: a sender of /dev/ttyRPMSG30 does not return' /test/kept ||
		fail "not ended by the sender that is gone"
	exit 0
fi
load_stack
echo 0 >/proc/sys/kernel/panic_on_oops
status=0
/test/bin/rpmsg-guard validate remoteproc0 --device /dev/ttyRPMSG30 --cycles 20 \
	--i-know-this-can-panic >/tmp/said || status=$?
echo "keep: status $status"
sed 's/^/keep: /' /tmp/said
