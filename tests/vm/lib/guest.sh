# SPDX-License-Identifier: GPL-2.0-only
# For scenarios, inside the VM. Unless it says otherwise, a function that cannot do what it is
# called for ends the scenario with a message.

GUARD_LOG=/tmp/guard.log
GUARD_READY=/run/rpmsg-guard/ready
LOADS=/tmp/load
REMOTES=/sys/class/remoteproc

fail() {
	[ "$GUARD" = 0 ] || show_service
	echo "FAIL: $*"
	exit 1
}

# Where every thread of the service is, before the VM is gone.
show_service() {
	local process task

	for process in $(pidof rpmsg-guard); do
		for task in /proc/$process/task/*; do
			echo "$task $(cat "$task/comm"), in $(cat "$task/wchan"): $(cat "$task/syscall")"
			cat "$task/stack"
		done
	done 2>/dev/null
}

# check COMMAND...: the command must succeed.
check() {
	"$@" || fail "status $?: $*"
}

# Sets clock to the hundredths of a second since boot. Nothing that is done in a loop here starts a
# process where the shell can do it: with KASAN and emulation each one takes tens of milliseconds.
read_clock() {
	read -r clock _ </proc/uptime
	# The 1 keeps "08" from being an octal number.
	clock=$((${clock%.*} * 100 + 1${clock#*.} - 100))
}

now() {
	read_clock
	echo $clock
}

# holds_within CONDITION SECONDS: whether the shell condition comes true in time. Looks often at
# first, and more seldom at what takes long.
holds_within() {
	local end pause=0.02 looks=0

	read_clock
	end=$((clock + $2 * 100))
	until eval "$1"; do
		read_clock
		[ $clock -lt $end ] || return 1
		looks=$((looks + 1))
		[ $looks -lt 50 ] || pause=0.1
		sleep $pause
	done
}

# wait_for CONDITION [SECONDS]: waits until the shell condition is true, 10 s at most by default.
wait_for() {
	holds_within "$1" "${2:-10}" || fail "not so within ${2:-10} s: $1"
}

# load_stack [PARAMETER=VALUE]...: rpmsg, its drivers as far as this kernel has them, those of the
# vendor, and the simulated remote processor with these parameters.
load_stack() {
	local name

	for name in virtio_rpmsg_bus rpmsg_ns rpmsg_char rpmsg_ctrl rpmsg_tty vendor_tty vendor_chardev; do
		[ ! -f /lib/modules/$name.ko ] || check load $name
	done
	check load sim_rproc "$@"
}

# set_remote N KNOB VALUE: how the remote behaves, see tests/kmod/sim_rproc/knobs.c.
set_remote() {
	echo "$3" >"$REMOTES/remoteproc$1/device/$2" || fail "remote $1: $2 cannot be '$3'"
}

# remote_knob N KNOB
remote_knob() {
	local value

	read -r value <"$REMOTES/remoteproc$1/device/$2" && echo "$value"
}

remote_state() {
	local value

	read -r value <"$REMOTES/remoteproc$1/state" && echo "$value"
}

start_remote() {
	echo start >"$REMOTES/remoteproc$1/state" || fail "remoteproc$1 did not start"
}

# Returns the status of the stop: a refused one is for the scenario to judge.
stop_remote() {
	echo stop >"$REMOTES/remoteproc$1/state"
}

# refusal: what a shell says when the guard has refused its open.
refusal() {
	case $(uname -r) in
	[1-5].* | 6.[0-9].* | 6.1[0-3].*) echo 'Operation not permitted' ;;
	*) echo 'usy' ;; # EBUSY, in the words of the C library or of busybox
	esac
}

# Where "make modules_install" puts modules of others; the kernels without kprobes have none.
install_allow_list() {
	local folder

	folder=/lib/modules/$(uname -r)/extra
	[ -f /lib/modules/rpmsg_guard_allow.ko ] || return 0
	mkdir -p "$folder"
	mv /lib/modules/rpmsg_guard_allow.ko "$folder"
}

# hide_btf: who looks for the kernel's BTF finds none, as on devices.
hide_btf() {
	[ -d /sys/kernel/btf ] || return 0
	mkdir -p /tmp/no_btf
	check mount -o bind /tmp/no_btf /sys/kernel/btf
}

# start_guard [ARGUMENT]...: the service, once it guards; nothing on the side without the guard.
# What it prints is in $GUARD_LOG and, for a VM that will not live to show that, in the output.
start_guard() {
	[ "$GUARD" = 1 ] || return 0
	install_allow_list
	rm -f $GUARD_READY /tmp/guard.fifo
	mkfifo /tmp/guard.fifo
	tee $GUARD_LOG </tmp/guard.fifo &
	guard_tee=$!
	/test/bin/rpmsg-guard run --verbose "$@" >/tmp/guard.fifo 2>&1 &
	guard_pid=$!
	holds_within "[ -e $GUARD_READY ] || ! alive $guard_pid" 120
	[ -e $GUARD_READY ] || fail "the guard is not ready"
}

# logged PATTERN: whether the service has logged it. What it logs comes through a pipe, a moment later.
logged() {
	local pattern=$1

	# shellcheck disable=SC2016 # evaluated there
	holds_within 'grep -q "$pattern" $GUARD_LOG' 5
}

# stop_guard: asks the service to end, and wants it to succeed.
stop_guard() {
	[ "$GUARD" = 1 ] || return 0
	kill -TERM "$guard_pid" || fail "the guard has died"
	end_process "$guard_pid" 60 || fail "the guard ended with status $?"
	wait "$guard_tee"
}

# end_process PID SECONDS: its status, if it ends in time.
end_process() {
	holds_within "! alive $1" "$2" || fail "process $1 does not end"
	wait "$1"
}

# A process that has ended but was not waited for still has a pid.
alive() {
	local stat

	read -r stat <"/proc/$1/stat" || return 1
	# The command name, in parentheses, may hold anything.
	case ${stat##*) } in
	Z* | X*) return 1 ;;
	esac
} 2>/dev/null

# load_start NAME ARGUMENT...: rpmsg-load in the background, once it runs; behind the command
# $LOAD_IN if that is set.
load_start() {
	local name=$1 pid

	shift
	mkdir -p $LOADS
	# Those of an earlier one of the same name.
	rm -f "$LOADS/$name.stats"
	# shellcheck disable=SC2086 # a command with its arguments
	${LOAD_IN:-} /test/bin/rpmsg-load "$@" --stats "$LOADS/$name.stats" >"$LOADS/$name" 2>&1 &
	pid=$!
	echo $pid >"$LOADS/$name.pid"
	holds_within "[ -e $LOADS/$name.stats ] || ! alive $pid" 30
	[ -e "$LOADS/$name.stats" ] || fail "load $name: $(cat "$LOADS/$name")"
}

# load_stop NAME: ends it, prints what it reports, and returns its status. One asleep on a full
# ring takes the transmit timeout of 15 s to come back.
load_stop() {
	local pid status=0

	read -r pid <"$LOADS/$1.pid"
	kill -TERM "$pid" 2>/dev/null
	end_process "$pid" 30 || status=$?
	sed "s/^/$1: /" "$LOADS/$1"
	return $status
}

# load_stat NAME KEY: the last value of a counter, while it runs or after.
load_stat() {
	local file words word value=''

	for file in "$LOADS/$1.stats" "$LOADS/$1"; do
		[ -f "$file" ] || continue
		while read -r words; do
			for word in $words; do
				[ "${word%%=*}" != "$2" ] || value=${word#*=}
			done
		done <"$file"
	done
	echo "$value"
}

# How often a sender has slept until the transport gave up.
timeouts() {
	dmesg | grep -c 'timeout waiting for a tx buffer'
}

# stop_ejects LOAD: a stop of remote 0 makes it leave, which alone sleeps on the full ring.
stop_ejects() {
	check stop_remote 0
	[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
	logged 'ejected 1 blocked sender ' || fail "the writer was not ejected"
	[ "$(timeouts)" = 0 ] || fail "the writer slept out its timeout"
	load_stop $1 | grep -q 'errors=[1-9]' || fail "the writer noticed nothing"
	check_no_unsafe_overlap 0
}

# asleep_in_send NAME: whether a thread of that load sleeps in the kernel inside a send.
asleep_in_send() {
	local pid task where

	read -r pid <"$LOADS/$1.pid"
	for task in /proc/$pid/task/*; do
		read -r where <"$task/wchan" || [ "$where" ]
		# Not "stack" at once: the kernel walks that of a thread that runs, too, and KASAN objects to
		# what it reads. Where stacks are guessed, only "stack" tells.
		case $where in
		*rpmsg_send*) return 0 ;;
		0) grep -q '^State:.S' "$task/status" && grep -q rpmsg_send "$task/stack" && return 0 ;;
		esac
	done 2>/dev/null
	return 1
}

# vendor_channels: what 32 ttys of the vendor's driver are announced as, /dev/ttyRPMSG30 to 61.
vendor_channels() {
	seq 30 61 | sed 's/^/vendor-tty@/' | xargs | tr ' ' ','
}

# hang_writers: a program sleeps in a send of each of these ttys, on the full ring of remoteproc0.
hang_writers() {
	local waits='' number pid

	# Slow until all are there: then they hang together.
	set_remote 0 delay_us 5000
	set_remote 0 mode slow
	for number in $(seq 30 61); do
		load_start writer$number saturate /dev/ttyRPMSG$number
		read -r pid <$LOADS/writer$number.pid
		waits="$waits /proc/$pid/task/*/wchan"
	done
	set_remote 0 mode hung
	# By one process: together they may sleep for 15 s only.
	wait_for "[ \"\$(cat $waits | grep -o rpmsg_send | wc -l)\" = 32 ]" 60
}

# The process that guards; with --supervise not the one that was started.
service_pid() {
	/test/bin/rpmsg-guard status --json | tr -d ' \n' | sed -n 's/.*"pid":\([0-9]*\),"level".*/\1/p'
}

# guard_status N KEY: a number of remoteprocN in the status of the service.
guard_status() {
	/test/bin/rpmsg-guard status --json | tr -d ' \n' |
		sed -n "s/.*\"name\":\"remoteproc$1\",\(.*\)/\1/p" | sed 's/{"name".*//' |
		sed -n "s/.*\"$2\":\([0-9]*\).*/\1/p"
}

# check_no_unsafe_overlap N: by the kernel side's own count; there is none at level userspace.
check_no_unsafe_overlap() {
	local n

	n=$(guard_status "$1" unsafe_overlaps)
	[ "$n" = 0 ] || fail "$n unsafe overlaps on remoteproc$1"
}

# guard_phase N: "idle" or "held".
guard_phase() {
	if /test/bin/rpmsg-guard status --json | tr -d ' \n' |
		grep -q "\"name\":\"remoteproc$1\",[^{]*\"hold\":null"; then
		echo idle
	else
		echo held
	fi
}

# carries N: messages arrive at remoteprocN.
carries() {
	local before

	before=$(remote_knob "$1" consumed)
	wait_for "[ \"\$(remote_knob $1 consumed)\" -gt $((before + 10)) ]" 30
}

# restart_remote N TTY: starts it, and messages arrive again.
restart_remote() {
	start_remote "$1"
	wait_for "[ -c $2 ]"
	carries "$1"
}

# holds_let_go: how many stops the service has held and let go, by its log.
holds_let_go() {
	grep -c 'released: the stop may go on' $GUARD_LOG
}

# stops_while_sending N: starts remoteprocN and stops it while a program writes without pause.
stops_while_sending() {
	start_remote "$1"
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start fast saturate /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 50 ]' 30
	check stop_remote "$1"
	[ "$(remote_state "$1")" = offline ] || fail "the state is $(remote_state "$1")"
	load_stop fast
}

# stops_by COMMAND...: it succeeds, it was held, remoteproc0 is down when it has ended, and then
# everything works again. What it said is in /tmp/said.
stops_by() {
	local before

	before=$(holds_let_go)
	"$@" >/tmp/said 2>&1 || fail "status $? of $*: $(cat /tmp/said)"
	[ "$(remote_state 0)" = offline ] || fail "after $*: $(remote_state 0)"
	wait_for "[ \"\$(holds_let_go)\" = $((before + 1)) ]"
	echo "stopped by $*: $(cat /tmp/said)"
	restart_remote 0 /dev/ttyRPMSG30
}

# stops_under_load N TTY SECONDS: N stops under a writer that opens TTY again at once, each of them over
# within so many seconds and carried out.
stops_under_load() {
	for _ in $(seq "$1"); do
		load_start writer reopen "$2"
		carries 0
		rm -f /tmp/stopped
		(stop_remote 0 && : >/tmp/stopped) &
		wait_for '[ -e /tmp/stopped ]' "$3"
		[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
		restart_remote 0 "$2"
		load_stop writer
	done
}

EPISODES=/var/lib/rpmsg-guard/episodes

# episodes_on_disk N: so many are complete, as the service (run with --verbose twice) has logged.
episodes_on_disk() {
	wait_for "[ \"\$(grep -c 'on disk .* ms after its result' $GUARD_LOG)\" = $1 ]"
}

newest_episode() {
	ls $EPISODES | sort -t- -k1,1 -k3,3n | tail -n 1
}

# has WHAT...: a line of the episode $file has all of these.
has() {
	local what found

	found=$(cat "$file")
	for what in "$@"; do
		found=$(echo "$found" | grep -e "$what") || fail "${file##*/} has no line with $*"
	done
}

# time_of KEY WHAT: of the first line of the episode $file with both.
time_of() {
	sed -n "s/.*\"$1\":\([0-9]*\),.*\"$2\".*/\1/p" "$file" | head -n 1
}

# in_order EVENT EVENT...: the first of each, in the episode $file.
in_order() {
	local event at last=0

	for event in "$@"; do
		at=$(time_of t_ns "$event")
		[ "${at:-0}" -ge "$last" ] || fail "${file##*/}: '$event' is not where it should be in: $*"
		last=$at
	done
}
