# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Sourced behind root.sh: the Debian packages of this source, and how they are installed into the small system.
DEBS=$WORK/debs

deb() {
	echo "$DEBS"/rpmsg-guard_*-"$1"_*.deb
}

dkms_deb() {
	echo "$DEBS"/rpmsg-guard-dkms_*_all.deb
}

build_packages() {
	DEB_BUILD_OPTIONS=nocheck tools/package/deb "$DEBS"
}

# repack REVISION COMMAND: the package of another revision, after COMMAND in its files.
repack() {
	local folder=$WORK/repack

	rm -rf "$folder"
	dpkg-deb -R "$(deb 1)" "$folder"
	sed -i "s/^\(Version: .*\)-1$/\1-$1/" "$folder/DEBIAN/control"
	(cd "$folder" && eval "$2")
	dpkg-deb -b "$folder" "$DEBS/rpmsg-guard_$VERSION-$1_$(dpkg --print-architecture).deb"
}

# As apt calls it for an upgrade without questions.
in_dpkg() {
	inside dpkg --force-unsafe-io --force-confdef "$@" </dev/null
}

install_deb() {
	cp "$@" "$ROOT/tmp/"
	in_dpkg -i "${@/#*\//\/tmp/}"
}

# The kernel's build tree refers to its source by its path.
bring_kernel() {
	local kernel=$1 source release

	release=$(cat "$kernel/build/include/config/kernel.release")
	source=$(sed -n 's/^include \(.*\)\/Makefile$/\1/p' "$kernel/build/Makefile")
	for folder in "$kernel" "$source"; do
		mkdir -p "$ROOT$folder"
		mount --bind "$folder" "$ROOT$folder"
		mount -o remount,bind,ro "$ROOT$folder"
	done
	mkdir -p "$ROOT/lib/modules/$release"
	ln -s "$kernel/build" "$ROOT/lib/modules/$release/build"
	echo "$release"
}
