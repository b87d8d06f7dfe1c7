# kernels: x86_64-6.1
# needs: override x86_64
# without: panic
# with: clean
# timeout: 180
# append: init_on_free=1
# add: build/callers/{arch}:/test/callers build/callers/tools/usr:/
# add: build/callers/tools/lib:/ build/callers/tools/lib64:/ build/callers/tools/etc:/
#
# Debian's sudo, with a terminal of its own for the command (use_pty, Debian's default) and without,
# from a shell with job control at a terminal and from a script; and Debian's Python. Nobody says
# "Stopped", nothing hangs.
PATH=$PATH:/test/callers:/usr/bin
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

consumed=$REMOTES/remoteproc0/device/consumed
late="exec 3>$state; n=\$(cat $consumed); echo start >&3
	until [ \$(cat $consumed) -gt \$((n + 50)) ]; do :; done; echo stop >&3"

# typed LINE...: by a user at a terminal.
typed() {
	printf '%s\n' "$@" | rpmsg-caller --uid 1000 terminal sh -i
}

in_script() {
	rpmsg-caller --uid 1000 run sh -c "$1"
}

# not_stopped COMMAND...: as stops_by, and what was shown is checked.
not_stopped() {
	stops_by "$@"
	! grep -qi 'stopped' /tmp/said || fail "somebody was stopped: $(cat /tmp/said)"
}

chmod 4755 /usr/bin/sudo
chmod 440 /etc/sudoers
chmod 755 / /tmp
chmod 666 /dev/null /dev/tty /dev/ptmx
load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'
load_start fast reopen $tty
load_start slow reopen $tty --hz 20 --size 24
carries 0
if [ "$GUARD" = 0 ]; then
	in_script "echo stop | sudo tee $state"
	holds_within false 60
	exit 0
fi
for default in use_pty !use_pty; do
	chmod 600 /etc/sudoers
	sed -i '/Defaults/d' /etc/sudoers
	echo "Defaults $default" >>/etc/sudoers
	chmod 440 /etc/sudoers
	not_stopped in_script "echo stop | sudo tee $state"
	not_stopped in_script "sudo sh -c 'echo stop >$state'"
	not_stopped typed "echo stop | sudo tee $state" 'echo "status $?"'
	grep -q 'status 0' /tmp/said || fail "tee under sudo failed: $(cat /tmp/said)"
	# In the background of the shell, and fetched to the front while it is held or after.
	not_stopped typed "sudo sh -c 'echo stop >$state' &" 'wait; echo "status $?"'
	grep -q 'status 0' /tmp/said || fail "sudo in the background: $(cat /tmp/said)"
	# Through a descriptor that was opened while nothing was up: held in rproc_shutdown, by a
	# signal that sudo takes for job control. A shell at a terminal does, too, and says so.
	check stop_remote 0
	not_stopped in_script "sudo sh -c '$late'"
done

stops_by python3 -S -E -c "open('$state', 'w').write('stop')"
stops_by python3 -S -E -c "open('$state', 'wb', buffering=0).write(b'stop')"

load_stop fast
load_stop slow
check_no_unsafe_overlap 0
stop_guard
