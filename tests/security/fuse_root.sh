# kernels: x86_64-6.1 arm64-5.10-shipped
# needs: container
# without: none
# with: clean
# timeout: 240
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A container that lives in a file system which answers nobody else. Stops go on, a little later; the
# log names a process of the container; SIGKILL ends the service.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'
rpmsg-caller --own-dev $tty run rpmsg-attacker fuse-root >/tmp/root 2>&1 &
wait_for 'grep -q ready /tmp/root' 20
stops_under_load 3 $tty 15
logged 'the container of process [0-9]* does not answer' || fail "the log does not name the container"
grep -q caught /tmp/root || fail "nobody has looked into the container at all"
kill -9 "$guard_pid"
wait_for '! alive $guard_pid' 5
