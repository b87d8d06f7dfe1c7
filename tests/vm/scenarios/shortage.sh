# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
# hooks: yes
# timeout: 300
# append: mem=192M
#
# A machine that is short of something: of descriptors, of memory in each state of a hold, of room in
# /run, of a mounted bpffs (nothing is pinned there); and one whose clock jumps. Stops are held, and the
# guard lives. What cannot be done safely is refused with its reason, and nothing is left behind.
load_stack
umount /sys/fs/bpf 2>/dev/null
! grep ' bpf ' /proc/mounts || fail "bpffs is still mounted"
mkdir -p /run
check mount -t tmpfs -o size=256k none /run
mkdir -p /run/rpmsg-guard
export RPMSG_GUARD_TEST=1
# Far fewer than there are probes and marks.
ulimit -n 20
# A hold goes on while this waits for something, on a machine that may have little time for it.
echo 'hold_timeout = 60s' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
ulimit -n 1024
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'

cycle() {
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	check_no_unsafe_overlap 0
	restart_remote 0 /dev/ttyRPMSG30
}

n=0
while [ $n -lt 30 ]; do
	n=$((n + 1))
	load_start load$n reopen /dev/ttyRPMSG30
done
cycle
echo "held with few descriptors, 30 programs on the tty"
while [ $n -gt 1 ]; do
	load_stop load$n >/dev/null
	n=$((n - 1))
done

# All memory, again and again, until the kernel kills who took it; in each state of a hold at least once.
last_kill() {
	dmesg | grep 'Out of memory: Killed process.*tail' | tail -n 1
}

# stop_short_of_memory STATE
stop_short_of_memory() {
	local killed state=$1

	echo "$state" >/run/rpmsg-guard/pause-at
	rm -f /tmp/stopped
	(stop_remote 0 && : >/tmp/stopped) &
	wait_for '[ "$(cat /run/rpmsg-guard/paused 2>/dev/null)" = "$state" ]' 60
	killed=$(last_kill)
	wait_for '[ "$(last_kill)" != "$killed" ]' 60
	rm /run/rpmsg-guard/pause-at
	wait_for '[ -e /tmp/stopped ]' 60
	[ "$(remote_state 0)" = offline ] || fail "in '$state': the state is $(remote_state 0)"
	check_no_unsafe_overlap 0
	restart_remote 0 /dev/ttyRPMSG30
}

(while [ ! -e /tmp/enough ]; do tail /dev/zero; done) >/dev/null 2>&1 &
hog=$!
for name in gate_closed kept_out settled ejected hung_up drained closed mended released; do
	stop_short_of_memory "$(echo $name | tr _ ' ')"
	echo "held with no memory left in '$name'"
done
: >/tmp/enough
killall tail 2>/dev/null
wait $hog
alive $guard_pid || fail "the guard was killed for memory"

# The clock jumps back and forth while a stop is held.
echo drained >/run/rpmsg-guard/pause-at
rm -f /tmp/stopped
(stop_remote 0 && : >/tmp/stopped) &
wait_for '[ "$(cat /run/rpmsg-guard/paused 2>/dev/null)" = drained ]' 30
check date -s 1980-01-01 >/dev/null
# A BusyBox of 32 bits knows no day after January 2038.
check date -s 2037-12-31 >/dev/null
rm /run/rpmsg-guard/pause-at
wait_for '[ -e /tmp/stopped ]' 30
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
check date -s 2001-01-01 >/dev/null
restart_remote 0 /dev/ttyRPMSG30
cycle
echo "held while the clock jumped"

# What is taken out of /dev has to be written down first.
dd if=/dev/zero of=/run/full bs=1k 2>/dev/null
stop_remote 0 2>/tmp/refused && fail "stopped without a record of the node"
grep -q "$(refusal)" /tmp/refused || fail "refused with: $(cat /tmp/refused)"
logged 'stop refused: /dev/ttyRPMSG30 could not be hidden: No space left' ||
	fail "refused without the reason"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
[ -c /dev/ttyRPMSG30 ] || fail "the node is missing"
carries 0
rm /run/full
cycle
load_stop load1
check stop_remote 0
stop_guard
