#!/bin/sh
# What audiosync needs from the system: `deps.sh check GROUP…` says what is missing, `deps.sh install GROUP…` installs it
# with the system's package manager or prints the one command that would. Groups: build, test.
# Silent, and touches nothing, when all is there.
set -u

# group | what to look for | least version | apt | dnf | pacman | zypper | brew
# "cmd:" is a program, the others are pkg-config modules, which dnf and zypper look up by that name. FFmpeg 5.1
# brought the channel layouts that are used. A sound server would take the place of what plays there: "=" never installs
# it, "!" only where none runs (tests that need it say that they are skipped).
table='
build|cmd:cc||gcc libc6-dev|gcc|gcc|gcc|-
build|cmd:pkg-config||pkg-config|pkgconf-pkg-config|pkgconf|pkg-config|pkgconf
build|fftw3f||libfftw3-dev|pkgconfig(fftw3f)|fftw|pkgconfig(fftw3f)|fftw
build|sndfile|1.0.29|libsndfile1-dev|pkgconfig(sndfile)|libsndfile|pkgconfig(sndfile)|libsndfile
build|libavformat||libavformat-dev|pkgconfig(libavformat)|ffmpeg|pkgconfig(libavformat)|ffmpeg
build|libavcodec||libavcodec-dev|pkgconfig(libavcodec)|ffmpeg|pkgconfig(libavcodec)|ffmpeg
build|libavutil|57.28|libavutil-dev|pkgconfig(libavutil)|ffmpeg|pkgconfig(libavutil)|ffmpeg
build|libswresample||libswresample-dev|pkgconfig(libswresample)|ffmpeg|pkgconfig(libswresample)|ffmpeg
build|soxr||libsoxr-dev|pkgconfig(soxr)|libsoxr|pkgconfig(soxr)|libsoxr
build|portaudio-2.0||portaudio19-dev|pkgconfig(portaudio-2.0)|portaudio|pkgconfig(portaudio-2.0)|portaudio
build|libpulse||libpulse-dev|pkgconfig(libpulse)|libpulse|pkgconfig(libpulse)|pulseaudio
build|inih||libinih-dev|pkgconfig(inih)|libinih|pkgconfig(inih)|inih
build|jansson||libjansson-dev|pkgconfig(jansson)|jansson|pkgconfig(jansson)|jansson
build|libxml-2.0|2.9|libxml2-dev|pkgconfig(libxml-2.0)|libxml2|pkgconfig(libxml-2.0)|libxml2
build|ncursesw||libncurses-dev|pkgconfig(ncursesw)|ncurses|pkgconfig(ncursesw)|ncurses
test|cmocka||libcmocka-dev|pkgconfig(cmocka)|cmocka|pkgconfig(cmocka)|cmocka
test|cmd:tmux||tmux|/usr/bin/tmux|tmux|tmux|tmux
test|vterm||libvterm-dev|pkgconfig(vterm)|libvterm|pkgconfig(vterm)|libvterm
test|cmd:ffmpeg||ffmpeg|/usr/bin/ffmpeg|ffmpeg|ffmpeg|ffmpeg
test|cmd:xmllint||libxml2-utils|/usr/bin/xmllint|libxml2|/usr/bin/xmllint|libxml2
test|cmd:melt||melt|/usr/bin/melt|mlt|melt|mlt
test|cmd:mpv||mpv|=|=|=|=
test|cmd:pulseaudio||!pulseaudio libasound2-plugins|=|=|=|=
test|cmd:pipewire||!pipewire|=|=|=|=
test|cmd:wireplumber||!wireplumber|=|=|=|=
test|cmd:pipewire-pulse||!pipewire-pulse|=|=|=|=
test|cmd:dbus-daemon||!dbus-daemon|=|=|=|=
test|cmd:parec||pulseaudio-utils|=|=|=|=
'

groups=
manager=

rows() {
	printf '%s\n' "$table" | while IFS='|' read -r group what least rest; do
		case " $groups " in *" $group "*) printf '%s|%s|%s|%s\n' "$group" "$what" "$least" "$rest" ;; esac
	done
}

present() { # WHAT LEAST
	case $1 in
	cmd:cc) command -v "${CC:-cc}" >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 ;;
	cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
	*) if [ -n "$2" ]; then pkg-config --atleast-version="$2" "$1" 2>/dev/null
		else pkg-config --exists "$1" 2>/dev/null; fi ;;
	esac
}

sound_plays() {
	run=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}
	[ -S "$run/pulse/native" ] || [ -S "$run/pipewire-0" ]
}

missing() {
	rows | while IFS='|' read -r group what least apt dnf pacman zypper brew; do
		present "$what" "$least" && continue
		case $manager in
		apt) names=$apt ;; dnf) names=$dnf ;; pacman) names=$pacman ;; zypper) names=$zypper ;; brew) names=$brew ;;
		*) names= ;;
		esac
		case $names in =) continue ;; !*) sound_plays && continue; names=${names#!} ;; esac
		have=$(pkg-config --modversion "${what#cmd:}" 2>/dev/null)
		printf '%s|%s|%s|%s\n' "${what#cmd:}" "$least" "$have" "$names"
	done
}

show_missing() {
	printf '%s\n' "$1" | while IFS='|' read -r what least have names; do
		if [ -n "$have" ]; then why="version $have is too old, $least or later is needed"
		elif [ -n "$least" ]; then why="version $least or later"
		else why=; fi
		printf '  %-14s %s\n' "$what" "$why" >&2
	done
}

package_names() {
	printf '%s\n' "$1" | cut -d'|' -f4 | tr ' ' '\n' | awk '$0 != "" && $0 != "-" && !seen[$0]++' | tr '\n' ' '
}

install_command() { # PACKAGES
	quoted=$(printf '%s\n' "$1" | tr ' ' '\n' | sed "/[()]/s/.*/'&'/" | tr '\n' ' ' | sed 's/ *$//')
	case $manager in
	apt) echo "apt-get install -y --no-install-recommends $quoted" ;;
	dnf) echo "dnf install -y $quoted" ;;
	pacman) echo "pacman -S --needed --noconfirm $quoted" ;;
	zypper) echo "zypper --non-interactive install $quoted" ;;
	brew) echo "brew install $quoted" ;;
	esac
}

find_manager() {
	for m in apt-get:apt dnf:dnf pacman:pacman zypper:zypper brew:brew; do
		if command -v "${m%%:*}" >/dev/null 2>&1; then manager=${m#*:}; return; fi
	done
}

do_install() {
	command=$(install_command "$(package_names "$1")")
	if [ -z "$manager" ]; then
		echo 'audiosync needs these, and no package manager that is known here was found:' >&2
		show_missing "$1"
		return 1
	fi
	as_root=
	if [ "$manager" != brew ] && [ "$(id -u)" != 0 ]; then
		if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
			as_root='sudo -n'
		else
			echo 'audiosync needs these packages:' >&2
			show_missing "$1"
			echo 'Install them with this command, then run make again:' >&2
			if [ "$manager" = apt ]; then
				echo "  sudo sh -c 'apt-get update && $command'" >&2
			else
				echo "  sudo $command" >&2
			fi
			return 1
		fi
	fi
	echo "installing: $command" >&2
	if [ "$manager" = apt ]; then
		# A failed update is not the end: the lists may be good enough, and the install says so if not.
		$as_root apt-get update -q >&2 || true
		command="env DEBIAN_FRONTEND=noninteractive $command"
	fi
	eval "$as_root $command" >&2
}

mode=${1:-check}
[ $# -gt 0 ] && shift
groups="${*:-build test}"
find_manager

list=$(missing)
[ -z "$list" ] && exit 0
if [ "$mode" = install ]; then
	do_install "$list" || exit 1
	list=$(missing)
	[ -z "$list" ] && exit 0
	echo 'audiosync: after the installation this is still missing:' >&2
	show_missing "$list"
	exit 1
fi
echo 'audiosync cannot be built yet; missing:' >&2
show_missing "$list"
echo "'make deps' installs what is missing or prints the command." >&2
exit 1
