# SPDX-License-Identifier: GPL-2.0-only
# OpenRC as the first process: the script of packaging/openrc starts the service at boot. Then a stop under load, and a
# reboot while a stop is held by a caller that OpenRC does not end before the service.
GUARD=1
. /test/lib.sh
TTY=/dev/ttyRPMSG30
ln -s /usr/sbin/rpmsg-guard /test/bin/

wait_for 'rc-status --nocolor boot | grep -q "rpmsg-guard *\[ *started"' 300
[ -e $GUARD_READY ] || fail "the service has started and is not ready"
rc-service rpmsg-guard status || fail "the status is $?"
printf 'hold_timeout = 10min\nclose_timeout = 10min\n' >/etc/rpmsg-guard.conf.d/10-board.conf
rc-service rpmsg-guard restart || fail "the service does not restart"
rpmsg-guard status --json | tr -d ' \n' | grep -q '"level":"override"' || fail "$(rpmsg-guard status)"
echo 'ok openrc: the service is started at boot, and restarted, when it guards'

check modprobe -a virtio_rpmsg_bus vendor_tty sim_rproc
start_remote 0
wait_for '[ -c $TTY ]' 30
load_start fast saturate $TTY
carries 0
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
wait_for 'rpmsg-guard status --prometheus | grep -q "^rpmsg_guard_stops_total.*\"stopped\"} 1"'
check_no_unsafe_overlap 0
load_stop fast
echo 'ok openrc: a stop under load is held and released'

start_remote 0
wait_for '[ -c $TTY ]' 30
load_start stubborn steady $TTY --keep
carries 0
(stop_remote 0; echo $? >/test/status) 2>/tmp/said &
wait_for '[ "$(guard_phase 0)" = held ]' 30
now >/test/begin
check openrc-shutdown --reboot now
# rpmsg-guard-test.openrc says how it ended.
holds_within false 300
fail "the VM does not restart"
