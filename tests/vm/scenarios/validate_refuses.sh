# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
#
# What "validate" does not do: nothing without consent, nothing while the service guards, nothing
# that the kernel side could not observe. The remote processor runs on in each case. And it finds nothing
# clean that the kernel side has not seen.
guard=/test/bin/rpmsg-guard

# expect STATUS PATTERN ARGUMENT...
expect() {
	local want=$1 pattern=$2 status=0

	shift 2
	$guard validate "$@" >/tmp/out 2>&1 || status=$?
	[ $status = "$want" ] || fail "status $status, not $want: $*: $(cat /tmp/out)"
	grep -q -e "$pattern" /tmp/out || fail "no '$pattern' in what '$*' says: $(cat /tmp/out)"
	[ "$(remote_state 0)" = running ] || fail "it is $(remote_state 0) after $*"
}

load_stack
start_remote 0
expect 2 'i-know-this-can-panic' remoteproc0 --device /dev/ttyRPMSG30
start_guard
expect 2 "the service guards this machine (pid $guard_pid)" remoteproc0 --device /dev/ttyRPMSG30 --i-know-this-can-panic
stop_guard
if ! $guard check | grep -q 'can be guarded at level \(observe\|override\)\.$'; then
	expect 3 'cannot observe' remoteproc0 --device /dev/ttyRPMSG30 --i-know-this-can-panic
	exit 0
fi
# A state file is never written over, and a device that does not come ends it.
echo old >/tmp/state
expect 2 'already exists' remoteproc0 --device /dev/ttyRPMSG30 --i-know-this-can-panic \
	--state /tmp/state
[ "$(cat /tmp/state)" = old ] || fail "the state file was written over"
expect 1 'No such file or directory' remoteproc0 --device /dev/ttyNONE --i-know-this-can-panic

# A kernel side whose probes do not run would find any driver clean, be they off from the beginning or from
# some cycle on.
kprobes=/sys/kernel/debug/kprobes/enabled
[ -f $kprobes ] || exit 0
echo 0 >$kprobes
expect 3 'cannot observe: .* they do not run' remoteproc0 --device /dev/rpmsg_ctrl0:77 \
	--cycles 2 --i-know-this-can-panic
echo 1 >$kprobes
$guard validate remoteproc0 --device /dev/rpmsg_ctrl0:77 --cycles 1000 --i-know-this-can-panic \
	>/tmp/out 2>/tmp/progress &
validation=$!
wait_for 'grep -q "^cycle 1 of" /tmp/progress' 60
echo 0 >$kprobes
status=0
end_process $validation 60 || status=$?
cat /tmp/out
[ $status = 1 ] || fail "status $status of a validation that saw nothing: $(cat /tmp/progress)"
grep -q '^verdict: failed$' /tmp/out || fail "another verdict"
grep -q 'has not seen ' /tmp/out || fail "it does not say that nothing was seen"
