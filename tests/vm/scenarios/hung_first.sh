# kernels: x86_64-6.1-kasan arm64-5.10
# without: none
# with: clean
# timeout: 240
#
# A remote processor that hangs from its first message on. A writer that saturates the tty fills the ring
# within a moment of the boot, and sleeps; it is ejected. So is one that comes when the ring is full since before
# the guard has started, which has seen no message go into it. (hung_stop is the side without the guard.)
load_stack
printf 'hold_timeout = 120s\nclose_timeout = 100s\n' >/tmp/guard.conf

timeouts() {
	dmesg | grep -c 'timeout waiting for a tx buffer'
}

# The boot is over; the driver has sent its hello.
start_hung() {
	set_remote 0 mode hung
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]' 30
}

stop_ejects() {
	wait_for 'asleep_in_send writer' 60
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	logged 'ejected 1 sender ' || fail "the writer was not ejected"
	[ "$(timeouts)" = 0 ] || fail "the writer slept out its timeout"
	load_stop writer | grep -q 'errors=[1-9]' || fail "the writer noticed nothing"
	check_no_unsafe_overlap 0
	stop_guard
}

start_guard --config /tmp/guard.conf
start_hung
load_start writer saturate /dev/ttyRPMSG30
stop_ejects

# As many messages as there is room for: with the hello, 32.
start_hung
message=0
while [ $message -lt 31 ]; do
	check printf x >/dev/ttyRPMSG30
	message=$((message + 1))
done
start_guard --config /tmp/guard.conf
load_start writer saturate /dev/ttyRPMSG30
stop_ejects
