# kernels: x86_64-6.1 arm64-5.10
# without: none
# with: clean
# timeout: 180
#
# The service is there before any rpmsg module, goes on when they are unloaded, and guards again
# when they come back; remote processors come and go.
start_guard
logged 'guarding at level override' || fail "not at level override"
logged 'there is no remote processor yet: waiting for one' || fail "it does not say that it waits"
round=0
while [ $round -lt 3 ]; do
	load_stack instances=2
	wait_for 'grep -q "remoteproc1: guarded (sim-rproc.1)" $GUARD_LOG'
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start writer saturate /dev/ttyRPMSG30
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 50)) ]' 30
	check stop_remote 0
	load_stop writer
	[ "$(load_stat writer errors)" -gt 0 ] || fail "the writer was not told"
	logged 'send refused on' || logged 'hanging up' || fail "not guarded"
	for name in sim_rproc vendor_chardev vendor_tty rpmsg_tty rpmsg_ctrl rpmsg_char virtio_rpmsg_bus rpmsg_ns \
		rpmsg_core; do
		grep -q "^$name " /proc/modules || continue
		rmmod $name || fail "$name cannot be unloaded: $(cat /proc/modules)"
	done
	wait_for 'grep -q "remoteproc1: gone (sim-rproc.1)" $GUARD_LOG'
	: >$GUARD_LOG
	round=$((round + 1))
done
stop_guard
