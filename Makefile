# audiosync: library, program, tests. `make help` lists the targets.
BUILD   ?= build
PREFIX  ?= /usr/local
CC      ?= cc
AR      ?= ar
PKG_CONFIG ?= pkg-config

PKGS    := fftw3f sndfile libavformat libavcodec libavutil libswresample soxr inih jansson
WARN    := -Wall -Wextra -Wshadow -Wconversion -Werror
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -D_FILE_OFFSET_BITS=64 $(WARN) -Iinclude -Isrc -I$(BUILD)/gen \
	-fPIC -fvisibility=hidden -pthread $(PKG_CFLAGS) $(SAN) $(CFLAGS)
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -lm -pthread

LIB_SRC := $(wildcard src/base/*.c src/media/*.c src/dsp/*.c src/sync/*.c src/live/*.c src/project/*.c \
	src/export/*.c src/engine/*.c)
CLI_SRC := src/main.c $(wildcard src/cli/*.c src/tui/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(BUILD)/%.o)

UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
TEST_LIB_SRC := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
TEST_LIB_OBJ := $(TEST_LIB_SRC:%.c=$(BUILD)/%.o)

all: $(BUILD)/audiosync

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/libaudiosync.a: $(LIB_OBJ)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/audiosync: $(CLI_OBJ) $(BUILD)/libaudiosync.a
	$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(BUILD)/tests/%: $(BUILD)/tests/unit/%.o $(TEST_LIB_OBJ) $(BUILD)/libaudiosync.a
	@mkdir -p $(@D)
	$(CC) $(SAN) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) $(shell $(PKG_CONFIG) --libs cmocka)

test: $(UNIT_BIN)
	@for t in $(UNIT_BIN); do $$t || exit 1; done

clean:
	rm -rf $(BUILD)

.PHONY: all test clean
.SECONDARY:
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(UNIT_SRC:%.c=$(BUILD)/%.d)
