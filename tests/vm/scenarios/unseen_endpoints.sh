# kernels: x86_64-6.1
# since: 5.18 rpmsg_char takes channels named rpmsg-raw, and makes an endpoint for each
# without: none
# with: clean
# timeout: 300
# append: maxcpus=1
# hooks: yes
#
# Endpoints whose creation the guard does not see, in the memory of endpoints that it knows as dead: a bus that is
# loaded anew makes them before the service has hooked it; and the end of a creation is missed. Their messages arrive as
# soon as the service has noticed. Of 70 endpoints on one CPU mostly 13 to 66 get such memory, and sometimes none, hence
# three rounds. Nothing is dropped without the guard.
load_stack channels=$(seq 100 169 | sed 's/^/rpmsg-raw@/' | xargs | tr ' ' ',')
start_guard
start_remote 0
wait_for '[ -c /dev/rpmsg69 ]' 30

# reload_unseen ROUND: the service does not run while the new bus makes its endpoints.
reload_unseen() {
	# The kernel keeps a module while a probe is put on one of its functions.
	until rmmod virtio_rpmsg_bus 2>/tmp/busy; do
		grep -q 'temporarily unavailable' /tmp/busy || fail "the bus cannot be removed: $(cat /tmp/busy)"
	done
	wait_for "[ \"\$(grep -c 'unbound: remoteproc0 is running, its channels are gone' $GUARD_LOG)\" = $1 ]" 30
	kill -STOP "$guard_pid"
	check load virtio_rpmsg_bus
	wait_for '[ -c /dev/rpmsg69 ]' 30
	kill -CONT "$guard_pid"
}

# all_arrive: whether a message on each endpoint does.
all_arrive() {
	before=$(remote_knob 0 consumed)
	for device in /dev/rpmsg[0-9]*; do
		echo >"$device"
	done
	holds_within '[ "$(remote_knob 0 consumed)" = $((before + 70)) ]' 5
}

must_arrive() {
	holds_within all_arrive 20 ||
		fail "round $round: $((before + 70 - $(remote_knob 0 consumed))) of 70 messages were dropped"
}

for round in 1 2 3; do
	reload_unseen $round
	must_arrive
done
check stop_remote 0
[ "$(remote_state 0)" = offline ] || fail "the state is $(remote_state 0)"
check_no_unsafe_overlap 0
stop_guard

export RPMSG_GUARD_TEST_MISSES=virtio_rpmsg_create_ept
start_guard
for round in 4 5 6; do
	start_remote 0
	wait_for '[ -c /dev/rpmsg69 ]' 30
	must_arrive
	check stop_remote 0
done
stop_guard
