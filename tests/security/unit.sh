# kernels: x86_64-6.1
# needs: override container
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# The service with the system calls and capabilities that its systemd unit leaves it, and no others: a
# call that is not allowed kills it. It loads the allow list, holds a stop under load and one that was
# not announced, ejects a sleeper, recovers from a crash, and puts the node of a container aside. It logs to
# the journal's socket, and writes the file of its metrics.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
install_allow_list
printf 'level = override\nmetrics_file = /tmp/metrics.prom\n' >/tmp/conf
GUARD_LOG=/tmp/journal
mkdir -p /run/systemd/journal
rpmsg-caller journal /run/systemd/journal/socket >$GUARD_LOG &
wait_for '[ -S /run/systemd/journal/socket ]'
: >/tmp/stderr
JOURNAL_STREAM=$(stat -c %d:%i /tmp/stderr)
export JOURNAL_STREAM
# Everything but what CapabilityBoundingSet= names: 1 CHOWN, 2 DAC_OVERRIDE, 4 FOWNER, 5 KILL, 16
# SYS_MODULE, 19 SYS_PTRACE, 21 SYS_ADMIN, 23 SYS_NICE, 24 SYS_RESOURCE, 27 MKNOD, 34 SYSLOG, 38
# PERFMON, 39 BPF; and SETPCAP (8), with which the others are taken away, goes last.
confine=
for cap in 0 3 6 7 9 10 11 12 13 14 15 17 18 20 22 25 26 28 29 30 31 32 33 35 36 37 40 8; do
	[ "$cap" -le "$(cat /proc/sys/kernel/cap_last_cap)" ] || continue
	confine="$confine rpmsg-attacker without $cap"
done
# shellcheck disable=SC2086 # words
$confine rpmsg-attacker confined /test/attackers/calls /test/bin/rpmsg-guard run --verbose \
	--config /tmp/conf 2>>/tmp/stderr &
guard_pid=$!
wait_for '[ -e $GUARD_READY ] || ! alive $guard_pid' 120
alive $guard_pid || fail "it did not start: $(cat /tmp/stderr $GUARD_LOG)"
start_remote 0
wait_for '[ -c $tty ]'
rpmsg-caller --own-dev $tty run sleep 1000 &
load_start writer reopen $tty
carries 0
check stop_remote 0
restart_remote 0 $tty

(exec 3>$REMOTES/remoteproc0/state; sleep 6; echo stop >&3) &
late=$!
wait_for '! alive $late' 30
wait_for '[ "$(remote_state 0)" = offline ]' 30
restart_remote 0 $tty

set_remote 0 mode hung
wait_for 'asleep_in_send writer' 30
check stop_remote 0
logged 'ejected 1 blocked sender' || fail "nobody was ejected"
set_remote 0 mode live
restart_remote 0 $tty
set_remote 0 crash 1
logged 'recovered: remoteproc0 is running' || fail "not recovered"
wait_for '[ -c $tty ]'
load_stop writer
grep -q "^rpmsg_guard_up 1$" /tmp/metrics.prom || fail "no metrics"
[ ! -s /tmp/stderr ] || fail "on stderr: $(cat /tmp/stderr)"
alive $guard_pid || fail "it was killed"
kill -TERM "$guard_pid"
end_process "$guard_pid" 30 || fail "status $?"
