# kernels: arm64-6.1
# needs: override pstore
# without: none
# with: panic
# hooks: yes
# reboot: clean
# memory: kept
# append: mem=448M ramoops.mem_address=0x5c000000 ramoops.mem_size=0x100000 ramoops.pmsg_size=0x80000
#
# The kernel dies in the middle of a hold, and no disk outlives it: what the service has written to
# /dev/pmsg0 is found in memory by the next boot.
mkdir -p /sys/fs/pstore
check mount -t pstore none /sys/fs/pstore

if [ -e /test/kept ]; then
	[ -e /sys/fs/pstore/pmsg-ramoops-0 ] || fail "nothing in pstore: $(ls /sys/fs/pstore)"
	check /test/bin/rpmsg-guard report --pstore >/tmp/report
	cat /tmp/report
	grep -q 'stop of remoteproc0' /tmp/report || fail "the report does not say what it was"
	grep -q 'drained' /tmp/report || fail "the report lacks the last step"
	! grep -q '+.* released ' /tmp/report || fail "the report has a step that never was"
	grep -q 'died' /tmp/report || fail "the report does not say that the episode was cut off"
	check /test/bin/rpmsg-guard report --pstore --json >/tmp/report.jsonl
	exit 0
fi

load_stack
[ -c /dev/pmsg0 ] || fail "there is no /dev/pmsg0"
mkdir -p /run/rpmsg-guard
export RPMSG_GUARD_TEST=1
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writer saturate /dev/ttyRPMSG30
carries 0
echo drained >/run/rpmsg-guard/pause-at
(stop_remote 0) &
wait_for '[ "$(cat /run/rpmsg-guard/paused 2>/dev/null)" = drained ]' 30
# The line of the step itself is on its way to the writer.
wait_for 'grep -q "\"event\":\"drained\"\|\"drained\"" /var/lib/rpmsg-guard/episodes/*'
echo 'keep: died'
echo c >/proc/sysrq-trigger
holds_within false 60
