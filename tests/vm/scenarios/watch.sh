# kernels: x86_64-6.1 arm64-5.10 arm64-5.10-shipped
# without: none
# with: clean
# timeout: 240
#
# The live view beside the service and without it: what happens is printed, every send is or is said to
# be lost, and where the kernel has no BPF it says what is missing.
WATCHED=/tmp/watched

# watch_start [ARGUMENT]...: into $WATCHED, once it watches.
watch_start() {
	rm -f /tmp/watch.err
	/test/bin/rpmsg-guard watch "$@" >$WATCHED 2>/tmp/watch.err &
	watch_pid=$!
	wait_for 'grep -q "^watching" /tmp/watch.err || ! alive $watch_pid' 60
}

watch_end() {
	kill -TERM $watch_pid
	end_process $watch_pid 30 || fail "watch ended with status $?: $(cat /tmp/watch.err)"
}

# seen PATTERN: in what was printed.
seen() {
	grep -q "$1" $WATCHED || fail "not seen: $1"
}

load_stack
if [ ! -d /sys/kernel/debug/kprobes ] && ! grep -q register_kprobe /proc/kallsyms; then
	watch_start
	end_process $watch_pid 10
	[ $? = 3 ] || fail "the status is not that of a kernel that cannot"
	grep -q '^rpmsg-guard watch: cannot watch: ' /tmp/watch.err || fail "no reason is given"
	check /test/bin/rpmsg-guard check >/tmp/check
	cat /tmp/check
	! grep -q '5\.8' /tmp/check || fail "the version is blamed for an option that is off"
	grep -A 1 '^bpf kprobe programs' /tmp/check | grep -q -e '->.*CONFIG_PERF_EVENTS' ||
		fail "an option that BPF_EVENTS needs is left out"
	grep -q '^rpmsg only at remoteproc *ok' /tmp/check || fail "rpmsg of no remoteproc is seen"
	exit 0
fi

start_guard
watch_start --all
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
# A name of 31 characters is all that a channel can have.
set_remote 0 announce vendor-tty-of-the-longest-names@1024
wait_for '[ -c /dev/ttyRPMSG1024 ]'
load_start fast saturate /dev/ttyRPMSG30
# A busy machine loses most of the sends, and says so. Some must get through all the same.
wait_for '[ "$(remote_knob 0 consumed)" -gt 3000 ] && [ "$(grep -c " rpmsg_send on .* returned 0 " $WATCHED)" -gt 1000 ]' 60
check stop_remote 0
load_stop fast
consumed=$(remote_knob 0 consumed)
watch_end
grep -v ' rpmsg_send on ' $WATCHED
seen '^\[ *[0-9]*\.[0-9]*\] remoteproc0  sh (pid [0-9]*): started$'
seen '^\[.*\] remoteproc0  rpmsg-load (pid [0-9]*): rpmsg_send on virtio[0-9]*\.vendor-tty.* returned 0 after .* us$'
seen ' (pid [0-9]*): endpoint created on virtio[0-9]*\.vendor-tty-of-the-longest-names\.-1\.1024$'
seen 'rproc_shutdown entered from state_store'
seen 'virtqueue deleted, 0 senders inside'
! grep -q "$(printf '\033')" $WATCHED || fail "there is colour in a file"
printed=$(grep -c ' rpmsg_send on .* returned 0 ' $WATCHED)
lost=$(sed -n 's/^INCOMPLETE: \([0-9]*\) sends lost$/\1/p' $WATCHED | awk '{ n += $1 } END { print n + 0 }')
echo "watch --all: $consumed messages consumed, $printed sends printed, $lost lost"
[ $((printed + lost)) -ge "$consumed" ] || fail "sends are missing and nothing was said"
[ "$printed" -gt 1000 ] || fail "hardly anything was printed"
stop_guard

# Nobody guards now, and nobody sends.
watch_start --json
start_remote 0
check stop_remote 0
watch_end
! grep -v '^{"record":"[a-z]*","rproc":"remoteproc0",.*}$' $WATCHED || fail "that is not what is documented"
seen '"event":"boot"'
seen '"event":"shutdown".*"origin":"state_store'
seen '"event":"virtqueue_deleted"'
! grep -q '"record":"send"' $WATCHED || fail "sends were not asked for"

# A reader that goes ends it.
rm /tmp/watch.err
(/test/bin/rpmsg-guard watch 2>/tmp/watch.err; echo $? >/tmp/ended) | head -n 1 >/dev/null &
wait_for 'grep -q "^watching" /tmp/watch.err' 60
start_remote 0
check stop_remote 0
wait_for '[ -s /tmp/ended ]' 90
[ "$(cat /tmp/ended)" = 0 ] || fail "it ended with status $(cat /tmp/ended)"
