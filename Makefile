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

# The version before this one, which an update starts from. Its scripts, and
# those before it, are in released/ as they were released.

# The rooms. The order is the install script's: a room may use what stands
# before it. An update script has what cannot be said twice behind the first.
SQL_ROOMS = inline redact team site_format access entry log replica partition maintain terms duplicate ingest account body_read search \
	erase view retention seal segment expire rewrite verify privacy owner_only
C_ROOMS = ogw_logs json charset escape key_format redact redact_context redact_name redact_value redact_pem redact_own \
	key site_format team team_set access entry entry_build entry_json entry_value \
	log partition frame body body_span segment segment_build shelf segment_read segment_pass segment_write segment_pack segment_erase segment_erase_user segment_merge job_key twin duplicate batch batch_rows leaf_write direct ingest account doors body_read body_find needle segment_search body_search search get_log search_sql walk leaf leaf_row leaf_pages terms \
	erase rewrite verify worker launcher

MODULE_big = $(EXTENSION)
OBJS = $(C_ROOMS:%=src/%.o)
FRESH_SCRIPT = $(EXTENSION)--$(EXTVERSION).sql
UPDATE_SCRIPT = $(EXTENSION)--$(PREVIOUS)--$(EXTVERSION).sql
DATA_built = $(FRESH_SCRIPT) $(UPDATE_SCRIPT)
EXTRA_CLEAN = $(DATA_built)

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
UPDATE = update/$(PREVIOUS)--$(EXTVERSION).sql
ROOMS = $(SQL_ROOMS:%=src/%.sql)
GUARD = printf '%s\n\n' '\echo Use "$(1)" to load this file. \quit'

$(FRESH_SCRIPT): $(FIRST) $(ROOMS) $(EXTENSION).control Makefile
	{ $(call GUARD,CREATE EXTENSION $(EXTENSION)); cat $(FIRST) $(ROOMS); } > $@

$(UPDATE_SCRIPT): $(FIRST) $(UPDATE) $(ROOMS) $(EXTENSION).control Makefile
	{ $(call GUARD,ALTER EXTENSION $(EXTENSION) UPDATE); cat $(FIRST) $(UPDATE) $(ROOMS); } > $@

$(OBJS): $(wildcard src/*.h)

endif
