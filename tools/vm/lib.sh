# shellcheck shell=bash
# Shared by the scripts of this folder: where things are cached, and how to fail.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${RPMSG_GUARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rpmsg-guard}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

note() {
	printf '%s\n' "$*" >&2
}

# One line of the file "kernels": sets K_SOURCE, K_ARCH, K_FRAGMENTS, K_PATCHES (paths, or nothing) and
# K_IF_BUILT (1, or nothing), or says which names exist.
kernel_spec() {
	local name source arch words word

	while read -r name source arch words; do
		[ "$name" = "$1" ] || continue
		K_SOURCE=$source K_ARCH=$arch K_FRAGMENTS='' K_PATCHES=() K_IF_BUILT=''
		for word in $words; do
			case $word in
			patches=*.patch) K_PATCHES=("$VM_DIR/../../${word#patches=}") ;;
			patches=*) K_PATCHES=("$VM_DIR/../../${word#patches=}"/*.patch) ;;
			by-name) ;;
			if-built) K_IF_BUILT=1 ;;
			*) K_FRAGMENTS+=${K_FRAGMENTS:+ }$word ;;
			esac
		done
		return 0
	done < <(grep -v '^#' "$VM_DIR/kernels")
	die "unknown kernel '$1'; known are: $(known_kernels | xargs)"
}

known_kernels() {
	grep -v '^#' "$VM_DIR/kernels" | cut -d' ' -f1
}

# The kernels that "all" stands for.
all_kernels() {
	grep -v -e '^#' -e ' by-name' -e ' if-built' "$VM_DIR/kernels" | cut -d' ' -f1
}

# The make arguments that kernel and module builds of an architecture share.
kernel_make_args() {
	case $1 in
	x86_64) K_MAKE=(ARCH=x86_64) K_IMAGE=arch/x86/boot/bzImage ;;
	arm64) K_MAKE=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-) K_IMAGE=arch/arm64/boot/Image ;;
	arm) K_MAKE=(ARCH=arm CROSS_COMPILE=arm-linux-gnueabihf-) K_IMAGE=arch/arm/boot/zImage ;;
	*) die "no architecture '$1'" ;;
	esac
}
