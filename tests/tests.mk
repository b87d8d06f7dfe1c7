# SPDX-License-Identifier: GPL-2.0-only
# Included by the Makefile at the root: what tests, benchmarks and fuzzers take, and how they are run.
# All paths are relative to the root.

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
	$(MAKE) -s kmod KDIR=$$k/build OUT=$$out $(call kernel_args,$*) >/dev/null

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

# The container image, as an engine runs it, and crun to run it with. Only for x86_64: crun is this machine's.
containers:
	+$(Q)tools/package/container --output build/container/image.tar x86_64
	$(Q)tests/containers/stage build/container/image.tar build/container/rpmsg-guard-$(VERSION)-compose.yaml build/container/vm

# The whole program but main(), with sanitizers, for the unit tests to take from.
U := build/unit
UNIT_GEN := $(or $(MADE),build)/$(HOST_ARCH)/gen
UNIT_CFLAGS := -std=gnu11 -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -pthread $(WARNINGS) -O1 -g \
	-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	-Isrc -Iinclude -Ibpf -I$(UNIT_GEN) -MMD -MP
UNIT_OBJECTS := $(patsubst src/%.c,$(U)/obj/%.o,$(filter-out src/main.c,$(SOURCES)))
UNIT_TESTS := $(patsubst tests/unit/%.c,$(U)/%,$(wildcard tests/unit/test_*.c))
UNIT_SKELETONS := $(SKELETONS:$(GEN)/%=$(UNIT_GEN)/%)

unit: unit-tests
	tests/run --unit

# Where clang has no runtime for it, the corpus is not run.
unit-tests: $(UNIT_TESTS)
	+@ls $$($(CLANG) -print-runtime-dir)/libclang_rt.fuzzer-*.a >/dev/null 2>&1 || exit 0; \
	$(MAKE) --no-print-directory $(FUZZERS)

packages-check:
	tests/run --packages

# The Debian packages on a running systemd.
boot-check: setup load test-kmods-x86_64-6.1 all
	tests/boot/run

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
	$(wildcard src/html/*.c) src/log/json_write.c src/log/printable.c
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

# What the checks of packages build has jobs of its own.
test: setup test-modules
	MAKEFLAGS= tests/run $(VM_ARGS)

# Only for the kernels that the cases take.
test-modules: test-programs
	+@set -e; kernels=$$(tests/vm/run --kernels $(VM_ARGS)); \
	$(MAKE) --no-print-directory $$(printf 'test-kmods-%s ' $$kernels)

# Every kernel that is built, or one. The table is printed whatever has failed.
test-smoke test-all: VM_ARGS := $(KERNEL:%=--kernel %) -j $(shell nproc)
test-smoke: override VM_ARGS += --smoke
test-all: override VM_ARGS += --all $(if $(REMAINING),--remaining)
test-smoke test-all: setup test-modules
	tests/vm/run $(VM_ARGS); status=$$?; tests/vm/table; exit $$status

# What runs in the VMs. Each is a build of its own, with its own variables.
test-programs: unit-tests load callers attackers tracers bench-tools
	+$(MAKE) ARCH=x86_64 STATIC=1 test-binaries
	+$(MAKE) ARCH=arm64 STATIC=1 test-binaries
	+$(MAKE) ARCH=arm STATIC=1 test-binaries
	+$(MAKE) containers
	tests/hooks/check build/static-x86_64/rpmsg-guard build/arm64/rpmsg-guard build/arm/rpmsg-guard

-include $(UNIT_OBJECTS:.o=.d) $(UNIT_TESTS:%=%.d)

.PHONY: test-kmods test-kmods- $(VM_KERNELS:%=test-kmods-%) load bench-tools bench-programs bench-check callers \
	attackers tracers containers unit unit-tests packages-check boot-check model browser soak fuzz fuzz-blind test test-smoke test-all test-modules \
	test-programs
