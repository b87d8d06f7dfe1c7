# kernels: x86_64-6.1 arm64-5.10-shipped
# without: clean
# with: clean
#
# A stop that nobody is in the way of, and a poller that reads the state 100 times a second. Prints
# what the guard adds to both; asserts no time, only that the poller is never held.
load_stack
start_guard
start_remote 0

wait_for '[ -c /dev/ttyRPMSG30 ]'
stops() {
	local i=0

	while [ $i -lt "$1" ]; do
		check stop_remote 0
		[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
		start_remote 0
		wait_for '[ -c /dev/ttyRPMSG30 ]'
		i=$((i + 1))
	done
}
begin=$(now)
stops 20
echo "20 idle stops and starts: $(($(now) - begin)) hundredths of a second"

# Reading goes on while a stop is held: the poller counts during a hold that waits.
(while :; do cat $REMOTES/remoteproc0/state >/dev/null; echo >>/tmp/polled; sleep 0.01; done) &
poller=$!
begin=$(now)
reads=0
while [ $reads -lt 500 ]; do
	cat $REMOTES/remoteproc0/state >/dev/null
	reads=$((reads + 1))
done
echo "500 reads of the state: $(($(now) - begin)) hundredths of a second"
if [ "$GUARD" = 1 ]; then
	load_start keeper saturate /dev/ttyRPMSG30 --keep
	(: >$REMOTES/remoteproc0/state) 2>/dev/null &
	wait_for 'grep -q "hanging up" $GUARD_LOG'
	polled=$(wc -l </tmp/polled)
	wait_for '[ "$(wc -l </tmp/polled)" -gt $((polled + 10)) ]'
	grep -q 'stop refused' $GUARD_LOG && fail "the hold was over before the poller had read"
	load_stop keeper
	wait_for 'grep -q "not carried out" $GUARD_LOG'
fi
kill $poller
check stop_remote 0
stop_guard
