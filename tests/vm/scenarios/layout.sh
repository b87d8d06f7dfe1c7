# kernels: x86_64-6.12-rt
# needs: override rt
# without: none
# with: clean
# timeout: 240
#
# A real-time kernel without BTF: its locks are larger, so a virtio device lies elsewhere in its struct than
# the guard takes for granted, and no virtqueue would belong to a remote processor. The guard tries it as
# soon as there is a channel, says so, and guards at level userspace, whether it was started before or after.
load_stack
check mount -t tmpfs none /sys/kernel/btf

# guards_at_userspace: the service is there, at that level, and has said why.
guards_at_userspace() {
	wait_for '[ "$(cat $GUARD_READY)" = userspace ]' 60
	logged 'levels observe and override are not possible: .* another layout .* CONFIG_DEBUG_INFO_BTF' ||
		fail "it does not say why"
}

# holds_a_stop: under load.
holds_a_stop() {
	wait_for '[ -c /dev/ttyRPMSG30 ]'
	load_start fast saturate /dev/ttyRPMSG30
	wait_for '[ "$(load_stat fast writes)" -gt 20 ]' 30
	check stop_remote 0
	load_stop fast
	logged 'released: the stop may go on' || fail "the stop was not held"
}

/test/bin/rpmsg-guard check >/tmp/said
grep -q '^layout of the kernel  *ok  *not known until' /tmp/said || fail "check: $(cat /tmp/said)"
grep -q '^bpf ring buffer  *ok  *real-time kernel: ' /tmp/said || fail "check: $(cat /tmp/said)"
start_guard
logged 'guarding at level override' || fail "not at level override while nothing is up"
start_remote 0
guards_at_userspace
grep -q 'level override is not possible any more' $GUARD_LOG || fail "it does not say that it begins again"
holds_a_stop
# What was found out counts for the next channel, too.
start_remote 0
holds_a_stop
[ "$(grep -c 'guarding at level' $GUARD_LOG)" = 2 ] || fail "it has begun again more than once"
stop_guard

# And for the next instance, which begins while nothing is up.
start_guard
guards_at_userspace
! grep -q 'guarding at level override' $GUARD_LOG || fail "level override, and it was known before"
stop_guard

start_remote 0
/test/bin/rpmsg-guard check >/tmp/said
grep -q '^layout of the kernel  *missing  *the structs of this kernel' /tmp/said ||
	fail "check: $(cat /tmp/said)"
grep -q 'can be guarded at level userspace\.$' /tmp/said || fail "check comes to another level: $(cat /tmp/said)"
start_guard
guards_at_userspace
! grep -q 'guarding at level override' $GUARD_LOG || fail "level override, with a channel there"
holds_a_stop
stop_guard

# With a supervisor it is the next child that guards at the other level.
start_guard --supervise
start_remote 0
guards_at_userspace
stop_guard
