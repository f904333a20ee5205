# awk -f score.awk TRUTH.json RESULT.json: how `audiosync analyze --json` did on a shoot whose truth is known. Prints "name value"
# lines. The tool's timeline may begin anywhere and run on any device's clock: per true group the shift and the clock that
# make most clips right are taken out first, as in the corpus' own score.py.
#
# clock_*: clips of DRIFT_S and more whose clock is not the group's axis. jump_*: samples that a recorder lost or invented.
BEGIN {
	DRIFT_S = 600
	LOSS_S = 0.001      # a loss counts as found when its length is right to this …
	LOSS_AT_S = 2.0     # … and its place to this
	flatten(ARGV[1], T)
	flatten(ARGV[2], R)
	read_truth()
	read_result()
	place()
	drift()
	jumps()
	report()
	exit 0
}

# JSON into v["clips.0.file"] = value; v["clips.#"] is the length of an array.
function flatten(file, v,   text, line, n) {
	n = 0
	text = ""
	while ((getline line < file) > 0)
		text = text line "\n"
	close(file)
	TEXT = text
	value("", v)
}
function blank() {
	if (match(TEXT, /^[ \t\r\n]+/))
		TEXT = substr(TEXT, RLENGTH + 1)
}
function take(n,   s) {
	s = substr(TEXT, 1, n)
	TEXT = substr(TEXT, n + 1)
	return s
}
function string(   s) {
	match(TEXT, /^"([^"\\]|\\.)*"/)
	s = take(RLENGTH)
	s = substr(s, 2, length(s) - 2)
	gsub(/\\"/, "\"", s)
	gsub(/\\\\/, "\\", s)
	return s
}
function value(path, v,   c, key, i) {
	blank()
	c = substr(TEXT, 1, 1)
	if (c == "{" || c == "[") {
		take(1)
		i = 0
		for (blank(); TEXT != "" && substr(TEXT, 1, 1) !~ /[\]}]/; blank()) {
			key = i++
			if (c == "{") {
				key = string()
				blank()
				take(1)
			}
			value(path (path == "" ? "" : ".") key, v)
			blank()
			if (substr(TEXT, 1, 1) == ",")
				take(1)
		}
		take(1)
		v[path ".#"] = i
	} else if (c == "\"") {
		v[path] = string()
	} else {
		match(TEXT, /^[^],} \t\r\n]+/)
		if (RLENGTH < 1) { # not JSON: end here
			TEXT = ""
			return
		}
		v[path] = take(RLENGTH)
	}
}

function read_truth(   i, k, p, lost) {
	n = T["clips.#"] + 0
	for (i = 0; i < n; i++) {
		p = "clips." i "."
		file[i] = T[p "file"]
		at[file[i]] = i
		start[i] = T[p "start_s"] + 0
		long[i] = T[p "duration_s"] + 0
		ppm[i] = T[p "drift_ppm"]
		group[i] = (p "group") in T ? T[p "group"] : "A"
		device[i] = T[p "device"]
		should[i] = T[p "overlaps_anything"] == "true"
		alts[i] = T[p "alt_start_s.#"] + 0
		for (k = 0; k < alts[i]; k++)
			alt[i, k] = T[p "alt_start_s." k] + 0
		losses[i] = 0
		lost = 0
		if ((p "dropout.at_s") in T)
			add_loss(i, T[p "dropout.at_s"], T[p "dropout.missing_s"], 0)
		for (k = 0; k < T[p "jumps.#"] + 0; k++) {
			add_loss(i, T[p "jumps." k ".at_s"], T[p "jumps." k ".missing_s"], lost)
			lost += T[p "jumps." k ".missing_s"]
		}
	}
}
function add_loss(i, at_s, missing_s, before_s) {
	loss_at[i, losses[i]] = at_s - before_s
	loss[i, losses[i]++] = missing_s + 0
}

function read_result(   t, c, p, f, i, k) {
	for (t = 0; t < R["tracks.#"] + 0; t++)
		for (c = 0; c < R["tracks." t ".clips.#"] + 0; c++) {
			p = "tracks." t ".clips." c "."
			f = R[p "path"]
			sub(/.*\//, "", f)
			if (!(f in at))
				continue
			i = at[f]
			placed[i] = R[p "placed"] == "true"
			found[i] = R[p "start_s"] + 0
			island[i] = R[p "island"]
			got_ppm[i] = R[p "drift_ppm"]
			got_err[i] = R[p "drift_err_ppm"]
			borders[i] = R[p "segments.#"] - 1
			for (k = 0; k < borders[i]; k++) {
				border_at[i, k] = R[p "segments." (k + 1) ".from_s"] + 0
				border[i, k] = R[p "segments." (k + 1) ".start_s"] - R[p "segments." k ".start_s"]
			}
		}
}

function abs(x) { return x < 0 ? -x : x }

# Error of clip i if its group's axis begins at shift and runs at axis ppm.
function error_of(i, shift, axis,   e, k, best) {
	best = found[i] - start[i] * (1 + axis * 1e-6) - shift
	for (k = 0; k < alts[i]; k++) {
		e = found[i] - alt[i, k] * (1 + axis * 1e-6) - shift
		if (abs(e) < abs(best))
			best = e
	}
	return best
}
function count_right(shift, axis,   i, e, right) {
	right = 0
	for (i = 0; i < n; i++)
		if (member[i]) {
			e = abs(error_of(i, shift, axis))
			right += (e <= 0.001) + (e <= 0.010) + (e <= 0.040)
		}
	return right
}

# The largest island that a true group was placed in; its other clips are split off.
function largest(g,   i, count, best) {
	best = ""
	for (i = 0; i < n; i++)
		if (should[i] && placed[i] && group[i] == g && ++count[island[i]] > (best == "" ? 0 : count[best]))
			best = island[i]
	return best
}
function place_group(g,   i, j, main, size, axis, axes, c, best, e, inliers) {
	main = largest(g)
	size = 0
	axes[0] = 0
	for (i = 0; i < n; i++) {
		member[i] = should[i] && placed[i] && group[i] == g && island[i] == main
		size += member[i]
		if (should[i] && placed[i] && group[i] == g && island[i] != main)
			split_off++
		if (member[i] && ppm[i] != "null")
			axes[ppm[i] + 0] = 1
	}
	if (size < 2)
		return
	best = -1
	for (axis in axes)
		for (j = 0; j < n; j++)
			if (member[j]) {
				c = count_right(found[j] - start[j] * (1 + axis * 1e-6), axis + 0)
				if (c > best || (c == best && axis + 0 < best_axis)) {
					best = c
					best_axis = axis + 0
					best_shift = found[j] - start[j] * (1 + axis * 1e-6)
				}
			}
	best_shift += middle_error()
	for (inliers = i = 0; i < n; i++)
		inliers += member[i] && abs(error_of(i, best_shift, best_axis)) <= 0.040
	for (i = 0; i < n; i++) {
		if (!member[i])
			continue
		e = abs(error_of(i, best_shift, best_axis))
		if (inliers < 2)
			e = 1
		right1 += e <= 0.001
		right10 += e <= 0.010
		right40 += e <= 0.040
		wrong += e > 0.040
	}
}
# Median error of those within 10 ms.
function middle_error(   i, e, k, v, j, x) {
	k = 0
	for (i = 0; i < n; i++) {
		e = member[i] ? error_of(i, best_shift, best_axis) : 1
		if (abs(e) > 0.010)
			continue
		for (j = k++; j > 0 && v[j - 1] > e; j--)
			v[j] = v[j - 1]
		v[j] = e
	}
	return k % 2 ? v[(k - 1) / 2] : k ? 0.5 * (v[k / 2 - 1] + v[k / 2]) : 0
}
function place(   i, g, groups, lone_in, group_in, k) {
	for (i = 0; i < n; i++) {
		wanted += should[i]
		lone += !should[i]
		missed += should[i] && !placed[i]
		all_placed += placed[i]
		if (should[i])
			groups[group[i]] = 1
		if (placed[i] && !should[i])
			lone_in[island[i]]++
		if (placed[i] && should[i] && !((island[i], group[i]) in seen)) {
			seen[island[i], group[i]] = 1
			group_in[island[i]]++
		}
	}
	for (g in groups)
		place_group(g)
	for (k in group_in)
		merges += group_in[k] - 1
	for (k in lone_in) # one lone clip in an island of its own says nothing
		false_pos += k in group_in ? lone_in[k] : lone_in[k] - 1
}

# Is another device's clip beside i for DRIFT_S?
function long_overlap(i,   j, both) {
	for (j = 0; j < n; j++) {
		if (group[j] != group[i] || device[j] == device[i])
			continue
		both = (start[i] + long[i] < start[j] + long[j] ? start[i] + long[i] : start[j] + long[j])
		both -= start[i] > start[j] ? start[i] : start[j]
		if (both >= DRIFT_S)
			return 1
	}
	return 0
}
# The clock that the island runs on is the device whose choice makes the median drift error least.
function drift_axis(isl,   i, k, v, j, e, axis, m, best, best_m) {
	best = ""
	for (i = 0; i < n; i++) {
		if (!placed[i] || island[i] != isl || ppm[i] == "null" || ppm[i] == "")
			continue
		axis = ppm[i]
		k = 0
		for (j = 0; j < n; j++)
			if (placed[j] && island[j] == isl && measured(j))
				v[k++] = abs(ppm[j] - axis - got_ppm[j])
		m = 0
		for (e = 0; e < k; e++)
			m += v[e] < 2 ? v[e] : 2
		if (best == "" || m < best_m) {
			best_m = m
			best = axis
		}
	}
	return best
}
function measured(i) { return ppm[i] != "null" && ppm[i] != "" && got_ppm[i] != "null" && got_ppm[i] != "" }
function drift(   i, axis, e) {
	for (i = 0; i < n; i++) {
		if (!placed[i] || !measured(i) || long[i] < DRIFT_S || !long_overlap(i))
			continue
		if (!(island[i] in axis))
			axis[island[i]] = drift_axis(island[i])
		if (ppm[i] == axis[island[i]])
			continue
		e = abs(ppm[i] - axis[island[i]] - got_ppm[i])
		clock_n++
		clock_1ppm += e <= 1
		clock_2err += e <= 2 * got_err[i]
		clock_worst = e > clock_worst ? e : clock_worst
	}
}

function jumps(   i, j, k, used, hit) {
	for (i = 0; i < n; i++) {
		if (!placed[i])
			continue
		jump_n += losses[i]
		jump_told += borders[i] > 0 ? borders[i] : 0
		for (k = 0; k < losses[i]; k++) {
			hit = 0
			for (j = 0; j < borders[i] && !hit; j++)
				if (!((i, j) in used) && abs(border[i, j] - loss[i, k]) <= LOSS_S &&
				    abs(border_at[i, j] - loss_at[i, k]) <= LOSS_AT_S) {
					used[i, j] = 1
					hit = 1
				}
			jump_found += hit
		}
	}
}

function report() {
	printf "clips %d\nshould %d\nplaced %d\nright_1ms %d\nright_10ms %d\nright_40ms %d\n", n, wanted, all_placed, right1, right10, right40
	printf "wrong %d\nsplit %d\nmissed %d\nlone %d\nfalse_pos %d\nfalse_merges %d\n", wrong, split_off, missed, lone, false_pos, merges
	printf "clock_n %d\nclock_1ppm %d\nclock_2err %d\nclock_worst %.2f\n", clock_n, clock_1ppm, clock_2err, clock_worst
	printf "jump_n %d\njump_found %d\njump_told %d\n", jump_n, jump_found, jump_told
}
