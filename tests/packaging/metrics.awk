# SPDX-License-Identifier: GPL-2.0-only
# awk -f metrics.awk FILE: whether FILE is in the text format of Prometheus (0.0.4), read more strictly than
# Prometheus does, and whether its numbers fit together. Prints what is wrong and ends with 1. For every awk,
# that of BusyBox too: the scenario "monitoring" uses it.

function wrong(what) {
	print FILENAME ":" FNR ": " what ": " $0
	bad = 1
}

# Reads {name="value",...} at the start of text: sets labels (in their order), le and remoteproc, and
# takes it from text.
function read_labels(   name, value, c, seen) {
	labels = le = remoteproc = ""
	text = substr(text, 2)
	while (match(text, /^[a-z_][a-z_0-9]*="/)) {
		name = substr(text, 1, RLENGTH - 2)
		text = substr(text, RLENGTH + 1)
		value = ""
		while (text != "" && (c = substr(text, 1, 1)) != "\"") {
			if (c == "\\") {
				c = substr(text, 1, 2)
				if (c != "\\\\" && c != "\\\"" && c != "\\n")
					wrong("escape " c)
			}
			value = value c
			text = substr(text, length(c) + 1)
		}
		text = substr(text, 2)
		if (index(seen, "," name ","))
			wrong("label " name " twice")
		seen = seen "," name ","
		if (name == "le")
			le = value
		else
			labels = labels name "=\"" value "\","
		if (name == "remoteproc")
			remoteproc = value
		if (substr(text, 1, 1) == "}")
			break
		if (substr(text, 1, 1) != ",")
			wrong("labels")
		text = substr(text, 2)
	}
	if (substr(text, 1, 1) != "}")
		wrong("labels are not closed")
	text = substr(text, 2)
}

function histogram(part, value) {
	if (part == "_bucket") {
		if (le == "")
			wrong("a bucket without le")
		else if (le != "+Inf" && (last_le[labels] == "+Inf" || (labels in last_le && le + 0 <= last_le[labels] + 0)))
			wrong("le does not rise")
		if (value < bucket[labels] + 0)
			wrong("a bucket with less than the one before")
		last_le[labels] = le
		bucket[labels] = value
	} else if (part == "_count") {
		if (last_le[labels] != "+Inf" || bucket[labels] != value)
			wrong("+Inf is not the count")
		count[remoteproc] = value
	} else if (part != "_sum") {
		wrong("no part of a histogram")
	} else {
		sums[labels] = 1
	}
}

/^# HELP / {
	family = $3
	type = ""
	if (family !~ /^rpmsg_guard_[a-z][a-z_]*$/)
		wrong("name")
	if (family in families)
		wrong("a family twice")
	if (NF < 5 || $0 !~ /\.$/)
		wrong("no sentence")
	families[family] = 1
	next
}

/^# TYPE / {
	type = $4
	if ($3 != family || NF != 4)
		wrong("TYPE without its HELP")
	if (type != "counter" && type != "gauge" && type != "histogram")
		wrong("type")
	if ((type == "counter") != (family ~ /_total$/))
		wrong("counters, and only they, end in _total")
	next
}

{
	text = $0
	if (!match(text, /^[a-zA-Z_:][a-zA-Z0-9_:]*/)) {
		wrong("neither HELP nor TYPE nor a sample")
		next
	}
	name = substr(text, 1, RLENGTH)
	text = substr(text, RLENGTH + 1)
	labels = le = remoteproc = ""
	if (substr(text, 1, 1) == "{")
		read_labels()
	if (type == "" || index(name, family) != 1 || (type != "histogram" && name != family))
		wrong("a sample outside of its family")
	if (text !~ /^ [0-9]+(\.[0-9]+)?$/)
		wrong("value")
	if (type == "counter" && text ~ /\./)
		wrong("half a count")
	key = name "{" labels "le=" le "}"
	if (key in series)
		wrong("a series twice")
	series[key] = 1
	if (type == "histogram")
		histogram(substr(name, length(family) + 1), text + 0)
	if (name == "rpmsg_guard_stops_total")
		outcomes[remoteproc] += text + 0
	samples++
}

END {
	for (r in outcomes)
		if (outcomes[r] != count[r]) {
			print FILENAME ": " r ": " outcomes[r] " outcomes, " count[r] " times"
			bad = 1
		}
	for (l in last_le)
		if (!(l in sums)) {
			print FILENAME ": no sum for " l
			bad = 1
		}
	if (!samples) {
		print FILENAME ": no sample"
		bad = 1
	}
	exit bad
}
