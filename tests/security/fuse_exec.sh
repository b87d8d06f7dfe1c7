# kernels: x86_64-6.1 arm64-5.10-shipped
# needs: container
# without: none
# with: clean
# timeout: 180
# add: build/callers/{arch}:/test/callers build/attackers/{arch}:/test/attackers
#
# A user's process that is stuck in its execve(), in the close of a file that its owner does not answer:
# the kernel lets nobody look at its system call meanwhile, and whoever tries waits as long. Nobody does.
PATH=$PATH:/test/callers:/test/attackers
tty=/dev/ttyRPMSG30

load_stack
start_guard
start_remote 0
wait_for '[ -c $tty ]'
rpmsg-attacker fuse-exec 65534 >/tmp/exec 2>&1 &
attacker=$!
wait_for 'grep -q ready /tmp/exec'
wait_for 'grep -qE "fuse|request_wait" /proc/$attacker/wchan' 20
stops_under_load 3 $tty 30
kill -9 "$guard_pid"
wait_for '! alive $guard_pid' 5
