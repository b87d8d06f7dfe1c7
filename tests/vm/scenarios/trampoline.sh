# kernels: x86_64-6.1 x86_64-7.3
# needs: override btf x86_64
# without: none
# with: clean
# timeout: 180
# x86 threads: one
# add: build/tracers/{arch}/rpmsg-tracer:/test/bin/
#
# Somebody traces rpmsg_send() with a BPF trampoline (fexit): the function runs then, whatever a kprobe overrides, and
# a guard that does not notice lets senders in that it has refused and of whom it has no record. The guard says
# so, and refuses stops until the tracer has gone. Tracers of other functions are nobody's business. Without the
# guard nothing overrides.

# trace KIND FUNCTION
trace() {
	rm -f /tmp/tracer
	rpmsg-tracer "$@" >/tmp/tracer 2>&1 &
	tracer=$!
	wait_for '[ -s /tmp/tracer ]' 30
	grep -q attached /tmp/tracer || fail "the tracer: $(cat /tmp/tracer)"
}

# told TEXT: the log has it in time; the BTF of a kernel is megabytes. The service looks when something happens.
told() {
	wait_for "grep -q '$1' $GUARD_LOG || ! echo change >$REMOTES/remoteproc0/uevent" 60
}

untrace() {
	kill $tracer
	wait $tracer
}

load_stack channels=kernel-sender@50
check load inkernel_sender period_us=500
start_guard
start_remote 0

# One that is in nobody's way.
trace fexit vring_del_virtqueue
check stop_remote 0
untrace

start_remote 0
trace fexit rpmsg_send
! stop_remote 0 2>/dev/null || fail "the stop was let go"
logged 'stop refused: the gate is not reliable: .* on rpmsg_send: ' || fail "the log: $(cat $GUARD_LOG)"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
told 'another program has a BPF trampoline (fentry, fexit) on rpmsg_send: the guard cannot override'
untrace
told 'the BPF trampoline of the other program is gone'
check stop_remote 0

# It was there before the guard; and by an entry alone the result is lost.
stop_guard
trace fentry rpmsg_trysend
start_guard
told 'another program has a BPF trampoline (fentry, fexit) on rpmsg_trysend: the guard cannot override'
start_remote 0
! stop_remote 0 2>/dev/null || fail "the stop was let go"
untrace
check stop_remote 0

# In the way of parked callers and of the removal of modules, not of a stop.
start_remote 0
trace fexit rproc_shutdown
told 'another program has a BPF trampoline (fentry, fexit) on rproc_shutdown: the guard cannot override'
check stop_remote 0
untrace
check_no_unsafe_overlap 0
stop_guard
