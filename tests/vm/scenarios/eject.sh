# kernels: x86_64-6.1-kasan arm64-5.10 arm64-6.1
# without: none
# with: clean
# timeout: 240
#
# A hung remote with 1 and with 32 senders asleep on the full ring (each on a tty of its own, because
# a tty lets one writer in at a time): they are woken and leave, and nobody runs into the transmit
# timeout. One that is being debugged is waited for instead, and so is everybody when ejection is
# switched off. (hung_stop is the side without the guard.)
load_stack channels="$(vendor_channels)"
echo 1 >/sys/module/vendor_tty/parameters/quiet
# On a busy machine 32 programs may take longer than the default to close what was hung up.
patience='hold_timeout = 120s\nclose_timeout = 100s\n'
printf "eject = yes\n$patience" >/tmp/guard.conf
start_guard --config /tmp/guard.conf

# hung_round WRITERS [OPTION]: leaves how long the stop took in $took.
hung_round() {
	local n=0

	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG61 ]' 30
	# Slow until all are there, which may take as long as the transmit timeout: then they hang together.
	set_remote 0 delay_us 5000
	set_remote 0 mode slow
	while [ $n -lt "$1" ]; do
		load_start writer$n saturate /dev/ttyRPMSG$((30 + n)) $2
		n=$((n + 1))
	done
	set_remote 0 mode hung
	n=0
	while [ $n -lt "$1" ]; do
		wait_for "asleep_in_send writer$n" 60
		n=$((n + 1))
	done
	took=$(now)
	check stop_remote 0
	took=$(($(now) - took))
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	n=0
	while [ $n -lt "$1" ]; do
		load_stop writer$n | grep -q 'errors=[1-9]' || fail "writer $n noticed nothing"
		n=$((n + 1))
	done
	set_remote 0 mode live
}

senders_inside() {
	/test/bin/rpmsg-guard status --json | grep -c '"for_ms"'
}

# So that it is known what this remote processor announces, and not waited for in what is measured.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG61 ]' 30
check stop_remote 0
wait_for '[ "$(guard_phase 0)" = idle ]'

for writers in 1 32; do
	hung_round $writers
	echo "$writers asleep: held for $took hundredths of a second"
	[ "$(timeouts)" = 0 ] || fail "a sender slept out its timeout"
	[ "$(senders_inside)" = 0 ] || fail "$(senders_inside) records are left of senders that are out"
	grep -q "ejected $writers blocked sender" $GUARD_LOG || fail "$writers were not ejected"
	wait_for '[ "$(guard_phase 0)" = idle ]'
done
# More slept than a kretprobe has instances for: the ends of some sends were missed, and found out.
wait_for '/test/bin/rpmsg-guard status | grep -q "ends of sends that the hook missed"'
hung_round 1 --traced
echo "1 asleep and debugged: held for $took hundredths of a second"
[ "$(timeouts)" = 1 ] || fail "$(timeouts) transmit timeouts with a debugged sender, not 1"
grep -q 'is being debugged' $GUARD_LOG || fail "nothing was said of the debugger"
check_no_unsafe_overlap 0
stop_guard

printf "eject = no\n$patience" >/tmp/guard.conf
start_guard --config /tmp/guard.conf
hung_round 1
echo "1 asleep, eject = no: held for $took hundredths of a second"
[ "$(timeouts)" = 2 ] || fail "$(timeouts) transmit timeouts without ejection, not 2"
check_no_unsafe_overlap 0
stop_guard
