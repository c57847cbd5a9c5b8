# What developers run, through ./run TARGET, which brings the tools and PY=.venv/bin/python.  Users need only pip.
# `name: …  ## text` is what ./run help shows.
PY      ?= python3
REALPY  := $(shell $(PY) -c 'import sys; print(sys.executable)')
ifeq ($(origin CC),default)
CC      := gcc
endif
CLANG   ?= clang
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)
SECS    ?= 30
# Warnings are errors where PYNEWS_WERROR is set, as CI does: a newer compiler's opinion must not stop a user.
WERROR  := $(if $(PYNEWS_WERROR),-Werror)

CORE    := $(sort $(filter-out csrc/python/%,$(shell find csrc -name '*.c')))
HELPERS := $(filter-out tests/c/test_%,$(wildcard tests/c/*.c))
CTESTS  := $(basename $(notdir $(wildcard tests/c/test_*.c)))
FUZZ    := $(basename $(notdir $(wildcard tests/fuzz/fuzz_*.c)))
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes $(WERROR)
BASE    := -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -Icsrc -Itests/c -pthread -g $(WARN) \
           $(shell pkg-config --cflags libzstd libxxhash 2>/dev/null)
LIBS    := -pthread $(shell pkg-config --libs libzstd libxxhash 2>/dev/null || echo -lzstd -lxxhash) -lm
SANITIZED := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O1
FUZZED  := -fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -O1
# A test that runs away must not take the machine with it.
LIMITS  := ASAN_OPTIONS=hard_rss_limit_mb=4096 timeout 600
PARTS   := crash failures damage queries life files races
PART    ?= $(PARTS)
STEPS   := lint-c check-c replay build lint-py check-py site check-wheel

.DEFAULT_GOAL := build
.SECONDARY:
.PHONY: $(PARTS:%=trust-%) demo test trust build lint lint-c lint-py check-c check-py check-wheel asan-py tsan valgrind cov fuzz replay wheel bench clean \
        analyze clang layers cppcheck

demo: build  ## make the demo archive, run the tour, write its pictures into demo-output/
	@$(REALPY) -m pynews._tour

test:  ## everything CI demands, step by step: lint, C tests, fuzz corpus, build, Python tests, the wheel
	@set -e; for step in $(STEPS); do echo "== $$step"; began=$$(date +%s); \
	  $(MAKE) --no-print-directory -j$(JOBS) PY=$(PY) $$step; echo "== $$step: $$(($$(date +%s) - began)) s"; done

build:  ## compile the extension in place (only what changed)
	@$(REALPY) setup.py -q build_clib build_ext --inplace

# --- C: one folder a flavour; objects compiled once, an object again when a file it was made from changes
define flavour
build/$(1)/%.o: %.c
	@mkdir -p $$(@D); $(2) $$(BASE) $(3) -MMD -MP -c $$< -o $$@
build/$(1)/libpncore.a: $$(patsubst %.c,build/$(1)/%.o,$$(CORE) $$(HELPERS))
	@rm -f $$@; ar rcs $$@ $$^
build/$(1)/test_%: build/$(1)/tests/c/test_%.o build/$(1)/libpncore.a
	@$(2) $(3) $$^ -o $$@ $$(LIBS) -lcmocka
run-$(1)-test_%: build/$(1)/test_%
	@if $(LIMITS) $(4) $$< >$$<.log 2>&1; then echo "$$(notdir $$<): $$$$(grep 'PASSED' $$<.log)"; else cat $$<.log; echo "FAILED: $$<"; exit 1; fi
endef
$(eval $(call flavour,asan,$(CC),$(SANITIZED)))
$(eval $(call flavour,tsan,$(CC),-fsanitize=thread -O1))
$(eval $(call flavour,plain,$(CC),-O2,valgrind -q --leak-check=full --error-exitcode=9))
$(eval $(call flavour,gcov,$(CC),--coverage -fprofile-abs-path -O0))
$(eval $(call flavour,fuzz,$(CLANG),$(FUZZED)))
-include $(shell find build -name '*.d' -not -path 'build/temp-*' 2>/dev/null)

check-c: $(CTESTS:%=run-asan-%)  ## C tests under ASan and UBSan
# The proofs of failures make thousands of archives in one thread: minutes, and nothing to find for these two.
# test_io runs children, faults and out of descriptors: there valgrind itself is in the way.
PROOFS  := test_trust test_crash test_damage
tsan: $(patsubst %,run-tsan-%,$(filter-out $(PROOFS),$(CTESTS)))  ## C tests under the thread sanitizer
valgrind: $(patsubst %,run-plain-%,$(filter-out $(PROOFS) test_io,$(CTESTS)))  ## C tests, optimised, under valgrind

build/asan/replay/%: build/asan/tests/fuzz/%.o build/asan/tests/fuzz/replay.o build/asan/libpncore.a
	@mkdir -p $(@D); $(CC) $(SANITIZED) $^ -o $@ $(LIBS)
replay-%: build/asan/replay/fuzz_%
	@$(LIMITS) $< tests/fuzz/corpus/$*/* && echo "replay $*: ok"
replay: $(FUZZ:fuzz_%=replay-%)  ## every fuzz target over its corpus in the tree

build/fuzz/fuzz_%: build/fuzz/tests/fuzz/fuzz_%.o build/fuzz/libpncore.a
	@$(CLANG) -fsanitize=fuzzer,address,undefined $^ -o $@ $(LIBS)
explore-%: build/fuzz/fuzz_%
	@mkdir -p build/corpus/$*; echo "fuzz $*: $(SECS) s"
	@$< -max_total_time=$(SECS) -verbosity=0 -print_final_stats=1 -artifact_prefix=build/fuzz/$*- build/corpus/$* tests/fuzz/corpus/$* 2>build/fuzz/$*.log \
	  || { cat build/fuzz/$*.log; exit 1; }; grep -h 'executed_units\|new_units' build/fuzz/$*.log
fuzz: $(FUZZ:fuzz_%=explore-%)  ## search for crashing inputs, SECS=30 seconds a target (clang)

# --- reading the code instead of running it
# The analyzer sees one file at a time, so it supposes pn_fail may return PN_OK and goes on with what was never made: those two warnings are guesses.
ANALYZE := -O1 -fanalyzer -Wno-analyzer-null-dereference -Wno-analyzer-null-argument
build/analyze/%: %
	@mkdir -p $(@D); $(CC) $(BASE) $(ANALYZE) -MMD -MF $@.d -MT $@ -c $< -o $@.o && touch $@
build/clang/%: %
	@mkdir -p $(@D); $(CLANG) $(BASE) -fsyntax-only -MMD -MF $@.d -MT $@ $< && touch $@
analyze: $(CORE:%=build/analyze/%)
	@echo "gcc analyzer: ok"
clang: $(CORE:%=build/clang/%) $(patsubst %,build/clang/%,$(wildcard tests/c/*.c tests/fuzz/*.c))
	@echo "clang warnings: ok"
layers:
	@$(PY) tools/check_layers.py csrc
# The whole program in one run, again whenever a file changed: a run over the changed files alone does not look through calls from one file into another.
build/cppcheck.$(if $(PYNEWS_WERROR),strict,told): $(CORE) $(shell find csrc -name '*.h') Makefile
	@mkdir -p $(@D); cppcheck -q --enable=warning,portability,performance --std=c11 --inline-suppr \
	  $(if $(PYNEWS_WERROR),--error-exitcode=1) --suppress=missingIncludeSystem -Icsrc -i csrc/python csrc && touch $@
cppcheck: build/cppcheck.$(if $(PYNEWS_WERROR),strict,told)
	@echo "cppcheck: read"
lint-c: layers cppcheck analyze clang
lint-py: build
	@$(PY) -m ruff check . && $(PY) -m mypy && $(PY) -m mypy.stubtest --mypy-config-file pyproject.toml --ignore-disjoint-bases \
	  --allowlist tools/stubtest_allowed.txt --ignore-unused-allowlist pynews._core
lint: lint-c lint-py  ## layers, cppcheck, gcc analyzer, clang, ruff, mypy, stubtest

# --- Python
check-py: build  ## Python tests (ARGS= goes to pytest)
	@$(REALPY) -X faulthandler -m pytest -q -n $(JOBS) --dist loadfile $(ARGS)

# --- the long proofs: PARTS, all or some (PART="crash damage"); the figures of each are kept in build/trust/<part>.log
TRUST   := PYNEWS_TRUST=1 HYPOTHESIS_PROFILE=trust
PYTRUST := $(TRUST) $(REALPY) -X faulthandler -m pytest -q -s -p no:cacheprovider
trust: build  ## the long proofs, about an hour (PART="crash damage files …" for some); prints their figures
	@mkdir -p build/trust; began=$$(date +%s); for part in $(PART); do echo "== $$part"; start=$$(date +%s); \
	  $(MAKE) --no-print-directory -s PY=$(PY) trust-$$part >build/trust/$$part.log 2>&1 || { cat build/trust/$$part.log; exit 1; }; \
	  sed -n 's/^\.*\([a-zA-Z][^:=]*: [^=]*[0-9].*\)/\1/p' build/trust/$$part.log; echo "== $$part: $$(($$(date +%s) - start)) s"; done; \
	echo "== trust: $$(($$(date +%s) - began)) s"
trust-crash: build/plain/test_crash
	@$(TRUST) $<
trust-failures: build/plain/test_trust build/plain/test_manifest
	@$(TRUST) build/plain/test_trust && $(TRUST) build/plain/test_manifest
trust-damage: build/plain/test_damage
	@$(TRUST) $<
trust-queries:
	@$(PYTRUST) tests/python/test_random_queries.py tests/python/test_queries.py tests/python/test_real_sets.py
trust-life:
	@$(PYTRUST) tests/python/test_life_model.py
trust-files:
	@$(PYTRUST) tests/python/test_real_files.py tests/python/test_resume.py
trust-races: export PYNEWS_TRUST = 1
trust-races: run-tsan-test_threads

notebooks: build  ## run the notebooks and write what they show into them
	@$(REALPY) tools/notebooks.py
site: build  ## the documentation site into build/site; any warning is an error
	@$(REALPY) tools/make_site.py && NO_MKDOCS_2_WARNING=1 $(REALPY) -m mkdocs -q build -f mkdocs.yml && echo "site: $$(find build/site -name '*.html' | wc -l) pages in build/site"
wheel:  ## source archive and, built from it, the wheel, both into dist/
	@$(REALPY) -m build -n --outdir dist . >build/wheel.log 2>&1 || { cat build/wheel.log; exit 1; }; ls -l dist
check-wheel:  ## the wheel as a user gets it: built from the source archive, installed elsewhere, asked a question
	@$(REALPY) tools/check_wheel.py

# The interpreter itself, not a shell wrapper around it, or the shell's own leaks would be reported.
asan-py:  ## Python tests with core and binding under ASan and UBSan
	@PYNEWS_SANITIZE=address,undefined $(REALPY) setup.py -q build --build-lib build/asan-py
	@LD_PRELOAD="$$($(CC) -print-file-name=libasan.so) $$($(CC) -print-file-name=libubsan.so)" ASAN_OPTIONS=detect_leaks=0 \
	  PYTHONMALLOC=malloc PYTHONPATH=build/asan-py:$(PYTHONPATH) $(REALPY) -P -m pytest -q -p no:cacheprovider $(ARGS)
cov: $(CTESTS:%=run-gcov-%)  ## lines and branches of the C code that C and Python tests reach
	@PYNEWS_COVERAGE=1 $(REALPY) setup.py -q build --build-lib build/cov-py
	@PYTHONPATH=build/cov-py:$(PYTHONPATH) $(REALPY) -P -m pytest -q -p no:cacheprovider $(ARGS)
	@$(PY) -m gcovr --root . --filter csrc/ --gcov-ignore-parse-errors=all --txt-metric line --print-summary build
	@$(PY) -m gcovr --root . --filter csrc/ --gcov-ignore-parse-errors=all --txt-metric branch build

bench: build  ## speed against peers, on real material (ARGS='--data FOLDER build trend')
	@$(REALPY) benchmarks/run.py $(ARGS)
clean:  ## remove everything that was built (.venv stays)
	@rm -rf build dist demo-output pynews/*.so *.egg-info
