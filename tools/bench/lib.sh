# shellcheck shell=bash
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
		"$ROOT/build/bench-hooks/$K_ARCH/bench-hooks:/test/bin/"
		"$ROOT/tests/vm/lib/guest.sh:/test/lib.sh")
	# Without a match the pattern stays, and is what is missing.
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
		for pair in "${files[@]}"; do
			[ -e "${pair%:*}" ] || die "${pair%:*} is missing; run 'make bench-programs KERNEL=$kernel'"
		done
	done
	for kernel in "$@"; do
		"$VM_DIR/kernel" "$kernel" >/dev/null
	done
}

# boot KERNEL NAME CPUS SCRIPT [ARGUMENT]...: its output is $OUT/NAME-KERNEL.output then.
boot() {
	local kernel=$1 name=$2-$1 cpus=$3 file status=0 args=()

	shift 3
	kernel_files "$kernel"
	for file in "${files[@]}"; do
		args+=(--add "$file")
	done
	"$VM_DIR/boot" "$kernel" --icount --smp "$cpus" --timeout "$TIMEOUT" --console "$OUT/$name.console" \
		"${args[@]}" "$@" >"$OUT/$name.output" 2>&1 || status=$?
	sed -i 's/\r$//' "$OUT/$name.output"
	[ "$status" -eq 0 ] || tail -n 6 "$OUT/$name.output" >&2
	[ "$status" -eq 0 ] || die "$kernel: status $status; see $OUT/$name.output"
}

# facts NAME KERNEL: lines "NAME VALUE"
facts() {
	sed -n 's/^fact: //p' "$OUT/$1-$2.output"
}
