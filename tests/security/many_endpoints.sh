# kernels: x86_64-7.3-kasan
# needs: override kasan
# since: 7.0 pollers of rpmsg_char are on a queue of the transport
# without: none
# with: clean
# timeout: 240
# add: build/attackers/{arch}:/test/attackers
#
# A program makes any number of endpoints, and their devices stay when it ends. None of them is left out: all are
# hidden, and who polls one of them leaves the queue that the stop frees. Only what programs must close is
# limited, to 63, and then the stop is refused by name.
PATH=$PATH:/test/attackers
load_stack
printf 'level = userspace\nclose_timeout = 1s\n' >/tmp/userspace.conf

# up STEP: with 90 endpoints, and a program that polls the device of every STEPth.
up() {
	local number=0 devices=''

	start_remote 0
	wait_for '[ -c /dev/rpmsg_ctrl0 ] && [ -c /dev/ttyRPMSG30 ]' 60
	check rpmsg-attacker endpoints /dev/rpmsg_ctrl0 90
	wait_for 'all_are_there' 60
	while [ $number -lt 90 ]; do
		devices="$devices /dev/rpmsg$number"
		number=$((number + $1))
	done
	rm -f /tmp/polled
	# shellcheck disable=SC2086 # one argument for each
	rpmsg-attacker poll-all $devices >/tmp/polled 2>&1 &
	poller=$!
	wait_for 'grep -q polling /tmp/polled' 60
}

all_are_there() {
	[ "$(ls -d /dev/rpmsg[0-9]* | wc -l)" = 90 ]
}

close_all() {
	kill $poller
	end_process $poller 60 || fail "the poller: status $?"
}

# The devices are closed behind the stop.
start_guard
up 6
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
close_all
logged 'moved 15 polls away from memory that the stop frees' || fail "not all have left the queue"
check_no_unsafe_overlap 0
stop_guard

# Nobody can be made to leave below level "override".
start_guard --config /tmp/userspace.conf
up 1
stop_remote 0 2>/dev/null && fail "stopped with 90 pollers on the queue"
logged 'stop refused: .*has more than 63 ttys and devices' || fail "the reason is not given"
wait_for all_are_there 60
close_all
check stop_remote 0
up 6
stop_remote 0 2>/dev/null && fail "stopped with 15 pollers on the queue"
logged 'stop refused: .*/dev/rpmsg[0-9]* is still open in rpmsg-attacker' || fail "the reason is not given"
wait_for all_are_there 60
close_all
check stop_remote 0
stop_guard
