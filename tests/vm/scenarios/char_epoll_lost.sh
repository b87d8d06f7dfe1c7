# kernels: x86_64-7.3
# needs: sysctl override
# without: none
# with: clean
# timeout: 180
# x86 threads: one
#
# Programs that the guard has made to poll /dev/rpmsgN anew, off the queue of the transport, and then cannot put
# back: because the guard is killed in the hold, which the next instance or "release" puts right, or because there
# is no room for the registration, which the log says. (What is lost are events; nothing can fail in the kernel.)
load_stack channels=rpmsg-raw@50
# An answer would wake it up by another queue.
set_remote 0 echo 0
printf 'close_timeout = 50s\nhold_timeout = 60s\n' >/tmp/patient.conf

# killed_in_hold: the stop, and the guard with everybody off the queue.
killed_in_hold() {
	start_guard --config /tmp/patient.conf
	exec 4<>/dev/rpmsg_ctrl0
	stop_remote 0 2>/dev/null &
	stopper=$!
	wait_for 'grep -q "moved [0-9]* polls away from memory" $GUARD_LOG' 30
	# The opener would go on without the guard, and the guard without the opener.
	kill -STOP $guard_pid
	kill -KILL $stopper
	end_process $stopper 30
	kill -KILL $guard_pid
	wait $guard_pid
	exec 4>&-
	[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
}

# stands_still: the watcher has written nothing for a second, and waits in its epoll.
stands_still() {
	writes=$(load_stat watcher writes)
	sleep 1
	[ "$(load_stat watcher writes)" = "$writes" ] &&
		grep -qE "ep_poll|epoll_wait" /proc/$watcher/task/*/wchan
}

# is_told: the watcher hears that there is room again behind a full ring.
is_told() {
	set_remote 0 mode hung
	wait_for stands_still 60
	set_remote 0 mode live
	holds_within '[ "$(load_stat watcher writes)" -gt $((writes + 20)) ]' 30
}

start_guard
start_remote 0
wait_for '[ -c /dev/rpmsg0 ]'
load_start watcher watch /dev/rpmsg0 --hz 200
read -r watcher <$LOADS/watcher.pid
wait_for '[ "$(load_stat watcher writes)" -gt 3 ]' 30
is_told || fail "not told with the guard in place"
exec 4<>/dev/rpmsg_ctrl0
stop_remote 0 2>/dev/null && fail "the stop was not refused"
exec 4>&-
is_told || fail "not told after a stop that was refused"
stop_guard

killed_in_hold
check /test/bin/rpmsg-guard release
is_told || fail "not told after the release"
killed_in_hold
start_guard
is_told || fail "not told after the next start"

limit=/proc/sys/fs/epoll/max_user_watches
before=$(cat $limit)
echo 0 >$limit
check stop_remote 0
echo "$before" >$limit
logged "rpmsg-load (pid $watcher): its descriptor [0-9]* could not be restored in its epoll (No space" ||
	fail "the log: $(cat $GUARD_LOG)"
load_stop watcher
stop_guard
