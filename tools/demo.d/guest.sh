# SPDX-License-Identifier: GPL-2.0-only
# shellcheck disable=SC1091,SC2016,SC2034,SC2086,SC2154,SC2320,SC3043 # BusyBox has local; conditions are for eval; variables are shared with lib.sh
# What both VMs of the demonstration run: guest.sh GUARD. The one difference is the guard: 1 starts
# it, 0 does not. Lines for the reader begin with "demo: ", facts for tools/demo with "fact: ".
GUARD=$1
. /test/lib.sh

TTY=/dev/ttyRPMSG30
STATE=$REMOTES/remoteproc0/state
# A sender that sleeps on a full ring wakes up after 15 s. What it then runs into may be a lock in
# freed memory, on which it spins; the kernel takes another 21 s to find that out.
WATCH=20
WATCH_FAILURE=60

say() {
	echo "demo: $*"
}

# seconds HUNDREDTHS
seconds() {
	echo "$(($1 / 100)).$(printf %02d $(($1 % 100))) s"
}

begin_load() {
	load_stack
	start_guard
	start_remote 0
	wait_for '[ -c $TTY ]'
	load_start fast saturate $TTY
	load_start slow steady $TTY
	wait_for '[ "$(load_stat fast writes)" -gt 200 ] && [ "$(load_stat slow writes)" -gt 10 ]' 60
	wait_for '[ "$(remote_knob 0 consumed)" -gt 200 ]' 60
}

show_load() {
	say "Linux $(uname -r) $(uname -m)"
	[ "$GUARD" = 0 ] || say "rpmsg-guard runs at level $(cat $GUARD_READY)"
	say "two writers have $TTY open:"
	say "  fast writes 1 KiB at a time, as fast as possible"
	say "  slow writes a short message 20 times a second"
	say "messages that the remote processor received: $(remote_knob 0 consumed)"
}

stop() {
	local begin status=0

	say "\$ echo stop >$STATE"
	begin=$(now)
	echo "fact: stop_at $begin"
	echo stop >"$STATE" || status=$?
	begin=$(($(now) - begin))
	echo "fact: status $status"
	echo "fact: state $(remote_state 0)"
	# The guard sees it a moment after the writer of "stop" does.
	[ "$GUARD$status" != 10 ] || wait_for 'grep -q "stopped: remoteproc0" $GUARD_LOG'
	say "the command returned $status after $(seconds $begin), the state is $(remote_state 0)"
	echo "fact: timeline_end"
	[ $status = 0 ] || exit 1
}

# What a writer saw, in words: writer NAME.
writer() {
	local calls errors text

	load_stop "$1" >/dev/null || fail "$1 ended with status $?"
	calls=$(load_stat "$1" writes) errors=$(load_stat "$1" errors)
	text="$1: $((calls - errors)) writes done, $errors failed"
	[ "$errors" = 0 ] || text="$text (EIO, hung up: $(load_stat "$1" eio);"
	[ "$errors" = 0 ] || text="$text ESHUTDOWN, refused: $(load_stat "$1" eshutdown))"
	say "  $text, slowest $(load_stat "$1" longest_ms) ms"
}

show_writers() {
	say "what the writers saw:"
	writer fast
	writer slow
	[ "$(cat $GUARD_READY)" != override ] ||
		say "sends refused inside the kernel: $(guard_status 0 refused)"
	say "the stop was held for $(guard_status 0 held_ms) ms"
	echo "fact: held_ms $(guard_status 0 held_ms)"
}

# What can be used again has not been broken.
start_again() {
	local taken

	start_remote 0
	wait_for '[ -c $TTY ]'
	taken=$(remote_knob 0 consumed)
	load_start again saturate $TTY
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((taken + 50)) ]' 30
	say "started again: $TTY is back and carries messages"
	stop_remote 0 || fail "the second stop failed"
	say "and stopped again: the state is $(remote_state 0)"
	load_stop again >/dev/null
	stop_guard
}

begin_load
show_load
stop
if [ "$GUARD" = 0 ]; then
	holds_within false $WATCH_FAILURE
	say "no panic within $WATCH_FAILURE s"
	exit 0
fi
show_writers
holds_within false $WATCH
say "no panic within $WATCH s"
start_again
