# kernels: x86_64-6.1-kasan arm64-5.10 arm64-5.10-shipped
# without: none
# with: clean
# hooks: yes
#
# A channel that the remote processor announces while a stop is held: its driver's probe function may
# send (a hello that fails ends in the vendors' error path, which no test survives for sure), and the
# tty that it brings is hung up and kept out like the others. Then stops as close behind a start as
# they come, which meet the announcements of the boot itself; and one whose caller takes its time
# between its open and its write, in which the firmware boots.
load_stack
mkdir -p /run/rpmsg-guard
export RPMSG_GUARD_TEST=1
# A hold goes on while it pauses, and on a busy machine a pause takes more than the 20 s that it has.
printf 'hold_timeout = 120s\nclose_timeout = 100s\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writer reopen /dev/ttyRPMSG30
carries 0

# newcomer STATE: the channel comes while the hold is in that state.
newcomer() {
	state=$1
	rm -f /run/rpmsg-guard/paused /tmp/stopped
	echo "$state" >/run/rpmsg-guard/pause-at
	(stop_remote 0 && : >/tmp/stopped) &
	wait_for '[ "$(cat /run/rpmsg-guard/paused 2>/dev/null)" = "$state" ]' 30
	set_remote 0 announce vendor-tty@31
	wait_for '[ -c /dev/ttyRPMSG31 ]'
	load_start late reopen /dev/ttyRPMSG31 --writers 2
	rm /run/rpmsg-guard/pause-at
	wait_for '[ -e /tmp/stopped ]' 130
	[ "$(remote_state 0)" = offline ] || fail "in '$state': the state is $(remote_state 0)"
	check_no_unsafe_overlap 0
	logged 'hanging up /dev/ttyRPMSG31' || fail "in '$state': the newcomer was not hung up"
	restart_remote 0 /dev/ttyRPMSG30
	load_stop late
	echo "in '$state': the newcomer was hung up"
}

newcomer 'kept out'
newcomer drained
newcomer mended

round=0
while [ $round -lt 15 ]; do
	round=$((round + 1))
	stop_remote 0 || fail "round $round: not stopped"
	start_remote 0 || fail "round $round: not started"
done
check stop_remote 0
set_remote 0 boot_ms 300
start_remote 0
check sh -c "exec 3>$REMOTES/remoteproc0/state; sleep 0.6; echo stop >&3"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged 'waiting until its channels are announced' || fail "the stop did not wait for the announcement"
load_stop writer

# One that has begun to open the tty before it was there, and sleeps: the kernel looks for a module of
# that number. It must be met, or it gets the tty between the hold and the write of the stop.
if [ -e /proc/sys/kernel/modprobe ]; then
	set_remote 0 boot_ms 0
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	number=$(stat -c '0x%t' /dev/ttyRPMSG30)
	check stop_remote 0
	printf '#!/bin/sh\nsleep 2\n' >/tmp/slow
	chmod +x /tmp/slow
	echo /tmp/slow >/proc/sys/kernel/modprobe
	check mknod /dev/ttyRPMSG30 c $((number)) 0
	load_start sleeper saturate /dev/ttyRPMSG30
	wait_for 'cat /proc/$(cat $LOADS/sleeper.pid)/task/*/wchan | grep -q "usermodehelper"'
	start_remote 0
	check sh -c "exec 3>$REMOTES/remoteproc0/state; sleep 3; echo stop >&3"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	load_stop sleeper
	check_no_unsafe_overlap 0
	echo "one that was asleep in its open was hung up"
fi
check_no_unsafe_overlap 0
stop_guard
