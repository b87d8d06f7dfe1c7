# SPDX-License-Identifier: GPL-2.0-only
# "make help" says what there is to make.

VERSION := $(shell cat VERSION)

# The archive of "make dist" has a folder "made", in the form of "build": the skeletons of the BPF programs, the
# manual pages and the completions. So a build of it takes neither clang nor bpftool nor lowdown.
MADE := $(wildcard made)
DOCS := $(or $(MADE),build)

HOST_ARCH := $(patsubst armv7l,arm,$(patsubst aarch64,arm64,$(shell uname -m)))
ARCH ?= $(HOST_ARCH)
override ARCH := $(patsubst aarch64,arm64,$(ARCH))
ARCHES := x86_64 arm64 arm
ifeq ($(filter $(ARCH),$(ARCHES)),)
$(error ARCH=$(ARCH) is unknown; known are $(ARCHES))
endif

CROSS_x86_64 := x86_64-linux-gnu-
CROSS_arm64 := aarch64-linux-gnu-
CROSS_arm := arm-linux-gnueabihf-
# Programs of 32 bits: files and times as everywhere else.
WIDE_arm := -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
# Empty when the machine builds for itself. Not exported: the kernel's makefiles use it, too.
CROSS_COMPILE ?= $(if $(filter-out $(HOST_ARCH),$(ARCH)),$(CROSS_$(ARCH)))

# Where a build goes. arm64 and arm stand for "a board", so a static one for them needs no name of its own.
B := build/$(if $(and $(STATIC),$(filter x86_64,$(ARCH))),static-)$(ARCH)

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
STRIP ?= $(CROSS_COMPILE)strip
CLANG ?= clang
LLVM_STRIP ?= llvm-strip
CLANG_FORMAT ?= clang-format
# Debian puts it where only root looks.
BPFTOOL ?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)

# Compilers of tomorrow find new things to warn of, which is no reason not to build a release.
WERROR ?= $(if $(MADE),,-Werror)
WARNINGS := -Wall -Wextra $(WERROR) -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
# The same bytes, whatever folder the source is in.
NO_PATHS = -ffile-prefix-map=$(CURDIR)=.
CFLAGS ?= $(if $(STATIC),-Os,-O2 -g)
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE $(WIDE_$(ARCH)) -DVERSION='"$(VERSION)"' -pthread $(WARNINGS) \
	$(CFLAGS) $(if $(STATIC),-ffunction-sections -fdata-sections) -Isrc -Iinclude -Ibpf -I$(GEN) $(NO_PATHS) -MMD -MP
# Where tools/setup has unpacked the static libraries for 32-bit ARM.
LIBS_arm := $(or $(RPMSG_GUARD_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/rpmsg-guard)/armhf
# They are for this Makefile's own choice of a compiler; another one has libraries of its own.
ALL_LDFLAGS = -pthread $(if $(filter file,$(origin CC)),$(addprefix \
	-L,$(wildcard $(LIBS_$(ARCH))/usr/lib/$(MULTIARCH)))) $(LDFLAGS) $(if $(STATIC),-static -Wl$(,)--gc-sections)
# What glibc has and musl has in libraries of their own: argp-standalone and musl-fts.
LIBS = -linih -ljson-c -lbpf -lelf -lz -lm $(if $(findstring musl,$(shell $(CC) -dumpmachine)),-largp -lfts)
, := ,

# Any kernel from 5.10 on understands v2; v3 would let the compiler use instructions that the JITs
# of the older ones lack.
BPF_CFLAGS := -target bpf -mcpu=v2 -g -O2 -Wall -Wextra -Werror $(NO_PATHS)
BPF_ARCH_x86_64 := x86
BPF_ARCH_arm64 := arm64
BPF_ARCH_arm := arm

SOURCES := $(wildcard src/*.c src/*/*.c)
OBJECTS := $(SOURCES:src/%.c=$(B)/obj/%.o)
GEN := $(if $(MADE),made/$(ARCH),$(B))/gen
SKELETONS := $(patsubst bpf/%.bpf.c,$(GEN)/%.skel.h,$(wildcard bpf/*.bpf.c))

# The headers of the C library are in one of two places, by where its package comes from.
MULTIARCH = $(shell $(CC) -print-multiarch)

# What compiles $(1) to $(2): compile_commands.json is made of the same lines as the rules.
compile = $(CC) $(ALL_CFLAGS) -c -o $(2) $(1)
compile_bpf = $(CLANG) $(BPF_CFLAGS) -D__TARGET_ARCH_$(BPF_ARCH_$(ARCH)) -Ivmlinux-headers -Iinclude \
	-Ibpf $(foreach d,/usr/include/$(MULTIARCH) /usr/$(MULTIARCH)/include,-idirafter $(d)) \
	-MMD -MP -c -o $(2) $(1)
compile_unit = gcc $(UNIT_CFLAGS) -o $(2) $(1)

# V=1 shows the commands.
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $(2))

# For clangd. Written by the build for this machine only, so that other builds do not change it.
COMMANDS := $(if $(STATIC)$(filter-out $(HOST_ARCH),$(ARCH)),,compile_commands.json)

all: $(B)/rpmsg-guard $(COMMANDS)

help:
	@echo 'make                          build/<arch>/rpmsg-guard for this machine, and'
	@echo '                              compile_commands.json for clangd'
	@echo 'make ARCH=arm64 STATIC=1      build/arm64/rpmsg-guard for a board: one static file'
	@echo 'make ARCH=arm STATIC=1        build/arm/rpmsg-guard, the same for 32-bit ARM (hard float)'
	@echo 'make STATIC=1                 build/static-x86_64/rpmsg-guard'
	@echo 'make kmod KDIR=<tree> [ARCH=arm64 CROSS_COMPILE=<prefix>] [OUT=<folder>]'
	@echo '                              the module rpmsg_guard_allow.ko for a kernel,'
	@echo '                              by default in build/kmod-<arch>'
	@echo 'make -C kmod [KDIR=<tree>] [modules|modules_install|clean]  the same, as other modules do it'
	@echo 'make install-dkms [DESTDIR=]  the module as source, for DKMS'
	@echo 'make man completions          manual pages and completions of shells; installed where they are'
	@echo 'make install [DESTDIR= PREFIX=/usr/local], make uninstall'
	@echo 'make dist [DIRTY=1]           source archive, static programs and recipes, in build/dist'
	@echo 'make demo                     the panic without the guard, and the same stop with the guard'
	@echo 'make test                     unit tests, models, then all scenarios in VMs'
	@echo '                              (VM_ARGS="--kernel K PATTERN" picks some)'
	@echo 'make test-smoke [KERNEL=<name>]  the scenarios of tests/vm/smoke on every kernel, and a table'
	@echo 'make test-all [KERNEL=<name>] every scenario on every kernel that can run it (hours); REMAINING=1'
	@echo '                              goes on with a run that was ended'
	@echo 'make unit                     only the unit tests'
	@echo 'make packages-check           only the checks of packages (tests/packaging)'
	@echo 'make boot-check               boot the Debian packages in VMs, with systemd and OpenRC'
	@echo 'make model                    only the models of the races, checked with spin'
	@echo 'make browser                  check the HTML reports in a real browser'
	@echo 'make soak [SECONDS=600 SEED= WITHOUT=1] a random mix of stops, loads and faults, in VMs'
	@echo 'make fuzz [SECONDS=60]        look for input on which "decode" or "report" fails'
	@echo 'make fuzz-blind [SECONDS=60]  the same without sanitizers, many times as fast'
	@echo 'make lint                     clang-format, cppcheck; checks that the kernel patches apply'
	@echo 'make format                   format the sources with clang-format'
	@echo 'make setup                    install the Debian packages that these targets need'
	@echo 'make test-binaries            the program, and rpmsg-guard-test with the hooks of tests/hooks'
	@echo 'make load                     the load generators of the tests'
	@echo 'make callers                  the programs of the tests that stop in unusual ways'
	@echo 'make attackers                the programs of the tests that attack the guard'
	@echo 'make bench-programs [KERNEL=<name>] everything that tools/bench needs'
	@echo 'make bench-check              does a send cost more instructions than the baseline says?'
	@echo 'make tracers                  the program of the tests that traces functions which the guard overrides'
	@echo 'make test-kmods KERNEL=<name> the modules of the tests for a kernel of tools/vm/kernels'
	@echo 'make clean'

# ---- the program ----

# Changes when the way to compile does, so that CFLAGS or STATIC given once are not kept for ever.
FLAGS = $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@

$(B)/rpmsg-guard $(B)/rpmsg-guard-test: $(OBJECTS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)
	$(if $(STATIC),$(Q)$(STRIP) $@)

$(B)/obj/%.o: src/%.c $(B)/flags | $(SKELETONS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(call compile,$<,$@)

# The same program with the hooks of src/system/test_hooks.h, for the scenarios that step in.
test-binaries: $(B)/rpmsg-guard $(B)/rpmsg-guard-test

$(B)/rpmsg-guard-test: $(B)/obj/hooks.o

$(B)/obj/hooks.o: tests/hooks/hooks.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

skeletons: $(SKELETONS)

# DWARF is of no use to the kernel; BTF stays.
$(B)/gen/%.bpf.o: bpf/%.bpf.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(call compile_bpf,$<,$@)
	$(Q)$(LLVM_STRIP) -g $@

$(B)/gen/%.skel.h: $(B)/gen/%.bpf.o
	$(call say,SKELETON,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $(subst .bpf.o,,$(<F))_bpf >$@.new
	$(Q)mv $@.new $@

# Written anew when it would be another one. A make that this one calls may write it at the same time,
# so each has a file of its own until it is complete.
json = "$(subst ",\",$(subst \,\\,$(1)))"
entry = {"directory": $(call json,$(CURDIR)), "file": "$(1)", "command": $(call json,$(2))}
define newline


endef
define commands
[
$(subst } {,}$(,)$(newline){,$(strip \
	$(foreach s,$(SOURCES),$(call entry,$(s),$(call compile,$(s),$(s:src/%.c=$(B)/obj/%.o)))) \
	$(foreach s,$(wildcard bpf/*.bpf.c),$(call \
		entry,$(s),$(call compile_bpf,$(s),$(s:bpf/%.c=$(B)/gen/%.o)))) \
	$(foreach t,$(UNIT_TESTS),$(call \
		entry,$(t:$(U)/%=tests/unit/%.c),$(call compile_unit,$(t:$(U)/%=tests/unit/%.c),$(t))))))
]
endef

compile_commands.json: FORCE | $(B)/flags
	$(file >$(B)/commands.$(MAKELEVEL),$(commands))
	@cmp -s $(B)/commands.$(MAKELEVEL) $@ || mv $(B)/commands.$(MAKELEVEL) $@

# ---- modules ----

# Kbuild puts objects next to their sources, so it is given a copy: the checkout stays clean and serves several
# kernels at a time.
KMOD_FILES := $(addprefix kmod/,Kbuild Makefile rpmsg_guard_allow.c)
kmod: OUT ?= build/kmod-$(ARCH)
kmod:
	@mkdir -p $(OUT)/build-allow
	@cp -u $(KMOD_FILES) $(OUT)/build-allow/
	+@$(MAKE) -s -C $(OUT)/build-allow $(if $(KDIR),KDIR=$(abspath $(KDIR))) \
		ARCH=$(ARCH) $(if $(CROSS_COMPILE),CROSS_COMPILE=$(CROSS_COMPILE)) modules
	@cp $(OUT)/build-allow/rpmsg_guard_allow.ko $(OUT)/
	@echo '$(OUT)/rpmsg_guard_allow.ko'

# Where DKMS looks for sources.
DKMSDIR ?= /usr/src/rpmsg-guard-allow-$(VERSION)
install-dkms:
	install -d $(DESTDIR)$(DKMSDIR)
	install -m 644 $(KMOD_FILES) $(DESTDIR)$(DKMSDIR)
	sed 's/#MODULE_VERSION#/$(VERSION)/' kmod/dkms.conf | install -m 644 /dev/stdin $(DESTDIR)$(DKMSDIR)/dkms.conf

# ---- tests, benchmarks, fuzzers ----

include tests/tests.mk

setup:
	tools/setup --quiet

demo:
	@tools/demo

LINTED := $(wildcard src/*.[ch] src/*/*.[ch] bpf/*.[ch] include/*/*.h vmlinux-headers/*.h kmod/rpmsg_guard_allow.c \
	tests/unit/*.[ch] tests/fuzz/*.c tests/hooks/*.c tests/load/*.[ch] tests/callers/*.[ch] \
	tests/tracers/*.c tests/security/attacker/*.[ch] tests/kmod/*.[ch] tools/bench/*.c \
	tests/kmod/*/*.[ch])

format:
	@$(CLANG_FORMAT) -i $(LINTED)

lint: $(SKELETONS) man
	mandoc -Tlint -W error $(DOCS)/man/*
	@$(CLANG_FORMAT) --dry-run -Werror $(LINTED)
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--error-exitcode=1 -Isrc -Iinclude -Ibpf -D_GNU_SOURCE -D__x86_64__ -DVERSION='""' \
		--suppress=missingInclude src tests/unit tests/fuzz tests/load tests/callers \
		tests/tracers tests/security/attacker tests/hooks
	tests/hooks/check build/$(HOST_ARCH)/rpmsg-guard
	tests/vm/patches

# ---- the rest ----

# Of what the program says of itself, so for any board by that of this machine.
HOST_PROGRAM := build/$(HOST_ARCH)/rpmsg-guard
man completions: $(if $(MADE),,$(HOST_PROGRAM))
	$(if $(MADE),@:,tools/$@ $< build/$@)

ifneq ($(B)/rpmsg-guard,$(HOST_PROGRAM))
$(HOST_PROGRAM): FORCE
	+@$(MAKE) --no-print-directory ARCH=$(HOST_ARCH) STATIC= $@
endif

# The source, programs for boards and recipes, in build/dist.
dist:
	+@tools/package/dist

include packaging/install.mk

clean:
	rm -rf build compile_commands.json

-include $(OBJECTS:.o=.d) $(B)/obj/hooks.d $(wildcard $(B)/gen/*.d)

.PHONY: all help kmod install-dkms test-binaries setup demo format lint man completions dist skeletons clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:
