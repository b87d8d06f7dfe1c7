# kernels: arm64-6.12-compat
# needs: compat
# without: none
# with: clean
# add: build/arm/rpmsg-guard:/test/bin/
#
# The guard that was built for 32-bit ARM on a 64-bit kernel: it has the hooks of the other architecture and
# takes the structs of the kernel for narrower than they are. So it names what is wrong, refuses the levels that
# rest on hooks, and guards at level userspace. (live_stop is the side without the guard.)
load_stack
reason='this is a 32-bit program on a 64-bit kernel'

/test/bin/rpmsg-guard check >/tmp/said
grep -q "missing  *$reason" /tmp/said || fail "check: $(cat /tmp/said)"
grep -q 'can be guarded at level userspace\.$' /tmp/said || fail "check comes to another level: $(cat /tmp/said)"

install_allow_list
for level in override observe; do
	echo "level = $level" >/tmp/$level.conf
	/test/bin/rpmsg-guard run --config /tmp/$level.conf >/tmp/said 2>&1 && fail "guards at level $level"
	grep -q "not possible: $reason" /tmp/said || fail "level $level: $(cat /tmp/said)"
done

start_guard
[ "$(cat $GUARD_READY)" = userspace ] || fail "guards at level $(cat $GUARD_READY)"
stops_while_sending 0
logged 'released: the stop may go on' || fail "the stop was not held"
stop_guard
