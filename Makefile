# audiosync: library, program, tests. `make help` lists the targets.
#
# Nothing asks pkg-config while this file is read: `make test` and `make demo` may have to install it first.

BUILD      ?= build
PREFIX     ?= /usr/local
DESTDIR    ?=
bindir     ?= $(PREFIX)/bin
libdir     ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
datadir    ?= $(PREFIX)/share
mandir     ?= $(datadir)/man

CC         ?= cc
AR         ?= ar
NM         ?= nm
INSTALL    ?= install
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
SAN        ?=

PKGS := fftw3f sndfile libavformat libavcodec libavutil libswresample soxr portaudio-2.0 libpulse inih jansson libxml-2.0
WARN := -Wall -Wextra -Wshadow -Wconversion -Werror

# Asked once, when the first recipe needs it.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell $(PKG_CONFIG) --cflags $(PKGS)))$(PKG_CFLAGS)
TUI_LIBS = $(eval TUI_LIBS := $$(shell $(PKG_CONFIG) --libs ncursesw))$(TUI_LIBS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell $(PKG_CONFIG) --libs $(PKGS)) -lm -pthread)$(PKG_LIBS)
CMOCKA_LIBS = $(eval CMOCKA_LIBS := $$(shell $(PKG_CONFIG) --libs cmocka vterm) -lutil)$(CMOCKA_LIBS)
VERSION = $(eval VERSION := $$(shell sed -n 's/.*define AS_VERSION "\(.*\)".*/\1/p' \
	include/audiosync/audiosync.h))$(VERSION)

BASE_CFLAGS := -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 $(WARN) -Iinclude -Isrc \
	-I$(BUILD)/gen -fPIC -fvisibility=hidden -pthread
ALL_CFLAGS = $(BASE_CFLAGS) $(PKG_CFLAGS) $(SAN) $(CFLAGS)

# The build is portable: instructions beyond the architecture's base only in *_avx2.c, chosen at run time. Not FMA: it rounds once
# where the baseline rounds twice.
AVX2_FLAGS = $(eval AVX2_FLAGS := $$(if $$(findstring x86_64,$$(shell $(CC) -dumpmachine)),-mavx2))$(AVX2_FLAGS)
# The arithmetic is here: its loops are to be vectorised; nothing in the flags changes a result from one processor to the next.
HOT := src/dsp/% src/media/samples.c tests/unit/kernels_avx2.c
HOT_FLAGS := -O3 -fno-math-errno -fno-trapping-math -ffp-contract=off
COMPILE = $(CC) $(ALL_CFLAGS) $(if $(filter $(HOT),$<),$(HOT_FLAGS)) $(if $(filter %_avx2.c,$<),$(AVX2_FLAGS))

LIB_SRC := $(sort $(wildcard src/base/*.c src/media/*.c src/dsp/*.c src/sync/*.c src/live/*.c src/project/*.c \
	src/export/*.c src/engine/*.c))
CLI_SRC := src/main.c $(sort $(wildcard src/cli/*.c src/tui/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)

UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
TEST_LIB_SRC := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
TEST_LIB_OBJ := $(TEST_LIB_SRC:%.c=$(BUILD)/%.o)

ifeq ($(shell uname -s),Darwin)
SONAME := libaudiosync.0.dylib
SOLINK := libaudiosync.dylib
SHARED = -dynamiclib -Wl,-install_name,$(libdir)/$(SONAME)
else
SONAME := libaudiosync.so.0
SOLINK := libaudiosync.so
SHARED = -shared -Wl,-soname,$(SONAME) -Wl,--version-script=$(BUILD)/exports.map
endif
STATIC := $(BUILD)/libaudiosync.a
SHLIB  := $(BUILD)/$(SONAME)

# `make V=1` shows the commands.
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)')

# Sub-makes use every processor unless the caller chose a number.
NPROC = $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
SUBMAKE = +@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(NPROC))
DEPS := sh .ci/deps.sh

all: $(BUILD)/audiosync $(STATIC) $(SHLIB) $(BUILD)/audiosync.pc

help:
	@echo 'make              library and program (release) in $(BUILD)/ (V=1 shows the commands)'
	@echo 'make demo         set up what is missing, build, write and sync a small shoot'
	@echo 'make test         set up what is missing, build, run every test'
	@echo 'make unit|cli|tui only the unit tests; only those of the program; only those of its interface'
	@echo 'make lint         layers, symbols, globals, style, both compilers'
	@echo 'make bench        speed and memory beside plain decoding; corpus scores if present'
	@echo 'make check-asan   all tests with AddressSanitizer and UBSan (CC=clang for the other one)'
	@echo 'make check-tsan   all tests with ThreadSanitizer'
	@echo 'make check-valgrind  all tests under valgrind'
	@echo 'make install, make uninstall   PREFIX=$(PREFIX) DESTDIR=$(DESTDIR), bindir libdir includedir mandir'
	@echo 'make documents    bring manual pages, completions and config/audiosync.ini up to date'
	@echo 'make deps         install the packages that are missing, or print the command'
	@echo 'make format       what clang-format would change (advice)'
	@echo 'make clean        remove $(BUILD)/'

# --- what recipes need ---------------------------------------------------------------------------------------------

# Names what is missing before the first compiler error would.
$(BUILD)/deps.ok:
	@$(DEPS) check build
	@mkdir -p $(@D) && touch $@

# Changes when the compiler or its flags do, so that nothing old is linked.
$(BUILD)/flags: FORCE | $(BUILD)/deps.ok
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(CC) $(ALL_CFLAGS) $(LDFLAGS))' | cmp -s - $@ || \
		echo '$(subst ','\'',$(CC) $(ALL_CFLAGS) $(LDFLAGS))' > $@

# --- generated from config/ ----------------------------------------------------------------------------------------
# Headers that sources include from $(BUILD)/gen are listed in GEN.
GEN := $(BUILD)/gen/presets.h $(BUILD)/gen/themes.h $(BUILD)/gen/report_css.h
PRESETS := $(sort $(wildcard config/presets/*.ini))
THEMES := config/themes/default.ini $(filter-out %/default.ini,$(sort $(wildcard config/themes/*.ini)))

# One row for each preset: name, the first comment as its description, the whole text.
$(BUILD)/gen/presets.h: $(PRESETS) Makefile
	@mkdir -p $(@D)
	@{ echo 'static const struct as_preset as_preset_table[] = {'; \
	for f in $(PRESETS); do \
		printf '{"%s", "%s",\n' "$$(basename $$f .ini)" \
			"$$(sed -n '1s/^# *//p' $$f | sed 's/["\\]/\\&/g')"; \
		sed 's/["\\]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; \
	done; echo '};'; } > $@

$(BUILD)/gen/themes.h: $(THEMES) Makefile
	@mkdir -p $(@D)
	@{ echo 'static const struct { const char *name, *text; } tui_theme_table[] = {'; \
	for f in $(THEMES); do \
		printf '{"%s",\n' "$$(basename $$f .ini)"; \
		sed 's/["\\]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; \
	done; echo '};'; } > $@

# The style of the sync report, without indentation and comments of a whole line.
$(BUILD)/gen/report_css.h: src/export/report.css Makefile
	@mkdir -p $(@D)
	@{ echo 'static const char report_css[] ='; \
		sed 's/^[ \t]*//; /^\/\*.*\*\/$$/d; /^$$/d; s/["\\]/\\&/g; s/.*/"&\\n"/' $<; echo ';'; } > $@

# --- objects, libraries, program -----------------------------------------------------------------------------------

$(BUILD)/%.o: %.c $(BUILD)/flags | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(COMPILE) -MMD -MP -c -o $@ $<

$(STATIC): $(LIB_OBJ)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJ)

# Visibility alone is not enough: gcc exports the clones that it makes of hidden functions.
$(BUILD)/exports.map: $(wildcard include/audiosync/*.h) Makefile
	@mkdir -p $(@D)
	@{ echo '{ global:'; cat include/audiosync/*.h | tr '\n' ' ' | tr ';' '\n' | \
	sed -n 's/.*AS_API[^(]*[ *]\(as_[a-z0-9_]*\)(.*/  \1;/p'; echo 'local: *; };'; } > $@

$(SHLIB): $(LIB_OBJ) $(BUILD)/exports.map
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) $(CFLAGS) $(LDFLAGS) $(SHARED) -o $@ $(LIB_OBJ) $(PKG_LIBS)
	@ln -sf $(SONAME) $(BUILD)/$(SOLINK)

$(BUILD)/audiosync: $(CLI_OBJ) $(STATIC)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) $(CFLAGS) $(LDFLAGS) -o $@ $(CLI_OBJ) $(STATIC) $(PKG_LIBS) $(TUI_LIBS)

# Written anew when PREFIX and the like have changed. Requires.private would ask for static versions of all of FFmpeg.
$(BUILD)/audiosync.pc: FORCE | $(BUILD)/deps.ok
	@mkdir -p $(@D)
	@{ echo 'prefix=$(PREFIX)'; echo 'libdir=$(libdir)'; echo 'includedir=$(includedir)'; echo; \
	echo 'Name: audiosync'; echo 'Description: Places recordings on a shared timeline from their sound'; \
	echo 'Version: $(VERSION)'; echo 'Libs: -L$${libdir} -laudiosync'; \
	echo 'Libs.private: $(PKG_LIBS)'; echo 'Cflags: -I$${includedir}'; } > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# --- tests ---------------------------------------------------------------------------------------------------------

# The program's own parts without main, so that unit tests can call them.
$(BUILD)/libcli.a: $(filter-out $(BUILD)/src/main.o,$(CLI_OBJ))
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(TEST_LIB_OBJ) $(BUILD)/libcli.a $(STATIC)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) $(CFLAGS) $(LDFLAGS) -o $@ $< $(TEST_LIB_OBJ) $(BUILD)/libcli.a $(STATIC) $(PKG_LIBS) $(TUI_LIBS) $(CMOCKA_LIBS)

$(BUILD)/tests/cli/helper: $(BUILD)/tests/cli/helper.o $(BUILD)/tests/cli/helper_live.o
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

RUN_TESTS = MAKE='$(MAKE)' BUILD='$(BUILD)' CC='$(CC)' NM='$(NM)' sh tests/run.sh

test:
	@$(DEPS) install build test
	$(SUBMAKE) test-build
	@$(RUN_TESTS) unit cli tui lint

unit:
	@$(DEPS) install build test
	$(SUBMAKE) unit-build
	@$(RUN_TESTS) unit

cli:
	@$(DEPS) install build test
	$(SUBMAKE) cli-build
	@$(RUN_TESTS) cli

# One of them drives the program.
unit-build: $(UNIT_BIN) $(BUILD)/audiosync

tui:
	@$(DEPS) install build test
	$(SUBMAKE) cli-build
	@$(RUN_TESTS) tui

cli-build: all $(BUILD)/tests/cli/helper

test-build: unit-build cli-build

# Sanitizer builds live beside the release build, one folder for each compiler.
SAN_RUN = +@$(DEPS) install build test && \
	$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(NPROC)) \
		BUILD=$(BUILD)/$(1)-$(notdir $(CC)) CFLAGS='-O1 -g -fno-omit-frame-pointer' SAN='$(2)' \
		$(if $(3),RUNNER='$(3)') test-build checks

# libgpm, which curses loads for the Linux console, leaks the console's name, and is gone before its name could be suppressed.
checks: test-build
	@RUNNER='$(RUNNER)' TEST_LIMIT_S=3600 NCURSES_GPM_TERMS=none UBSAN_OPTIONS=print_stacktrace=1 \
		TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp $(RUN_TESTS) unit cli tui

check-asan:
	$(call SAN_RUN,asan,-fsanitize=address$(comma)undefined -fno-sanitize-recover=all)

check-tsan:
	$(call SAN_RUN,tsan,-fsanitize=thread)

check-valgrind:
	@command -v valgrind >/dev/null || { echo 'check-valgrind: valgrind is not installed' >&2; exit 1; }
	$(call SAN_RUN,valgrind,,valgrind -q --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite$(comma)indirect --trace-children=no)

comma := ,

lint:
	@$(DEPS) install build
	$(SUBMAKE) $(STATIC) $(SHLIB)
	@$(RUN_TESTS) lint lint-full

# Both compilers, warnings as errors. gcc needs its optimiser for some of its warnings.
lint-compile: $(BUILD)/deps.ok $(GEN)
	@for c in gcc clang; do \
		command -v $$c >/dev/null || { echo "skip $$c: not installed"; continue; }; \
		case $$c in gcc) how='-O2 -S -o /dev/null';; *) how=-fsyntax-only;; esac; bad=0; \
		for f in $(LIB_SRC) $(wildcard $(CLI_SRC)) $(wildcard tests/*/*.c); do \
			case $$f in *_avx2.c) isa='$(AVX2_FLAGS)';; *) isa=;; esac; \
			$$c $(BASE_CFLAGS) $(PKG_CFLAGS) $$isa $$how $$f || bad=1; \
		done; \
		[ $$bad = 0 ] && echo "ok warnings-clean with $$c" || { echo "not ok warnings-clean with $$c"; fail=1; }; \
	done; [ -z "$$fail" ]

format:
	@for f in $(wildcard src/*.c src/*/*.[ch] include/audiosync/*.h tests/*/*.[ch]); do \
		clang-format $$f | diff -u --label $$f --label $$f.formatted $$f - ; done; true

bench-build: all $(BUILD)/tests/bench/shoot $(BUILD)/tests/bench/measure $(BUILD)/tests/bench/stitch \
	$(BUILD)/tests/bench/calibrate $(BUILD)/tests/bench/many $(BUILD)/tests/bench/project $(BUILD)/tests/bench/exact \
	$(BUILD)/tests/bench/waveform $(BUILD)/tests/bench/interface $(BUILD)/tests/bench/edit $(BUILD)/tests/bench/live

$(BUILD)/tests/bench/calibrate: $(BUILD)/tests/bench/sounds.o $(BUILD)/tests/bench/tables.o

$(BUILD)/tests/bench/exact: $(BUILD)/tests/unit/truth.o $(BUILD)/tests/unit/synced.o

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(STATIC)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(STATIC) $(PKG_LIBS)

bench:
	@$(DEPS) install build test
	$(SUBMAKE) bench-build
	@BUILD='$(BUILD)' sh tests/bench/run.sh

# --- demo, set-up, install -----------------------------------------------------------------------------------------

demo:
	@$(DEPS) install build
	$(SUBMAKE) all
	@$(BUILD)/audiosync demo $(DEMO_ARGS)

# What doc/ and config/ hold of the tables of settings and commands. Checked in; a test says when they are out of date.
documents: $(BUILD)/audiosync
	@for d in audiosync.1=man\ 1 audiosync.ini.5=man\ 5 completions/audiosync.bash=completion\ bash \
		completions/audiosync.zsh=completion\ zsh completions/audiosync.fish=completion\ fish; do \
		mkdir -p doc/completions && $(BUILD)/audiosync config $${d#*=} > doc/$${d%%=*} || exit 1; done
	@$(BUILD)/audiosync config dump --defaults > config/audiosync.ini
	@$(BUILD)/audiosync config keys > config/keys.ini

deps:
	@$(DEPS) install build test

D = $(DESTDIR)
COMPLETIONS = bash:$(datadir)/bash-completion/completions/audiosync zsh:$(datadir)/zsh/site-functions/_audiosync \
	fish:$(datadir)/fish/vendor_completions.d/audiosync.fish

install: all
	$(INSTALL) -d $(D)$(bindir) $(D)$(libdir)/pkgconfig $(D)$(includedir)/audiosync $(D)$(mandir)/man1 \
		$(D)$(mandir)/man5 $(D)$(datadir)/audiosync/presets $(D)$(datadir)/audiosync/themes
	$(INSTALL) -m 755 $(BUILD)/audiosync $(D)$(bindir)/audiosync
	$(INSTALL) -m 644 include/audiosync/*.h $(D)$(includedir)/audiosync
	$(INSTALL) -m 644 $(STATIC) $(D)$(libdir)
	$(INSTALL) -m 755 $(SHLIB) $(D)$(libdir)
	ln -sf $(SONAME) $(D)$(libdir)/$(SOLINK)
	$(INSTALL) -m 644 $(BUILD)/audiosync.pc $(D)$(libdir)/pkgconfig
	for f in $(wildcard doc/*.1); do $(INSTALL) -m 644 $$f $(D)$(mandir)/man1 || exit 1; done
	for f in $(wildcard doc/*.5); do $(INSTALL) -m 644 $$f $(D)$(mandir)/man5 || exit 1; done
	$(INSTALL) -m 644 doc/audiosync-project.schema.json $(D)$(datadir)/audiosync
	for f in $(wildcard config/*.ini); do $(INSTALL) -m 644 $$f $(D)$(datadir)/audiosync || exit 1; done
	for f in $(wildcard config/presets/*.ini); do $(INSTALL) -m 644 $$f $(D)$(datadir)/audiosync/presets || exit 1; done
	for f in $(THEMES); do $(INSTALL) -m 644 $$f $(D)$(datadir)/audiosync/themes || exit 1; done
	for c in $(COMPLETIONS); do f=doc/completions/audiosync.$${c%%:*}; [ -f $$f ] || continue; \
		$(INSTALL) -d "$$(dirname $(D)$${c#*:})" && $(INSTALL) -m 644 $$f $(D)$${c#*:} || exit 1; done

uninstall:
	rm -f $(D)$(bindir)/audiosync $(D)$(libdir)/libaudiosync.a $(D)$(libdir)/$(SONAME) $(D)$(libdir)/$(SOLINK) \
		$(D)$(libdir)/pkgconfig/audiosync.pc $(D)$(mandir)/man1/audiosync.1 $(D)$(mandir)/man5/audiosync.ini.5 \
		$(D)$(mandir)/man5/audiosync-project.5
	for c in $(COMPLETIONS); do rm -f $(D)$${c#*:}; done
	rm -rf $(D)$(includedir)/audiosync $(D)$(datadir)/audiosync

clean:
	rm -rf $(BUILD)

FORCE:

.PHONY: all help test unit cli tui unit-build cli-build bench-build test-build checks check-asan check-tsan check-valgrind lint lint-compile format bench \
	demo documents deps install uninstall clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT_SRC:%.c=$(BUILD)/%.d) $(TEST_LIB_OBJ:.o=.d) $(wildcard $(BUILD)/tests/bench/*.d)
