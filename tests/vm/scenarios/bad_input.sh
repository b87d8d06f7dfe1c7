# kernels: x86_64-6.1 arm64-5.10-shipped
# without: none
# with: clean
#
# Bad input: the message names what was wrong, where, and what is allowed; the exit status says which
# kind it was; nothing is left behind.
guard=/test/bin/rpmsg-guard
load_stack instances=2

# expect STATUS PATTERN COMMAND...
expect() {
	local want=$1 pattern=$2 status=0

	shift 2
	"$@" >/tmp/out 2>&1 || status=$?
	[ $status = "$want" ] || fail "status $status, not $want: $*: $(cat /tmp/out)"
	grep -q -e "$pattern" /tmp/out || fail "no '$pattern' in what '$*' says: $(cat /tmp/out)"
}

conf() {
	printf "$1" >/tmp/bad.conf
}

conf 'hold_timeout = 20s\nhold_timout = 5s\n'
expect 2 '/tmp/bad.conf:2: .*hold_timout' $guard run --config /tmp/bad.conf
conf 'on_timeout = explode\n'
expect 2 'bad.conf:1: .*explode.*refuse.*proceed' $guard run --config /tmp/bad.conf
conf 'hold_timeout = 5\n'
expect 2 'bad.conf:1: ' $guard run --config /tmp/bad.conf
conf 'hold_timeout = 1us\n'
expect 2 'bad.conf:1: ' $guard stop --config /tmp/bad.conf remoteproc0
expect 2 'No such file' $guard run --config /tmp/missing.conf
# Settings that another user can change, and a pipe, which nobody writes.
conf 'hold_timeout = 5s\n'
for command in run check; do
	chown 1000 /tmp/bad.conf
	expect 2 'bad.conf belongs to user 1000.*chown root /tmp/bad.conf$' $guard $command --config /tmp/bad.conf
	chown 0 /tmp/bad.conf
	chmod 664 /tmp/bad.conf
	expect 2 'bad.conf can be written.*chmod go-w /tmp/bad.conf$' $guard $command --config /tmp/bad.conf
	chmod 644 /tmp/bad.conf
	mkfifo /tmp/pipe.conf
	expect 2 'pipe.conf is a pipe' $guard $command --config /tmp/pipe.conf
	rm /tmp/pipe.conf
	mkdir -p /etc/rpmsg-guard.conf.d
	chmod 777 /etc/rpmsg-guard.conf.d
	expect 2 'conf.d can be written.*chmod go-w /etc/rpmsg-guard.conf.d$' $guard $command
	rmdir /etc/rpmsg-guard.conf.d
done
expect 2 'no remote processor .remoteproc7.*remoteproc0 (sim-rproc.0)' $guard stop remoteproc7
expect 2 'NAME is missing' $guard stop
expect 2 'stop.*start' $guard halt
expect 0 '^Usage: rpmsg-guard run ' $guard help run
expect 2 "unknown command 'halt'" $guard help halt
expect 2 "'stop' is the second" $guard help run stop
expect 2 'unrecognized option' $guard run --hold
expect 1 'it is offline' $guard stop remoteproc0
[ ! -e /run/rpmsg-guard/ready ] || fail "a service that did not start says it is ready"

# A right is missing.
mkdir -p /etc
echo 'user:x:1000:1000::/:/bin/sh' >/etc/passwd
expect 1 'run as root' su user -c "$guard run"
expect 1 'run as root' su user -c "$guard start remoteproc0"

# What the next instance would believe must be written by root alone.
mkdir -p /run/rpmsg-guard
chmod 777 /run/rpmsg-guard
expect 1 "/run/rpmsg-guard can be written by users other than root" $guard run
chmod 755 /run/rpmsg-guard

# A configuration section for nobody is warned of; a second service is refused and names the first.
conf '[remoteproc no-such-one]\nhold_timeout = 5s\n'
start_guard --config /tmp/bad.conf
logged "there is no remote processor 'no-such-one'" || fail "no warning"
# A kernel that lacks options: which, and once for all the levels that it keeps away.
if ! grep -q register_kprobe /proc/kallsyms; then
	logged 'levels observe and override are not possible: the kernel is .* without .*CONFIG_KPROBES' ||
		fail "the log does not name the options"
	[ "$(grep -c 'not possible' $GUARD_LOG)" = 1 ] || fail "it is said more than once"
fi
expect 1 "already running (pid $guard_pid)" $guard run
expect 1 "the service is running (pid $guard_pid)" $guard release
start_remote 1
# The kernel's own refusal reaches the caller as it is.
echo nonsense >$REMOTES/remoteproc1/state 2>/tmp/refused && fail "nonsense was accepted"
grep -q 'Invalid argument' /tmp/refused || fail "refused with: $(cat /tmp/refused)"
wait_for 'grep -q "not carried out" $GUARD_LOG'
check $guard stop sim-rproc.1
expect 1 'it is offline' $guard stop sim-rproc.1
stop_guard
