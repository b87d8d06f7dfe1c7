# kernels: x86_64-6.1 arm64-5.10-shipped
# without: panic
# with: clean
# timeout: 240
# append: init_on_free=1
# add: build/callers/{arch}:/test/callers
#
# Every way a program can make the system calls: by open, openat, openat2, creat, io_uring; with a
# duplicate, by a child; as a shell's built-in and as its child; of 32 bits; with a real-time priority
# on the sender's CPU; while another thread of the same process sleeps in a send. Two programs write
# all the time, close when they are hung up, and carry on when the remote processor is back.
PATH=$PATH:/test/callers
state=$REMOTES/remoteproc0/state

load_stack
start_guard
start_remote 0
wait_for '[ -c /dev/ttyRPMSG30 ]'
load_start fast reopen /dev/ttyRPMSG30
load_start slow reopen /dev/ttyRPMSG30 --hz 20 --size 24
carries 0

if [ "$GUARD" = 0 ]; then
	rpmsg-caller write $state stop
	holds_within false 60
	exit 0
fi
stops_by eval "echo stop >$state"
stops_by sh -c "exec sh -c 'echo stop' >$state"
stops_by sh -c "echo stop | tee $state"
stops_by sh -c "echo stop | dd of=$state"
# stops_how PROGRAM HOW
stops_how() {
	: >/tmp/probe
	"$1" write /tmp/probe x "$2" >/dev/null 2>&1
	if [ $? = 3 ]; then
		echo "not on this kernel: $*"
	else
		stops_by "$1" write $state stop "$2"
	fi
}

for how in $(rpmsg-caller hows); do
	stops_how rpmsg-caller $how
done
# How they write is the same.
for how in $(rpmsg-caller-32 hows | grep 'open\|creat\|uring$'); do
	stops_how rpmsg-caller-32 $how
done
stops_by rpmsg-caller --keep 700 write $state stop
for cpu in 0 1; do
	stops_by rpmsg-caller --fifo --cpu $cpu write $state stop
done

# A slow remote processor keeps whoever writes asleep in the send for most of the time.
set_remote 0 delay_us 20000
set_remote 0 mode slow
stops_by rpmsg-caller --sender /dev/ttyRPMSG30 write $state stop
set_remote 0 mode live

load_stop fast
load_stop slow
check_no_unsafe_overlap 0
stop_guard
