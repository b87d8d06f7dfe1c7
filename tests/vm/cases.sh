# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which cases there are: what a scenario says about itself, and on which kernels it is run. For tests/vm/run,
# which sets TESTS and ROOT and has read tools/vm/lib.sh.

# Of every kernel, read once: its fragments, its patches and its version.
declare -A FRAGMENTS_OF PATCHES_OF VERSION_OF
for kernel in $(known_kernels); do
	kernel_spec "$kernel"
	FRAGMENTS_OF[$kernel]=$K_FRAGMENTS PATCHES_OF[$kernel]=${K_PATCHES[*]} VERSION_OF[$kernel]=$K_SOURCE
done

# scenario_file SCENARIO
scenario_file() {
	if [ -f "$TESTS/scenarios/$1.sh" ]; then
		echo "$TESTS/scenarios/$1.sh"
	else
		echo "$ROOT/tests/security/$1.sh"
	fi
}

# setting SCENARIO KEY DEFAULT. Without other programs: it is called some thousand times.
setting() {
	local line words=()

	while read -r line && [[ $line = '#'* ]]; do
		[[ $line != "# $2:"* ]] || words+=("${line#"# $2:"}")
	done <"$(scenario_file "$1")"
	read -ra words <<<"${words[*]}"
	echo "${words[*]:-$3}"
}

all_scenarios() {
	local file

	for file in "$TESTS"/scenarios/*.sh "$ROOT"/tests/security/*.sh; do
		[ ! -f "$file" ] || basename "$file" .sh
	done
}

# The lines of the file "smoke".
smoke_set() {
	grep -v '^#' "$TESTS/smoke"
}

# The kernels of a scenario's own choice; with "/SIDE" behind them for one side only.
named_kernels() {
	local kernels

	kernels=$(setting "$1" kernels all)
	[[ $kernels != all* ]] || kernels="$(all_kernels) ${kernels#all}"
	echo "$kernels"
}

# needs SCENARIO: the fragments without which a kernel cannot run it. What all the kernels of its own
# choice have is taken for needed: no BPF on one of them means that it can do without.
needs() {
	local kernel fragment common='override kasan'

	for kernel in $(named_kernels "$1"); do
		kernel=${kernel%/*}
		for fragment in $common; do
			[[ " ${FRAGMENTS_OF[$kernel]} " = *" $fragment "* ]] || common=${common/$fragment/}
		done
	done
	setting "$1" needs "$common"
}

# not_before VERSION VERSION: whether the first is the second or later.
not_before() {
	((${1%%.*} * 1000 + ${1#*.} >= ${2%%.*} * 1000 + ${2#*.}))
}

# find_obstacle KERNEL NEEDED SINCE: sets obstacle to what keeps the kernel from running a scenario that needs these
# fragments, and that version; to nothing if it can.
find_obstacle() {
	local fragment

	obstacle=''
	for fragment in $2; do
		[[ " ${FRAGMENTS_OF[$1]} " = *" $fragment "* ]] || obstacle="needs $fragment"
	done
	[ ! "$3" ] || not_before "${VERSION_OF[$1]}" "${3%% *}" || obstacle="since $3"
}

# able SCENARIO: the cases of a scenario on the kernels that it names and on every other one that has what it
# needs, and "SCENARIO KERNEL - REASON" for those that have not. One with patches is for those that name it: most of
# what dies without the guard lives there.
able() {
	local scenario=$1 needed named since kernel obstacle kernels=()

	needed=$(needs "$1") named=$(named_kernels "$1" | sed 's,/[a-z]*,,g' | xargs) since=$(setting "$1" since '')
	for kernel in $(known_kernels); do
		if [[ " $named " != *" $kernel "* ]]; then
			[ ! "${PATCHES_OF[$kernel]}" ] || continue
			find_obstacle "$kernel" "$needed" "$since"
			[ ! "$obstacle" ] || { echo "$scenario $kernel - $obstacle" && continue; }
		fi
		kernels+=("$kernel")
	done
	sides "$scenario" "${kernels[@]}"
}

# sides SCENARIO KERNEL...: the cases of both sides, as far as the scenario has them.
sides() {
	local scenario=$1 kernel without with
	shift

	without=$(setting "$scenario" without '') with=$(setting "$scenario" with clean)
	[ "$without" ] || die "$scenario.sh does not say '# without:'"
	for kernel in "$@"; do
		[[ $kernel = */with || $without = none ]] || echo "$scenario ${kernel%/*} without"
		[[ $kernel = */without || $with = none ]] || echo "$scenario ${kernel%/*} with"
	done
}

# cases_of default|smoke|all: every case as "SCENARIO KERNEL SIDE"; and what able() leaves out, with the reason.
cases_of() {
	local scenario more case

	case $1 in
	default)
		for scenario in $(all_scenarios); do
			# shellcheck disable=SC2046 # words
			sides "$scenario" $(named_kernels "$scenario")
		done
		smoke_set | while read -r scenario more; do
			for case in $more; do
				echo "$scenario ${case%/*} ${case#*/}"
			done
		done
		;;
	smoke)
		for scenario in $(smoke_set | cut -d' ' -f1); do
			able "$scenario"
		done
		;;
	all)
		for scenario in $(all_scenarios); do
			able "$scenario"
		done
		;;
	esac
}

# Of the kernels given, those that are to be left out: marked "if-built", and not built.
not_there() {
	local kernel

	for kernel in "$@"; do
		kernel_spec "$kernel"
		[ ! "$K_IF_BUILT" ] || "$VM_DIR/kernel" --built "$kernel" >/dev/null || echo "$kernel"
	done
}
