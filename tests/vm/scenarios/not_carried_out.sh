# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
#
# The state file opened for writing and closed without a stop, a write that the kernel refuses, and a stop
# that it only counts: writers can open and write again, nothing is lost, and each is called what it is.
load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
state=$REMOTES/remoteproc0/state
mode=$(ls -l /dev/ttyRPMSG30)

for attempt in touch nonsense start; do
	load_start writer saturate /dev/ttyRPMSG30
	wait_for '[ "$(load_stat writer writes)" -gt 20 ]' 30
	case $attempt in
	touch) : >$state ;;
	*) echo $attempt >$state 2>/dev/null ;;
	esac
	wait_for 'grep -q "not carried out" $GUARD_LOG'
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	[ "$(ls -l /dev/ttyRPMSG30 | cut -c1-30)" = "$(echo "$mode" | cut -c1-30)" ] ||
		fail "the node came back as $(ls -l /dev/ttyRPMSG30), was $mode"
	[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
	load_stop writer
	carried=$(remote_knob 0 consumed)
	load_start again steady /dev/ttyRPMSG30
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 3)) ]'
	load_stop again
	! grep -q 'started more than once' $GUARD_LOG || fail "$attempt: nobody keeps it powered"
	: >$GUARD_LOG
done

# Since 5.18 the kernel has counted that start, and wants a stop for it.
if [ "$(uname -r | cut -d . -f 1)" -ge 6 ]; then
	! /test/bin/rpmsg-guard stop remoteproc0 2>/tmp/said || fail "it says that it is stopped"
	grep -q 'it was started more than once' /tmp/said || fail "the command said: $(cat /tmp/said)"
	# Only BTF, or the module rpmsg_guard_allow, says what rproc_shutdown() returns.
	counted='the kernel did nothing: probably'
	[ ! -e /sys/kernel/btf/vmlinux ] || counted='the kernel only counted this stop:'
	logged "not carried out: $counted it was started more than once" ||
		fail "the log: $(cat $GUARD_LOG)"
	wait_for '[ -c /dev/ttyRPMSG30 ]'
fi
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
stop_guard
