# kernels: x86_64-6.1 arm64-5.10-shipped
# needs: base
# without: none
# with: clean
# timeout: 240
#
# The service at rest: nothing goes on, and it sleeps. Its event loop wakes up for the watchdog, the looker for
# other sysfs every 5 s, and no other thread and no helper at all, also while programs read the state or
# write to a tty. And it is small, and stays so. Without the guard there is nothing to count.
SPAN_S=5
WATCHDOG_S=10 # a sign of life each quarter of it, src/service/agenda.c
READS=50

# Sets loop to how often the event loop has gone to sleep until now, others to the same of all other threads
# and of the helpers.
count_sleeps() {
	local process task key value

	loop=0 others=0
	for process in $(pidof rpmsg-guard rpmsg-helper); do
		for task in /proc/$process/task/*; do
			while read -r key value; do
				[ "$key" = voluntary_ctxt_switches: ] || continue
				if [ "${task##*/}" = "$guard_pid" ]; then
					loop=$value
				else
					others=$((others + value))
				fi
			done <"$task/status"
		done
	done
}

# measure COMMAND...: sets slept_loop and slept_others to how often they went to sleep while it ran.
measure() {
	local loop others before_loop before_others

	count_sleeps
	before_loop=$loop before_others=$others
	"$@"
	count_sleeps
	slept_loop=$((loop - before_loop)) slept_others=$((others - before_others))
}

# Whether only those woke up that may, in SPAN_S seconds: 2 signs of life and 1 look, and one more each where
# the span begins or ends in between.
rests() {
	measure sleep $SPAN_S
	[ $slept_loop -ge 1 ] && [ $slept_loop -le 3 ] && [ $slept_others -le 2 ]
}

said() {
	echo "$1: $slept_loop times the event loop, $slept_others times all others"
}

read_states() {
	local i=0 state

	while [ $i -lt $READS ]; do
		read -r state <$REMOTES/remoteproc0/state
		i=$((i + 1))
	done
}

# Sets kb to the resident memory. VmRSS would lack what each thread has not added up yet.
measure_memory() {
	local key value

	while read -r key value _; do
		[ "$key" != Rss: ] || kb=$value
	done <"/proc/$guard_pid/smaps_rollup"
}

# small: the resident memory is within the bound of its level. docs/behaviour.md names these numbers.
small() {
	local bound=4096

	[ "$(cat $GUARD_READY)" != userspace ] || bound=2560
	measure_memory
	echo "level $(cat $GUARD_READY): $kb kB are resident"
	[ "$kb" -le $bound ] || fail "$kb kB are more than $bound"
}

# cycles N: stops and starts.
cycles() {
	local i=0

	while [ $i -lt "$1" ]; do
		check stop_remote 0
		start_remote 0
		wait_for '[ -c /dev/ttyRPMSG30 ]'
		i=$((i + 1))
	done
}

load_stack
export WATCHDOG_USEC=$((WATCHDOG_S * 1000000))
# Which is written when something happens, and then only.
echo 'metrics_file = /tmp/rpmsg_guard.prom' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writer steady /dev/ttyRPMSG30
carries 0
# Some looks follow what has happened, for a quarter of a minute.
wait_for rests 90
said "in $SPAN_S s, under a writer"
grep -q '^rpmsg_guard_up 1$' /tmp/rpmsg_guard.prom || fail "no metrics"

# Each open asks the event loop, and a reader who could write the thread that finds out whether he does.
wait_for 'measure read_states; [ $slept_loop -le $((2 * READS + 3)) ] && [ $slept_others -le $((READS + 3)) ]' 30
said "under $READS reads of the state"
load_stop writer

small
# What a few stops have taken, more of them do not take again; each leaves an episode.
cycles 20
measure_memory
before=$kb
cycles 20
measure_memory
echo "after 20 stops $before kB, after 40 stops $kb kB"
[ "$kb" -le $((before + 100)) ] || fail "it grows with each stop"
small
logged 'released: the stop may go on' || fail "no stop was held"
stop_guard
