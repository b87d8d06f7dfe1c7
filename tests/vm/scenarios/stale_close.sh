# kernels: x86_64-6.1
# without: none
# with: clean
# hooks: yes
# add: build/callers/{arch}:/test/callers
#
# A caller that was let go takes its time to come back from its open, because its CPU is busy. The close of
# the same file by somebody else meanwhile is not the end of its turn: at level userspace nothing holds a write
# that comes after that.
state=$REMOTES/remoteproc0/state
export RPMSG_GUARD_TEST=1
load_stack
mkfifo /tmp/close
sh -c "exec 3>$state; read -r _ </tmp/close" &
old=$!
wait_for 'ls -l /proc/$old/fd | grep -q remoteproc0/state'
printf 'level = userspace\nwrite_timeout = 60s\n' >/tmp/guard.conf
start_guard --config /tmp/guard.conf
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'

echo released >/run/rpmsg-guard/pause-at
/test/callers/rpmsg-caller --cpu 1 write $state stop >/tmp/said 2>&1 &
caller=$!
wait_for '[ "$(cat /run/rpmsg-guard/paused 2>/dev/null)" = released ]' 30
# Nobody else gets that CPU, for as long as this takes.
echo -1 >/proc/sys/kernel/sched_rt_runtime_us
load_start hog hog 1
wait_for '[ "$(load_stat hog writes)" -gt 20 ]'
rm /run/rpmsg-guard/pause-at
# It was let go: it does not wait for the answer any more.
wait_for '! grep -q fanotify "/proc/$caller/wchan"'
echo >/tmp/close
end_process $old 30
holds_within 'grep -q "not carried out" $GUARD_LOG' 2 && fail "the close of another one has ended its turn"
load_stop hog
end_process $caller 30 || fail "the stop failed: $(cat /tmp/said)"
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged 'stopped: remoteproc0 is offline' || fail "it was not accounted for"
stop_guard
