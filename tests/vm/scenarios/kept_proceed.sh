# kernels: x86_64-6.1-kasan
# without: none
# with: kasan|panic
#
# on_open_descriptor = proceed lets an unsafe stop through, says so, and is unsafe indeed: the
# scenario would end clean if the wait for the closes were for nothing.
load_stack
cat >/tmp/proceed.conf <<'CONF'
close_timeout = 1s
on_open_descriptor = proceed
CONF
start_guard --config /tmp/proceed.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn steady /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 3 ]' 30
check stop_remote 0
logged 'UNSAFE stop goes on' || fail "the log does not say that it was unsafe"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop stubborn
