# kernels: x86_64-6.1 arm64-5.10
# without: none
# with: clean
#
# The allow-list module comes and goes as somebody else likes: without it the service says what is
# missing and how to get it, and goes on a level lower; loaded by hand it is not the service's to
# unload; unloaded underneath it, attached programs go on refusing; and the next instance loads it
# by itself when it is installed.
load_stack channels=kernel-sender@50

arrives() {
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
}

# A sender that goes on after the stop is refused for as long as its endpoint is a freed one.
refused_while_down() {
	check load inkernel_sender unsafe_remove=1 period_us=500
	start_remote 0
	arrives
	dropped=$(guard_status 0 dropped)
	check stop_remote 0
	wait_for '[ "$(guard_status 0 dropped)" -gt $((dropped + 20)) ]' 30
	check_no_unsafe_overlap 0
	# Gone before the guard is.
	check rmmod inkernel_sender
}

# Not installed.
installed=/lib/modules/$(uname -r)/extra
mkdir -p /tmp/away
mv /lib/modules/rpmsg_guard_allow.ko /tmp/away/ || fail "there is no allow-list module"
start_guard
logged 'level override is not possible: .*rpmsg_guard_allow' || fail "the log: $(cat $GUARD_LOG)"
logged 'guarding at level observe' || fail "the log: $(cat $GUARD_LOG)"
stop_guard

# Loaded by hand, and unloaded underneath.
check insmod /tmp/away/rpmsg_guard_allow.ko
start_guard
logged 'guarding at level override' || fail "the log: $(cat $GUARD_LOG)"
grep -q ^rpmsg_guard_allow /proc/modules || fail "the service has unloaded what it had not loaded"
check rmmod rpmsg_guard_allow
refused_while_down
stop_guard

# Installed: loaded for as long as it takes to attach.
mkdir -p "$installed"
mv /tmp/away/rpmsg_guard_allow.ko "$installed/"
start_guard
logged 'guarding at level override' || fail "the log: $(cat $GUARD_LOG)"
! grep -q ^rpmsg_guard_allow /proc/modules || fail "the service has left its module loaded"
refused_while_down
stop_guard
