# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC1091,SC2016,SC2034,SC2086,SC2154,SC3043 # BusyBox has local; conditions are for eval; variables are shared with lib.sh
# What the VM of tools/bench/held runs: held.guest.sh STOPS. Lines for it begin with "fact: ",
# "held: " (of the guard's log) or are the kernel's own with "bench: ".
STOPS=$1
GUARD=0
. /test/lib.sh

TTY=/dev/ttyRPMSG30
STATE=$REMOTES/remoteproc0/state
# Without and with the guard take turns, so that a slow moment of the host is not all on one side.
TURNS=2

# The kernel's log has the only clock of a shell that is finer than 10 ms. At debug level nothing
# goes to the console, which would take longer than what is timed.
exec 9>/dev/kmsg
mark() {
	echo "<7>bench: $1" >&9
}

start_and_settle() {
	start_remote 0
	wait_for '[ -c $TTY ]' 30
}

# idle_stops N WHAT
idle_stops() {
	local i=0

	while [ $i -lt "$1" ]; do
		mark "$2 begin"
		check stop_remote 0
		mark "$2 end"
		start_and_settle
		i=$((i + 1))
	done
}

# One program that opens, reads and closes: what the guard adds is nowhere a larger part of it.
read_state() {
	local i=0 state

	mark "$1 begin"
	while [ $i -lt 500 ]; do
		read -r state <$STATE
		i=$((i + 1))
	done
	mark "$1 end"
}

cat_state() {
	local i=0

	mark "$1 begin"
	while [ $i -lt 500 ]; do
		cat $STATE >/dev/null
		i=$((i + 1))
	done
	mark "$1 end"
}

# measure_idle N SIDE
measure_idle() {
	idle_stops $1 stop-$2
	read_state reads-$2
	cat_state cats-$2
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

# The 20 Hz writer ends with each hang-up, the saturating one comes back by itself.
live_stop() {
	local taken

	rm -f $LOADS/slow.stats
	load_start slow steady $TTY --wait 30
	wait_for 'has_open fast && has_open slow' 60
	taken=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((taken + 50)) ]' 60
	wait_for '[ "$(load_stat slow writes)" -gt 1 ]' 60
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	load_stop slow >/dev/null || fail "the 20 Hz writer ended with status $?"
	start_and_settle
}

live_stops() {
	local i=0 before

	before=$(wc -l <$GUARD_LOG)
	load_start fast reopen $TTY
	while [ $i -lt $STOPS ]; do
		live_stop
		i=$((i + 1))
	done
	load_stop fast
	wait_for '[ "$(guard_phase 0)" = idle ]'
	tail -n +$((before + 1)) $GUARD_LOG | grep -E ' s  (stop requested|released:)' | sed 's/^/held: /'
}

memory() {
	local pss

	echo "fact: rss $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' /proc/$guard_pid/status)"
	[ ! -f /proc/$guard_pid/smaps_rollup ] ||
		echo "fact: pss $(sed -n 's/^Pss:[^0-9]*\([0-9]*\).*/\1/p' /proc/$guard_pid/smaps_rollup)"
}

load_stack
start_and_settle
idle_stops 2 warm-up

turn=0
while [ $turn -lt $TURNS ]; do
	# What the division leaves over goes to the last turn.
	part=$((STOPS / TURNS))
	[ $turn -lt $((TURNS - 1)) ] || part=$((STOPS - part * (TURNS - 1)))
	GUARD=0
	measure_idle $part without
	GUARD=1
	start_guard
	measure_idle $part with
	turn=$((turn + 1))
	[ $turn = $TURNS ] || stop_guard
done
live_stops

echo "fact: level $(cat $GUARD_READY)"
echo "fact: refused $(guard_status 0 refused)"
memory
check_no_unsafe_overlap 0
stop_guard
dmesg -r | grep ' bench: '
