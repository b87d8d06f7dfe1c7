# kernels: x86_64-6.1
# without: panic|oops|exit:3
# with: clean
# append: init_on_free=1
#
# The kernel takes its time with the last reference to a tty that was closed: the device of a vendor's tty outlives the
# stop. A start that follows at once finds the name free, and no program gets the tty of a channel that is gone.
load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
echo 1500 >/sys/module/vendor_tty/parameters/linger_ms
round=0
while [ $round -lt 3 ]; do
	load_start writer reopen /dev/ttyRPMSG30
	carries 0
	[ "$GUARD" = 1 ] || load_stop writer
	check stop_remote 0
	start_remote 0
	if [ "$GUARD" = 0 ] && ! holds_within 'dmesg | grep -q "cannot create duplicate filename" || [ -c /dev/ttyRPMSG30 ]' 10; then
		fail "no tty, and no reason"
	fi
	! dmesg | grep -q 'cannot create duplicate filename' || { [ "$GUARD" = 0 ] && exit 3; fail "the name is in use"; }
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	[ "$GUARD" = 0 ] || { carries 0; load_stop writer; }
	round=$((round + 1))
done
[ "$GUARD" = 0 ] || stop_guard
