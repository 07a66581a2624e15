# SPDX-License-Identifier: GPL-3.0-or-later
# One build, not recursive. `make help` lists the targets.
#
# SAN=1 builds beside the normal build, with AddressSanitizer, UBSan and LeakSanitizer; SAN=thread with
# ThreadSanitizer.
# CC=clang CXX=clang++ works as well.

CC      ?= gcc
CXX     ?= g++
ifeq ($(origin CC),default)
CC      := gcc
endif
ifeq ($(origin CXX),default)
CXX     := g++
endif
CFLAGS  ?= -O2 -g
CXXFLAGS ?= -O2 -g
PREFIX  ?= /usr/local
libexec  = $(PREFIX)/libexec/dgl-episode
datadir  = $(PREFIX)/share/dgl-episode
mandir   = $(PREFIX)/share/man/man1
B       := build$(if $(SAN),/san$(SAN:1=))
# As many jobs as there are processors, unless -j says otherwise.
cpus    := $(shell nproc)
ifeq ($(MAKELEVEL)$(findstring -j,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(cpus)
endif
VERSION := 0.1.0

# What each executable may know: people run the light one, the worker holds the media libraries.
light_pkgs  := jansson yaml-0.1 libcrypto
# Loaded by net/httpserve.c when a server starts: linked, gnutls would cost every start 4 ms.
net_pkgs    := libmicrohttpd
worker_pkgs := jansson libcrypto libavformat libavcodec libavfilter libswscale libswresample libavutil \
               flac taglib libxml-2.0 libxslt md4c-html pangocairo libpng libarchive libqrencode libical
# What the broadcast and deliveries speak with; neither the light program nor the worker does.
remote_pkgs := libcurl shout
relay_pkgs  := jansson libcrypto libavformat libavcodec libavfilter libavdevice libswscale libswresample libavutil \
               flac taglib $(remote_pkgs)
# What looks at feeds far away knows no media library.
far_pkgs    := jansson libcrypto libcurl
all_pkgs    := $(light_pkgs) $(net_pkgs) $(worker_pkgs) $(relay_pkgs)
unit_pkgs   := cmocka libebur128

warn := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wwrite-strings -Wpointer-arith
cwarn := -Wstrict-prototypes -Wmissing-prototypes
# Debian's dpkg-buildflags and the OpenSSF's guide for compilers; tests/lint.sh looks at the result.
hard := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE \
        $(if $(filter x86_64,$(shell uname -m)),-fcf-protection=full) -fno-delete-null-pointer-checks
ifdef COV
# Counters that threads share; -O1, so that a line of code stays a line.
hard := -fPIE
CFLAGS := -O1 -g
CXXFLAGS := -O1 -g
san  := --coverage -fprofile-update=atomic -DCOVERAGE -DSANDBOX_ALSO='"$(abspath $B)"'
endif
ifdef SAN
hard := -fPIE
san  := $(if $(filter thread,$(SAN)),-fsanitize=thread,-fsanitize=address,undefined -fno-sanitize-recover=undefined) -fno-omit-frame-pointer
endif
pkg_cflags := $(shell pkg-config --cflags $(all_pkgs)) $(shell pkg-config --cflags $(unit_pkgs) 2>/dev/null)
cpp     = -Ipipeline -Icmd -Itests -MMD -MP -D_GNU_SOURCE -DDGL_VERSION='"$(VERSION)"' -DDGL_LIBEXEC='"$(libexec)"' -DDGL_DATADIR='"$(datadir)"' $(patsubst -I%,-isystem %,$(pkg_cflags))
cc_flags  = -std=c17 $(warn) $(cwarn) $(cpp) $(hard) $(san) -pthread $(CFLAGS)
cxx_flags = -std=c++17 $(warn) $(cpp) $(hard) $(san) -pthread $(CXXFLAGS)
cc_cmd    = $(CC) $(cc_flags)
cxx_cmd   = $(CXX) $(cxx_flags)
# The arithmetic on samples and pixels is where vectors pay; the rest stays plain.
sound_flags := -O3 -fno-math-errno -fno-trapping-math

base_src   := $(wildcard pipeline/base/*.c)
model_src  := $(wildcard pipeline/model/*.c)
sound_src  := $(wildcard pipeline/sound/*.c)
picture_src := $(wildcard pipeline/picture/*.c)
media_src  := $(wildcard pipeline/media/*.c pipeline/media/*.cc)
# Capture devices bring half a desktop's libraries with them: the relay's alone.
relay_media := pipeline/media/inlet.c
doc_src    := $(wildcard pipeline/doc/*.c)
net_src    := $(wildcard pipeline/net/*.c)
live_src   := $(wildcard pipeline/live/*.c)
stage_src  := $(wildcard pipeline/stage/*.c)
plan_src   := $(wildcard pipeline/plan/*.c)
cmd_src    := $(filter-out cmd/worker.c cmd/relay.c cmd/net.c cmd/answer.c,$(wildcard cmd/*.c))
# libxml2 costs a light start two milliseconds, so its reader is in the worker alone.
light_base := $(filter-out pipeline/base/xmlread.c,$(base_src))
light_net  := $(patsubst %,pipeline/net/%.c,httpd httprule httpserve webroot)
unit_src   := $(wildcard tests/unit/test_*.c)
# Far sides for the tests, each a program of its own.
far_src    := $(wildcard tests/live/*.c)
fars       := $(patsubst tests/live/%.c,$B/live/%,$(far_src)) $B/breakout.so
headers    := $(wildcard cmd/*.h pipeline/*/*.h tests/unit/*.h tests/live/*.h tests/fuzz/*.h)
# Targets for hostile input, a file each, and what they share.
fuzz_src   := $(wildcard tests/fuzz/*.c)
fuzz_names := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

obj        = $(patsubst %,$B/%.o,$(1))
light_obj  := $(call obj,$(cmd_src) $(light_base) $(model_src) $(plan_src) $(light_net))
worker_lib := $(call obj,$(base_src) $(model_src) $(sound_src) $(picture_src) $(filter-out $(relay_media),$(media_src)) $(doc_src) $(stage_src))
relay_lib  := $(call obj,$(light_base) $(model_src) $(sound_src) $(picture_src) $(media_src) $(filter-out pipeline/net/httpd.c,$(net_src)) $(live_src))
far_lib    := $(call obj,$(light_base) $(model_src) $(patsubst %,pipeline/net/%.c,delivering ftps handle http urlpart webfile) $(filter pipeline/net/remote% pipeline/net/s3% pipeline/net/sigv4%,$(net_src)))
unit_lib   := $(sort $(worker_lib) $(call obj,$(relay_media) $(plan_src) $(net_src) $(live_src)))
all_obj    := $(sort $(light_obj) $(worker_lib) $(unit_lib) $(call obj,cmd/worker.c cmd/relay.c cmd/net.c cmd/answer.c $(unit_src) $(far_src) $(fuzz_src)))
units      := $(patsubst tests/unit/%.c,$B/unit/%,$(unit_src))
ldflags     = $(san) -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed -pthread $(LDFLAGS)

# One short line a file; V=1 shows the commands.
ifndef V
say = @echo '  $(1)';
endif

.PHONY: all help check unit cli long lint analyze coverage demo pictures films bench survive chaos fuzz fuzz-smoke install format clean units syntax FORCE
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY: $(call obj,$(unit_src) $(far_src) $(live_src) $(fuzz_src))

all: $B/dgl-episode $B/dgl-episode-worker $B/dgl-episode-live $B/dgl-episode-net ## build the programs into build/

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "  SAN=1 with any of them: AddressSanitizer, UBSan, LeakSanitizer (in build/san)"
	@echo "  SAN=thread: ThreadSanitizer (in build/santhread)"

$B/dgl-episode: $(light_obj) $B/flags
	$(call say,link $@)$(CC) $(ldflags) $(light_obj) $(shell pkg-config --libs $(light_pkgs)) -lm -o $@

$B/dgl-episode-worker: $(worker_lib) $(call obj,cmd/worker.c cmd/answer.c) $B/flags
	$(call say,link $@)$(CXX) $(ldflags) $(worker_lib) $(call obj,cmd/worker.c cmd/answer.c) $(shell pkg-config --libs $(worker_pkgs) yaml-0.1) -lm -o $@

$B/unit/%: $B/tests/unit/%.c.o $(unit_lib)
	@mkdir -p $(@D)
	$(call say,link $@)$(CXX) $(ldflags) $(filter %.o,$^) $(shell pkg-config --libs $(all_pkgs) $(unit_pkgs)) -lm -o $@

# The seeds that are recordings and pictures.
made := $B/fuzz/made/done
$(made): tests/fuzz/made.py
	@mkdir -p $(@D)
	$(call say,make $(@D))python3 $< $(@D) && touch $@

# The seeds of every target, replayed without a fuzzer.
$B/unit/test_seeds: $(call obj,$(fuzz_src))

$B/dgl-episode-live: $(relay_lib) $(call obj,cmd/relay.c) $B/flags
	$(call say,link $@)$(CXX) $(ldflags) $(relay_lib) $(call obj,cmd/relay.c) $(shell pkg-config --libs $(relay_pkgs) yaml-0.1) -lm -o $@

$B/dgl-episode-net: $(far_lib) $(call obj,cmd/net.c cmd/answer.c) $B/flags
	$(call say,link $@)$(CC) $(ldflags) $(far_lib) $(call obj,cmd/net.c cmd/answer.c) $(shell pkg-config --libs $(far_pkgs) yaml-0.1) -lm -o $@

$B/live/%: $B/tests/live/%.c.o
	@mkdir -p $(@D)
	$(call say,link $@)$(CC) $(ldflags) $< $(shell pkg-config --libs libssl libcrypto) -o $@

# Loaded in front of libc: tests/faults/inject.c. A sanitizer has its own memory.
$B/faults/inject.so: tests/faults/inject.c $B/flags
	@mkdir -p $(@D)
	$(call say,link $@)$(CC) -std=gnu17 -O1 -g -Wall -Wextra -D_GNU_SOURCE -fPIC -shared $(if $(SAN),-DWITHOUT_MEMORY) $< -ldl -o $@

# Fuzzing needs clang: everything is compiled for it once more, and linked only where a target needs
# it, so that a start stays short.
fuzz_san  := -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=undefined,float-cast-overflow
fuzz_cmd   = -O1 -g -fno-omit-frame-pointer -pthread $(fuzz_san) -fsanitize=fuzzer-no-link $(warn) $(cpp)
fuzz_obj   = $(patsubst %,$B/fuzzed/%.o,$(1))
fuzz_lib  := $(patsubst $B/%,$B/fuzzed/%,$(unit_lib))
.SECONDARY: $(fuzz_lib) $(call fuzz_obj,$(fuzz_src))

$B/fuzzed/%.c.o: %.c
	@mkdir -p $(@D)
	$(call say,clang $<)clang -std=c17 $(fuzz_cmd) -c $< -o $@

$B/fuzzed/%.cc.o: %.cc
	@mkdir -p $(@D)
	$(call say,clang $<)clang++ -std=c++17 $(fuzz_cmd) -c $< -o $@

$B/fuzzed/lib.a: $(fuzz_lib)
	@rm -f $@
	$(call say,ar $@)ar rcs $@ $^

$B/fuzz/%: $B/fuzzed/tests/fuzz/fuzz_%.c.o $(call fuzz_obj,$(filter-out tests/fuzz/fuzz_%,$(fuzz_src))) $B/fuzzed/lib.a
	@mkdir -p $(@D)
	$(call say,link $@)clang++ $(fuzz_san) -fsanitize=fuzzer -Wl,--defsym=LLVMFuzzerTestOneInput=fuzz_$* -Wl,--as-needed -pthread $^ $(shell pkg-config --libs $(all_pkgs)) -lm -o $@

$B/breakout.so: tests/cli/breakout.c $B/flags
	$(call say,cc $<)$(CC) -std=c17 -D_GNU_SOURCE $(warn) -O2 -fPIC -shared $< -o $@

# Recompile when the flags change, not only when the files do.
$B/flags: FORCE
	@mkdir -p $B && [ -e build/.gitignore ] || { mkdir -p build; echo '*' > build/.gitignore; }
	@echo '$(cc_cmd) $(cxx_cmd) $(ldflags) $(sound_flags)' | cmp -s - $@ || echo '$(cc_cmd) $(cxx_cmd) $(ldflags) $(sound_flags)' > $@

$B/pipeline/sound/%.c.o: pipeline/sound/%.c $B/flags
	@mkdir -p $(@D)
	$(call say,cc $<)$(cc_cmd) $(sound_flags) -c $< -o $@

$B/pipeline/picture/%.c.o: pipeline/picture/%.c $B/flags
	@mkdir -p $(@D)
	$(call say,cc $<)$(cc_cmd) $(sound_flags) -c $< -o $@

$B/%.c.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call say,cc $<)$(cc_cmd) -c $< -o $@

$B/%.cc.o: %.cc $B/flags
	@mkdir -p $(@D)
	$(call say,cc $<)$(cxx_cmd) -c $< -o $@

# Every header compiles on its own: of one that its .c includes first, the .c shows it.
shown_headers := $(shell grep -m1 -H '^\#include' cmd/*.c pipeline/*/*.c | sed -n 's|^\(.*\)\.c:\#include "\(.*\.h\)"|\1.h \2|p' | \
                 awk '$$1 == $$2 || $$1 == "pipeline/" $$2 || $$1 == "cmd/" $$2 { print $$1 }')
$B/%.h.ok: %.h $B/flags
	@mkdir -p $(@D)
	@echo '#include "$(abspath $<)"' | $(cc_cmd) -Werror -MF $B/$*.h.d -MT $@ -fsyntax-only -xc - && touch $@

# What gcc and clang have to say, kept for tests/lint.sh; of what is no test, clang speaks through
# clang-tidy, which reads each file but once. Both where they are installed.
tidied    = clang-tidy --quiet --config-file=tests/clang-tidy
have_tidy := $(shell command -v clang-tidy)
says      = { $(1) -MF $@.d -MT $@ -fsyntax-only $< && \
    $(if $(and $(have_tidy),$(filter-out tests/%,$<)),$(tidied) --checks=-clang-analyzer-* $< -- $(filter-out -MMD -MP,$(2)) 2>$@.log || { cat $@.log; false; },\
    { ! command -v $(3) >/dev/null || $(3) $(2) -MF $@.d -MT $@ -fsyntax-only $<; }); } >$@ 2>&1 || { cat $@ >&2; exit 1; }

$B/%.c.syntax: %.c $B/flags tests/clang-tidy
	@mkdir -p $(@D)
	@$(call says,gcc $(cc_flags),$(cc_flags),clang)

$B/%.cc.syntax: %.cc $B/flags tests/clang-tidy
	@mkdir -p $(@D)
	@$(call says,g++ $(cxx_flags),$(cxx_flags),clang++)

# Percent of all lines of pipeline/.
coverage_least := 85

sources := $(sort $(wildcard cmd/*.c) $(base_src) $(model_src) $(sound_src) $(picture_src) \
           $(media_src) $(doc_src) $(net_src) $(live_src) $(stage_src) $(plan_src) $(unit_src) $(far_src) $(fuzz_src))
syntax: $(patsubst %,$B/%.ok,$(filter-out tests/% $(shown_headers),$(headers))) $(patsubst %,$B/%.syntax,$(sources))

# All at once, in seconds; what did not change is not read again.
$B/cppcheck.analysis: $(filter-out tests/%,$(sources) $(headers)) tests/cppcheck
	@mkdir -p $B/cppcheck
	$(call say,cppcheck)cppcheck -j$(cpus) --quiet --std=c11 --enable=warning,performance,portability --suppressions-list=tests/cppcheck \
	  --cppcheck-build-dir=$B/cppcheck --template='{file}:{line}: {message} [{id}]' -Ipipeline -Icmd -D_GNU_SOURCE $(filter-out tests/%,$(sources)) 2>$@
	@cat $@; [ ! -s $@ ]
cppcheck := $(if $(shell command -v cppcheck),$B/cppcheck.analysis)

# What clang's analyser (scan-build's) finds on the ways through each function. It follows few calls,
# which takes a third of the time; DEEP=1: all.
analyzer = $(tidied) --checks=-bugprone-*,-cert-*,-concurrency-*,-clang-diagnostic-* $(if $(DEEP),,$(patsubst %,--extra-arg=%,-Xclang -analyzer-config -Xclang mode=shallow))
$B/%.analysis: $B/%.syntax
	$(call say,analyse $*)$(analyzer) $* -- $(filter-out -MMD -MP,$(if $(filter %.cc,$*),$(cxx_flags),$(cc_flags))) >$@ 2>$@.log || { cat $@ $@.log >&2; exit 1; }

analyses := $(if $(have_tidy),$(patsubst %,$B/%.analysis,$(filter-out tests/%,$(sources))))
analyze: $(analyses) $(cppcheck) ## what clang's analyser finds in cmd/ and pipeline/, in minutes; DEEP=1: follows all calls
	@[ -n '$(have_tidy)' ] || echo 'skipped: clang-tidy is not installed'
	@cat /dev/null $(analyses); [ "$$(cat /dev/null $(analyses) | wc -c)" -eq 0 ]

units: $(units) $(fars) $(made)

check: all units $B/faults/inject.so syntax $(cppcheck) ## everything, and the count of passes and failures
	@tests/run.sh $B unit cli lint

unit: $(if $T,$(patsubst %,$B/unit/test_%,$T) $(fars) $(made),units) ## the unit tests; T=name for one
	@T='$T' tests/run.sh $B unit

cli: all $(fars) $B/faults/inject.so ## the tests of the command line; T=name for one
	@T='$T' tests/run.sh $B cli

# Not in it: ten-minute chaos, browsers and films of every kind.
covered := badinput broadcast calendar captions check checkweb clean clips colleague cuts deliver export facebook feeds interrupt kit live liveitem \
           livemetrics livesecrets measure media music publish relay reminder report retract serve site sources status tracks video
coverage: ## which lines of pipeline/ the tests run, by folder; a build of its own, in build/cov
	@$(MAKE) --no-print-directory COV=1 B=$B/cov all units
	@find $B/cov -name '*.gcda' -delete
	@ok=0; tests/run.sh $B/cov unit || ok=1; T='$(filter $(patsubst tests/cli/%.bats,%,$(wildcard tests/cli/*.bats)),$(covered))' tests/run.sh $B/cov cli || ok=1; \
	  python3 tests/coverage.py $B/cov $(coverage_least) || ok=1; exit $$ok

long: all $(fars) $B/faults/inject.so ## what make check leaves out of the command line's tests, as it takes long
	@LONG=only tests/run.sh $B cli

lint: syntax $(cppcheck) ## layers, libraries, banned calls, warnings of gcc, clang, clang-tidy and cppcheck, format
	@tests/lint.sh $B

# A minute a target is an hour on two cores. What a change must pass has so many seconds in all,
# shared out: some seconds a target, its seeds first.
FUZZ_SECONDS ?= 60
FUZZ_BUDGET  ?= 200
fuzz_chosen   = $(if $T,$T,$(fuzz_names))

fuzz: $(patsubst %,$B/fuzz/%,$(fuzz_chosen)) $(made) ## every reader of hostile input, FUZZ_SECONDS (60) each; T=name for one
	@tests/fuzz/run.sh $B $(FUZZ_SECONDS) $(fuzz_chosen)

fuzz-smoke: $(patsubst %,$B/fuzz/%,$(fuzz_chosen)) $(made) ## the same, FUZZ_BUDGET (200) seconds for all together
	@tests/fuzz/run.sh $B $$(( $(FUZZ_BUDGET) * $(cpus) / $(words $(fuzz_chosen)) + 1 )) $(fuzz_chosen)

bench: all ## speed and memory against ffmpeg's and hugo's, as ratios
	@export PYTHONDONTWRITEBYTECODE=1; ok=0; for part in publish sound video live feed; do BUILD=$B python3 tests/bench/$$part.py || ok=1; done; exit $$ok

films: all ## recordings of every kind with known truth, published and judged, beside ffmpeg's usual command
	@export PYTHONDONTWRITEBYTECODE=1; DGL_BUILD=$B python3 tests/film/films.py --usual --work $B/films $(T)

survive: all $B/faults/inject.so ## kills and faults at the calls that change something: POINTS=100 of each kind, 0: all
	@ASAN_OPTIONS="$${ASAN_OPTIONS:+$$ASAN_OPTIONS:}verify_asan_link_order=0" DGL_BUILD=$B python3 tests/faults/survive.py $(or $(POINTS),100)

chaos: all $(fars) ## ten minutes of a broadcast to real servers that fail one after the other, and a minute without its source
	@export PYTHONDONTWRITEBYTECODE=1 DGL_BUILD=$B; ok=0; python3 tests/live/chaos.py --minutes 10 || ok=1; python3 tests/live/scenes.py long_cut || ok=1; exit $$ok

pictures: all ## spectrograms and loudness of a difficult recording, before and after, in build/pictures
	@sh tests/pictures.sh $B

demo: all ## speak, publish and show the example show in build/demo
	@tests/demo.sh $B

format: ## clang-format over all code
	clang-format --style=file:tests/clang-format -i $(sources) $(headers) tests/faults/inject.c

install: all ## into PREFIX (default /usr/local), below DESTDIR
	install -D -m 755 $B/dgl-episode $(DESTDIR)$(PREFIX)/bin/dgl-episode
	install -D -m 755 $B/dgl-episode-worker $(DESTDIR)$(libexec)/dgl-episode-worker
	install -D -m 755 $B/dgl-episode-live $(DESTDIR)$(libexec)/dgl-episode-live
	install -D -m 755 $B/dgl-episode-net $(DESTDIR)$(libexec)/dgl-episode-net
	find presets -type f -exec install -D -m 644 {} $(DESTDIR)$(datadir)/{} \;
	install -d $(DESTDIR)$(mandir)
	$B/dgl-episode manual > $(DESTDIR)$(mandir)/dgl-episode.1

clean: ## drop build/
	rm -rf build

-include $(all_obj:.o=.d) $(patsubst $B/%.o,$B/fuzzed/%.d,$(unit_lib) $(call obj,$(fuzz_src))) $(patsubst %,$B/%.d,$(headers)) $(patsubst %,$B/%.syntax.d,$(sources))
