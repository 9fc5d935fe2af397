# SPDX-License-Identifier: GPL-2.0-or-later
# hvmbed. "make help" lists what can be made.
# BUILD=dir: where results go.  SAN=1: with sanitizers.  V=1: show the commands.  WERROR=1 (or CI): warnings are errors.

BUILD ?= build
PREFIX ?= $(or $(prefix),/usr/local)
# Where docs/ can be read, with a slash at the end, for the links in SARIF.
DOCS_URL ?=
FIRMWARE ?=
LAYOUT ?= layouts/hvm-1g.cfg

# Where make install puts what, GNU's names; DESTDIR goes before all of them.
bindir = $(PREFIX)/bin
libdir = $(PREFIX)/lib
includedir = $(PREFIX)/include
datadir = $(PREFIX)/share
mandir = $(datadir)/man
docdir = $(datadir)/doc/hvmbed
pkgconfigdir = $(libdir)/pkgconfig
bashcompdir = $(datadir)/bash-completion/completions
zshcompdir = $(datadir)/zsh/site-functions
fishcompdir = $(datadir)/fish/vendor_completions.d
pkglibdir = $(libdir)/hvmbed
pkgdatadir = $(datadir)/hvmbed

# What is fetched or built elsewhere lies in BUILD; what is compiled lies in OUT, which differs with SAN.
OUT := $(BUILD)$(if $(SAN),/san)
FIRMWARE_DIR := $(BUILD)/firmware

comma := ,

CC ?= cc
CFLAGS ?= $(if $(SAN),-O1,-O2) -g
WARNINGS := -Wall -Wextra -Wconversion -Wshadow $(if $(WERROR)$(CI),-Werror)
SANITIZE := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
# No path of this machine in what is built: two builds give the same bytes, wherever they are.
PREFIX_MAP := -ffile-prefix-map=$(abspath $(BUILD))=build -ffile-prefix-map=$(CURDIR)=.
# Hidden, or a function named like one of Unicorn's many exported ones would be called in its place.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Iemu $(UNICORN_CFLAGS) -fPIC -fvisibility=hidden $(PREFIX_MAP) $(WARNINGS) $(if $(DOCS_URL),-DHVMBED_DOCS_URL='"$(DOCS_URL)"') $(CPPFLAGS) $(CFLAGS) $(SANITIZE)
ALL_LDFLAGS = $(LDFLAGS) $(SANITIZE) -Wl,--as-needed
LIBS = $(UNICORN_LIBS) -lxlutil -lz -llzma -ljansson -lZydis -ldw -lelf -lnettle -lseccomp -lpthread
RPATH = $(if $(UNICORN_LIBDIR),-Wl$(comma)-rpath$(comma)$(UNICORN_LIBDIR))

sources := $(sort $(shell find emu -name '*.c'))
objects := $(sources:%.c=$(OUT)/obj/%.o)
main := $(OUT)/obj/emu/main.o
generator := $(OUT)/obj/emu/manual/generate.o
library := $(OUT)/libhvmbed.a
program := $(OUT)/hvmbed
units := $(patsubst tests/unit/%.c,$(OUT)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
cages := $(patsubst tests/cage/%.c,$(OUT)/cage/%,$(sort $(wildcard tests/cage/*.c)))
benches := $(patsubst tests/bench/%.c,$(OUT)/bench/%,$(sort $(wildcard tests/bench/*.c)))
proofs := $(patsubst tests/proof/%.c,$(OUT)/proof/%,$(sort $(wildcard tests/proof/*.c))) $(OUT)/lockstep/bed
fuzz_targets := $(patsubst tests/fuzz/targets/%.c,$(OUT)/fuzz/%,$(sort $(wildcard tests/fuzz/targets/*.c)))
roms := $(patsubst firmware/roms/%.asm,$(OUT)/roms/%.fd,$(sort $(wildcard firmware/roms/*.asm)))
locksteps := $(patsubst firmware/lockstep/%.asm,$(OUT)/lockstep/%.fd,$(sort $(wildcard firmware/lockstep/*.asm)))
efi := $(patsubst firmware/efi/%.asm,$(OUT)/efi/%.efi,$(sort $(wildcard firmware/efi/*.asm)))
loaders := $(patsubst firmware/loaders/%.asm,$(OUT)/loaders/%.elf,$(sort $(wildcard firmware/loaders/*.asm)))

# All cores, unless told otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-builtin-rules
Q := $(if $(V),,@)
say = @$(if $(V),:,printf '  %-5s %s\n' $(1) $@)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all manual library completions installable install-only setup run test test-warm test-mutation ovmfxen faults faults-quick test-faults issue-11046 bench asan fuzz-targets build-fuzz-targets fuzz-self test-reproducible sbom test-sandbox test-kill test-leak test-engines lint format install uninstall clean help units roms firmware FORCE

all: $(program) ## the program (default)

# --- dependencies. This file is included, so make brings it up to date before anything else and then starts over.
ifneq ($(filter-out clean help format uninstall,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/unicorn/unicorn.mk
endif
$(BUILD)/unicorn/unicorn.mk: FORCE
	@emu/setup/packages.sh build
	@emu/setup/unicorn.sh $(@D)

setup: firmware ## get what the build, the tests and the firmware need
	@emu/setup/packages.sh test $(if $(CI),ci)
	@firmware/hvmloader.sh $(FIRMWARE_DIR) newest || test $$? = 77
	@emu/setup/schemas.sh $(BUILD)/schemas || test $$? = 77

firmware:
	@firmware/fetch.sh $(FIRMWARE_DIR)
	@firmware/hvmloader.sh $(FIRMWARE_DIR) || test $$? = 77
	@firmware/hvmloader.sh $(FIRMWARE_DIR) layouts || test $$? = 77

# (After setup, or two would install packages at once.)
ovmfxen: | setup ## build OvmfXen from Debian's source, once, into a cache
	@firmware/ovmfxen/build.sh $(FIRMWARE_DIR)/ovmfxen || test $$? = 77

faults: ovmfxen ## build every broken OvmfXen (seeded faults) into the cache
	@firmware/ovmfxen/faults.sh $(FIRMWARE_DIR)/ovmfxen all || test $$? = 77
faults-quick: ovmfxen
	@firmware/ovmfxen/faults.sh $(FIRMWARE_DIR)/ovmfxen quick || test $$? = 77

# --- the program
# Files that change only when their text does: what depends on flags or on the list of sources is then made anew.
stamp = @mkdir -p $(@D); echo '$(subst ','\'',$(1))' | cmp -s - $@ || echo '$(subst ','\'',$(1))' >$@
$(OUT)/flags: FORCE
	$(call stamp,$(CC) $(ALL_CFLAGS))
$(OUT)/sources: FORCE
	$(call stamp,$(sources))
# For tests/mutation, which compiles and links as we do.
$(OUT)/linking: FORCE
	$(call stamp,$(CC) $(ALL_LDFLAGS) $(RPATH) -- $(LIBS) -lcmocka)

# Only this file knows where things are installed, so that all others stay as they are for another PREFIX.
$(OUT)/pkgdatadir: FORCE
	$(call stamp,$(pkgdatadir))
$(OUT)/obj/emu/boot/find.o: $(OUT)/pkgdatadir
$(OUT)/obj/emu/boot/find.o: DEFINES = -DHVMBED_DATADIR='"$(pkgdatadir)"'

$(OUT)/obj/%.o: %.c $(OUT)/flags
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(ALL_CFLAGS) $(DEFINES) -MMD -MP -c -o $@ $<

$(library): $(filter-out $(main) $(generator),$(objects)) $(OUT)/sources
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(program): $(main) $(library) $(BUILD)/unicorn/unicorn.mk
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) $(RPATH) -o $@ $(main) $(library) $(LIBS)

# --- the manual, out of the program's own tables and of docs/man
$(OUT)/manual: $(generator) $(library) $(BUILD)/unicorn/unicorn.mk
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) $(RPATH) -o $@ $(generator) $(library) $(LIBS)

$(OUT)/docdir: FORCE
	$(call stamp,$(docdir))
$(OUT)/man/made: $(OUT)/manual $(OUT)/docdir $(wildcard docs/man/*.mdoc)
	$(call say,MAN)
	$(Q)rm -rf $(@D) && mkdir -p $(@D) && $(OUT)/manual docs/man $(docdir) $(@D) && touch $@
manual: $(OUT)/man/made ## the manual pages, in BUILD/man

# --- test material
units: $(units)
$(units): LIBS += -lcmocka
$(units) $(benches) $(proofs) $(cages): $(OUT)/%: $(OUT)/obj/tests/%.o $(library)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) $(RPATH) -o $@ $^ $(LIBS)
$(units:$(OUT)/%=$(OUT)/obj/tests/%.o): | setup

# The library's test, without the shared library: for sanitizers.
$(OUT)/obj/tests/lib/api.o: DEFINES = -Iemu/lib
$(OUT)/lib/api: $(OUT)/obj/tests/lib/api.o $(library)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) $(RPATH) -o $@ $^ $(LIBS)

# LIBFUZZER: the compiler's option that brings libFuzzer's main(); without it each runs the files that it is given.
$(fuzz_targets): $(OUT)/fuzz/%: $(OUT)/obj/tests/fuzz/targets/%.o $(if $(LIBFUZZER),,$(OUT)/obj/tests/fuzz/drive.o) $(library)
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) $(LIBFUZZER) $(RPATH) -o $@ $^ $(LIBS)

roms: $(roms) $(loaders) $(efi) $(locksteps)
$(OUT)/roms/%.fd: firmware/roms/%.asm $(wildcard firmware/roms/*.inc)
	@mkdir -p $(@D)
	$(call say,NASM)
	$(Q)nasm -f bin -Ifirmware/roms/ -MD $@.d -MP -o $@ $<
$(OUT)/lockstep/%.fd: firmware/lockstep/%.asm firmware/lockstep/lock.inc
	@mkdir -p $(@D)
	$(call say,NASM)
	$(Q)nasm -f bin -Ifirmware/lockstep/ -o $@ $<
$(OUT)/loaders/%.elf: firmware/loaders/%.asm firmware/loaders/loader.inc
	@mkdir -p $(@D)
	$(call say,NASM)
	$(Q)nasm -f bin -Ifirmware/loaders/ -o $@ $<
$(OUT)/efi/%.efi: firmware/efi/%.asm $(wildcard firmware/efi/*.inc)
	@mkdir -p $(@D)
	$(call say,NASM)
	$(Q)nasm -f bin -Ifirmware/efi/ -o $@ $<

# --- running it
# What dies of a signal is to die of it, and memory that is not to be had is no crash.
sanitizers := $(if $(SAN),ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0:allocator_may_return_null=1 SAN=1)
environment = $(sanitizers) HVMBED=$(abspath $(program)) BUILD=$(abspath $(OUT)) FIRMWARE_DIR=$(abspath $(FIRMWARE_DIR)) SCHEMAS=$(abspath $(BUILD))/schemas SRC=$(CURDIR)

run: $(program) firmware ## boot FIRMWARE= (default: every image there is) with LAYOUT= and give the verdict
	@worst=0; \
	for image in $(or $(FIRMWARE),$(FIRMWARE_DIR)/OVMF.fd $(FIRMWARE_DIR)/ovmfxen/*/OVMF.fd); do \
	    [ -e "$$image" ] || [ -n '$(FIRMWARE)' ] || continue; \
	    $(program) run --layout $(LAYOUT) "$$image" || { status=$$?; [ $$status -le $$worst ] || worst=$$status; }; \
	done; exit $$worst

T ?=
test: setup ovmfxen faults-quick $(program) installable $(OUT)/lib/api $(units) $(proofs) $(cages) $(fuzz_targets) roms $(OUT)/linking ## run all tests, or those whose names contain T=
	@$(environment) tests/run.sh $(T)

# The report's version; "2025.02 2022.11" for Debian 12's too.
EDK2 ?= 2025.02
issue-11046: setup $(program) ## build the images of edk2 issue 11046, and show and check what becomes of them
	@for version in $(EDK2); do \
	    firmware/ovmfxen/issue-11046/build.sh $(FIRMWARE_DIR)/ovmfxen $$version || test $$? = 77 || exit 1; \
	done
	@$(environment) tests/issue/show.sh $(EDK2)
	@$(environment) tests/run.sh issue/

test-faults: faults $(program) ## the detection table: every seeded fault, and every good image
	@$(environment) tests/faults/table.sh

test-warm: setup ovmfxen $(program) $(proofs) ## boots that do not begin at reset against those that do, over all presets and 1,000 mutants
	@WARM=all MUTANTS=1000 TEST_TIMEOUT=7200 $(environment) tests/run.sh t_warm

test-reproducible: setup $(program) installable roms ## build all of it twice, in unlike places, and compare
	@REPRODUCIBLE=1 TEST_TIMEOUT=7200 $(environment) tests/run.sh t_reproducible

test-leak: setup ovmfxen $(proofs) ## a day of fuzzing in short: 100,000 layouts to the platform, 10,000 to the hand-off, resident memory flat
	@$(environment) sh -c 'r=$$FIRMWARE_DIR/ovmfxen/RELEASE/OVMF.fd; set -x; \
	 $(OUT)/proof/warm -c -p -n 4 -m 100000 -f 32768 $$r hvm layouts/hvm-256m.cfg layouts/hvm-1g.cfg && \
	 $(OUT)/proof/warm -c -n 4 -m 10000 -f 32768 $$r hvm layouts/hvm-256m.cfg layouts/hvm-1g.cfg'

# SUITES="trixie sid": only theirs.
test-engines: setup ovmfxen $(program) roms ## the same program on the Unicorn of each of Debian's suites
	@$(environment) tests/engines/run.sh $(SUITES)

asan: ## run all tests with sanitizers
	@$(MAKE) --no-print-directory SAN=1 test

# All is compiled again, by clang, with coverage for libFuzzer; what is fetched stays where it is.
fuzz-targets: ## build tests/fuzz/targets with libFuzzer and sanitizers, in BUILD/libfuzzer/fuzz
	@emu/setup/packages.sh fuzz
	@$(MAKE) --no-print-directory OUT=$(BUILD)/libfuzzer CC=clang CFLAGS='-O1 -g' LIBFUZZER=-fsanitize=fuzzer \
	    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer' build-fuzz-targets
build-fuzz-targets: $(fuzz_targets)
# TIME=SECONDS or RUNS=N for each target, T= those whose names contain it.
fuzz-self: fuzz-targets roms ## fuzz hvmbed's own parsers, with sanitizers (TIME= seconds or RUNS= each, T= some of them)
	@python3 tests/fuzz/seeds.py $(BUILD)/fuzz-self/seeds $(OUT) $(FIRMWARE_DIR)
	@tests/fuzz/self.sh $(BUILD)/libfuzzer/fuzz $(BUILD)/fuzz-self $(T)

test-mutation: setup $(program) $(units) roms $(OUT)/linking ## break every check in turn and see that a test fails, M= for more options (docs/mutation.md)
	@$(environment) nice tests/mutation/mutation.py -j $$(nproc) $(M)

test-sandbox: setup $(program) $(cages) roms ## what a guest that breaks out of the engine can get: nothing
	@$(environment) tests/run.sh cage/t_sandbox

test-kill: setup $(program) roms ## 200 random kills of matrices, and of their processes: nothing is lost
	@KILLS=200 TEST_TIMEOUT=7200 $(environment) tests/run.sh cage/t_kill

bench: setup ovmfxen $(program) $(benches) ## measure what the checks cost, and the bed over a bare Unicorn loop
	@firmware/ovmfxen/pc/build.sh $(FIRMWARE_DIR)/pc || test $$? = 77
	@emu/setup/packages.sh bench
	@$(environment) tests/bench/run.sh

sbom: $(OUT)/install/hvmbed library ## the bill of materials (CycloneDX), in BUILD/sbom.cdx.json
	@python3 emu/setup/sbom.py $(OUT)/install/hvmbed $(OUT)/install/$(shared) $(BUILD) $(FIRMWARE_DIR) >$(BUILD)/sbom.new && \
	    mv $(BUILD)/sbom.new $(BUILD)/sbom.cdx.json

# --- the sources
c_files = $(shell find emu tests -name '*.[ch]')
lint: ## check format and run clang-tidy
	@emu/setup/packages.sh lint
	clang-format --dry-run -Werror $(c_files)
	clang-tidy --quiet $(filter %.c,$(c_files)) -- $(filter-out -Werror,$(ALL_CFLAGS))

format: ## format the C sources in place
	@emu/setup/packages.sh lint
	clang-format -i $(c_files)

# --- installing
# Linked again, since what is installed must not look for libraries in the build folder.
relative = $(shell realpath -m --relative-to=$(1) $(2))
private_unicorn = $(if $(UNICORN_LIBDIR),-Wl$(comma)-rpath$(comma)'$$ORIGIN/$(call relative,$(1),$(pkglibdir))')
$(OUT)/folders: FORCE
	$(call stamp,$(bindir) $(libdir) $(pkglibdir))
$(OUT)/install/hvmbed: $(main) $(library) $(BUILD)/unicorn/unicorn.mk $(OUT)/folders
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) $(ALL_LDFLAGS) $(call private_unicorn,$(bindir)) -o $@ $(main) $(library) $(LIBS)

# The library for other programs: what emu/lib/hvmbed.map lists and nothing else.
abi := 0
shared := libhvmbed.so.$(abi).$(shell sed -n 's/^.define HVMBED_API //p' emu/lib/hvmbed.h).0
api := $(filter $(OUT)/obj/emu/lib/%,$(objects))
$(OUT)/install/$(shared): $(api) $(library) emu/lib/hvmbed.map $(BUILD)/unicorn/unicorn.mk $(OUT)/folders
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(CC) -shared $(ALL_LDFLAGS) -Wl,-soname,libhvmbed.so.$(abi) -Wl,--version-script=emu/lib/hvmbed.map \
	    $(if $(SAN),,-Wl$(comma)-z$(comma)defs) $(call private_unicorn,$(libdir)) -o $@ $(api) $(library) $(LIBS)
$(OUT)/install/hvmbed.pc: emu/lib/hvmbed.pc.in emu/base/version.h FORCE
	@mkdir -p $(@D)
	$(Q)sed -e 's,@PREFIX@,$(PREFIX),; s,@LIBDIR@,$(libdir),; s,@INCLUDEDIR@,$(includedir),' \
	    -e "s,@VERSION@,$$(sed -n 's/^.define HVMBED_VERSION "\(.*\)"/\1/p' emu/base/version.h)," $< >$@
library: $(OUT)/install/$(shared) $(OUT)/install/hvmbed.pc ## the shared library

$(OUT)/completions/made: $(program) $(wildcard layouts/*.cfg)
	@mkdir -p $(@D)
	$(Q)for shell in bash zsh fish; do $(program) completion $$shell >$(@D)/$$shell || exit 1; done; touch $@
completions: $(OUT)/completions/made

# MODE, SOURCE, DESTINATION, a line each; "link" and where to. HVMLOADERS: those that the set-up got.
HVMLOADERS = $(wildcard $(FIRMWARE_DIR)/hvmloader-[0-9]*)
manifest = $(pkgdatadir)/installed
entry = printf '%s\t%s\t%s\n'
install_list = { \
	$(entry) 755 $(OUT)/install/hvmbed $(bindir)/hvmbed; \
	$(entry) 644 $(OUT)/install/$(shared) $(libdir)/$(shared); \
	$(entry) link $(shared) $(libdir)/libhvmbed.so.$(abi); \
	$(entry) link libhvmbed.so.$(abi) $(libdir)/libhvmbed.so; \
	$(entry) 644 emu/lib/hvmbed.h $(includedir)/hvmbed.h; \
	$(entry) 644 $(OUT)/install/hvmbed.pc $(pkgconfigdir)/hvmbed.pc; \
	$(if $(UNICORN_LIBDIR),$(entry) 644 $(UNICORN_LIBDIR)/libunicorn.so.2 $(pkglibdir)/libunicorn.so.2;) \
	for f in layouts/*.cfg; do $(entry) 644 $$f $(pkgdatadir)/$$f; done; \
	for f in $(HVMLOADERS); do $(entry) 644 $$f $(pkgdatadir)/$${f\#\#*/}; done; \
	for f in README.md CHANGELOG.md COPYING docs/*.md docs/*.json docs/examples/*; do \
	    $(entry) 644 $$f $(docdir)/$${f\#docs/}; done; \
	for n in 1 5 7; do for f in $(OUT)/man/man$$n/*; do $(entry) 644 $$f $(mandir)/man$$n/$${f\#\#*/}; done; done; \
	$(entry) 644 $(OUT)/completions/bash $(bashcompdir)/hvmbed; \
	$(entry) 644 $(OUT)/completions/zsh $(zshcompdir)/_hvmbed; \
	$(entry) 644 $(OUT)/completions/fish $(fishcompdir)/hvmbed.fish; }

installable: $(OUT)/install/hvmbed library manual completions
install_all = $(install_list) | DESTDIR='$(DESTDIR)' emu/setup/install.sh install $(manifest)
install: installable ## install below PREFIX (and DESTDIR)
	@$(install_all)
install-only: # what is built
	@$(install_all)

uninstall: ## remove what install put there
	@DESTDIR='$(DESTDIR)' emu/setup/install.sh uninstall $(manifest)

clean: ## remove BUILD (the OvmfXen cache stays)
	rm -rf $(BUILD)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F '|' '{ printf "  %-11s %s\n", $$1, $$2 }'

-include $(objects:.o=.d) $(patsubst $(OUT)/%,$(OUT)/obj/tests/%.d,$(units) $(benches) $(proofs) $(cages)) $(patsubst $(OUT)/fuzz/%,$(OUT)/obj/tests/fuzz/targets/%.d,$(fuzz_targets)) $(roms:=.d)
