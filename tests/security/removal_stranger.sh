# kernels: x86_64-6.1 arm64-5.10 x86_64-7.3
# needs: override
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A user calls delete_module() with the name of the remote processor's driver. What the caller becomes after its
# call gives it no right, and nobody above it is continued. Nor does a file with the right name do that.
PATH=$PATH:/test/callers:/test/attackers

# stopped_parent COMMAND: as the user, below a shell of root's that was stopped by somebody else: $parent.
stopped_parent() {
	rm -f /tmp/go
	: >/tmp/removed
	chmod 666 /tmp/removed
	sh -c "rpmsg-caller --uid 1000 run sh -c 'echo ready >/tmp/removed
		until [ -e /tmp/go ]; do :; done; $1'; exit" &
	parent=$!
	wait_for 'grep -q ready /tmp/removed' 60
	kill -STOP $parent
	wait_for 'grep -q "^State:.T" /proc/$parent/status'
	touch /tmp/go
}

still_stopped() {
	grep -q "^State:.T" /proc/$parent/status || fail "its parent was continued"
	kill -9 $parent
}

chmod 755 / /tmp
load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]' 30

# The service looks when the caller is root already, or at least looks so.
cp /test/attackers/rpmsg-attacker /tmp/setuid
chmod 4755 /tmp/setuid
kill -STOP $guard_pid
rpmsg-caller --uid 1000 run rpmsg-attacker remove-exec sim_rproc /tmp/setuid >/tmp/exec &
caller=$!
wait_for 'grep -q "stays as 0\|ended" /tmp/exec' 60
kill -CONT $guard_pid
wait $caller || fail "the attack ended with $?"
cat /tmp/exec
check /test/bin/rpmsg-guard status --quiet
grep ': held' $GUARD_LOG && fail "any user can start a hold"

stopped_parent 'rpmsg-caller remove sim_rproc >/tmp/removed'
wait_for 'grep -q remove=EPERM /tmp/removed' 60
still_stopped

# Root removes it as always.
check rmmod sim_rproc
logged 'removal of module sim_rproc requested by rmmod.*: held' || fail "not held"
stop_guard

# Left stopped, as it seems, by a guard that died.
mkdir -p /tmp/remoteproc/remoteproc0
chmod 777 /tmp/remoteproc/remoteproc0
stopped_parent 'exec 3>/tmp/remoteproc/remoteproc0/state; echo $$ >/tmp/removed; kill -STOP $$'
wait_for 'grep -q "^State:.T" /proc/$(cat /tmp/removed)/status 2>/dev/null' 60
check /test/bin/rpmsg-guard release
grep -q "^State:.T" /proc/$(cat /tmp/removed)/status || fail "a user's process was continued"
still_stopped
kill -9 $(cat /tmp/removed)
