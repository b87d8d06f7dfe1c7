# SPDX-License-Identifier: GPL-2.0-only
# reboot.sh plain|kept: a driver that is loaded at boot, so the service starts before the programs that may stop the
# remote processor. Then a reboot while a stop is held; "kept": by a caller and a holder that systemd does not end.
. /test/guest.sh

# started UNIT: in microseconds since the boot.
started() {
	property ActiveEnterTimestampMonotonic "$1"
}

booted
is active || fail "the service is $(systemctl is-active $UNIT)"
[ "$(started $UNIT)" -le "$(started basic.target)" ] || fail "programs were started before it"
passed "$1: with a driver that is loaded at boot the service guards before other programs start"

# unit NAME COMMAND...: a program that systemd ends at a reboot as any service, or not at all.
unit() {
	local name=$1 default

	shift
	[ "$how" = plain ] && default=yes || default=no
	check systemd-run --quiet --unit="$name" --property=DefaultDependencies=$default "$@"
}

how=$1
patient
check systemctl restart $UNIT
start_remote 0
wait_for '[ -c $TTY ]' 30
unit holder /test/bin/rpmsg-load steady $TTY --keep
carries 0
unit caller sh -c "echo stop >$REMOTES/remoteproc0/state; echo \$? >/test/status"
wait_for '[ "$(guard_phase 0)" = held ]' 30
# systemd runs what is there at the very end.
cp /test/at-the-end /lib/systemd/system-shutdown/rpmsg-guard-test
echo "$how" >/test/how
check systemctl reboot
holds_within false 120
fail "the VM does not restart"
