# kernels: x86_64-6.1-kasan arm64-5.10-shipped
# without: panic|kasan
# with: clean
# append: init_on_free=1
#
# No service: "rpmsg-guard stop" and "restart" do the same sequence by hand.
load_stack
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start writers reopen /dev/ttyRPMSG30 --writers 2
round=0
while [ $round -lt 5 ]; do
	carried=$(remote_knob 0 consumed)
	wait_for '[ "$(remote_knob 0 consumed)" -gt $((carried + 20)) ]' 30
	if [ "$GUARD" = 0 ]; then
		stop_remote 0
		start_remote 0
	else
		check /test/bin/rpmsg-guard restart remoteproc0
	fi
	wait_for '[ -c /dev/ttyRPMSG30 ]' 20
	round=$((round + 1))
done
[ "$GUARD" = 1 ] || holds_within false 60
check /test/bin/rpmsg-guard stop --quiet remoteproc0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
load_stop writers
