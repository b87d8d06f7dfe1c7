# kernels: x86_64-6.1-kasan arm64-6.1
# since: 5.13 there is rproc_detach()
# without: panic|kasan
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers
#
# A remote processor that somebody else has started, and that Linux lets go of again: "detach" deletes
# the virtqueues as a stop does. Through an open that is held; through a descriptor that is older than
# the guard; by a program of which another thread is inside a send; with the close of /dev/remoteproc0. In
# every case it ends detached, and not stopped. On arm64 without BTF, as on devices.
PATH=$PATH:/test/callers
cdev=/dev/remoteproc0
[ "$(uname -m)" != aarch64 ] || hide_btf
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

# It cannot be stopped by a signal, and what it is told must be true: it is refused at once, and nothing is
# done in its place.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
set_remote 0 mode hung
rpmsg-caller --sender /dev/ttyRPMSG30 write $cdev detach >/tmp/busy 2>&1 &
busy=$!
wait_for 'grep -q "refused with EBUSY" $GUARD_LOG' 30
[ "$(remote_state 0)" = attached ] || fail "refused, and the state is $(remote_state 0)"
check sh -c "echo detach >$REMOTES/remoteproc0/state"
end_process $busy 30 && fail "it was told that it has detached: $(cat /tmp/busy)"
grep -q 'write=EBUSY' /tmp/busy || fail "it was told: $(cat /tmp/busy)"
[ "$(remote_state 0)" = detached ] || fail "the state is $(remote_state 0)"
set_remote 0 mode live

# With a close: gcc makes a jump of the last call in rproc_cdev_release() on x86_64.
rpmsg-caller own $cdev >/tmp/owner 2>&1 &
owner=$!
wait_for 'grep -q started /tmp/owner' 30
[ "$(remote_state 0)" = attached ] || fail "the state is $(remote_state 0)"
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast saturate /dev/ttyRPMSG30
load_start slow steady /dev/ttyRPMSG30
wait_for '[ "$(load_stat fast writes)" -gt 20 ] && [ "$(load_stat slow writes)" -gt 1 ]' 30
kill -KILL $owner
wait_for '[ "$(remote_state 0)" != attached ]' 60
[ "$(remote_state 0)" = detached ] || fail "the state is $(remote_state 0)"
load_stop fast
load_stop slow
check_no_unsafe_overlap 0
wait_for '[ "$(guard_status 0 stops)" = 4 ]'
stop_guard
