# kernels: x86_64-7.3-kasan
# needs: override kasan
# since: 7.0 pollers of rpmsg_char are on a queue of the transport
# without: kasan
# with: clean
# timeout: 200
#
# Programs that poll /dev/rpmsgN when it stops. From Linux 7.0 on they are on a queue inside what the stop
# frees, a registration in an epoll until the device is closed. At level "override" the guard makes them poll
# anew, off that queue: they hear of the end of the device, and after a stop that was refused they hear again
# that they can write. Below, the stop is refused. Who only has the device open is let through everywhere.
load_stack channels=rpmsg-raw@50,rpmsg-raw@51,rpmsg-raw@52
printf 'close_timeout = 1s\n' >/tmp/override.conf
printf 'close_timeout = 1s\nlevel = userspace\n' >/tmp/userspace.conf

# up [OPTION]: with a program on each device; the option is for the one with the epoll.
up() {
	start_remote 0
	wait_for '[ -c /dev/rpmsg0 ] && [ -c /dev/rpmsg1 ] && [ -c /dev/rpmsg2 ]'
	load_start watcher watch /dev/rpmsg0 --hz 200 ${1:-}
	load_start awaiter await /dev/rpmsg1
	exec 3<>/dev/rpmsg2
	carries 0
	wait_for 'grep -q poll /proc/$(cat $LOADS/awaiter.pid)/task/*/wchan'
}

# ended NAME: by itself, since it has heard that its device has gone.
ended() {
	local pid

	read -r pid <"$LOADS/$1.pid"
	end_process "$pid" 30 || fail "$1: status $?"
	[ "$(load_stat "$1" eio)" = 1 ] || fail "$1 has not heard of the end"
}

# It closes the device behind the stop, not in it.
start_guard --config /tmp/override.conf
up --keep
check stop_remote 0
wait_for '[ "$(load_stat watcher eio)" = 1 ]' 30
ended awaiter
load_stop watcher
exec 3>&-
[ "$GUARD" = 1 ] || exit 0
logged 'moved [0-9]* polls away from memory that the stop frees' || fail "nobody was on the queue"
check_no_unsafe_overlap 0

# Refused for another reason. Behind a full ring the writer is told when there is room again.
up
exec 4<>/dev/rpmsg_ctrl0
stop_remote 0 2>/dev/null && fail "stopped while somebody may make channels"
exec 4>&-
carries 0
set_remote 0 mode hung
wait_for 'grep -qE "ep_poll|epoll_wait" /proc/$(cat $LOADS/watcher.pid)/task/*/wchan' 60
writes=$(load_stat watcher writes)
set_remote 0 mode live
wait_for '[ "$(load_stat watcher writes)" -gt $((writes + 50)) ]' 60
check stop_remote 0
ended watcher
ended awaiter
exec 3>&-
stop_guard

start_guard --config /tmp/userspace.conf
up
stop_remote 0 2>/dev/null && fail "stopped with pollers on the queue"
logged '/dev/rpmsg0 is polled by rpmsg-load (pid [0-9]*, epoll)' || fail "the watcher is not named"
logged '/dev/rpmsg1 is polled by rpmsg-load (pid [0-9]*, poll)' || fail "the awaiter is not named"
logged 'stop refused: .*/dev/rpmsg[01] is still open in rpmsg-load' || fail "the reason is not given"
carries 0
load_stop watcher
load_stop awaiter
check stop_remote 0
exec 3>&-
stop_guard
