# kernels: x86_64-6.1
# needs: container
# without: panic
# with: clean
# timeout: 180
# append: init_on_free=1
#
# A recovery that is asked for in debugfs is held like that in sysfs.
tty=/dev/ttyRPMSG30

[ -d /sys/kernel/debug/remoteproc ] || mount -t debugfs none /sys/kernel/debug ||
	fail "no debugfs"
load_stack
printf 'own_recovery = no\n' >/tmp/conf
start_guard --config /tmp/conf
start_remote 0
wait_for '[ -c $tty ]'
recovery=/sys/kernel/debug/remoteproc/remoteproc0/recovery
echo disabled >$recovery
load_start writer reopen $tty
carries 0
set_remote 0 crash 1
wait_for '[ "$(remote_state 0)" = crashed ]' 20
echo recover >$recovery || fail "recover: status $?"
if [ "$GUARD" = 0 ]; then
	holds_within false 60
	exit 0
fi
wait_for '[ "$(remote_state 0)" = running ]'
logged 'recovery requested by' || fail "the recovery was not held"
wait_for '[ -c $tty ]'
carries 0
load_stop writer
check stop_remote 0
stop_guard
