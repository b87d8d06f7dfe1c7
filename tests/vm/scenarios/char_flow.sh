# kernels: x86_64-7.3
# needs: override
# since: 6.6 rpmsg_char has ioctls for flow control
# without: warning|oops|kasan|panic
# with: clean
#
# A program sets the flow control of /dev/rpmsgN again and again, over a stop: rpmsg_char calls the bus with
# the endpoint and without its lock, and with NULL when the endpoint is gone, of which the kernel warns. With the
# guard those calls fail before that.
load_stack channels=rpmsg-raw@50
start_guard
start_remote 0
wait_for '[ -c /dev/rpmsg0 ]' 60
load_start flow flow /dev/rpmsg0
wait_for '[ "$(load_stat flow writes)" -gt 20 ]' 30
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
# What is on file may be from before the stop.
before=$(load_stat flow writes)
wait_for '[ "$(load_stat flow writes)" != $before ]' 30
before=$(load_stat flow writes)
wait_for '[ "$(load_stat flow writes)" -gt $((before + 20)) ]' 30
load_stop flow
[ "$GUARD" = 1 ] || exit 0
start_remote 0
wait_for '[ -c /dev/rpmsg0 ]' 60
check stop_remote 0
stop_guard
