# ogw_logs: build, install, demo and tests.
#
#   make, make install      as any PGXS extension; PG_CONFIG=… chooses the server
#   make demo, make check   everything a bare Debian needs, and a private cluster
#   make figures, make fuzz the scanner alone: measured, and attacked
#   make soak               twenty minutes at full speed: nothing grows
#   make memcheck           the regression tests under valgrind
#   make bench              measured against what people would use instead

EXTENSION = ogw_logs
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(EXTENSION).control)

# The version before this one, from which an update script starts: none yet.
PREVIOUS =

# The folders of src/, lowest first: each includes from itself and those before it.
FOLDERS = core redact policy segment entry ingest search erase lifecycle

# The parts of the install script, in its order: what is made must be there when a
# later part runs. An update script has update/OLD--NEW.sql behind the first part.
SQL_PARTS = \
	$(addprefix core/, settings storage identifier dedup_key settings_tables log partition maintenance_step) \
	$(addprefix policy/, mask api_key team site_format access body_read privacy) \
	$(addprefix segment/, segment segment_scan segment_pack segment_merge) \
	entry/entry \
	$(addprefix ingest/, entry_key insert_functions inbox batch_rows ingest_count) \
	$(addprefix search/, filter_index search get_log) \
	$(addprefix erase/, erase erase_json) \
	$(addprefix lifecycle/, owner log replica partition maintain view retention seal seal_bodies expire rewrite verify) \
	install_end

MODULE_big = $(EXTENSION)
SOURCES = $(sort $(wildcard src/*.c) $(wildcard $(FOLDERS:%=src/%/*.c)))
OBJS = $(SOURCES:.c=.o)
FRESH_SCRIPT = $(EXTENSION)--$(EXTVERSION).sql
UPDATE_SCRIPT = $(PREVIOUS:%=$(EXTENSION)--%--$(EXTVERSION).sql)
DATA_built = $(FRESH_SCRIPT) $(UPDATE_SCRIPT)
EXPORTS = src/exports.map
EXTRA_CLEAN = $(DATA_built) $(EXPORTS)

PG_CPPFLAGS = -Isrc
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare
SHLIB_LINK = -lzstd

REGRESS = $(sort $(patsubst sql/%.sql,%,$(wildcard sql/*.sql)))
REGRESS_OPTS = --inputdir=. --outputdir=.

PG_CONFIG ?= pg_config

# The goals for a fresh machine install pg_config first, so they come before
# PGXS (whose own "check" only says that it does nothing).
GOALS = demo demo-stop check matrix upgrade-server bare figures fuzz soak memcheck bench
ifneq ($(filter $(GOALS),$(MAKECMDGOALS)),)

# make demo [DATA=FILE.ndjson[.zst]]: an operator's minute, on a private server
# (under another name from here: DATA means something to PGXS)
demo:
	@MAKEFLAGS= OGW_LOG='$(DATA)' demo/demo.sh

# make demo-stop: stops that server and deletes its data
demo-stop:
	@test/cluster.sh remove --name demo

# make check [TESTS='WORD...'] [EXCEPT='WORD...']: every test, on another private server
check:
	@MAKEFLAGS= TESTS='$(TESTS)' EXCEPT='$(EXCEPT)' test/check.sh

# make matrix [SUITES='trixie...'] [TESTS='WORD...'] [EXCEPT='WORD...']: every test on
# every PostgreSQL: 15, 17 and 18, each in a Debian of its own, as root
matrix:
	@MAKEFLAGS= TESTS='$(TESTS)' EXCEPT='$(EXCEPT)' test/matrix.sh $(SUITES)

# make upgrade-server: pg_upgrade with data, from PostgreSQL 15 to 17 and 18, as root
upgrade-server:
	@test/pg_upgrade.sh

# make figures [DATA=FOLDER]: what redact() finds, and what it touches by mistake
figures:
	@test/packages.sh
	@MAKEFLAGS= $(MAKE) -s -C test/redact
	@test/redact/figures.pl $(DATA)

# make fuzz [SECONDS=60]: the scanner and the JSON reader, with clang's fuzzer
fuzz:
	@test/fuzz/run.sh $(SECONDS)

# make soak [SECONDS=1200]: hours of writing, sealing and expiry in minutes
soak:
	@MAKEFLAGS= OGW_SOAK_SECONDS=$(or $(SECONDS),1200) TESTS=soak test/check.sh

# make memcheck: the regression tests under valgrind
memcheck:
	@MAKEFLAGS= test/memcheck.sh

# make bench [SCALE=1] [PARTS='write bodies seal search open profile'] [REPEAT=5]
#            [CONNECTIONS='1 4 16'] [PARTITIONS='30 365 1000']: .bench/bench.md
bench:
	@MAKEFLAGS= SCALE='$(SCALE)' PARTS='$(PARTS)' CONNECTIONS='$(CONNECTIONS)' PARTITIONS='$(PARTITIONS)' REPEAT='$(REPEAT)' test/bench/bench.sh

# make bare [SUITES='trixie...']: demo and check on a fresh Debian, as root
bare:
	@test/bare.sh $(SUITES)

.PHONY: $(GOALS)

else

DATA = $(wildcard released/*.sql)
PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(wildcard $(PGXS)),)
$(error $(PG_CONFIG) finds no PGXS: install postgresql-server-dev-NN, or run "make demo")
endif
include $(PGXS)

FIRST = src/$(EXTENSION).sql
UPDATE = $(PREVIOUS:%=update/%--$(EXTVERSION).sql)
PARTS = $(SQL_PARTS:%=src/%.sql)
GUARD = printf '%s\n\n' '\echo Use "$(1)" to load this file. \quit'

$(FRESH_SCRIPT): $(FIRST) $(PARTS) $(EXTENSION).control Makefile
	{ $(call GUARD,CREATE EXTENSION $(EXTENSION)); cat $(FIRST) $(PARTS); } > $@

ifneq ($(PREVIOUS),)
$(UPDATE_SCRIPT): $(FIRST) $(UPDATE) $(PARTS) $(EXTENSION).control Makefile
	{ $(call GUARD,ALTER EXTENSION $(EXTENSION) UPDATE); cat $(FIRST) $(UPDATE) $(PARTS); } > $@
endif

$(OBJS): $(wildcard src/*.h $(FOLDERS:%=src/%/*.h))

# Nothing but the functions that PostgreSQL calls is seen from outside: PostgreSQL 15
# loads libraries so that a name of one can take the place of another's.
ifeq ($(PORTNAME),linux)
SHLIB_LINK += -Wl,--version-script=$(EXPORTS)
$(shlib): $(EXPORTS)
$(EXPORTS): $(SOURCES) Makefile
	{ echo '{ global: Pg_magic_func; _PG_init; ogw_launcher_main; ogw_worker_main;'; \
		sed -n 's/^PG_FUNCTION_INFO_V1(\(.*\));$$/\1; pg_finfo_\1;/p' $(SOURCES); echo 'local: *; };'; } > $@
endif

endif
