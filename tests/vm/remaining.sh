# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Which cases a run that was ended has left: those that have not passed, or not with the same files. For
# tests/vm/run, which has case_files() and more_parameters().

# Of every file and kernel, found once: most cases share most of them.
declare -A DIGEST_OF FOLDER_OF

# digest PATH: of a file, or of all files of a folder.
digest() {
	find "$1" -type f -print0 | sort -z | xargs -0 cat | sha256sum | cut -d' ' -f1
}

# set_inputs SCENARIO KERNEL SIDE: sets inputs to a digest of all that the case takes. The name of a kernel's folder
# stands for its source and its configuration.
set_inputs() {
	local file path lines

	[ "${FOLDER_OF[$2]:-}" ] || FOLDER_OF[$2]=$("$VM_DIR/kernel" --built "$2" || echo none)
	case_files "$@"
	lines=("$3 ${FOLDER_OF[$2]##*/} $(more_parameters "$1" "$3" | xargs)")
	for file in "${files[@]}" "$TESTS/lib/case.sh" "$VM_DIR/boot" "$VM_DIR/initramfs" "$VM_DIR/guest"; do
		path=${file%%:*}
		[ "${DIGEST_OF[$path]:-}" ] || DIGEST_OF[$path]=$(digest "$path")
		lines+=("${DIGEST_OF[$path]} ${file#"$path"}")
	done
	inputs=$(printf '%s\n' "${lines[@]}" | sha256sum | cut -d' ' -f1)
}

# note_inputs SCENARIO KERNEL SIDE FOLDER: what the case is about to be run with.
note_inputs() {
	local inputs

	set_inputs "$1" "$2" "$3"
	echo "$inputs" >"$4/inputs"
}

# has_passed SCENARIO KERNEL SIDE FOLDER: with these very files.
has_passed() {
	local inputs

	grep -qx passed "$4/verdict" 2>/dev/null && [ -f "$4/inputs" ] || return 1
	set_inputs "$1" "$2" "$3"
	[ "$inputs" = "$(cat "$4/inputs")" ]
}

# keep_remaining: takes those that have passed out of cases.
keep_remaining() {
	local scenario kernel side remaining=()

	while read -r scenario kernel side; do
		has_passed "$scenario" "$kernel" "$side" "$OUT/$kernel/$scenario-$side" ||
			remaining+=("$scenario $kernel $side")
	done < <(printf '%s\n' "${cases[@]}")
	note "$((${#cases[@]} - ${#remaining[@]})) of ${#cases[@]} cases have passed with the same files"
	cases=("${remaining[@]}")
}
