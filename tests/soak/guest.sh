# SPDX-License-Identifier: GPL-2.0-only
# guest.sh SEED SECONDS STEPS GUARD: what runs in the VM of a soak. Each step brings the remote
# processor up, puts a random load on it, takes it down by a random way, sometimes with a fault of the
# guard on top, and checks what has to be so after any of them. With GUARD 0 the kernel is on its own.
# shellcheck disable=SC2034,SC1091,SC2154 # for and from lib.sh
GUARD=$4
. /test/lib.sh
seed=$1 seconds=$2 last_step=$3

# The same numbers from the same seed on every machine.
random() {
	seed=$(((seed * 1103515245 + 12345) & 0x7fffffff))
	picked=$(((seed >> 8) % $1))
}

# one_of WORD...: leaves one of them in $choice.
one_of() {
	random $#
	shift $picked
	choice=$1
}

count() {
	eval "n_$1=\$((n_$1 + 1))"
	counted="$counted$(case " $counted " in *" $1 "*) ;; *) echo " $1" ;; esac)"
}

summary() {
	local kind text="$step steps:"

	for kind in $counted; do
		eval "text=\"$text $kind \$n_$kind,\""
	done
	echo "soak: ${text%,}"
}

service_pid() {
	/test/bin/rpmsg-guard status --json | tr -d ' \n' | sed -n 's/.*"pid":\([0-9]*\),"level".*/\1/p'
}

is_up() {
	[ "$(remote_state 0)" = running ]
}

guard_is_idle() {
	[ "$GUARD" = 0 ] || [ "$(guard_phase 0)" = idle ]
}

# tty_of ADDRESS: its node. The kernel's driver numbers its ttys, and gives no number away again that
# a program still holds on to; where there is none yet, no such file.
tty_of() {
	if [ "$GUARD" = 0 ]; then
		set -- /sys/bus/rpmsg/devices/*.-1."$1"/tty/*
		echo /dev/"${1##*/}"
	else
		echo /dev/ttyRPMSG"$1"
	fi
}

ttys_are_there() {
	[ -c "$(tty_of 30)" ] && [ -c "$(tty_of 31)" ]
}

bring_up() {
	[ -e $REMOTES/remoteproc0/state ] || echo sim-rproc.0 >$platform/bind
	wait_for '[ -e $REMOTES/remoteproc0/state ]'
	wait_for guard_is_idle 60
	# As a firmware does. In a hung one the vendor's probe would fail for want of a buffer, with programs
	# at its tty already: the driver's own end of all things.
	set_remote 0 heals 1
	is_up || start_remote 0
	wait_for ttys_are_there 30
}

# One load on each tty, on a remote processor that is live, slow or hung.
put_load() {
	local n=0

	loads=
	while [ $n -lt 2 ]; do
		n=$((n + 1))
		# The remote echoes: without a writer a reader has nothing to read.
		one_of saturate steady reopen $([ $n = 1 ] || echo read)
		load_start load$n $choice $(tty_of $((29 + n))) $([ $choice = reopen ] && echo '--writers 2')
		loads="$loads load$n"
		count $choice
	done
	one_of live live live slow hung
	mode=$choice
	count $mode
	if [ $mode = hung ]; then
		set_remote 0 mode hung
		# A steady writer alone takes longer to fill the ring than it is worth waiting for.
		holds_within 'asleep_in_send load1 || asleep_in_send load2' 2
	else
		[ $mode = live ] || set_remote 0 delay_us 5000
		set_remote 0 mode $mode
		carried=$(remote_knob 0 consumed)
		wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 5)) ]' 60
	fi
}

take_load_off() {
	local load

	[ ! -e $REMOTES/remoteproc0/device/mode ] || set_remote 0 mode live
	for load in $loads; do
		load_stop $load >/dev/null
	done
}

must_be_down() {
	wait_for '! is_up' 60
}

# A caller with a descriptor that is older than the hold.
late_stop() {
	(
		exec 3>"$1"
		: >/tmp/late-open
		until [ -e /tmp/late-go ]; do
			sleep 0.02
		done
		printf stop >&3
		echo $? >/tmp/late-done
	) 2>/dev/null &
}

down_echo() {
	check stop_remote 0
	must_be_down
}

down_command() {
	check /test/bin/rpmsg-guard stop --quiet remoteproc0
	must_be_down
}

down_restart() {
	check /test/bin/rpmsg-guard restart --quiet remoteproc0
}

down_two() {
	stop_remote 0 2>/dev/null &
	stop_remote 0 2>/dev/null
	wait $!
	must_be_down
}

# The descriptor was opened in bring_up's place: nothing was up then, so that nobody held it.
down_late() {
	: >/tmp/late-go
	wait_for '[ -s /tmp/late-done ]' 60
	[ "$(cat /tmp/late-done)" = 0 ] || fail "the late stop failed"
	must_be_down
}

down_looked_only() {
	: >$REMOTES/remoteproc0/state
	wait_for guard_is_idle 60
	is_up || fail "only looked, and the state is $(remote_state 0)"
}

down_killed_caller() {
	sh -c 'echo stop >/sys/class/remoteproc/remoteproc0/state' 2>/dev/null &
	random 20
	sleep 0.0$picked
	kill -KILL $! 2>/dev/null
	wait $!
	wait_for guard_is_idle 60
}

# Changes with every recovery: the guard's count, or else the channel, which is a new one.
recovery() {
	if [ "$GUARD" = 1 ]; then
		guard_status 0 recoveries
	else
		stat -L -c %i /sys/bus/rpmsg/devices/*.-1.30 2>/dev/null || echo "$before"
	fi
}

down_crash() {
	before=$(recovery)
	set_remote 0 crash 1
	set_remote 0 mode live
	wait_for '[ "$(recovery)" != "$before" ]' 90
	wait_for 'is_up' 60
}

down_unbind() {
	echo sim-rproc.0 >$platform/unbind || fail "the driver cannot be unbound"
	[ ! -e $REMOTES/remoteproc0 ] || fail "unbound, and remoteproc0 is still there"
	# Another remote processor would get another number otherwise.
	[ "$GUARD" = 0 ] || wait_for '! /test/bin/rpmsg-guard status | grep -q "^remoteproc0"' 60
}

down_unbind_virtio() {
	local device

	device=$(basename $virtio/virtio*)
	echo "$device" >$virtio/unbind || fail "the virtio driver cannot be unbound"
	wait_for guard_is_idle 60
	# Nothing heals it on this way: see bring_up.
	set_remote 0 mode live
	echo "$device" >$virtio/bind || fail "the virtio driver cannot be bound again"
}

# wait_for_another PID: the next instance. The dead one takes its probes away first, each with a grace
# period or two, and the new one puts them back: minutes, on emulated CPUs that take turns.
wait_for_another() {
	wait_for "[ -n \"\$(service_pid)\" ] && [ \"\$(service_pid)\" != $1 ]" 300
}

fault_kill_idle() {
	pid=$(service_pid)
	kill -KILL "$pid"
	wait_for_another $pid
}

# While it holds an opener that does not write: the kernel lets it go on, unguarded, and it is safe.
fault_kill_held() {
	pid=$(service_pid)
	rm -f /tmp/looked
	(: >$REMOTES/remoteproc0/state; : >/tmp/looked) 2>/dev/null &
	random 30
	sleep 0.0$picked
	kill -KILL "$pid"
	wait_for '[ -e /tmp/looked ]' 60
	wait_for_another $pid
}

check_all() {
	[ "$GUARD" = 0 ] || [ ! -e $REMOTES/remoteproc0 ] || check_no_unsafe_overlap 0
	if grep -l '^State:.*T (stopped' /proc/[0-9]*/status 2>/dev/null; then
		fail "a task is stopped"
	fi
	if is_up && [ "$GUARD" = 1 ]; then
		wait_for '/test/bin/rpmsg-guard status --json | tr -d " \n" | grep -q "\"gate\":\"open\""' 30
		wait_for ttys_are_there 30
	fi
	[ "$GUARD" = 0 ] || [ ! -e $REMOTES/remoteproc0 ] || check_recovery
}

check_recovery() {
	[ "$(cat $REMOTES/remoteproc0/recovery)" = disabled ] || fail "the guard does not own recovery"
}

one_step() {
	if [ "$GUARD" = 1 ]; then
		one_of echo echo command restart two late late looked_only killed_caller crash crash \
			unbind unbind_virtio
	else
		one_of echo echo two late looked_only killed_caller crash crash unbind unbind_virtio
	fi
	way=$choice
	rm -f /tmp/late-*
	if [ $way = late ]; then
		[ ! -e $REMOTES/remoteproc0/state ] && echo sim-rproc.0 >$platform/bind
		wait_for '[ -e $REMOTES/remoteproc0/state ]'
		wait_for guard_is_idle 60
		! is_up || check stop_remote 0
		late_stop $REMOTES/remoteproc0/state
		wait_for '[ -e /tmp/late-open ]'
	fi
	bring_up
	put_load
	choice=none
	[ "$GUARD" = 0 ] || one_of none none none none kill_idle kill_held
	fault=$choice
	echo "step $step: $mode,$loads, $way, fault $fault"
	if [ $fault != none ]; then
		fault_$fault
		count $fault
		wait_for '[ -e $REMOTES/remoteproc0/state ] && guard_is_idle' 60
	fi
	down_$way
	count $way
	check_all
	take_load_off
}

for kind in saturate steady reopen read live slow hung kill_idle kill_held echo command restart two \
	late looked_only killed_caller crash unbind unbind_virtio; do
	eval "n_$kind=0"
done
counted=
step=0
platform=/sys/bus/platform/drivers/sim-rproc
virtio=/sys/bus/virtio/drivers/virtio_rpmsg_bus
if [ "$GUARD" = 1 ]; then
	load_stack channels=vendor-tty@30,vendor-tty@31
	start_guard --supervise
else
	# The vendor's driver dies of its own memory on any kernel.
	load_stack channels=rpmsg-tty@30,rpmsg-tty@31
fi
end=$(($(now) + seconds * 100))
while [ "$(now)" -lt $end ]; do
	[ "$last_step" = 0 ] || [ $step -lt "$last_step" ] || break
	one_step
	step=$((step + 1))
	[ $((step % 10)) != 0 ] || summary
done
[ "$GUARD" = 0 ] || stop_guard
summary
