# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC1091,SC2016,SC2034,SC2046,SC2086,SC2231,SC2154,SC3043 # BusyBox has local; conditions are for eval; variables are shared with lib.sh
# What the VM of tools/bench/stop runs: stop.guest.sh LEVEL STOPS CROWD...
# Prints "fact: NAME VALUE", once for each stop. Times are nanoseconds; of a stop that of its open,
# in which the guard holds it, and that of its write, which is the kernel's teardown.
LEVEL=$1 STOPS=$2
shift 2
GUARD=1
. /test/lib.sh

TTY=/dev/ttyRPMSG30
STATE=$REMOTES/remoteproc0/state
IDLE_STOPS=5

# fact NAME VALUE...
fact() {
	[ $# -gt 1 ] || fail "no value of $1"
	echo "fact: $*"
}

start_and_settle() {
	start_remote 0
	wait_for '[ -c $TTY ]' 30
}

# timed_stop NAME: sets times.
timed_stop() {
	times=$(bench-times write $STATE stop) || fail "the stop of $1 failed"
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	fact $1 $times
}

# idle_stops NAME
idle_stops() {
	local i=0

	while [ $i -lt $IDLE_STOPS ]; do
		timed_stop $1
		start_and_settle
		i=$((i + 1))
	done
}

# reads SIDE: the state, by one program and by many.
reads() {
	fact read-$1 $(bench-times read $STATE 200)
	fact cat-$1 $(bench-times run 50 cat $STATE 2>&1 >/dev/null)
}

# with_crowd N: idle stops beside N more processes.
with_crowd() {
	local pid

	bench-times crowd $1 22 >/tmp/crowd &
	pid=$!
	wait_for '[ -s /tmp/crowd ]' 60
	idle_stops idle-$1
	kill -TERM -$pid
	wait $pid
	rm /tmp/crowd
}

# What it prints is kept in the VM: on the console it could break into a line "fact:".
start_quietly() {
	start_guard --config /tmp/guard.conf >/tmp/guard.output 2>&1
}

ready_times() {
	local i=0

	while [ $i -lt 3 ]; do
		fact ready $(bench-times ready rpmsg-guard run --config /tmp/guard.conf 2>&1 >/dev/null |
			grep -x '[0-9]*')
		i=$((i + 1))
	done
}

# Lines "THREAD SWITCHES" of the service.
switches() {
	local task

	for task in /proc/$guard_pid/task/*; do
		echo "${task##*/} $(sed -n 's/^voluntary_ctxt_switches:[^0-9]*//p' $task/status)"
	done
}

# What each thread of the service does while nobody asks for anything.
rest() {
	wait_for '[ "$(guard_phase 0)" = idle ]'
	sleep 5
	switches >/tmp/before
	sleep 60
	switches >/tmp/after
	paste -d ' ' /tmp/before /tmp/after | while read -r thread before same after; do
		[ $thread = $same ] || fail "thread $thread has ended at rest"
		fact wakeups $((after - before))
	done || fail 'the threads of the service are not the same'
}

memory() {
	fact rss $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/$guard_pid/status)
	[ ! -f /proc/$guard_pid/smaps_rollup ] ||
		fact pss $(sed -n 's/^Pss:[^0-9]*\([0-9]*\).*/\1/p' /proc/$guard_pid/smaps_rollup)
}

# has_open NAME: whether that load has the tty open, and not the node of a boot before.
has_open() {
	local pid fd

	read -r pid <"$LOADS/$1.pid"
	for fd in "/proc/$pid/fd"/*; do
		[ "$(readlink "$fd")" != $TTY ] || return 0
	done
	return 1
}

# closes_ns LINE: of the stop in the guard's log behind that line, how long the hang-up waited for programs to close.
closes_ns() {
	tail -n +$(($1 + 1)) $GUARD_LOG | sed -n 's/^remoteproc0: +\([0-9.]*\) s  \(hanging up\|every descriptor\).*/\1/p' |
		awk '{ t[NR] = $1 } END { if (NR != 2) exit 1; printf "%.0f\n", (t[2] - t[1]) * 1e9 }'
}

# live_stop NAME. The 20 Hz writer ends with each hang-up, the saturating one comes back by itself.
live_stop() {
	local taken line

	load_start slow steady $TTY --wait 30
	wait_for 'has_open fast && has_open slow' 60
	taken=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((taken + 50)) ]' 60
	wait_for '[ "$(load_stat slow writes)" -gt 1 ]' 60
	line=$(wc -l <$GUARD_LOG)
	timed_stop $1
	wait_for '[ "$(guard_phase 0)" = idle ]'
	fact $1-own $((${times%% *} - $(closes_ns $line)))
	load_stop slow >/dev/null || fail "the 20 Hz writer ended with status $?"
	start_and_settle
}

# Idle and live ones, each of a service that has just begun.
first_stops() {
	local i=0

	while [ $i -lt 3 ]; do
		start_quietly
		timed_stop first
		start_and_settle
		stop_guard
		start_quietly
		load_start fast reopen $TTY
		live_stop first-live
		load_stop fast >/dev/null
		stop_guard
		i=$((i + 1))
	done
}

live_stops() {
	local i=0

	load_start fast reopen $TTY
	while [ $i -lt $STOPS ]; do
		live_stop live
		i=$((i + 1))
	done
	load_stop fast >/dev/null
	wait_for '[ "$(guard_phase 0)" = idle ]'
}

echo "level = $LEVEL" >/tmp/guard.conf
load_stack
start_and_settle
idle_stops without
reads without
# Without the module the service tries level override in vain, and takes seconds to detach from it.
install_allow_list
ready_times
first_stops
start_quietly
fact level $(cat $GUARD_READY)
idle_stops idle-0
reads with
for crowd in "$@"; do
	with_crowd $crowd
done
rest
memory
live_stops
fact refused $(guard_status 0 refused)
check_no_unsafe_overlap 0
stop_guard
