# kernels: x86_64-6.1-kasan
# without: panic|kasan
# with: clean
# timeout: 180
#
# A remote processor that somebody else has started, and that Linux lets go of again: "detach" deletes
# the virtqueues as a stop does. Once through an open that is held, once through a descriptor that is
# older than the guard.
load_stack attached=1
mkfifo /tmp/go
(
	exec 3>$REMOTES/remoteproc0/state
	: >/tmp/open
	read -r _ </tmp/go
	echo detach >&3
	echo $? >/tmp/result
) &
wait_for '[ -e /tmp/open ]'
start_guard
[ "$(remote_state 0)" = detached ] || fail "the state is $(remote_state 0)"

attach_and_load() {
	start_remote 0
	[ "$(remote_state 0)" = attached ] || fail "the state is $(remote_state 0)"
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start fast saturate /dev/ttyRPMSG30
	load_start slow steady /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 20 ] && [ "$(load_stat slow writes)" -gt 1 ]' 30
}

attach_and_load
check sh -c "echo detach >$REMOTES/remoteproc0/state"
[ "$(remote_state 0)" = detached ] || fail "the state is $(remote_state 0)"
if [ "$GUARD" = 0 ]; then
	holds_within false 60
	exit 0
fi
load_stop fast
load_stop slow

attach_and_load
echo >/tmp/go
wait_for '[ -s /tmp/result ]' 30
[ "$(cat /tmp/result)" = 0 ] || fail "the late detach failed"
[ "$(remote_state 0)" = detached ] || fail "the state is $(remote_state 0)"
grep -q 'turned back at rproc_shutdown' $GUARD_LOG || fail "it was not turned back"
load_stop fast
load_stop slow
check_no_unsafe_overlap 0
wait_for '[ "$(guard_status 0 stops)" = 2 ]'
stop_guard
