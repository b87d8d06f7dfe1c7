# kernels: x86_64-6.1 arm64-5.10 x86_64-6.1-fixed
# without: none
# with: panic|kasan
# reboot: clean
# timeout: 180
# append: init_on_free=1
#
# "validate" on the vendor's tty, which does not stop its writers when its channel is removed: the
# kernel dies, as it does in the field. After the reboot the state file says in which cycle. The
# patches of packaging/kernel cannot help such a driver: what its writers touch after the stop is its
# own freed memory. That is made empty: as long as it holds what was in it, a sender that wakes up there may
# come through.
verdict=/tmp/verdict
guard=/test/bin/rpmsg-guard

if [ -f /test/kept ]; then
	cycle=$(sed -n 's/.*"record":"begin","cycle":\([0-9]*\).*/\1/p' /test/kept | tail -n 1)
	[ "$cycle" ] || fail "no cycle is on record: $(cat /test/kept)"
	$guard validate --verdict /test/kept >$verdict
	[ $? = 1 ] || fail "status $? after a death"
	cat $verdict
	grep -q '^verdict: vulnerable$' $verdict || fail "another verdict"
	# A sender that sleeps in freed memory kills the kernel when it wakes up. Where a busy machine wakes
	# it up so late that the run has ended on its account before, that is what stands in the file.
	grep -q "The kernel died \(in\|after\) cycle $cycle:" $verdict ||
		grep -q "The run ended in cycle $cycle: a sender of .* does not return" $verdict ||
		fail "not in cycle $cycle"
	exit 0
fi

load_stack
state=/tmp/state
# Whatever is on the disk has left the machine before the kernel dies.
while :; do
	[ ! -f $state ] || break
	sleep 0.02
done && while :; do
	while read -r line; do
		echo "keep: $line"
	done
	sleep 0.02
done <$state &
$guard validate remoteproc0 --device /dev/ttyRPMSG30 --cycles 20 --state $state \
	--i-know-this-can-panic
fail "status $?: the kernel has survived"
