# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2034 # for tests/vm/lib/guest.sh
# Sourced by the scripts of this folder, in the VM: what they ask systemd and the journal.
GUARD=1
. /test/lib.sh
[ -L /test/bin/rpmsg-guard ] || ln -s /usr/sbin/rpmsg-guard /test/bin/
TTY=/dev/ttyRPMSG30
UNIT=rpmsg-guard.service

# passed WHAT: one line of the result.
passed() {
	echo "ok systemd: $*"
}

# property NAME [UNIT]
property() {
	systemctl show -P "$1" "${2:-$UNIT}"
}

# is STATE: of the service.
is() {
	[ "$(systemctl is-active $UNIT)" = "$1" ]
}

# journal MATCH...: the lines of the service with these fields.
journal() {
	journalctl -q -b -o cat "$@"
}

# booted: all units that start at boot have been started, and none has failed.
booted() {
	[ "$(systemctl is-system-running --wait)" = running ] || fail "failed: $(systemctl --failed)"
}

# The driver of the remote processor. udev loads what has an alias, as on a board.
load_driver() {
	check modprobe -a virtio_rpmsg_bus vendor_tty sim_rproc
}

hooks() {
	grep -c . /sys/kernel/debug/kprobes/list
}

# start_load: a remote processor that is up, and a writer that saturates its tty.
start_load() {
	[ "$(remote_state 0)" = running ] || start_remote 0
	wait_for '[ -c $TTY ]' 30
	load_start fast saturate $TTY
	carries 0
}

released() {
	journal _SYSTEMD_INVOCATION_ID="$(property InvocationID)" | grep -c 'released: the stop may go on'
}

# guards: a stop under a writer that saturates is held, released and carried out.
guards() {
	local before

	before=$(released)
	start_load
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	wait_for "[ \"\$(released)\" -gt $before ]"
	check_no_unsafe_overlap 0
	load_stop fast
}

# hold_a_stop: by a program that keeps its tty open.
hold_a_stop() {
	[ "$(remote_state 0)" = running ] || start_remote 0
	wait_for '[ -c $TTY ]' 30
	load_start stubborn steady $TTY --keep
	carries 0
	(stop_remote 0) 2>/tmp/said &
	opener=$!
	wait_for '[ "$(guard_phase 0)" = held ]' 30
}

# patient: from the next start on the service holds a stop for longer than a test lasts.
patient() {
	printf 'hold_timeout = 10min\nclose_timeout = 10min\n' >/etc/rpmsg-guard.conf.d/10-board.conf
}

# stop_took: how many seconds the last stop of the service took.
stop_took() {
	journalctl -q -b -o short-unix _PID=1 UNIT=$UNIT |
		awk '/: Stopping / { begin = $1 } /: Deactivated / { end = $1 } END { printf "%d", end - begin }'
}

# waited: the service got its signal while a stop was held, and ended that hold itself.
waited() {
	journal _SYSTEMD_UNIT=$UNIT | grep -q 'given up: interrupted by a signal'
}

# refused_in_time: it did so before systemd would have killed it, and the remote processor was not stopped.
refused_in_time() {
	took=$(stop_took)
	[ "$took" -ge 24 ] && [ "$took" -lt 40 ] || fail "the service ended after $took s"
	waited || fail "the service has not ended the hold"
	[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
}
