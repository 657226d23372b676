# GNU make.  `make` builds, `make test` checks it in a few minutes, `make install` installs it.
#
#	make BUILD=build-asan SANITIZE=1 test	the same tests under AddressSanitizer and UBSan
#	make BUILD=build-clang CC=clang test	with clang
#	make CFLAGS='-O0 -g'			flags may be changed at any time: what depends on them is built again
#
# Nothing is listed by hand.  These are found by their names:
#
#	common/FOLDER/*.c	the library			tests/unit/*.c		programs that print TAP
#	tools/smpc-*.c		one tool each			tests/fuzz/*.c		fuzz targets (replay.c runs a corpus)
#	man/*.[1-9]		manual pages			tests/bench/*.c		programs for benches
#	tests/*.bats		tests				tests/preload/*.c	libraries for LD_PRELOAD
#	tests/slow, tests/bench	run by their own `run`

VERSION = 0.1.0

PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
MANDIR = $(PREFIX)/share/man
COMPLETIONDIR = $(PREFIX)/share/bash-completion/completions
INSTALL = install

# SANITIZE=1 means address and undefined; anything else is given to the compiler as it is (SANITIZE=thread).
SANITIZE =
BUILD ?= $(if $(SANITIZE),build-asan,build)
FUZZ_SECONDS = 60
ifndef JOBS
JOBS := $(shell nproc 2>/dev/null || echo 2)
endif

CFLAGS = $(if $(SANITIZE),-O1 -g,-O2 -g)
CPPFLAGS =
LDFLAGS =
WERROR = -Werror
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2 -Wno-format-nonliteral -Wundef -Wvla $(WERROR)

# --- Flags.

PKG_CONFIG = pkg-config
PACKAGES = libsodium jansson
ifneq ($(filter-out clean uninstall,$(or $(MAKECMDGOALS),all)),)
ifneq ($(shell $(PKG_CONFIG) --exists $(PACKAGES) && echo yes),yes)
$(error pkg-config does not find $(PACKAGES): install the packages that README.md names)
endif
endif
# A tool that uses no BLAS is not linked with it, thanks to --as-needed; so OpenBLAS may be missing until one does.
PACKAGE_FLAGS := $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags $(PACKAGES); \
	$(PKG_CONFIG) --cflags openblas 2>/dev/null))
PACKAGE_LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES); $(PKG_CONFIG) --libs openblas 2>/dev/null)

comma := ,
sanitizers = $(if $(filter 1,$(SANITIZE)),address$(comma)undefined,$(SANITIZE))
sanitize = $(if $(SANITIZE),-fsanitize=$(sanitizers) -fno-sanitize-recover=all -fno-omit-frame-pointer)
optimized = $(filter-out -O0,$(filter -O%,$(CFLAGS)))
fortify = $(if $(SANITIZE),,$(if $(optimized),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2))

all_cppflags = -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -DSMPC_VERSION='"$(VERSION)"' -Icommon \
	$(PACKAGE_FLAGS) $(CPPFLAGS)
all_cflags = $(WARNINGS) -pthread -fPIE -fstack-protector-strong $(fortify) $(sanitize) $(CFLAGS)
all_ldflags = -pthread -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(sanitize) $(LDFLAGS)
all_ldlibs = $(PACKAGE_LIBS) -lm

# --- Files.

LIB_SRC := $(sort $(wildcard common/*/*.c))
TOOL_SRC := $(sort $(wildcard tools/smpc.c tools/smpc-*.c))
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
FUZZ_SRC := $(filter-out tests/fuzz/replay.c,$(sort $(wildcard tests/fuzz/*.c)))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
PRELOAD_SRC := $(sort $(wildcard tests/preload/*.c))
MAN := $(sort $(wildcard man/*.[1-9]))
BATS := $(sort $(wildcard tests/*.bats))
HEADERS := $(sort $(wildcard common/*/*.h tests/unit/*.h tests/fuzz/*.h))
SOURCES := $(LIB_SRC) $(TOOL_SRC) $(UNIT_SRC) $(FUZZ_SRC) $(BENCH_SRC) $(PRELOAD_SRC) $(wildcard tests/fuzz/replay.c)

LIB := $(BUILD)/lib/libsmpc.a
# The engine by itself: what knows neither files nor sockets, and the unit programs that need nothing else.
ENGINE := base ring crypto mpc func nn
ENGINE_LIB := $(BUILD)/lib/libengine.a
ENGINE_SRC := $(filter $(ENGINE:%=common/%/%),$(LIB_SRC))
ENGINE_UNIT_SRC := $(filter %.c,$(shell grep -LE '"((table|data|local|net|agent|joint|cli)/|carrier_pair\.h)' $(UNIT_SRC) /dev/null))
TOOLS := $(TOOL_SRC:tools/%.c=$(BUILD)/bin/%)
TOOL_NAMES := $(TOOL_SRC:tools/%.c=%)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
BENCHES := $(BENCH_SRC:tests/bench/%.c=$(BUILD)/bench/%)
PRELOADS := $(PRELOAD_SRC:tests/preload/%.c=$(BUILD)/preload/%.so)
FUZZERS := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
REPLAYS := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/replay/%)

object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

# --- Building.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.PHONY: all units replays fuzzers benches fuzz_objects test check-slow valgrind bench lint syntax replay_src fuzz mutants install uninstall clean FORCE
.SECONDARY:

ifdef V
say =
else
say = @echo '  $(1)	$@';
endif

all: $(LIB) $(TOOLS) $(if $(TOOLS),$(BUILD)/man)
units: $(UNITS) $(PRELOADS)
replays: $(REPLAYS)
fuzzers: $(FUZZERS)
benches: $(BENCHES)
fuzz_objects: $(call object,$(FUZZ_SRC))

# Written only when its text changes, so that what depends on it is built again exactly then.
define stamp
@mkdir -p $(@D)
@printf '%s\n' "$$STAMP" | cmp -s - $@ || printf '%s\n' "$$STAMP" >$@
endef

$(BUILD)/flags: export STAMP = $(CC) $(all_cppflags) $(all_cflags)
$(BUILD)/flags: FORCE
	$(stamp)

$(BUILD)/ldflags: export STAMP = $(CC) $(all_ldflags) $(all_ldlibs)
$(BUILD)/ldflags: FORCE
	$(stamp)

$(BUILD)/lib/objects: export STAMP = $(LIB_SRC)
$(BUILD)/lib/objects: FORCE
	$(stamp)

$(BUILD)/manuals: export STAMP = $(MANDIR) $(MAN) $(TOOL_NAMES)
$(BUILD)/manuals: FORCE
	$(stamp)

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(all_cppflags) $(all_cflags) -MMD -MP -c -o $@ $<

$(LIB): $(call object,$(LIB_SRC)) $(BUILD)/lib/objects
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(ENGINE_LIB): $(call object,$(ENGINE_SRC)) $(BUILD)/lib/objects
	$(call say,AR)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

define link
@mkdir -p $(@D)
$(call say,LD)$(CC) $(all_cflags) $(all_ldflags) $(1) -o $@ $(filter %.o %.a,$^) $(all_ldlibs)
endef

$(BUILD)/bin/%: $(BUILD)/obj/tools/%.o $(LIB) $(BUILD)/ldflags
	$(call link)

# What smpc(1) knows of the manuals, and where it finds them before they are installed.
$(BUILD)/gen/completion.bash: tools/completion.bash $(BUILD)/manuals
	@mkdir -p $(@D)
	@{ cat $< && printf '%s\n' '' '_smpc_tools=($(filter-out smpc,$(TOOL_NAMES:smpc-%=%)))' \
		'_smpc_pages=($(sort $(patsubst smpc-%,%,$(basename $(notdir $(MAN))))))' \
		'complete -F _smpc $(TOOL_NAMES)'; } >$@

$(BUILD)/gen/manuals.c: tools/manuals.awk $(BUILD)/gen/completion.bash $(MAN) $(BUILD)/manuals
	$(call say,GEN)awk -v directory='$(MANDIR)' -f $(filter %.awk %.bash,$^) $(MAN) >$@

$(BUILD)/obj/manuals.o: $(BUILD)/gen/manuals.c common/cli/manuals.h $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(all_cppflags) $(all_cflags) -c -o $@ $<

$(BUILD)/bin/smpc: $(BUILD)/obj/manuals.o

$(BUILD)/man:
	@mkdir -p $(@D) && ln -sfnr man $@

$(ENGINE_UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%): $(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(ENGINE_LIB) $(BUILD)/ldflags
	$(call link)

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIB) $(BUILD)/ldflags
	$(call link)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(LIB) $(BUILD)/ldflags
	$(call link)

# They go into other programs, without what those are checked by.
$(BUILD)/preload/%.so: tests/preload/%.c $(wildcard tests/preload/*.h) $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(all_cppflags) $(filter-out -fPIE $(sanitize),$(all_cflags)) -fPIC -shared -o $@ $< -ldl

$(BUILD)/replay/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/replay.o $(LIB) $(BUILD)/ldflags
	$(call link)

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(LIB) $(BUILD)/ldflags
	$(call link,-fsanitize=fuzzer)

-include $(patsubst %.o,%.d,$(call object,$(SOURCES)))

# --- Testing.

export BUILD SANITIZE JOBS FUZZ_SECONDS

# Replaying a corpus is worth little without the sanitizers.
replay_build = $(if $(SANITIZE),$(BUILD),$(BUILD)-asan)
replay = $(MAKE) --no-print-directory BUILD=$(replay_build) SANITIZE=$(or $(SANITIZE),1)
# Of the library, what the linker takes for the fuzz targets is compiled with sanitizers, and nothing else.
taken = $(shell tests/fuzz/members $(LIB) $(FUZZ_SRC:%.c=$(replay_build)/obj/%.o))
replay_src = $(foreach t,$(taken),$(filter %/$(t).c,$(LIB_SRC)))
# These run nothing that was built.
UNBUILT := tests/lint.bats tests/series.bats tests/vectors.bats
tests = $(if $(SANITIZE),$(filter-out $(UNBUILT),$(BATS)),$(BATS)) \
	$(if $(UNIT_SRC),$(unit_files:%=$(BUILD)/tests/unit-%.bats)) $(if $(FUZZ_SRC),$(BUILD)/tests/fuzz-1.bats)
# A file has a time to end in, and files run side by side.
unit_files := 1 2 3 4 5

test: all units
	@+$(if $(FUZZ_SRC),$(replay) fuzz_objects)
	@+$(if $(FUZZ_SRC),$(replay) replays $(if $(SANITIZE),,LIB_SRC="$$($(MAKE) -s replay_src)"))
	@$(if $(UNIT_SRC),tests/generate unit $(words $(unit_files)) $(UNIT_SRC))
	@$(if $(FUZZ_SRC),REPLAY=$(replay_build)/replay tests/generate fuzz 1 $(FUZZ_SRC))
	@tests/run $(tests)

lint: all units
	@tests/run -g lint tests/lint.bats tests/slow/shellcheck.bats

replay_src:
	@echo $(sort $(replay_src))

# What must hold for every file by itself: it compiles under $(CC), headers alone too.  Left out is what $(CC) compiles
# anyway: the library, tools and unit programs, where it has built them, and headers that a source begins with.
real = $(realpath $(shell command -v $(1)))
built = $(if $(filter $(call real,$(CC)),$(call real,$(firstword $(shell cat $(BUILD)/flags 2>/dev/null)))), \
	$(foreach s,$(LIB_SRC) $(TOOL_SRC) $(UNIT_SRC),$(if $(wildcard $(call object,$(s))),$(s))))
hash := \#
heads = $(shell awk '/^$(hash)/ { if (/^$(hash)include "/) print substr($$2, 2, length($$2) - 2); nextfile }' $(SOURCES))
syntax:
	@printf '%s\n' $(filter-out $(built),$(SOURCES)) | \
		tests/lint/compile $(CC) $(all_cppflags) $(all_cflags) -fsyntax-only
	@printf '%s\n' $(filter-out $(addprefix common/,$(heads)) $(addprefix tests/unit/,$(heads)),$(HEADERS)) | \
		xargs -r -P $(JOBS) -I{} $(CC) $(all_cppflags) $(all_cflags) -fsyntax-only -include {} tests/lint/unit.c

check-slow: all units benches
	@tests/slow/run

# Part of check-slow.  MUTANTS: options of tests/python/mutants.py, such as --count 20 or --security=ledger.
mutants:
	@tests/slow/mutants.sh $(MUTANTS)

valgrind: units
	@tests/lint/valgrind $(UNITS) || [ $$? -eq 77 ]

bench: all benches
	@tests/bench/run

fuzz:
	@$(MAKE) --no-print-directory BUILD=build-fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined fuzzers
	@BUILD=build-fuzz tests/fuzz/run $(FUZZ_SRC)

# --- Installing.

install: all
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(COMPLETIONDIR) \
		$(foreach s,$(sort $(subst .,,$(suffix $(MAN)))),$(DESTDIR)$(MANDIR)/man$(s))
	$(if $(TOOLS),$(INSTALL) -m 755 $(TOOLS) $(DESTDIR)$(BINDIR))
	$(if $(TOOLS),$(INSTALL) -m 644 $(BUILD)/gen/completion.bash $(DESTDIR)$(COMPLETIONDIR)/smpc)
	$(foreach t,$(filter-out smpc,$(TOOL_NAMES)),ln -sf smpc $(DESTDIR)$(COMPLETIONDIR)/$(t) &&) :
	$(foreach m,$(MAN),$(INSTALL) -m 644 $(m) $(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(m)))/ &&) :

uninstall:
	rm -f $(TOOL_NAMES:%=$(DESTDIR)$(BINDIR)/%) $(TOOL_NAMES:%=$(DESTDIR)$(COMPLETIONDIR)/%) \
		$(foreach m,$(MAN),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))

clean:
	rm -rf build build-*
