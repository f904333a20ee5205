#compdef audiosync
# made from the tables of settings and commands: audiosync config completion zsh

_audiosync_presets() {
	compadd -- ${(f)"$(_call_program presets "audiosync config presets --defaults 2>/dev/null | cut -d' ' -f1")"}
}

_audiosync_track() {
	compset -P '*[=,]' && _files
}

_audiosync_keys() {
	compadd "$@" -- general.threads analysis.group_by analysis.max_offset_s analysis.probe_every_s analysis.search analysis.stream analysis.channel analysis.use_timestamps analysis.takes analysis.min_clip_s confidence.strong confidence.weak confidence.max_p_false confidence.min_margin export.format export.bit_depth export.bitrate_kbps export.sample_rate_hz export.per_clip export.drift_correction export.crossfade_ms export.declick_ms export.dither export.mux export.mux_track export.mux_container export.mux_codec export.island_gap_s timeline.fps timeline.name timeline.start_tc timeline.drift timeline.media_paths timeline.map_path timeline.replace_audio timeline.unplaced live.calibration_ms live.lock_confidence live.no_match_s live.max_speed_percent live.keep_s live.url_timeout_s live.interval_s live.alert live.alert_after_s live.alert_clear_s live.alert_margin_ms live.alert_no_lock_s live.alert_command_s live.yt_dlp live.yt_dlp_timeout_s mpv.how mpv.dead_band_ms mpv.max_speed_percent mpv.seek_beyond_ms mpv.offset_ms cache.enabled cache.dir cache.limit_mib project.autosave_s interface.color interface.progress interface.unicode interface.waveforms interface.theme interface.mouse
}

_audiosync_set() {
	if ! compset -P 1 '*='; then
		_audiosync_keys -S =
		return
	fi
	local key=${${IPREFIX##*--set=}%=}
	case $key in
	general.threads) compadd -- auto ;;
	analysis.group_by) compadd -- auto name folder device ;;
	analysis.max_offset_s) compadd -- none ;;
	analysis.search) compadd -- auto thorough ;;
	analysis.stream) compadd -- auto ;;
	analysis.channel) compadd -- auto ;;
	analysis.use_timestamps) compadd -- yes no ;;
	analysis.takes) compadd -- yes no ;;
	export.format) compadd -- wav aiff flac mp3 ;;
	export.bit_depth) compadd -- auto 16 24 32 ;;
	export.bitrate_kbps) compadd -- 128 192 256 320 ;;
	export.sample_rate_hz) compadd -- auto ;;
	export.per_clip) compadd -- off padded timed ;;
	export.drift_correction) compadd -- yes no ;;
	export.dither) compadd -- yes no ;;
	export.mux) compadd -- off default add replace ;;
	export.mux_container) compadd -- auto mov mp4 mkv ;;
	export.mux_codec) compadd -- auto pcm aac alac ;;
	timeline.fps) compadd -- auto 23.976 24 25 29.97 29.97df 30 50 59.94 59.94df 60 120 ;;
	timeline.drift) compadd -- baked speed ;;
	timeline.media_paths) compadd -- absolute relative ;;
	timeline.replace_audio) compadd -- off instead beside muxed ;;
	timeline.unplaced) compadd -- yes no ;;
	live.interval_s) compadd -- auto ;;
	live.alert_no_lock_s) compadd -- never ;;
	live.yt_dlp) _files -/ ;;
	mpv.how) compadd -- speed delay seek ;;
	cache.enabled) compadd -- yes no ;;
	cache.dir) _files -/ ;;
	cache.limit_mib) compadd -- none ;;
	project.autosave_s) compadd -- never ;;
	interface.color) compadd -- auto always never ;;
	interface.progress) compadd -- auto always never ;;
	interface.unicode) compadd -- auto yes no ;;
	interface.waveforms) compadd -- auto braille blocks ascii ;;
	interface.mouse) compadd -- yes no ;;
	esac
}

_audiosync() {
	local curcontext=$curcontext state state_descr line ret=1
	local -a common own words_spec commands
	local -A opt_args
	common=(
		'--threads=[worker threads; auto takes one for each processor, at most 8]:N:(auto)'
		'--no-cache[neither read nor write the cache of analysis data]'
		'--color=[colours; auto colours a terminal unless NO_COLOR is set]:WHEN:(auto always never)'
		'*--preset=[start from a preset'\''s settings; configuration files and flags override it]:NAME:_audiosync_presets'
		'*--config=[read this configuration file too, after the user'\''s own]:FILE:_files'
		'*--set=[set any setting; repeatable]:KEY=VALUE:_audiosync_set'
		'--ascii[no characters beyond ASCII, as --set interface.unicode=no]'
		'--json[print the answer as JSON]'
		'*'{-v,--verbose}'[say more on stderr; twice for the decoders'\'' own messages]'
		'(-q --quiet)'{-q,--quiet}'[no progress, errors only]'
		'(-h --help)'{-h,--help}'[show help for the command]'
		'(-V --version)'{-V,--version}'[show the version]'
	)
	commands=(
		'sync:analyze, then write one aligned file for each track'
		'analyze:say where every clip sits and how sure that is'
		'export:write aligned files and timelines from a saved project'
		'info:show streams, times, timecode and the grouping into tracks'
		'config:show settings, presets and where they come from; clear the cache'
		'demo:write a small shoot with known truth, sync it, check the result'
		'selftest:measure on your own footage how exact and how safe placing is'
		'drift:measure how far a clock is off, and take that out of the sound'
		'live:measure how late what plays now is against a reference, on and on'
		'devices:list what the live meter can listen to'
	)
	_arguments -C -S $common '1: :->command' '*:: :->words' && ret=0
	case $state in
	command) _describe -t commands command commands && ret=0 ;;
	words)
		case $words[1] in
		sync)
		words_spec=('*:file:_files')
	own=(
		'(-o --output-dir)'{-o+,--output-dir=}'[folder for the aligned files; made if it is missing]:DIR:_files -/'
		'--save=[save a project; one that was read may be written over, others need --force; a backup is kept]:FILE.audiosync:_files'
		'--relink=[look below this folder for recordings of a project that are not where they were; repeatable]:DIR:_files -/'
		'--recover[go on from what was kept of a project when the program died]'
		'(-f --force)'{-f,--force}'[overwrite files that exist; links are replaced, not followed]'
		'(-r --reference)'{-r+,--reference=}'[track that time zero and the clock come from (else the one with most sound); of drift, the file with the right clock]:TRACK|REF:_files'
		'*--track=[put these files into one track of this name; repeatable]:NAME=FILE\[,FILE...\]:_audiosync_track'
		'--map-path=[timelines look for media below SERVER in the folder CLIENT (/Volumes/media, M\:\\)\: repeatable]:SERVER=CLIENT: '
		'--otio=[write a timeline for OpenTimelineIO (Resolve, Premiere, otioconvert)]:FILE:_files'
		'--fcpxml=[write a timeline as FCPXML 1.10 (Final Cut Pro, Resolve)]:FILE:_files'
		'--edl=[write edit lists as CMX 3600, one for each track; for any program]:FILE:_files'
		'--xmeml=[write a timeline as Final Cut Pro 7 XML (Premiere, Resolve, Vegas)]:FILE:_files'
		'--rpp=[write a Reaper project, exact to the sample]:FILE:_files'
		'--mlt=[write an MLT timeline (Kdenlive, Shotcut, melt)]:FILE:_files'
		'--report=[write a report for people\: FILE.html, FILE.txt or FILE.json; repeatable]:FILE:_files'
		'--group-by=[what makes files one track\: their names, folders or devices; auto weighs all]:HOW:(auto name folder device)'
		'--max-offset=[largest distance between the starts of two clips that is searched]:S:(none)'
		'--search=[thorough compares all pairs of clips; auto, of very many, the likely ones]:HOW:(auto thorough)'
		'--no-timestamps[go by sound alone, whatever timecode and recording times say]'
		'--takes[clips of one track may overlap\: several takes against one playback]'
		'--format=[format of the aligned files; WAV becomes RF64 past 4 GiB]:FORMAT:(wav aiff flac mp3)'
		'--bit-depth=[sample size; 32 is float, 24 in FLAC; auto takes the deepest source'\''s]:BITS:(auto 16 24 32)'
		'--bitrate=[bit rate of MP3]:KBPS:(128 192 256 320)'
		'--sample-rate=[sample rate of the aligned files; auto takes the highest native one]:HZ:(auto)'
		'--per-clip=[a file for each clip\: padded to the timeline; timed\: alone, place in BWF]:HOW:(off padded timed)'
		'--no-drift-correction[place clips, but leave their speed as it is]'
		'--mux=[camera files with the best sound\: before, behind or instead of their own]:HOW:(off default add replace)'
		'--mux-track=[whose sound; empty\: of tracks without picture the widest, then the best]:TRACK: '
		'--mux-codec=[sound beside a picture; auto\: AAC in MP4, 24-bit PCM in MOV and MKV]:CODEC:(auto pcm aac alac)'
		'--fps=[frames a second of timelines; auto\: of most of the footage, or 25]:RATE:(auto 23.976 24 25 29.97 29.97df 30 50 59.94 59.94df 60 120)'
		'--timeline-name=[name of timelines; empty\: that of the file]:NAME: '
		'--start-tc=[timecode of a timeline'\''s first frame; auto\: 01\:00\:00\:00; source\: time of day]:TC: '
		'--drift=[drift in timelines\: speed of the clips, or baked into aligned files only]:HOW:(baked speed)'
		'--media-paths=[how timelines name media\: from the root, or from the timeline'\''s own folder]:HOW:(absolute relative)'
		'--replace-audio=[in timelines\: aligned files instead of, or beside, sound; or files of --mux]:HOW:(off instead beside muxed)'
		'--no-unplaced[leave recordings without a place out of timelines]'
	)
		;;
		analyze)
		words_spec=('*:file:_files')
	own=(
		'--save=[save a project; one that was read may be written over, others need --force; a backup is kept]:FILE.audiosync:_files'
		'--relink=[look below this folder for recordings of a project that are not where they were; repeatable]:DIR:_files -/'
		'--recover[go on from what was kept of a project when the program died]'
		'(-f --force)'{-f,--force}'[overwrite files that exist; links are replaced, not followed]'
		'(-r --reference)'{-r+,--reference=}'[track that time zero and the clock come from (else the one with most sound); of drift, the file with the right clock]:TRACK|REF:_files'
		'*--track=[put these files into one track of this name; repeatable]:NAME=FILE\[,FILE...\]:_audiosync_track'
		'--map-path=[timelines look for media below SERVER in the folder CLIENT (/Volumes/media, M\:\\)\: repeatable]:SERVER=CLIENT: '
		'--explain=[say why this clip sits where it does or was refused\: a path, a name or a part of it; repeatable]:CLIP:_files'
		'--otio=[write a timeline for OpenTimelineIO (Resolve, Premiere, otioconvert)]:FILE:_files'
		'--fcpxml=[write a timeline as FCPXML 1.10 (Final Cut Pro, Resolve)]:FILE:_files'
		'--edl=[write edit lists as CMX 3600, one for each track; for any program]:FILE:_files'
		'--xmeml=[write a timeline as Final Cut Pro 7 XML (Premiere, Resolve, Vegas)]:FILE:_files'
		'--rpp=[write a Reaper project, exact to the sample]:FILE:_files'
		'--mlt=[write an MLT timeline (Kdenlive, Shotcut, melt)]:FILE:_files'
		'--report=[write a report for people\: FILE.html, FILE.txt or FILE.json; repeatable]:FILE:_files'
		'--group-by=[what makes files one track\: their names, folders or devices; auto weighs all]:HOW:(auto name folder device)'
		'--max-offset=[largest distance between the starts of two clips that is searched]:S:(none)'
		'--search=[thorough compares all pairs of clips; auto, of very many, the likely ones]:HOW:(auto thorough)'
		'--no-timestamps[go by sound alone, whatever timecode and recording times say]'
		'--takes[clips of one track may overlap\: several takes against one playback]'
		'--fps=[frames a second of timelines; auto\: of most of the footage, or 25]:RATE:(auto 23.976 24 25 29.97 29.97df 30 50 59.94 59.94df 60 120)'
		'--timeline-name=[name of timelines; empty\: that of the file]:NAME: '
		'--start-tc=[timecode of a timeline'\''s first frame; auto\: 01\:00\:00\:00; source\: time of day]:TC: '
		'--drift=[drift in timelines\: speed of the clips, or baked into aligned files only]:HOW:(baked speed)'
		'--media-paths=[how timelines name media\: from the root, or from the timeline'\''s own folder]:HOW:(absolute relative)'
		'--no-unplaced[leave recordings without a place out of timelines]'
	)
		;;
		export)
		words_spec=('1:folder:_files -/')
	own=(
		'(-o --output-dir)'{-o+,--output-dir=}'[folder for the aligned files; made if it is missing]:DIR:_files -/'
		'--relink=[look below this folder for recordings of a project that are not where they were; repeatable]:DIR:_files -/'
		'--recover[go on from what was kept of a project when the program died]'
		'(-f --force)'{-f,--force}'[overwrite files that exist; links are replaced, not followed]'
		'--map-path=[timelines look for media below SERVER in the folder CLIENT (/Volumes/media, M\:\\)\: repeatable]:SERVER=CLIENT: '
		'--otio=[write a timeline for OpenTimelineIO (Resolve, Premiere, otioconvert)]:FILE:_files'
		'--fcpxml=[write a timeline as FCPXML 1.10 (Final Cut Pro, Resolve)]:FILE:_files'
		'--edl=[write edit lists as CMX 3600, one for each track; for any program]:FILE:_files'
		'--xmeml=[write a timeline as Final Cut Pro 7 XML (Premiere, Resolve, Vegas)]:FILE:_files'
		'--rpp=[write a Reaper project, exact to the sample]:FILE:_files'
		'--mlt=[write an MLT timeline (Kdenlive, Shotcut, melt)]:FILE:_files'
		'--report=[write a report for people\: FILE.html, FILE.txt or FILE.json; repeatable]:FILE:_files'
		'--format=[format of the aligned files; WAV becomes RF64 past 4 GiB]:FORMAT:(wav aiff flac mp3)'
		'--bit-depth=[sample size; 32 is float, 24 in FLAC; auto takes the deepest source'\''s]:BITS:(auto 16 24 32)'
		'--bitrate=[bit rate of MP3]:KBPS:(128 192 256 320)'
		'--sample-rate=[sample rate of the aligned files; auto takes the highest native one]:HZ:(auto)'
		'--per-clip=[a file for each clip\: padded to the timeline; timed\: alone, place in BWF]:HOW:(off padded timed)'
		'--no-drift-correction[place clips, but leave their speed as it is]'
		'--mux=[camera files with the best sound\: before, behind or instead of their own]:HOW:(off default add replace)'
		'--mux-track=[whose sound; empty\: of tracks without picture the widest, then the best]:TRACK: '
		'--mux-codec=[sound beside a picture; auto\: AAC in MP4, 24-bit PCM in MOV and MKV]:CODEC:(auto pcm aac alac)'
		'--fps=[frames a second of timelines; auto\: of most of the footage, or 25]:RATE:(auto 23.976 24 25 29.97 29.97df 30 50 59.94 59.94df 60 120)'
		'--timeline-name=[name of timelines; empty\: that of the file]:NAME: '
		'--start-tc=[timecode of a timeline'\''s first frame; auto\: 01\:00\:00\:00; source\: time of day]:TC: '
		'--drift=[drift in timelines\: speed of the clips, or baked into aligned files only]:HOW:(baked speed)'
		'--media-paths=[how timelines name media\: from the root, or from the timeline'\''s own folder]:HOW:(absolute relative)'
		'--replace-audio=[in timelines\: aligned files instead of, or beside, sound; or files of --mux]:HOW:(off instead beside muxed)'
		'--no-unplaced[leave recordings without a place out of timelines]'
	)
		;;
		info)
		words_spec=('*:file:_files')
	own=(
		'--relink=[look below this folder for recordings of a project that are not where they were; repeatable]:DIR:_files -/'
		'--recover[go on from what was kept of a project when the program died]'
		'*--track=[put these files into one track of this name; repeatable]:NAME=FILE\[,FILE...\]:_audiosync_track'
		'--group-by=[what makes files one track\: their names, folders or devices; auto weighs all]:HOW:(auto name folder device)'
	)
		;;
		config)
		words_spec=('1:what:(list get path dump presets cache)' '2:key:_audiosync_keys')
	own=(
		'--clear[with cache\: remove what is in it]'
		'--defaults[with list, get and dump\: leave files, presets and flags aside]'
	)
		;;
		demo)
		words_spec=('1:folder:_files -/')
	own=(
		'(-f --force)'{-f,--force}'[overwrite files that exist; links are replaced, not followed]'
	)
		;;
		selftest)
		words_spec=('*:file:_files')
	own=(
		'--seed=[what chance begins with; the same seed gives the same figures (1)]:N: '
		'--trials=[stretches of 5 and of 15 s; half as many of a minute, a quarter of 5 minutes (20)]:N: '
	)
		;;
		drift)
		words_spec=('1:folder:_files -/')
	own=(
		'(-o --output)'{-o+,--output=}'[write the corrected file; its extension says the format, without one --format]:OUT:_files'
		'--ppm=[take out this known drift; positive\: the clock runs fast, too many samples]:N: '
		'--plot=[draw the lag over time into a picture]:F.svg:_files'
		'(-f --force)'{-f,--force}'[overwrite files that exist; links are replaced, not followed]'
		'(-r --reference)'{-r+,--reference=}'[track that time zero and the clock come from (else the one with most sound); of drift, the file with the right clock]:TRACK|REF:_files'
		'--format=[format of the aligned files; WAV becomes RF64 past 4 GiB]:FORMAT:(wav aiff flac mp3)'
		'--bit-depth=[sample size; 32 is float, 24 in FLAC; auto takes the deepest source'\''s]:BITS:(auto 16 24 32)'
		'--bitrate=[bit rate of MP3]:KBPS:(128 192 256 320)'
		'--sample-rate=[sample rate of the aligned files; auto takes the highest native one]:HZ:(auto)'
		'--mux-codec=[sound beside a picture; auto\: AAC in MP4, 24-bit PCM in MOV and MKV]:CODEC:(auto pcm aac alac)'
	)
		;;
		live)
		words_spec=('1:folder:_files -/')
	own=(
		'--capture=[what to listen to\: a device, monitor\:NAME, app\:NAME, a file, a URL, - for raw samples on stdin]:SOURCE:_files'
		'--pcm=[of raw samples on stdin\: s16le or f32le, rate, channels (s16le\:48000\:2)]:FORMAT: '
		'--once[print the first reading that is sure, or the last, and end; exit status 3 where there is no match]'
		'--duration=[end after so many seconds of readings]:S: '
		'--plain[lines instead of the full-screen meter]'
		'--fast[captured files, or stdin, are recorded sound\: compare as fast as possible]'
		'--prometheus=[keep this file up to date for node_exporter'\''s textfile collector]:F.prom:_files'
		'--on-alert=[run this, without a shell, when an alert is raised or over; AUDIOSYNC_* say what]:COMMAND: '
		'--mpv=[keep an mpv player where the sound is that is heard (mpv --input-ipc-server=SOCKET)]:SOCKET:_files'
		'--calibrate[no REFERENCE\: play chirps, hear them by --capture, and offer to keep the latency found]'
		'--yes[with --calibrate\: write the calibration without asking]'
		'--calibration=[latency of this machine'\''s sound path, added to readings of the live meter]:MS: '
		'--interval=[how often a reading is printed; auto\: 10 a second as JSON, else every second]:S:(auto)'
		'--alert=[alert of a lag outside ebu-r37 (-40\:60), production (-5\:15) or EARLY\:LATE ms]:LIMITS: '
		'--alert-after=[the lag is outside of its limits for so long before there is an alert]:S: '
		'--alert-clear=[it is well inside again for so long before the alert is over]:S: '
		'--alert-no-lock=[alert when for so long there is no reading, whatever the reason]:S:(never)'
	)
		;;
		devices)
		words_spec=('*:file:_files')
	own=(
	)
		;;
		esac
		_arguments -S $common $own $words_spec && ret=0
		;;
	esac
	return ret
}

_audiosync "$@"
