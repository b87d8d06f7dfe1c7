# kernels: x86_64-6.1 x86_64-7.3
# needs: override
# without: none
# with: clean
# timeout: 240
# add: build/attackers/{arch}:/test/attackers
#
# A user without rights looks into a BPF map of its own. Senders that take the CPU from it are on no record, and
# sleep in a send to a hung remote processor. The stop waits for them.
PATH=$PATH:/test/attackers
mkdir -p /etc/rpmsg-guard.conf.d
echo 'hold_timeout = 2min' >/etc/rpmsg-guard.conf.d/10-patient.conf

load_stack channels=kernel-sender@50,kernel-sender@51,kernel-sender@52,kernel-sender@53,kernel-sender@54,kernel-sender@55
check load inkernel_sender unsafe_remove=1 period_us=500
echo 0 >/proc/sys/kernel/unprivileged_bpf_disabled
start_guard
start_remote 0
wait_for '[ "$(remote_knob 0 consumed)" -gt 50 ]' 60
asleep() {
	grep -l rpmsg_send /proc/[0-9]*/wchan 2>/dev/null | wc -l
}
rpmsg-attacker bpf 65534 &
wait_for '[ "$(pidof rpmsg-attacker | wc -w)" -gt 1 ]' 60
# Mostly at once; now and then nobody takes the CPU at the right moment.
while :; do
	consumed=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((consumed + 200)) ]' 60
	set_remote 0 mode hung
	wait_for '[ "$(asleep)" = 6 ]' 60
	on_record=$(/test/bin/rpmsg-guard status | grep -c "sender inside:")
	echo "6 threads sleep in a send; on record: $on_record"
	[ $on_record = 6 ] || break
	set_remote 0 mode live
done
kill -9 $(pidof rpmsg-attacker)
check stop_remote 0
[ "$(asleep)" = 0 ] || fail "the stop was released with $(asleep) senders asleep in a send"
grep -q "did not see it begin\|skipped the guard.s hooks" $GUARD_LOG ||
	fail "the log does not tell of a sender without a record"
# The sender ends with its module, and the guard is the last to go.
check rmmod inkernel_sender
stop_guard
