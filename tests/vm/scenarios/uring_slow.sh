# kernels: x86_64-6.1
# needs: observe
# without: none
# with: clean
# add: build/callers/{arch}/rpmsg-caller:/test/bin/
#
# A program stops a remote processor through an io_uring, and the driver's stop lasts longer than write_timeout:
# the worker of the ring is in the call all the time, and it shows no call of its own. The turn ends with that
# call, and not before. (Nothing can fail in the kernel.)
load_stack
printf 'write_timeout = 500ms\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
set_remote 0 stop_ms 4000
rpmsg-caller write $REMOTES/remoteproc0/state stop uring || fail "the caller was told that it failed"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged 'stopped: remoteproc0 is offline' || fail "the log does not say that it is stopped"
! grep -q 'after the teardown' $GUARD_LOG || fail "the turn ended with the caller inside"
[ "$(guard_status 0 stops)" = 1 ] || fail "$(guard_status 0 stops) stops are counted"
stop_guard
