# kernels: x86_64-6.1-kasan
# without: kasan|panic
# with: clean
# timeout: 180
#
# A remote processor that somebody else has started, and Linux has attached to, crashes. The kernel's recovery
# frees the clean copy of its resource table and keeps the pointer: the second recovery reads and frees it
# again, with nobody sending. The service leaves such a crash to a person and says so, also one that it finds
# when it is started.
load_stack attached=1
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
[ "$(remote_state 0)" = attached ] || fail "the state is $(remote_state 0)"

attached_times() {
	dmesg | grep -c 'is now attached'
}

if [ "$GUARD" = 0 ]; then
	set_remote 0 crash 1
	wait_for '[ "$(attached_times)" = 2 ]' 30
	set_remote 0 crash 1
	wait_for '[ "$(attached_times)" = 3 ]' 30
	exit 0
fi

set_remote 0 crash 1
logged 'remoteproc0: crashed, and the guard does not recover it: it was attached' || fail "nothing was said of it"
[ "$(remote_state 0)" = crashed ] || fail "the state is $(remote_state 0)"

# The next instance cannot see that it was attached to: it is on record.
kill -KILL "$guard_pid"
wait "$guard_pid"
start_guard
logged 'remoteproc0: crashed, and the guard does not recover it: it was attached' || fail "the next instance says nothing"
[ "$(remote_state 0)" = crashed ] || fail "the next instance: $(remote_state 0)"

# By hand: this kernel stops nothing that has crashed. Its recovery does no harm once.
check sh -c "echo recover >$REMOTES/remoteproc0/recovery"
[ "$(remote_state 0)" = attached ] || fail "the state is $(remote_state 0)"
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
check_no_unsafe_overlap 0
stop_guard
