# shellcheck shell=bash disable=SC2154 # kernels and json are the tools'
# Shared by the tools of this folder: what a VM needs, how it is booted on a clock that counts
# instructions, and what its script prints in lines "fact: NAME VALUE".

BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$BENCH/../.." && pwd)
. "$ROOT/tools/vm/lib.sh"
OUT=${RPMSG_GUARD_OUT:-$ROOT/build/bench}

usage() {
	sed -n '3,${/^#/!q; s/^# \{0,1\}//p}' "$0"
}

guard_binary() {
	case $1 in
	x86_64) echo "${RPMSG_GUARD_X86_64:-$ROOT/build/static-x86_64/rpmsg-guard}" ;;
	arm64) echo "${RPMSG_GUARD_ARM64:-$ROOT/build/arm64/rpmsg-guard}" ;;
	arm) echo "${RPMSG_GUARD_ARM:-$ROOT/build/arm/rpmsg-guard}" ;;
	esac
}

# Sets files to what the VM of a kernel needs, as HOST:GUEST.
kernel_files() {
	local file

	kernel_spec "$1"
	files=("$(guard_binary "$K_ARCH"):/test/bin/rpmsg-guard"
		"$ROOT/build/load/$K_ARCH/rpmsg-load:/test/bin/"
		"$ROOT/build/bench-tools/$K_ARCH/bench-hooks:/test/bin/"
		"$ROOT/build/bench-tools/$K_ARCH/bench-times:/test/bin/"
		"$ROOT/tests/vm/lib/guest.sh:/test/lib.sh")
	for file in "$ROOT/build/kmod/$1"/*.ko; do
		files+=("$file:/lib/modules/")
	done
}

# prepare KERNEL...: what is missing for the last one is no news to get after minutes.
prepare() {
	local kernel pair

	mkdir -p "$OUT"
	for kernel in "$@"; do
		kernel_files "$kernel"
		for pair in "${files[@]}" "$ROOT/build/kmod/$kernel/bench_send.ko:"; do
			[ -e "${pair%:*}" ] || die "${pair%:*} is missing; run 'make bench-programs KERNEL=$kernel'"
		done
	done
	for kernel in "$@"; do
		"$VM_DIR/kernel" "$kernel" >/dev/null
	done
}

# number OPTION VALUE MAXIMUM
number() {
	if ! [[ $2 =~ ^[1-9][0-9]{0,3}$ ]] || [ "$2" -gt "$3" ]; then
		die "$1 takes a number from 1 to $3, not '$2'"
	fi
	echo "$2"
}

# More options for tools/vm/boot.
vm_args=()

# boot KERNEL NAME CPUS SECONDS [ARGUMENT]...: runs NAME.guest.sh; its output is $OUT/NAME-KERNEL.output then.
boot() {
	local kernel=$1 name=$2 cpus=$3 seconds=$4 file status=0 args=("${vm_args[@]}") log=$OUT/$2-$1

	shift 4
	kernel_files "$kernel"
	[ "$K_ARCH" != x86_64 ] || [ "$cpus" = 1 ] ||
		die "$kernel: QEMU does not bring up a second x86 CPU on a clock that counts instructions"
	for file in "${files[@]}"; do
		args+=(--add "$file")
	done
	"$VM_DIR/boot" "$kernel" --icount --smp "$cpus" --timeout "$seconds" --console "$log.console" \
		"${args[@]}" "$BENCH/$name.guest.sh" "$@" >"$log.output" 2>&1 || status=$?
	sed -i 's/\r$//' "$log.output"
	if [ "$status" -ne 0 ]; then
		tail -n 6 "$log.output" >&2
		die "$kernel: status $status; see $log.output"
	fi
}

# facts NAME KERNEL: lines "NAME VALUE..."
facts() {
	sed -n 's/^fact: //p' "$OUT/$1-$2.output"
}

# measure_all NAME CPUS SECONDS [ARGUMENT]...: boots all kernels, and prints the report of each, or with
# $json set an array of what report_json says.
measure_all() {
	local kernel comma='['

	for kernel in "${kernels[@]}"; do
		boot "$kernel" "$@"
		if [ "$json" ]; then
			printf '%s' "$comma"
			comma=,
			report_json "$kernel"
		else
			report "$kernel"
		fi
	done
	[ ! "$json" ] || printf ']\n'
}
