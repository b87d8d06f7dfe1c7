# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 240
#
# A hung remote and 32 senders asleep on its full ring, while on every CPU an interrupt uses a virtqueue of
# its own, also on top of a sender, as a network card does. The senders are ejected, and the other virtqueue
# gives back what its device has used, no more and no less. (Nothing of it happens without the guard.)
load_stack channels="$(vendor_channels)"
echo 1 >/sys/module/vendor_tty/parameters/quiet
printf 'hold_timeout = 120s\nclose_timeout = 100s\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
check load bystander_queue
queue=/sys/module/bystander_queue/parameters
# So that it is known what is announced, and not waited for behind the next start.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG61 ]' 30
check stop_remote 0

round=0
while [ $round -lt 2 ]; do
	wait_for '[ "$(guard_phase 0)" = idle ]'
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG61 ]' 30
	hang_writers
	used=$(cat $queue/uses)
	check stop_remote 0
	[ "$(cat $queue/uses)" -gt "$used" ] || fail "the other virtqueue was not used meanwhile"
	for number in $(seq 30 61); do
		load_stop writer$number >/dev/null
	done
	set_remote 0 mode live
	round=$((round + 1))
done
logged 'ejected 32 blocked senders' || fail "32 were not ejected"
echo "uses $(cat $queue/uses), handed $(cat $queue/handed), kept $(cat $queue/kept)"
[ "$(cat $queue/handed)" = 0 ] || fail "$(cat $queue/handed) buffers of another virtqueue were handed out"
[ "$(cat $queue/kept)" = 0 ] || fail "$(cat $queue/kept) buffers of another virtqueue were kept back"
check_no_unsafe_overlap 0
check rmmod bystander_queue
stop_guard
