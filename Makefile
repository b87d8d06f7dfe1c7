# SPDX-License-Identifier: GPL-2.0-only
# "make help" says what there is to make.

VERSION := 0.1.0

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

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
UNITDIR ?= /lib/systemd/system

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
CFLAGS ?= $(if $(STATIC),-Os,-O2 -g)
ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE $(WIDE_$(ARCH)) -DVERSION='"$(VERSION)"' -pthread $(WARNINGS) \
	$(CFLAGS) $(if $(STATIC),-ffunction-sections -fdata-sections) -Isrc -Iinclude -Ibpf -I$(B)/gen -MMD -MP
# Where tools/setup has unpacked the static libraries for 32-bit ARM.
LIBS_arm := $(or $(RPMSG_GUARD_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/rpmsg-guard)/armhf
ALL_LDFLAGS = -pthread $(addprefix -L,$(wildcard $(LIBS_$(ARCH))/usr/lib/$(MULTIARCH))) $(LDFLAGS) \
	$(if $(STATIC),-static -Wl$(,)--gc-sections)
LIBS := -linih -ljson-c -lbpf -lelf -lz -lm
, := ,

# Any kernel from 5.10 on understands v2; v3 would let the compiler use instructions that the JITs
# of the older ones lack.
BPF_CFLAGS := -target bpf -mcpu=v2 -g -O2 -Wall -Wextra -Werror
BPF_ARCH_x86_64 := x86
BPF_ARCH_arm64 := arm64
BPF_ARCH_arm := arm

SOURCES := $(wildcard src/*.c src/*/*.c)
OBJECTS := $(SOURCES:src/%.c=$(B)/obj/%.o)
SKELETONS := $(patsubst bpf/%.bpf.c,$(B)/gen/%.skel.h,$(wildcard bpf/*.bpf.c))

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
	@echo 'make man                      the manual pages, in build/man; installed where they are'
	@echo 'make install [DESTDIR= PREFIX=/usr/local]'
	@echo 'make demo                     the panic without the guard, and the same stop with the guard'
	@echo 'make test                     unit tests, models, then all scenarios in VMs'
	@echo '                              (VM_ARGS="--kernel K PATTERN" picks some)'
	@echo 'make test-smoke [KERNEL=<name>]  the scenarios of tests/vm/smoke on every kernel, and a table'
	@echo 'make test-all [KERNEL=<name>] every scenario on every kernel that can run it (hours)'
	@echo 'make unit                     only the unit tests'
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

kmod: OUT ?= build/kmod-$(ARCH)
kmod:
	+@$(MAKE) -s -f kmod/Makefile KDIR='$(KDIR)' OUT='$(OUT)' \
		ARCH=$(ARCH) $(if $(CROSS_COMPILE),CROSS_COMPILE=$(CROSS_COMPILE))
	@echo '$(OUT)/rpmsg_guard_allow.ko'

VM_KERNELS := $(shell sed -n 's/^\([^\# ][^ ]*\).*/\1/p' tools/vm/kernels)

# The kernel's architecture comes from the list; a cross compiler only if it is not this machine's.
kernel_arch = $(shell sed -n 's/^$(1)  *[^ ]*  *\([^ ]*\).*/\1/p' tools/vm/kernels)
kernel_args = ARCH=$(call kernel_arch,$(1)) \
	$(if $(filter-out $(HOST_ARCH),$(call kernel_arch,$(1))),CROSS_COMPILE=$(CROSS_$(call kernel_arch,$(1))))

test-kmods: test-kmods-$(KERNEL)
test-kmods-:
	$(error say KERNEL=<name>; known are $(VM_KERNELS))

$(VM_KERNELS:%=test-kmods-%): test-kmods-%:
	$(call say,MODULES,$*)
	+@set -e; k=$$(tools/vm/kernel $*); out=$(CURDIR)/build/kmod/$*; mkdir -p $$out; \
	$(MAKE) -s -C tests/kmod KDIR=$$k/build OUT=$$out $(call kernel_args,$*); \
	$(MAKE) -s -f kmod/Makefile KDIR=$$k/build OUT=$$out $(call kernel_args,$*)

# ---- tests ----

LOAD_SOURCES := $(wildcard tests/load/*.c)

load: $(ARCHES:%=build/load/%/rpmsg-load)

build/load/%/rpmsg-load: $(LOAD_SOURCES) $(wildcard tests/load/*.h)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(if $(filter-out $(HOST_ARCH),$*),$(CROSS_$*))gcc -std=gnu11 -D_GNU_SOURCE $(WIDE_$*) -O2 -s -static \
		-pthread $(WARNINGS) -o $@ $(LOAD_SOURCES)

# What tools/bench compares the guard's hooks with, and what it times with. The programs for the kernel look
# at no register, so they are the same for all.
BENCH_TOOLS := $(foreach a,$(ARCHES),build/bench-tools/$(a)/bench-hooks build/bench-tools/$(a)/bench-times)
bench-tools: $(BENCH_TOOLS)

build/bench-tools/hooks.bpf.o: tools/bench/hooks.bpf.c
	@mkdir -p $(@D)
	$(call say,BPF,$@)
	$(Q)$(call compile_bpf,$<,$@)
	$(Q)$(LLVM_STRIP) -g $@

build/bench-tools/hooks.skel.h: build/bench-tools/hooks.bpf.o
	$(call say,SKELETON,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name hooks_bpf >$@

compile_bench = $(if $(filter-out $(HOST_ARCH),$*),$(CROSS_$*))gcc -std=gnu11 -D_GNU_SOURCE $(WIDE_$*) -O2 \
	-s -static $(WARNINGS) -Ibuild/bench-tools -o $@ $<

build/bench-tools/%/bench-hooks: tools/bench/hooks.c build/bench-tools/hooks.skel.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(compile_bench) $(addprefix -L,$(if $(filter arm,$*),$(wildcard $(LIBS_arm)/usr/lib/*))) \
		-pthread -lbpf -lelf -lz

build/bench-tools/%/bench-times: tools/bench/times.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(compile_bench)

# All that tools/bench takes.
BENCH_KERNELS := $(or $(KERNEL),x86_64-6.1 arm64-5.10)
bench-programs: load bench-tools
	+@set -e; for a in $(sort $(foreach k,$(BENCH_KERNELS),$(call kernel_arch,$k))); do \
	$(MAKE) --no-print-directory ARCH=$$a STATIC=1; done
	+@$(MAKE) --no-print-directory $(BENCH_KERNELS:%=test-kmods-%)

# Whether a send costs what tools/bench/baseline says, in instructions.
bench-check: bench-programs
	tools/bench/check

CALLER_SOURCES := $(wildcard tests/callers/*.c)
CALLER_CFLAGS := -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -O2 -s -static -pthread $(WARNINGS)
# What a process that means harm does, for tests/security.
ATTACKER_SOURCES := $(wildcard tests/security/attacker/*.c)

attackers: $(foreach a,$(ARCHES),build/attackers/$(a)/rpmsg-attacker build/attackers/$(a)/calls)

build/attackers/%/rpmsg-attacker: $(ATTACKER_SOURCES) tests/security/attacker/attacker.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(if $(filter-out $(HOST_ARCH),$*),$(CROSS_$*))gcc $(CALLER_CFLAGS) -o $@ $(ATTACKER_SOURCES)

# The system calls that the unit of systemd allows.
build/attackers/%/calls: packaging/systemd/rpmsg-guard.service tests/security/allowed_calls
	@mkdir -p $(@D)
	$(call say,CALLS,$@)
	$(Q)tests/security/allowed_calls $< $(if $(filter-out $(HOST_ARCH),$*),$(CROSS_$*))gcc >$@

# Another program's BPF trampoline. Only for x86_64: 32-bit ARM has none, arm64 since 6.4.
tracers: build/tracers/x86_64/rpmsg-tracer

build/tracers/x86_64/rpmsg-tracer: tests/tracers/tracer.c
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(if $(filter-out $(HOST_ARCH),x86_64),$(CROSS_x86_64))gcc $(CALLER_CFLAGS) -o $@ $< -lbpf -lelf -lz

# What 32-bit programs of the architectures are compiled with; for arm it is the same program twice.
CROSS_32_x86_64 := i686-linux-gnu-
CROSS_32_arm64 := arm-linux-gnueabihf-
CROSS_32_arm := arm-linux-gnueabihf-

callers: $(foreach a,$(ARCHES),build/callers/$(a)/rpmsg-caller build/callers/$(a)/rpmsg-caller-32) \
	build/callers/tools

build/callers/%/rpmsg-caller: $(CALLER_SOURCES) tests/callers/callers.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(if $(filter-out $(HOST_ARCH),$*),$(CROSS_$*))gcc $(CALLER_CFLAGS) -o $@ $(CALLER_SOURCES)

build/callers/%/rpmsg-caller-32: $(CALLER_SOURCES) tests/callers/callers.h
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CROSS_32_$*)gcc $(CALLER_CFLAGS) -o $@ $(CALLER_SOURCES)

# sudo and Python as this machine has them, with all they take.
build/callers/tools: tests/callers/stage
	$(call say,STAGE,$@)
	$(Q)tests/callers/stage $@

# The whole program but main(), with sanitizers, for the unit tests to take from.
U := build/unit
UNIT_CFLAGS := -std=gnu11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -pthread $(WARNINGS) -O1 -g \
	-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	-Isrc -Iinclude -Ibpf -Ibuild/$(HOST_ARCH)/gen -MMD -MP
UNIT_OBJECTS := $(patsubst src/%.c,$(U)/obj/%.o,$(filter-out src/main.c,$(SOURCES)))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(U)/%,$(wildcard tests/unit/test_*.c))
UNIT_SKELETONS := $(SKELETONS:$(B)/%=build/$(HOST_ARCH)/%)

unit: unit-tests
	tests/run --unit

# Where clang has no runtime for it, the corpus is not run.
FUZZER := $(wildcard $(shell $(CLANG) -print-runtime-dir)/libclang_rt.fuzzer-*.a)
unit-tests: $(UNIT_TESTS) $(if $(FUZZER),build/fuzz/oops build/fuzz/episode)

model:
	tests/model/run

browser: all
	tools/setup --quiet browser
	tests/browser/run

# The kernels that a soak runs on by default; KERNEL=<name> picks one. WITHOUT=1 leaves out the guard.
SOAK_KERNELS := $(or $(KERNEL),$(if $(WITHOUT),x86_64-6.1-fixed,x86_64-6.1-kasan arm64-5.10))
soak: setup
	+$(MAKE) load
	+$(MAKE) ARCH=x86_64 STATIC=1
	+$(MAKE) ARCH=arm64 STATIC=1
	+$(MAKE) $(SOAK_KERNELS:%=test-kmods-%)
	tests/soak/run $(SOAK_KERNELS:%=--kernel %) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(WITHOUT),--without)

$(U)/obj/%.o: src/%.c | $(UNIT_SKELETONS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)gcc $(UNIT_CFLAGS) -c -o $@ $<

$(U)/all.a: $(UNIT_OBJECTS)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(filter-out $(U)/test_threads,$(UNIT_TESTS)): $(U)/%: tests/unit/%.c $(U)/all.a $(wildcard tests/unit/*.h)
	$(call say,CC,$@)
	$(Q)$(call compile_unit,$<,$@) $(U)/all.a -lcmocka $(LIBS)

# Only what it takes, with the sanitizer that knows threads.
THREADED := $(wildcard src/kernel_side/hooks.c src/kernel_side/home.c src/kernel_side/demand.c \
	src/kernel_side/senders_before.c src/kernel_side/event.c \
	src/log/*.c src/system/files.c src/system/sleep.c src/system/task.c src/system/walk.c)

$(U)/test_threads: tests/unit/test_threads.c $(THREADED) $(wildcard src/kernel_side/*.h) | $(UNIT_SKELETONS)
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)gcc $(filter-out -MMD -MP,$(subst address$(,)undefined,thread,$(UNIT_CFLAGS))) -o $@ \
		$(filter %.c,$^) -lcmocka $(LIBS)

FUZZERS := build/fuzz/oops build/fuzz/episode
FUZZ_OOPS := $(wildcard src/oops/*.c) src/commands/verdict.c src/log/printable.c
FUZZ_EPISODE := $(filter-out src/timeline/store% src/timeline/lines.c,$(wildcard src/timeline/*.c)) \
	src/html/page.c src/log/json_write.c src/log/printable.c
SECONDS ?= 60

build/fuzz/oops: tests/fuzz/oops.c $(FUZZ_OOPS) $(wildcard src/oops/*.h) src/commands/verdict.h
build/fuzz/episode: tests/fuzz/episode.c $(FUZZ_EPISODE) $(wildcard src/timeline/*.h src/html/*.h)

$(FUZZERS):
	@mkdir -p $(@D)
	$(call say,FUZZER,$@)
	$(Q)$(CLANG) -std=gnu11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -O1 -g -Isrc $(WARNINGS) \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ \
		$(filter %.c,$^) -ljson-c -lm

# The same targets without instrumentation, for many more inputs in the same time: see tests/fuzz/blind.c.
BLIND := build/fuzz/blind-oops build/fuzz/blind-episode

build/fuzz/blind-oops: tests/fuzz/blind.c tests/fuzz/oops.c $(FUZZ_OOPS)
build/fuzz/blind-episode: tests/fuzz/blind.c tests/fuzz/episode.c $(FUZZ_EPISODE)

$(BLIND):
	@mkdir -p $(@D)
	$(call say,FUZZER,$@)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -O3 -march=native -g -Isrc $(WARNINGS) \
		-o $@ $(filter %.c,$^) -ljson-c -lm

fuzz-blind: $(BLIND:build/fuzz/blind-%=fuzz-blind-%)

fuzz-blind-%: build/fuzz/blind-%
	cd build/fuzz && ./blind-$* ../../tests/fuzz/corpus/$* $(SECONDS)

# What it finds new is put into the corpus; "git status" shows it.
fuzz: $(FUZZERS:build/fuzz/%=fuzz-%)

fuzz-%: build/fuzz/%
	@mkdir -p tests/fuzz/corpus/$*
	$< -max_total_time=$(SECONDS) -max_len=4096 -timeout=10 -print_final_stats=1 \
		-artifact_prefix=build/fuzz/ $(patsubst %,-dict=%,$(wildcard tests/fuzz/$*.dict)) \
		tests/fuzz/corpus/$*

test: setup test-modules
	tests/run $(VM_ARGS)

# Only for the kernels that the cases take.
test-modules: test-programs
	+@set -e; kernels=$$(tests/vm/run --kernels $(VM_ARGS)); \
	$(MAKE) --no-print-directory $$(printf 'test-kmods-%s ' $$kernels)

# Every kernel that is built, or one. The table is printed whatever has failed.
test-smoke test-all: VM_ARGS := $(KERNEL:%=--kernel %) -j $(shell nproc)
test-smoke: override VM_ARGS += --smoke
test-all: override VM_ARGS += --all
test-smoke test-all: setup test-modules
	tests/vm/run $(VM_ARGS); status=$$?; tests/vm/table; exit $$status

# What runs in the VMs. Each is a build of its own, with its own variables.
test-programs: unit-tests load callers attackers tracers bench-tools
	+$(MAKE) ARCH=x86_64 STATIC=1 test-binaries
	+$(MAKE) ARCH=arm64 STATIC=1 test-binaries
	+$(MAKE) ARCH=arm STATIC=1 test-binaries
	tests/hooks/check build/static-x86_64/rpmsg-guard build/arm64/rpmsg-guard build/arm/rpmsg-guard

setup:
	tools/setup --quiet

demo:
	@tools/demo

LINTED := $(wildcard src/*.[ch] src/*/*.[ch] bpf/*.[ch] include/*/*.h vmlinux-headers/*.h kmod/*.c \
	tests/unit/*.[ch] tests/fuzz/*.c tests/hooks/*.c tests/load/*.[ch] tests/callers/*.[ch] \
	tests/tracers/*.c tests/security/attacker/*.[ch] tests/kmod/*.[ch] tools/bench/*.c \
	tests/kmod/*/*.[ch])

format:
	@$(CLANG_FORMAT) -i $(LINTED)

lint: $(SKELETONS) man
	mandoc -Tlint -W error build/man/*
	@$(CLANG_FORMAT) --dry-run -Werror $(LINTED)
	cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
		--error-exitcode=1 -Isrc -Iinclude -Ibpf -D_GNU_SOURCE -D__x86_64__ -DVERSION='""' \
		--suppress=missingInclude src tests/unit tests/fuzz tests/load tests/callers \
		tests/tracers tests/security/attacker tests/hooks
	tests/hooks/check build/$(HOST_ARCH)/rpmsg-guard
	tests/vm/patches

# ---- the rest ----

# Of what the program says of itself, so for any board by that of this machine.
man:
	+@$(MAKE) --no-print-directory ARCH=$(HOST_ARCH) STATIC=
	tools/man build/$(HOST_ARCH)/rpmsg-guard build/man

install: $(B)/rpmsg-guard
	install -D -m 755 $< $(DESTDIR)$(SBINDIR)/rpmsg-guard
	[ -e $(DESTDIR)$(SYSCONFDIR)/rpmsg-guard.conf ] || \
		install -D -m 644 packaging/rpmsg-guard.conf $(DESTDIR)$(SYSCONFDIR)/rpmsg-guard.conf
	install -d $(DESTDIR)$(UNITDIR)
	sed 's|@SBINDIR@|$(SBINDIR)|' packaging/systemd/rpmsg-guard.service \
		>$(DESTDIR)$(UNITDIR)/rpmsg-guard.service
	for page in $(wildcard build/man/*.[58]); do \
		install -D -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; \
	done

clean:
	rm -rf build compile_commands.json

-include $(OBJECTS:.o=.d) $(B)/obj/hooks.d $(wildcard $(B)/gen/*.d) $(UNIT_OBJECTS:.o=.d) \
	$(UNIT_TESTS:%=%.d)

.PHONY: all help kmod test-kmods test-kmods- $(VM_KERNELS:%=test-kmods-%) load bench-tools bench-programs bench-check callers attackers tracers unit \
	unit-tests model browser soak fuzz fuzz-blind test test-smoke test-all test-modules test-binaries test-programs \
	setup demo format lint \
	install man clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:
