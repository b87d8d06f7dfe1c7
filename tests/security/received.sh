# kernels: x86_64-6.1
# without: none
# with: clean
# timeout: 180
# add: build/attackers/{arch}:/test/attackers
#
# on_open_descriptor = kill, and daemons that have a descriptor of the tty because a user sent it: a daemon
# without the right to open the tty, and a daemon of root's that the system protects. They are not ended; the
# stop is refused and names them. A program that opened the tty is ended.
PATH=$PATH:/test/attackers
tty=/dev/ttyRPMSG30

# refused_by NAME: the stop is refused, and the log says why the guard does not end the daemon.
refused_by() {
	if stop_remote 0; then fail "stopped while a daemon has the tty open"; fi
	[ "$(remote_state 0)" = running ] || fail "refused, and $(remote_state 0)"
	alive "$daemon" || fail "the daemon $daemon was ended"
	logged "(pid $daemon) keeps $tty open, and the guard does not end it: $1" || fail "the reason is not given"
	logged "stop refused: .*$tty is still open in .*(pid $daemon)" || fail "the daemon is not named"
}

# given DAEMON: a user may open the tty, and sends a descriptor to a daemon of the user DAEMON.
given() {
	wait_for '[ -c $tty ]'
	chown 1000 $tty
	chmod 600 $tty
	rm -f /tmp/given
	rpmsg-attacker give $tty 1000 "$1" >/tmp/given &
	sender=$!
	wait_for 'grep -q received /tmp/given'
	daemon=$(sed -n 's/received as //p' /tmp/given)
}

load_stack
printf 'close_timeout = 1s\non_open_descriptor = kill\n' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
given 65534
refused_by 'it has no right to open this device'
kill -9 "$daemon"
wait_for '! alive $daemon'

given 0
echo -900 >/proc/$daemon/oom_score_adj
refused_by 'its oom_score_adj is negative'

# Nothing protects it any more.
echo 0 >/proc/$daemon/oom_score_adj
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
logged "SIGTERM sent to rpmsg-attacker (pid $daemon)" || fail "the program was not asked to end"
check_no_unsafe_overlap 0
stop_guard
