# kernels: x86_64-6.1-kasan
# without: panic|kasan|oops|warning
# with: clean
#
# Descriptors of the kernel's own devices that outlive a stop, and are used in every way then. That of
# /dev/rpmsgN is harmless, and nobody waits for it. The device that is opened again through it has a freed
# endpoint before 6.2: its writes are dropped, its polls do not reach the transport. That of /dev/rpmsg_ctrlN
# makes channels on freed memory (RPMSG_CREATE_DEV_IOCTL), so the stop is refused until it is closed.
load_stack channels=rpmsg-raw@50
printf 'close_timeout = 1s\n' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
wait_for '[ -c /dev/rpmsg0 ] && [ -c /dev/rpmsg_ctrl0 ]'
load_start endpoint stale /dev/rpmsg0
load_start control stale /dev/rpmsg_ctrl0
wait_for '[ "$(load_stat control opens)" = 1 ] && [ "$(load_stat endpoint opens)" = 1 ]'

if [ "$GUARD" = 1 ]; then
	chmod 640 /dev/rpmsg0
	stop_remote 0 2>/dev/null && fail "stopped while somebody may make channels"
	logged 'stop refused: .*/dev/rpmsg_ctrl0 is still open in rpmsg-load' || fail "the reason is not given"
	[ "$(stat -c %a /dev/rpmsg0)" = 640 ] || fail "the mode is $(stat -c %a /dev/rpmsg0)"
	load_stop control
	load_stop endpoint
	load_start endpoint stale /dev/rpmsg0
	wait_for '[ "$(load_stat endpoint opens)" = 1 ]'
fi
check stop_remote 0
wait_for '[ "$(load_stat endpoint writes)" -gt 3 ]' 30
if [ "$GUARD" = 0 ]; then
	wait_for '[ "$(load_stat control writes)" -gt 3 ]' 30
	exit 0
fi
load_stop endpoint
start_remote 0
wait_for '[ -c /dev/rpmsg0 ]'
check stop_remote 0
stop_guard
