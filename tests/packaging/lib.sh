# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # what is set here is for the checks
# Sourced by the checks in this folder, which say "ok NAME" or "not ok NAME: reason" a line; the rest of their
# output is the log. They run in the root of the source.
set -euo pipefail

# A folder for what a check makes, empty at its begin and gone at its end.
WORK=$(mktemp -d "${TMPDIR:-/tmp}/rpmsg-guard-check.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

VERSION=$(cat VERSION)
# For "make dist": the same time in every folder, whether there is a commit or not.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1700000000)}
export SOURCE_DATE_EPOCH
# What is checked may not be committed yet.
export DIRTY=1
# What the make that has called this was given is not for the makes that a check calls.
unset MAKEFLAGS MAKELEVEL MFLAGS

# check NAME COMMAND [ARGUMENT]...: "ok" when the command succeeds. What it prints last is the reason
# when it does not. It runs in a shell of its own, in which any command that fails ends it.
check() {
	local name=$1 status=0
	shift

	set +e
	(set -e && "$@") >"$WORK/said" 2>&1
	status=$?
	set -e
	sed 's/^/  /' "$WORK/said"
	if [ "$status" -eq 0 ]; then
		echo "ok $name"
	else
		echo "not ok $name: status $status, $(tail -n 1 "$WORK/said")"
	fi
}

# Ends a check with a reason.
fail() {
	echo "$*"
	return 1
}

# same WHAT IS SHOULD: two texts are the same.
same() {
	[ "$2" = "$3" ] || fail "$1 is '$2', and should be '$3'"
}

# The program for this machine, as "make" makes it.
host_program() {
	echo "build/$(uname -m | sed 's/aarch64/arm64/; s/armv7l/arm/')/rpmsg-guard"
}

# kernel_tree NAME: sets BUILD, RELEASE, K_ARCH and ARGS (for make) for a kernel that the cache has.
kernel_tree() {
	local out
	local -A cross=([x86_64]=x86_64-linux-gnu- [arm64]=aarch64-linux-gnu- [arm]=arm-linux-gnueabihf-)

	out=$(tools/vm/kernel --built "$1") || return 1
	BUILD=$out/build
	RELEASE=$(cat "$BUILD/include/config/kernel.release")
	K_ARCH=${1%%-*}
	ARGS=(ARCH="$K_ARCH" CROSS_COMPILE="${cross[$K_ARCH]}")
}

# is_for_the_kernel FILE: a module is for that kernel.
is_for_the_kernel() {
	local magic

	magic=$(modinfo -F vermagic "$1")
	same "the kernel of ${1##*/}" "${magic%% *}" "$RELEASE"
}

# unpack FOLDER NAME: build/dist/NAME-VERSION.tar.xz, in a new folder.
unpack() {
	mkdir "$1"
	tar -C "$1" -xJf "build/dist/$2-$VERSION.tar.xz"
}
