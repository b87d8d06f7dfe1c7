# kernels: x86_64-6.1-kasan
# without: panic|kasan|oops
# with: clean
# timeout: 240
#
# Programs that open /dev/rpmsgN again and again. A stop takes the endpoint away first and the node some
# moments later, and whoever opens it in between has an endpoint that is about to be freed (before 6.2 and
# 6.1.177, commit 17b88a2050e9). The guard keeps the device from being opened during the stop; descriptors
# that stay open do no harm, and nobody waits for them.
load_stack channels=rpmsg-raw@50

# stops N: under such programs.
stops() {
	local round=0

	while [ $round -lt "$1" ]; do
		start_remote 0
		wait_for '[ -c /dev/rpmsg0 ]'
		carries 0
		stop_remote 0 || fail "round $round: not stopped"
		round=$((round + 1))
	done
}

load_start visitors visit /dev/rpmsg0 --writers 3
if [ "$GUARD" = 0 ]; then
	stops 20
	load_stop visitors
	exit 0
fi
for level in userspace override; do
	printf 'level = %s\nclose_timeout = 100ms\n' $level >/tmp/$level.conf
	start_guard --config /tmp/$level.conf
	stops 8
	stop_guard
done
load_stop visitors
