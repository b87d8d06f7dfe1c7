# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC1091,SC2016,SC2034,SC2086,SC2154,SC3043 # BusyBox has local; conditions are for eval; variables are shared with lib.sh
# What the VM of tools/bench/send runs: send.guest.sh TASKS ENDPOINTS HOOKS...
# Prints "fact: NAME N": hundredths of an instruction that a send takes with these hooks.
tasks=$1 endpoints=$2
shift 2
GUARD=1
. /test/lib.sh

BENCH=/sys/module/bench_send/parameters

measure() {
	local value

	value=$("$@" cat $BENCH/measure) || return $?
	[ "$value" ] || fail "no value from $*"
	echo "fact: $hooks $value"
}

measure_guard() {
	echo "level = ${hooks#guard-}" >/tmp/guard.conf
	# A line for each endpoint that comes and goes is not for the output.
	start_guard --config /tmp/guard.conf >/tmp/guard.output 2>&1
	[ "$(cat $GUARD_READY)" = "${hooks#guard-}" ] || { stop_guard; return 77; }
	measure
	stop_guard
}

# It waits for the program that it starts, and prints its maps at the end unless they are empty.
under_bpftrace() {
	/usr/bin/bpftrace -q -c "/bin/$*" -e 'kprobe:rpmsg_send { @in[tid] = nsecs; }
		kretprobe:rpmsg_send { delete(@in[tid]); @n = count(); }
		END { clear(@in); clear(@n); }'
}

load_stack channels=bench-send@70
check load bench_send
echo "$tasks" >$BENCH/tasks
echo "$endpoints" >$BENCH/endpoints
# It takes no kicks: how long they take is the driver's affair.
set_remote 0 look_us 500
start_remote 0
wait_for '[ -e /sys/bus/rpmsg/drivers/bench_send/virtio*.bench-send* ]'

for hooks in "$@"; do
	case $hooks in
	send) measure ;;
	guard-*) measure_guard ;;
	bpftrace) measure under_bpftrace ;;
	*) measure bench-hooks "$hooks" ;;
	esac
	status=$?
	[ $status -eq 0 ] || [ $status -eq 77 ] || fail "$hooks: status $status"
done
