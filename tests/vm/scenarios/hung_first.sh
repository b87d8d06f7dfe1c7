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

# The boot is over; the driver has sent its hello.
start_hung() {
	set_remote 0 mode hung
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]' 30
}

start_guard --config /tmp/guard.conf
start_hung
load_start writer saturate /dev/ttyRPMSG30
wait_for 'asleep_in_send writer' 60
stop_ejects writer
stop_guard

# As many messages as there is room for: with the hello, 32.
start_hung
message=0
while [ $message -lt 31 ]; do
	check printf x >/dev/ttyRPMSG30
	message=$((message + 1))
done
start_guard --config /tmp/guard.conf
load_start writer saturate /dev/ttyRPMSG30
wait_for 'asleep_in_send writer' 60
stop_ejects writer
stop_guard
