# kernels: x86_64-6.1 arm64-5.10-shipped
# without: panic
# with: clean
# timeout: 240
# append: init_on_free=1
# add: build/callers/{arch}:/test/callers
#
# Stops from containers, and senders in them: process 1 of a pid namespace; a mount namespace whose
# /dev has a node of the tty that is not the host's, with and without CAP_SYS_ADMIN.
PATH=$PATH:/test/callers
state=$REMOTES/remoteproc0/state
tty=/dev/ttyRPMSG30

load_stack
echo 'close_timeout = 2s' >/tmp/short.conf
start_guard --config /tmp/short.conf
start_remote 0
wait_for '[ -c $tty ]'
LOAD_IN="rpmsg-caller --own-dev $tty --no-admin run"
load_start contained reopen $tty
LOAD_IN=
load_start slow reopen $tty --hz 20 --size 24
carries 0

if [ "$GUARD" = 0 ]; then
	rpmsg-caller --pidns write $state stop
	holds_within false 60
	exit 0
fi
stops_by rpmsg-caller --pidns write $state stop
stops_by rpmsg-caller --pidns run sh -c "[ \$\$ = 1 ] && echo stop >$state"
stops_by rpmsg-caller --own-dev $tty write $state stop
stops_by rpmsg-caller --pidns --own-dev $tty --no-admin write $state stop
set_remote 0 delay_us 20000
set_remote 0 mode slow
stops_by rpmsg-caller --own-dev $tty --sender $tty write $state stop
set_remote 0 mode live

# A privileged container opens its node again whatever the guard does about the host's. It has to be
# kept from the freed memory, by a refusal if need be.
LOAD_IN="rpmsg-caller --own-dev $tty run"
load_start privileged reopen $tty --writers 2
LOAD_IN=
carries 0
round=0
while [ $round -lt 5 ]; do
	if rpmsg-caller write $state stop >/tmp/said; then
		echo "privileged: stopped"
		restart_remote 0 $tty
	else
		echo "privileged: $(cat /tmp/said)"
		grep -q 'open=EPERM' /tmp/said || fail "not refused, but $(cat /tmp/said)"
		[ "$(remote_state 0)" = running ] || fail "refused, and $(remote_state 0)"
		carries 0
	fi
	round=$((round + 1))
done
load_stop privileged
stops_by rpmsg-caller write $state stop
load_stop contained
load_stop slow
check_no_unsafe_overlap 0
stop_guard
