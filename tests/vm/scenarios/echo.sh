# kernels: x86_64-6.1 arm64-5.10-shipped
# without: panic|exit:1
# with: clean
#
# A tty that echoes, behind a hung remote: the kernel's own worker sends each character that the tty
# echoes, and sleeps on the full ring with the locks that a hang-up waits for. Nobody can wake it, so a
# stop is held until it has come out, or refused; the service says what it waits for, and how to avoid
# that. Without the guard the stop waits for the worker, which sleeps out one character after the other.
load_stack channels=vendor-tty@29,vendor-tty@30,vendor-tty@31

# Characters go round and round, since the tty echoes them and so does the remote; two other ttys keep
# the ring full. In whatever order the guard hangs them up, a writer comes before the worker.
circulate() {
	start_remote 0
	wait_for '[ -c /dev/ttyRPMSG29 ] && [ -c /dev/ttyRPMSG30 ] && [ -c /dev/ttyRPMSG31 ]'
	load_start reader read /dev/ttyRPMSG30
	check stty -F /dev/ttyRPMSG30 icanon echo
	echo -n abcdefghijklmnop >/dev/ttyRPMSG30
	set_remote 0 delay_us 50000
	set_remote 0 mode slow
	load_start writer saturate /dev/ttyRPMSG31
	load_start other saturate /dev/ttyRPMSG29
}

worker_asleep() {
	local process name function

	for process in /proc/[0-9]*; do
		read -r name <$process/comm || continue
		[ "$name" = "${name#kworker}" ] || { read -r function || :; } <$process/wchan || continue
		case $name$function in
		kworker*rpmsg_send*) return 0 ;;
		esac
	done 2>/dev/null
	return 1
}

hang() {
	until wait_for worker_asleep 60 && set_remote 0 mode hung && worker_asleep; do
		set_remote 0 mode slow
	done
}

if [ "$GUARD" = 0 ]; then
	circulate
	hang
	(stop_remote 0; : >/tmp/stopped) &
	wait_for '[ -e /tmp/stopped ]' 25
	exit 0
fi

what='kernel thread kworker.* is blocked in a send, because a tty echoes its input'
start_guard
if grep -q 'at level override' $GUARD_LOG; then
	circulate
	hang
	begin=$(now)
	check stop_remote 0
	echo "held for $(($(now) - begin)) hundredths of a second"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	logged "$what" || fail "the worker is not named"
	! grep 'being debugged' $GUARD_LOG || fail "a thread of the kernel is no program that is debugged"
	check_no_unsafe_overlap 0
	load_stop reader
	load_stop writer
	load_stop other
	set_remote 0 mode live
fi
stop_guard

printf 'level = userspace\nhold_timeout = 5s\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
circulate
hang
! stop_remote 0 || fail "the stop was not refused"
logged "$what" || fail "the worker is not named"
logged 'refused: .*kworker.*echoes' || fail "the refusal does not name the echo"
set_remote 0 mode live
wait_for '! worker_asleep' 30
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop reader
load_stop writer
load_stop other
stop_guard
