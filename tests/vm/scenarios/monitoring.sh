# kernels: x86_64-6.1
# needs: override
# without: none
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers tests/packaging/metrics.awk:/test/
#
# What others see of the guard: its metrics and its lines in the journal say what has happened to the stops,
# the file of the metrics comes, is harmless to others, and goes. Without the guard there is nothing to see.
PATH=$PATH:/test/callers
tty=/dev/ttyRPMSG30
file=/tmp/metrics/rpmsg_guard.prom
journal=/run/systemd/journal/socket

# metric SERIES [FILE]: its value, by the command or in a file.
metric() {
	local series=$1
	shift

	if [ $# -eq 0 ]; then
		/test/bin/rpmsg-guard status --prometheus
	else
		cat "$1" 2>/dev/null
	fi | sed -n "s/^rpmsg_guard_$series //p"
}

is() {
	[ "$(metric "$@")" = "$value" ]
}

# wants VALUE SERIES [FILE]
wants() {
	value=$1
	shift
	is "$@" || fail "$1 is '$(metric "$@")', not $value"
}

stops='stops_total{remoteproc="remoteproc0",outcome'

# As systemd starts it: the variable names the file that stderr is.
guard() {
	install_allow_list
	rm -f $GUARD_READY
	: >/tmp/stderr
	JOURNAL_STREAM=$(stat -c %d:%i /tmp/stderr) /test/bin/rpmsg-guard run --config /tmp/conf \
		2>>/tmp/stderr &
	guard_pid=$!
	wait_for '[ -e $GUARD_READY ] || ! alive $guard_pid' 120
	alive $guard_pid || fail "it did not start: $(cat /tmp/stderr)"
}

load_stack
mkdir -p /tmp/metrics "${journal%/*}"
printf 'close_timeout = 3s\non_open_descriptor = refuse\nmetrics_file = %s\n' $file >/tmp/conf
GUARD_LOG=/tmp/journal
rpmsg-caller journal $journal >$GUARD_LOG &
listener=$!
wait_for '[ -S $journal ]'
# A folder in which somebody else may write.
echo precious >/tmp/victim
ln -s /tmp/victim $file
ln -s /tmp/victim $file.new

# No service: 0, with the status that says so.
/test/bin/rpmsg-guard status --prometheus >/tmp/down
[ $? -eq 3 ] || fail "the status of a dead service"
wants 0 up /tmp/down

guard
start_remote 0
wait_for '[ -c $tty ]'
for _ in 1 2; do
	load_start writer reopen $tty
	carries 0
	check stop_remote 0
	load_stop writer
	start_remote 0
	wait_for '[ -c $tty ]'
done
load_start stubborn saturate $tty --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 20 ]' 30
stop_remote 0 2>/tmp/refused &
stopper=$!
value=1
wait_for 'is "holds{remoteproc=\"remoteproc0\"}"'
metric 'hold_age_seconds{remoteproc="remoteproc0"}' | grep -q '^[0-9]*\.[0-9]*$' || fail "the hold has no age"
end_process $stopper 60 && fail "the stop was not refused"
load_stop stubborn

/test/bin/rpmsg-guard status --prometheus >/tmp/now || fail "status --prometheus failed"
awk -f /test/metrics.awk /tmp/now || fail "no metrics: $(cat /tmp/now)"
wants 1 up /tmp/now
wants 1 'level_info{level="override"}' /tmp/now
wants 2 "$stops=\"stopped\"}" /tmp/now
wants 1 "$stops=\"refused\"}" /tmp/now
wants 0 "$stops=\"stopped_unsafely\"}" /tmp/now
wants 3 'held_seconds_count{remoteproc="remoteproc0"}' /tmp/now
wants 3 'held_seconds_bucket{remoteproc="remoteproc0",le="60"}' /tmp/now
wants 0 'holds{remoteproc="remoteproc0"}' /tmp/now
wants 0 'gate_closed{remoteproc="remoteproc0"}' /tmp/now
wants 0 'unsafe_overlaps_total{remoteproc="remoteproc0"}' /tmp/now
wants 0 deaths_total /tmp/now
[ "$(metric 'sends_refused_total{remoteproc="remoteproc0"}' /tmp/now)" -gt 0 ] || fail "no send was refused"

# The file says the same, some seconds later.
value=1
wait_for 'is "$stops=\"refused\"}" $file' 30
cp $file /tmp/kept
awk -f /test/metrics.awk /tmp/kept || fail "no metrics: $(cat /tmp/kept)"
wants 2 "$stops=\"stopped\"}" /tmp/kept
[ ! -L $file ] || fail "the file is a link"
[ "$(stat -c %a $file)" = 644 ] || fail "the file: $(ls -l $file)"
[ "$(cat /tmp/victim)" = precious ] || fail "a link was followed"

# The journal: who asked for what, and which episode tells of it.
logged 'PRIORITY=4;SYSLOG_IDENTIFIER=rpmsg-guard;MESSAGE_ID=1f5b3d9fa71b492b80633c831514ba8e;LEVEL=override;' ||
	fail "the refused stop has no MESSAGE_ID"
line=$(grep 'MESSAGE_ID=1f5b3d9f' $GUARD_LOG)
echo "$line"
case $line in
*'REMOTEPROC=remoteproc0;CALLER=sh;CALLER_PID='[1-9]*'MESSAGE=remoteproc0: stop refused: '*'rpmsg-load (pid '*) ;;
*) fail "the line of the refused stop" ;;
esac
episode=${line#*EPISODE=}
[ -e "/var/lib/rpmsg-guard/episodes/${episode%%;*}.jsonl" ] || fail "there is no episode '${episode%%;*}'"
grep -q BROKEN $GUARD_LOG && fail "a datagram is broken"
[ ! -s /tmp/stderr ] || fail "on stderr: $(cat /tmp/stderr)"

# It dies: the command says so, the file cannot. And the journal goes.
kill -KILL "$listener"
kill -KILL "$guard_pid"
wait "$guard_pid"
/test/bin/rpmsg-guard status --prometheus >/tmp/down
[ $? -eq 3 ] || fail "the status of a dead service"
wants 0 up /tmp/down
wants 1 up $file

# The next one counts it, and says it where it can.
guard
wants 1 deaths_total
wants 1 restarts_total
grep -q '^<4>the service died before this start (process [0-9]* was killed' /tmp/stderr || fail "on stderr: $(cat /tmp/stderr)"
value=1
wait_for 'is deaths_total $file' 30
kill -TERM "$guard_pid"
end_process "$guard_pid" 30 || fail "the service ended with status $?"
[ ! -e $file ] || fail "the file is still there"
