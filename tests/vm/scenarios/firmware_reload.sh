# kernels: x86_64-6.1 arm64-5.10-shipped
# without: panic|kasan|oops|exit:8
# with: clean
# add: packaging/examples/reload-firmware:/test/reload-firmware
#
# Other firmware under load, by the script that the documentation names: it succeeds, or it fails and the
# old firmware runs on. And by a script that looks at no status, behind a stop that was refused.
tty=/dev/ttyRPMSG30
firmware=$REMOTES/remoteproc0/firmware

reload() {
	if [ "$GUARD" = 1 ]; then
		sh /test/reload-firmware remoteproc0 "$1"
	else
		echo stop >$REMOTES/remoteproc0/state && echo "$1" >"$firmware" && start_remote 0
	fi
}

# Unguarded, the kernel may live on with a tty that has outlived its channel: the new channel cannot take
# its name, and nothing arrives any more. That is 8.
arrives() {
	(wait_for '[ -c $tty ]' && carries 0) || exit $((GUARD ? 1 : 8))
}

load_stack
for name in a b; do
	cp /lib/firmware/sim-rproc.fw /lib/firmware/$name.fw
done
printf 'close_timeout = 1s\n' >/tmp/short.conf
start_guard --config /tmp/short.conf
start_remote 0
wait_for '[ -c $tty ]'
load_start writer reopen $tty
carries 0
for name in a b a b; do
	check reload $name.fw
	[ "$(cat "$firmware")" = $name.fw ] || fail "the firmware is $(cat "$firmware")"
	arrives
done
load_stop writer

load_start stubborn steady $tty --keep
carries 0
! reload a.fw 2>/tmp/refused || fail "the stop was not refused"
cat /tmp/refused
echo stop >$REMOTES/remoteproc0/state
echo a.fw >"$firmware"
echo start >$REMOTES/remoteproc0/state
[ "$(cat "$firmware")" = b.fw ] || fail "the firmware of one that runs is $(cat "$firmware")"
[ "$(remote_state 0)" = running ] || fail "the state is $(remote_state 0)"
load_stop stubborn
check reload a.fw
check_no_unsafe_overlap 0
stop_guard
