# bash completion of audiosync; made from the tables of settings and commands: audiosync config completion bash

_audiosync_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_audiosync_files() {
	mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
	compopt -o filenames 2>/dev/null
}

_audiosync_value() {
	case $1 in
	general.threads) _audiosync_words 'auto' ;;
	analysis.group_by) _audiosync_words 'auto name folder device' ;;
	analysis.max_offset_s) _audiosync_words 'none' ;;
	analysis.search) _audiosync_words 'auto thorough' ;;
	analysis.stream) _audiosync_words 'auto' ;;
	analysis.channel) _audiosync_words 'auto' ;;
	analysis.use_timestamps) _audiosync_words 'yes no' ;;
	analysis.takes) _audiosync_words 'yes no' ;;
	export.format) _audiosync_words 'wav aiff flac mp3' ;;
	export.bit_depth) _audiosync_words 'auto 16 24 32' ;;
	export.bitrate_kbps) _audiosync_words '128 192 256 320' ;;
	export.sample_rate_hz) _audiosync_words 'auto' ;;
	export.per_clip) _audiosync_words 'off padded timed' ;;
	export.drift_correction) _audiosync_words 'yes no' ;;
	export.dither) _audiosync_words 'yes no' ;;
	export.mux) _audiosync_words 'off default add replace' ;;
	export.mux_container) _audiosync_words 'auto mov mp4 mkv' ;;
	export.mux_codec) _audiosync_words 'auto pcm aac alac' ;;
	timeline.fps) _audiosync_words 'auto 23.976 24 25 29.97 29.97df 30 50 59.94 59.94df 60 120' ;;
	timeline.drift) _audiosync_words 'baked speed' ;;
	timeline.media_paths) _audiosync_words 'absolute relative' ;;
	timeline.replace_audio) _audiosync_words 'off instead beside muxed' ;;
	timeline.unplaced) _audiosync_words 'yes no' ;;
	live.interval_s) _audiosync_words 'auto' ;;
	live.alert_no_lock_s) _audiosync_words 'never' ;;
	live.yt_dlp) _audiosync_files -f ;;
	mpv.how) _audiosync_words 'speed delay seek' ;;
	cache.enabled) _audiosync_words 'yes no' ;;
	cache.dir) _audiosync_files -f ;;
	cache.limit_mib) _audiosync_words 'none' ;;
	project.autosave_s) _audiosync_words 'never' ;;
	interface.color) _audiosync_words 'auto always never' ;;
	interface.progress) _audiosync_words 'auto always never' ;;
	interface.unicode) _audiosync_words 'auto yes no' ;;
	interface.waveforms) _audiosync_words 'auto braille blocks ascii' ;;
	interface.mouse) _audiosync_words 'yes no' ;;
	esac
}

_audiosync() {
	local program=${COMP_WORDS[0]} cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD - 1]} command= sub= flags= word= i=0 at=0
	local commands='sync analyze export info config demo selftest drift live devices '
	local keys='general.threads= analysis.group_by= analysis.max_offset_s= analysis.probe_every_s= analysis.search= analysis.stream= analysis.channel= analysis.use_timestamps= analysis.takes= analysis.min_clip_s= confidence.strong= confidence.weak= confidence.max_p_false= confidence.min_margin= export.format= export.bit_depth= export.bitrate_kbps= export.sample_rate_hz= export.per_clip= export.drift_correction= export.crossfade_ms= export.declick_ms= export.dither= export.mux= export.mux_track= export.mux_container= export.mux_codec= export.island_gap_s= timeline.fps= timeline.name= timeline.start_tc= timeline.drift= timeline.media_paths= timeline.map_path= timeline.replace_audio= timeline.unplaced= live.calibration_ms= live.lock_confidence= live.no_match_s= live.max_speed_percent= live.keep_s= live.url_timeout_s= live.interval_s= live.alert= live.alert_after_s= live.alert_clear_s= live.alert_margin_ms= live.alert_no_lock_s= live.alert_command_s= live.yt_dlp= live.yt_dlp_timeout_s= mpv.how= mpv.dead_band_ms= mpv.max_speed_percent= mpv.seek_beyond_ms= mpv.offset_ms= cache.enabled= cache.dir= cache.limit_mib= project.autosave_s= interface.color= interface.progress= interface.unicode= interface.waveforms= interface.theme= interface.mouse='
	COMPREPLY=()
	# The shell breaks words at "=": see --flag=value and KEY=VALUE as what they are.
	at=$((COMP_CWORD - 1))
	if [[ $cur == = ]]; then cur='' at=$COMP_CWORD; fi
	if [[ ${COMP_WORDS[at]} == = ]] && ((at >= 2)); then
		prev=${COMP_WORDS[at - 1]}
		word=${COMP_WORDS[at - 2]}
		if [[ $word == = ]] && ((at >= 3)); then word=${COMP_WORDS[at - 3]}; fi
		case $word in
		--set) _audiosync_value "$prev"; return ;;
		--track) _audiosync_files -f; return ;;
		esac
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ -z $command && " $commands" == *" $word "* ]]; then
			command=$word
		elif [[ $command == config && -z $sub && $word != -* ]]; then
			sub=$word
		fi
	done
	case $prev in
	-o | --output-dir) _audiosync_files -d; return ;;
	-o | --output) _audiosync_files -f; return ;;
	--ppm) return ;;
	--plot) _audiosync_files -f; return ;;
	--save) _audiosync_files -f; return ;;
	--relink) _audiosync_files -d; return ;;
	-r | --reference) _audiosync_files -f; return ;;
	--track) return ;;
	--map-path) return ;;
	--explain) _audiosync_files -f; return ;;
	--seed) return ;;
	--trials) return ;;
	--capture) _audiosync_files -f; return ;;
	--pcm) return ;;
	--duration) return ;;
	--prometheus) _audiosync_files -f; return ;;
	--on-alert) return ;;
	--mpv) _audiosync_files -f; return ;;
	--otio) _audiosync_files -f; return ;;
	--fcpxml) _audiosync_files -f; return ;;
	--edl) _audiosync_files -f; return ;;
	--xmeml) _audiosync_files -f; return ;;
	--rpp) _audiosync_files -f; return ;;
	--mlt) _audiosync_files -f; return ;;
	--report) _audiosync_files -f; return ;;
	--group-by) _audiosync_words 'auto name folder device'; return ;;
	--max-offset) _audiosync_words 'none'; return ;;
	--search) _audiosync_words 'auto thorough'; return ;;
	--format) _audiosync_words 'wav aiff flac mp3'; return ;;
	--bit-depth) _audiosync_words 'auto 16 24 32'; return ;;
	--bitrate) _audiosync_words '128 192 256 320'; return ;;
	--sample-rate) _audiosync_words 'auto'; return ;;
	--per-clip) _audiosync_words 'off padded timed'; return ;;
	--mux) _audiosync_words 'off default add replace'; return ;;
	--mux-track) return ;;
	--mux-codec) _audiosync_words 'auto pcm aac alac'; return ;;
	--fps) _audiosync_words 'auto 23.976 24 25 29.97 29.97df 30 50 59.94 59.94df 60 120'; return ;;
	--timeline-name) return ;;
	--start-tc) return ;;
	--drift) _audiosync_words 'baked speed'; return ;;
	--media-paths) _audiosync_words 'absolute relative'; return ;;
	--replace-audio) _audiosync_words 'off instead beside muxed'; return ;;
	--calibration) return ;;
	--interval) _audiosync_words 'auto'; return ;;
	--alert) return ;;
	--alert-after) return ;;
	--alert-clear) return ;;
	--alert-no-lock) _audiosync_words 'never'; return ;;
	--threads) _audiosync_words 'auto'; return ;;
	--color) _audiosync_words 'auto always never'; return ;;
	--preset) _audiosync_words "$("$program" config presets --defaults 2>/dev/null | cut -d' ' -f1)"; return ;;
	--config) _audiosync_files -f; return ;;
	--set) _audiosync_words "$keys"; compopt -o nospace 2>/dev/null; return ;;
	esac
	flags='--threads --no-cache --color --preset --config --set --ascii --json --verbose --quiet --help --version '
	case $command in
	sync) flags+='--output-dir --save --relink --recover --force --reference --track --map-path --otio --fcpxml --edl --xmeml --rpp --mlt --report --group-by --max-offset --search --no-timestamps --takes --format --bit-depth --bitrate --sample-rate --per-clip --no-drift-correction --mux --mux-track --mux-codec --fps --timeline-name --start-tc --drift --media-paths --replace-audio --no-unplaced ' ;;
	analyze) flags+='--save --relink --recover --force --reference --track --map-path --explain --otio --fcpxml --edl --xmeml --rpp --mlt --report --group-by --max-offset --search --no-timestamps --takes --fps --timeline-name --start-tc --drift --media-paths --no-unplaced ' ;;
	export) flags+='--output-dir --relink --recover --force --map-path --otio --fcpxml --edl --xmeml --rpp --mlt --report --format --bit-depth --bitrate --sample-rate --per-clip --no-drift-correction --mux --mux-track --mux-codec --fps --timeline-name --start-tc --drift --media-paths --replace-audio --no-unplaced ' ;;
	info) flags+='--relink --recover --track --group-by ' ;;
	config) flags+='--clear --defaults ' ;;
	demo) flags+='--force ' ;;
	selftest) flags+='--seed --trials ' ;;
	drift) flags+='--output --ppm --plot --force --reference --format --bit-depth --bitrate --sample-rate --mux-codec ' ;;
	live) flags+='--capture --pcm --once --duration --plain --fast --prometheus --on-alert --mpv --calibrate --yes --calibration --interval --alert --alert-after --alert-clear --alert-no-lock ' ;;
	devices) flags+='' ;;
	esac
	if [[ $cur == -* ]]; then
		_audiosync_words "$flags"
	elif [[ -z $command ]]; then
		_audiosync_words "$commands"
	elif [[ $command == config && -z $sub ]]; then
		_audiosync_words 'list get path dump presets cache'
	elif [[ $command == config && $sub == get ]]; then
		_audiosync_words "${keys//=/}"
	elif [[ $command != config ]]; then
		_audiosync_files -f
	fi
}

complete -F _audiosync audiosync
