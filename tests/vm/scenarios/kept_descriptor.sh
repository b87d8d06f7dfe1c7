# kernels: x86_64-6.1-kasan arm64-5.10-shipped x86_64-7.3
# without: panic|kasan
# with: clean
# timeout: 180
#
# A process that never closes its hung-up descriptor, under each value of on_open_descriptor. With
# "proceed" the configuration asks for the unsafe stop, so that is a scenario of its own.
load_stack
cat >/tmp/refuse.conf <<'CONF'
close_timeout = 1s
on_open_descriptor = refuse
CONF
cat >/tmp/kill.conf <<'CONF'
close_timeout = 1s
on_open_descriptor = kill
CONF
start_guard --config /tmp/refuse.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn saturate /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat stubborn writes)" -gt 20 ]' 30

if [ "$GUARD" = 0 ]; then
	check stop_remote 0
	holds_within false 60
	load_stop stubborn
	exit 0
fi

# refuse: the open fails with EBUSY where the kernel can say so (6.14), the remote runs on, the tty is back
# for others.
stop_remote 0 2>/tmp/refused && fail "the stop was not refused"
grep -q "$(refusal)" /tmp/refused || fail "refused with: $(cat /tmp/refused)"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
/test/bin/rpmsg-guard stop remoteproc0 2>/tmp/refused && fail "the command's stop was not refused"
grep -q '^rpmsg-guard stop: remoteproc0: the service refused the stop' /tmp/refused ||
	fail "the command says: $(cat /tmp/refused)"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
logged 'stop refused: .*rpmsg-load (pid [0-9]*)' || fail "the process is not named"
/test/bin/rpmsg-guard status | grep -q refused || fail "status does not tell"
file=$EPISODES/$(newest_episode)
has '"event":"still_open"' '"comm":"rpmsg-load"' '"device":"/dev/ttyRPMSG30"'
! grep -q '"event":"now_closed"' "$file" || fail "the episode says that the tty was closed"
wait_for '[ -c /dev/ttyRPMSG30 ]'
carried=$(remote_knob 0 consumed)
load_start other steady /dev/ttyRPMSG30
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 3)) ]'
load_stop other

# The process closes its descriptor after the refusal, unseen: the port has to be mended all the
# same, or the next start fails with -EEXIST.
load_stop stubborn
check stop_remote 0
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start stubborn saturate /dev/ttyRPMSG30 --keep
carried=$(remote_knob 0 consumed)
wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30

# kill: the process goes, and the stop is carried out.
stop_guard
start_guard --config /tmp/kill.conf
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged 'SIGTERM sent to rpmsg-load' || fail "nobody was killed"
stop_guard

# Somebody turns the optimization of probes on meanwhile, which does nothing where they sit on ftrace: the stop is
# let go all the same.
switch=/proc/sys/debug/kprobes-optimization
[ -e $switch ] || exit 0
printf 'close_timeout = 50s\nhold_timeout = 60s\n' >/tmp/patient.conf
start_guard --config /tmp/patient.conf
# Below that level nothing rests on it, and the guard leaves it alone.
grep -q 'guarding at level override' $GUARD_LOG || exit 0
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start patient saturate /dev/ttyRPMSG30 --keep
wait_for '[ "$(load_stat patient writes)" -gt 20 ]' 30
stop_remote 0 &
stopper=$!
wait_for 'grep -q "hanging up /dev/ttyRPMSG30" $GUARD_LOG' 30
echo 1 >$switch
wait_for '[ "$(cat $switch)" = 0 ]'
load_stop patient
end_process $stopper 60 || fail "the stop was refused"
logged 'the hold starts again' || fail "the log: $(cat $GUARD_LOG)"
check_no_unsafe_overlap 0
stop_guard
