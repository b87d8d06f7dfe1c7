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

# One line of the file "kernels": sets K_SOURCE, K_ARCH and K_FRAGMENTS, or says which names exist.
kernel_spec() {
	local name source arch fragments

	while read -r name source arch fragments; do
		[ "$name" = "$1" ] || continue
		K_SOURCE=$source K_ARCH=$arch K_FRAGMENTS=$fragments
		return 0
	done < <(grep -v '^#' "$VM_DIR/kernels")
	die "unknown kernel '$1'; known are: $(grep -v '^#' "$VM_DIR/kernels" | cut -d' ' -f1 | xargs)"
}

# The make arguments that kernel and module builds of an architecture share.
kernel_make_args() {
	case $1 in
	x86_64) K_MAKE=(ARCH=x86_64) K_IMAGE=arch/x86/boot/bzImage ;;
	arm64) K_MAKE=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-) K_IMAGE=arch/arm64/boot/Image ;;
	*) die "no architecture '$1'" ;;
	esac
}
