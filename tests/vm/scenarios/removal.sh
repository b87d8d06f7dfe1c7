# kernels: x86_64-6.1-kasan arm64-5.10
# without: panic|kasan
# with: clean
# timeout: 240
#
# A driver's module is removed while a sender sleeps on the full ring of a hung remote processor, for longer
# than rproc_shutdown() can be made to wait: the caller of delete_module() is turned back until the hold is
# through. The same for virtio_rpmsg_bus, whose removal does not come through rproc_shutdown() at all, and
# for two removals and a stop at once.
load_stack
start_guard

# removed N NAME...: so many removals were held, the last one by this name.
removed() {
	wait_for "[ \"\$(grep -c 'removal of module $2 requested by rmmod.*: held' $GUARD_LOG)\" = $1 ]" 30
}

# removes MODULE: the kernel keeps a module for a moment while a probe is put on one of its functions, as the guard
# does soon after the module was loaded.
removes() {
	until rmmod "$1" 2>/tmp/removes.$1; do
		grep -q 'temporarily unavailable' /tmp/removes.$1 || { cat /tmp/removes.$1; return 1; }
	done
}

start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
set_remote 0 mode hung
load_start writer saturate /dev/ttyRPMSG30
wait_for 'asleep_in_send writer' 30
check rmmod sim_rproc
if [ "$GUARD" = 0 ]; then
	holds_within false 60
	exit 0
fi
[ ! -e $REMOTES/remoteproc0 ] || fail "the remote processor is still there"
load_stop writer
removed 1 sim_rproc

# Loaded again it is guarded again. The bus goes, and the remote processor runs on.
check load sim_rproc
wait_for '[ -e $REMOTES/remoteproc0/state ]'
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
load_start writer saturate /dev/ttyRPMSG30
carries 0
check removes virtio_rpmsg_bus
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
removed 1 virtio_rpmsg_bus
wait_for 'grep -q "unbound: remoteproc0 is running, its channels are gone" $GUARD_LOG'
[ ! -e /dev/ttyRPMSG30 ] || fail "the tty is still there"
load_stop writer

# Nobody is left that it could take anything from: it goes at once.
check load virtio_rpmsg_bus
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
check stop_remote 0
check removes virtio_rpmsg_bus
check load virtio_rpmsg_bus

# All at once.
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 30
load_start writer saturate /dev/ttyRPMSG30
carries 0
stop_remote 0 2>/dev/null &
stopper=$!
removes virtio_rpmsg_bus &
first=$!
removes sim_rproc &
second=$!
wait $stopper
wait $first || fail "the removal of virtio_rpmsg_bus ended with $?"
wait $second || fail "the removal of sim_rproc ended with $?"
[ ! -e $REMOTES/remoteproc0 ] || fail "the remote processor is still there"
load_stop writer

grep UNSAFE $GUARD_LOG && fail "a teardown was not safe"
grep -q 'gate closed at rproc_shutdown' $GUARD_LOG && fail "a teardown was not held"
stop_guard
