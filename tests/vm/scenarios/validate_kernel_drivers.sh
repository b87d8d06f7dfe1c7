# kernels: x86_64-6.1 x86_64-6.1-fixed x86_64-6.12-fixed x86_64-7.3-fixed
# since: 5.15 the virtio transport has /dev/rpmsg_ctrl0, and there is rpmsg_tty
# without: none
# with: clean
# timeout: 200
#
# "validate" on the kernel's own drivers. rpmsg_char waits for its writers, with a lock: clean, and on
# a hung remote a stop waits out the transmit timeout of each of them. rpmsg_tty hangs up later
# than it removes its channel and waits for nobody: vulnerable, to a kick that takes a moment (3 ms)
# in most stops, although this kernel has mostly survived it by luck. With the patches of packaging/kernel
# (and KASAN) both are clean, and nobody waits.
guard=/test/bin/rpmsg-guard
load_stack channels=rpmsg-tty@31

# Sets status, and what it has printed is in /tmp/said.
validate() {
	status=0
	$guard validate remoteproc0 "$@" --i-know-this-can-panic >/tmp/said 2>/tmp/progress ||
		status=$?
	cat /tmp/said
	[ "$(remote_state 0)" = offline ] || fail "it is $(remote_state 0) after a validation"
}

# number KEY: of the JSON output.
number() {
	sed -n "s/^  \"$1\": *\([0-9]*\),*$/\1/p" /tmp/said
}

# A function that only the patched bus has.
fixed=''
! grep -q ' rpmsg_senders_gone' /proc/kallsyms || fixed=1

set_remote 0 kick_us 3000
validate --device /dev/ttyRPMSG0 --cycles 20 --json
if [ "$fixed" ]; then
	[ $status = 0 ] || fail "rpmsg_tty: status $status: $(cat /tmp/progress)"
	[ "$(number cycles_done)" = 20 ] || fail "$(number cycles_done) cycles"
else
	[ $status = 1 ] || fail "rpmsg_tty: status $status: $(cat /tmp/progress)"
	[ "$(number overlaps)" -gt 0 ] || fail "no sender was inside"
fi

# What a comparison needs is in the result: nothing is unknown, and a result is as good as itself.
grep -q '"config": *"SMP.* HZ=[1-9]' /tmp/said || fail "no configuration: $(cat /tmp/said)"
cp /tmp/said /tmp/first.json
status=0
$guard validate --compare /tmp/first.json /tmp/first.json >/tmp/compared || status=$?
[ $status = 3 ] || fail "compared with itself: status $status: $(cat /tmp/compared)"
! grep -q 'not known' /tmp/compared || fail "something is not known: $(cat /tmp/compared)"
$guard validate --verdict /var/lib/rpmsg-guard/validate-*.jsonl --ktap >/tmp/ktap
grep -q 'ok 4 rpmsg_stop.every_cycle_was_observed$' /tmp/ktap || fail "KTAP: $(cat /tmp/ktap)"

validate --device /dev/rpmsg_ctrl0:77 --cycles 10 --html /tmp/page
[ $status = 0 ] || fail "rpmsg_char: status $status: $(cat /tmp/progress)"
grep -q 'seen in 10 cycles: .* fewer than 25.9 %' /tmp/said || fail "no bound"
grep -q '<span class="clean">clean</span>' /tmp/page || fail "the page: $(cat /tmp/page)"

# Two writers asleep on a full ring, one of them inside and the other behind its lock.
set_remote 0 mode hung
validate --device /dev/rpmsg_ctrl0:77 --cycles 1
[ $status = 0 ] || fail "rpmsg_char, hung: status $status: $(cat /tmp/progress)"
if [ "$fixed" ]; then
	! grep -q 'The longest stop took' /tmp/said || fail "the stop has waited"
else
	grep -q 'The longest stop took [1-3][0-9]\.' /tmp/said || fail "the stop has not waited"
fi
