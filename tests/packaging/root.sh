# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced by checks that need a small Debian system, behind lib.sh and in a mount namespace of their own, with
# which the mounts go.
LOWER=$(tools/package/debian-root)
ROOT=$WORK/root/merged
trap 'umount -R "$ROOT" 2>/dev/null; rm -rf "$WORK"' EXIT

# The system as it is in the cache; what a check does to it is lost.
fresh_root() {
	! mountpoint -q "$ROOT" || umount -R "$ROOT"
	rm -rf "$WORK/root"
	mkdir -p "$WORK/root/upper" "$WORK/root/work" "$ROOT"
	mount -t overlay -o "lowerdir=$LOWER,upperdir=$WORK/root/upper,workdir=$WORK/root/work" overlay "$ROOT"
	mount -t proc proc "$ROOT/proc"
}

inside() {
	chroot "$ROOT" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
		DEBIAN_FRONTEND=noninteractive "$@"
}
