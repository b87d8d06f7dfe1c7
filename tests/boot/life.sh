# SPDX-License-Identifier: GPL-2.0-only
# The life of the packages on a running system, from a boot without a remote processor to the purge. At the end the
# same stop as before must panic: then nothing of the guard is left, and it was the guard that made the stop safe.
. /test/guest.sh

booted
[ "$(property ConditionResult)" = no ] || fail "the condition was not looked at"
is inactive || fail "the service is $(systemctl is-active $UNIT)"
passed 'without a remote processor the service is not started, and nothing has failed'

load_driver
wait_for '[ "$(property MainPID)" != 0 ]' 60
pid=$(property MainPID)
# Before it is ready; it takes a while to attach its hooks.
check kill -STOP "$pid"
wait_for 'grep -q "^State:.T" /proc/$pid/status'
[ ! -e $GUARD_READY ] || fail "the service was ready already"
is activating || fail "a service that is not ready is $(systemctl is-active $UNIT)"
[ "$(systemctl is-active rpmsg-guard-remoteproc.target)" = active ] || fail "udev did not start it"
check kill -CONT "$pid"
wait_for 'is active' 120
[ -e $GUARD_READY ] || fail "the service is active and not ready"
passed 'a driver that comes late starts the service, which is active when it guards'

rpmsg-guard status --json | tr -d ' \n' | grep -q '"level":"override"' || fail "$(rpmsg-guard status)"
case $(modinfo -n rpmsg_guard_allow) in
*/updates/dkms/*) ;;
*) fail "the module is $(modinfo -n rpmsg_guard_allow)" ;;
esac
passed 'the level is override, with the module that DKMS has built'

guards
wait_for 'journal CALLER=sh CALLER_PID=$$ REMOTEPROC=remoteproc0 LEVEL=override | grep -q "released"'
journalctl -q -b -o verbose REMOTEPROC=remoteproc0 | grep -q '^ *EPISODE=.' || fail "no line names an episode"
passed 'a stop under load is held and released, and the journal has its fields'

hold_a_stop
end_process $opener 60 && fail "the stop was not refused"
load_stop stubborn
refused=MESSAGE_ID=1f5b3d9fa71b492b80633c831514ba8e
wait_for '[ "$(journal $refused)" ]'
journalctl -q -b -x $refused REMOTEPROC=remoteproc0 CALLER=sh |
	grep -q 'Subject: remoteproc0 was not stopped: rpmsg-guard refused it' || fail "no text of the catalog"
passed '"journalctl -x" explains a refused stop'

check systemctl kill --kill-whom=main --signal=KILL $UNIT
wait_for '[ "$(property NRestarts)" = 1 ] && is active' 120
wait_for '[ "$(journal MESSAGE_ID=b5c77753902040d780aa6cc22b65a1f0)" ]'
guards
passed 'after SIGKILL it is started again, says so, and guards'

[ "$(property WatchdogUSec)" = 30s ] || fail "the watchdog is $(property WatchdogUSec)"
check systemctl kill --kill-whom=main --signal=STOP $UNIT
wait_for '[ "$(property NRestarts)" = 2 ]' 90
journal _PID=1 UNIT=$UNIT | grep -q 'Watchdog timeout' || fail "it was not the watchdog"
wait_for 'is active' 120
guards
passed 'a service that is stuck is killed by the watchdog, and started again'

# What the administrator has changed: the file of the package, a drop-in of the guard, one of systemd.
echo '# of the administrator' >>/etc/rpmsg-guard.conf
patient
mkdir -p /etc/systemd/system/$UNIT.d
printf '[Service]\nNice=-5\n' >/etc/systemd/system/$UNIT.d/board.conf
systemctl daemon-reload
check systemctl restart $UNIT
hold_a_stop
pid=$(property MainPID)
dpkg --force-unsafe-io --force-confdef -i /test/upgrade.deb </dev/null || fail "the upgrade failed"
refused_in_time
end_process $opener 5 && fail "the caller got no error"
grep -q "$(refusal)" /tmp/said || fail "the caller said: $(cat /tmp/said)"
! journal _PID=1 UNIT=$UNIT | grep "State 'stop-sigterm' timed out" || fail "the old service was killed"
is active || fail "the upgraded service is $(systemctl is-active $UNIT)"
[ "$(property MainPID)" != "$pid" ] || fail "the old service is still there"
load_stop stubborn
guards
passed "an upgrade in a held stop refuses it in the end ($took s), and the new service guards"

dpkg-query -W -f '${Version}\n' rpmsg-guard | grep -q -- '-2$' || fail "it was not upgraded"
grep -qx '# of the administrator' /etc/rpmsg-guard.conf || fail "the configuration was replaced"
grep -qx 'hold_timeout = 10min' /etc/rpmsg-guard.conf.d/10-board.conf || fail "the drop-in is gone"
[ "$(property Nice)" = -5 ] || fail "systemd's drop-in has no effect"
passed 'an upgrade keeps what was changed'

[ "$(hooks)" -gt 0 ] || fail "a running service has no hooks"
check systemctl stop $UNIT
[ "$(property Result)" = success ] || fail "it ended with $(property Result)"
[ "$(hooks)" = 0 ] || fail "left are $(cat /sys/kernel/debug/kprobes/list)"
[ "$(cat $REMOTES/remoteproc0/recovery)" = enabled ] || fail "recovery is not what it was"
passed '"systemctl stop" takes all hooks away'

check systemctl start $UNIT
[ "$(hooks)" -gt 0 ] || fail "a running service has no hooks"
dpkg -r rpmsg-guard </dev/null || fail "the removal failed"
[ "$(hooks)" = 0 ] || fail "left are $(cat /sys/kernel/debug/kprobes/list)"
[ ! "$(pidof rpmsg-guard)" ] || fail "the service is still running"
[ -e /etc/rpmsg-guard.conf.d/10-board.conf ] || fail "the configuration is gone"
passed 'a removal ends the service, and keeps the configuration'

rm -r /etc/rpmsg-guard.conf.d/10-board.conf /etc/systemd/system/$UNIT.d
dpkg -P rpmsg-guard rpmsg-guard-dkms </dev/null || fail "the purge failed"
systemctl daemon-reload
left=$(find / -xdev -name '*rpmsg*guard*' ! -path '/test/*' ! -path '/etc/systemd/system/*rpmsg-guard-test.service' \
	! -path '/var/lib/systemd/deb-systemd-helper-enabled/*rpmsg-guard-test*')
left="$left $(find /run -name '*rpmsg*guard*' ! -path '*rpmsg-guard-test*')"
[ "$left" = ' ' ] || fail "left are $left"
systemctl list-units --plain --no-legend '*rpmsg-guard*' | grep -v rpmsg-guard-test && fail "units are active or have failed"
[ "$(systemctl is-system-running)" = running ] || fail "failed: $(systemctl --failed)"
passed 'a purge leaves nothing'

echo 'now without the guard'
while :; do
	start_load
	stop_remote 0
	# A sender that was asleep in rpmsg_send wakes up on freed memory 15 s later at the latest.
	holds_within false 20
	load_stop fast
done
