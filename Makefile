# ogw_logs: build, install, demo and tests.
#
#   make, make install      as any PGXS extension; PG_CONFIG=… chooses the server
#   make installcheck       regression, isolation and TAP tests, on a server that runs
#   make demo, make check   everything a bare Debian needs, and private servers
#   make check-world        every test at full size, in parts
#   make figures, make fuzz the scanner alone: measured, and attacked
#   make memcheck           the regression tests under valgrind
#   make sanitize           tests on a PostgreSQL with assertions, under sanitizers
#   make bench              measured against what people would use instead
#
# docs/development.md tells what each needs and how long it takes.

EXTENSION = ogw_logs
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(TOP)/$(EXTENSION).control)

# The version before this one, from which an update script starts: none yet.
PREVIOUS =

# The folders of src/, lowest first: each includes from itself and those before it.
FOLDERS = core redact policy segment entry ingest search erase lifecycle

# The parts of the install script, in its order: what is made must be there when a
# later part runs. An update script has update/OLD--NEW.sql behind the first part.
SQL_PARTS = \
	$(addprefix core/, settings pinned_settings owner role_link storage identifier dedup_key settings_tables log log_columns partition maintenance_step) \
	$(addprefix policy/, mask api_key team site_format access grant monitor body_read privacy) \
	$(addprefix segment/, segment segment_scan sealed_bodies segment_pack segment_merge) \
	entry/entry \
	$(addprefix ingest/, entry_key given_value insert_functions inbox batch_rows ingest_count) \
	$(addprefix search/, filter_index search counts get_log messages) \
	$(addprefix erase/, erase erase_json) \
	$(addprefix lifecycle/, log replica partition body_partition blocked maintenance_run maintain maintenance_status view clock retention seal seal_bodies merge_segments expire rewrite orphans verify install_notice) \
	install_end

# Where the sources are: here, or where make -f and VPATH say.
TOP := $(patsubst %/,%,$(if $(VPATH),$(VPATH),$(dir $(firstword $(MAKEFILE_LIST)))))

MODULE_big = $(EXTENSION)
SOURCES = $(sort $(wildcard $(TOP)/src/*.c $(FOLDERS:%=$(TOP)/src/%/*.c)))
OBJS = $(SOURCES:$(TOP)/%.c=%.o)
FRESH_SCRIPT = $(EXTENSION)--$(EXTVERSION).sql
UPDATE_SCRIPT = $(PREVIOUS:%=$(EXTENSION)--%--$(EXTVERSION).sql)
DATA_built = $(FRESH_SCRIPT) $(UPDATE_SCRIPT)
DOCS = README.md $(patsubst $(TOP)/%,%,$(sort $(wildcard $(TOP)/docs/*.md)))
EXPORTS = src/exports.map
EXTRA_CLEAN = $(EXPORTS)

PG_CPPFLAGS = -I$(TOP)/src
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Wno-sign-compare
# A PostgreSQL built with gcc hands on flags and attributes that clang does not know.
ifneq ($(findstring clang,$(CC)),)
PG_CFLAGS += -Wno-ignored-optimization-argument -Wno-unknown-warning-option -Wno-ignored-attributes
endif
SHLIB_LINK = -lzstd

# make installcheck: the tests of sql/, of test/isolation/ and of test/t/. The last
# start servers of their own, for which they must not be run as root.
REGRESS = $(sort $(patsubst $(TOP)/sql/%.sql,%,$(wildcard $(TOP)/sql/*.sql)))
ISOLATION = $(sort $(patsubst $(TOP)/test/isolation/specs/%.spec,%,$(wildcard $(TOP)/test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(TOP)/test/isolation --use-existing
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl
REGRESS_PREP = installcheck-prep
ENCODING = UTF8
NO_LOCALE = 1

PG_CONFIG ?= pg_config

# The goals for a fresh machine install pg_config first, so they come before
# PGXS (whose own "check" only says that it does nothing).
GOALS = demo demo-stop check check-world matrix upgrade-server bare figures fuzz soak memcheck sanitize bench
ifneq ($(filter $(GOALS),$(MAKECMDGOALS)),)

# make demo [DATA=FILE.ndjson[.zst]]: an operator's minute, on a private server
# (under another name from here: DATA means something to PGXS)
demo:
	@MAKEFLAGS= OGW_LOG='$(DATA)' demo/demo.sh

# make demo-stop: stops that server and deletes its data
demo-stop:
	@test/cluster.sh remove --name demo

# make check [TESTS='WORD...'] [EXCEPT='WORD...']: what proves the product on this
# machine's PostgreSQL, on private servers, in some minutes
check:
	@MAKEFLAGS= TESTS='$(TESTS)' EXCEPT='$(EXCEPT)' test/check.sh

# make check-world [PART='check heavy soak matrix upgrade memcheck sanitize']: every test at full
# size; without PART all parts, some of them as root
check-world:
	@MAKEFLAGS= test/world.sh $(PART)

# make matrix [SUITES='trixie...'] [TESTS='WORD...'] [EXCEPT='WORD...']: every test on
# every PostgreSQL: 15, 17 and 18, each in a Debian of its own, as root
matrix:
	@MAKEFLAGS= TESTS='$(TESTS)' EXCEPT='$(EXCEPT)' KINDS='tests heavy' test/matrix.sh $(SUITES)

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
	@MAKEFLAGS= OGW_SOAK_SECONDS=$(or $(SECONDS),1200) TESTS=25_soak test/check.sh

# make memcheck: the regression tests under valgrind
memcheck:
	@MAKEFLAGS= test/memcheck.sh

# make sanitize [TESTS='word...']: tests on a PostgreSQL with assertions, under sanitizers
sanitize:
	@MAKEFLAGS= test/sanitize.sh $(TESTS)

# make bench [SCALE=1] [PARTS='write bodies seal search open profile'] [REPEAT=5]
#            [CONNECTIONS='1 4 16'] [PARTITIONS='30 365 1000']: .bench/bench.md
bench:
	@MAKEFLAGS= SCALE='$(SCALE)' PARTS='$(PARTS)' CONNECTIONS='$(CONNECTIONS)' PARTITIONS='$(PARTITIONS)' REPEAT='$(REPEAT)' test/bench/bench.sh

# make bare [SUITES='trixie...']: demo and check on a fresh Debian, as root
bare:
	@test/bare.sh $(SUITES)

.PHONY: $(GOALS)

else

PGXS := $(shell $(PG_CONFIG) --pgxs)
ifeq ($(wildcard $(PGXS)),)
$(error $(PG_CONFIG) finds no PGXS: install postgresql-server-dev-NN, or run "make demo")
endif

# The scripts of the versions that were released, once there are any.
DATA = $(patsubst $(TOP)/%,%,$(sort $(wildcard $(TOP)/released/*.sql)))

include $(PGXS)

# The documents have a folder of their own among those of other extensions.
docmoduledir := $(EXTENSION)
uninstall: uninstall-docs
uninstall-docs:
	rm -f $(addprefix '$(DESTDIR)$(docdir)/$(docmoduledir)'/, $(notdir $(DOCS)))
	-[ ! -d '$(DESTDIR)$(docdir)/$(docmoduledir)' ] || rmdir '$(DESTDIR)$(docdir)/$(docmoduledir)'
.PHONY: uninstall-docs

FIRST = $(TOP)/src/$(EXTENSION).sql
UPDATE = $(PREVIOUS:%=$(TOP)/update/%--$(EXTVERSION).sql)
PARTS = $(SQL_PARTS:%=$(TOP)/src/%.sql)
CONTROL = $(TOP)/$(EXTENSION).control
MAKEFILE = $(TOP)/Makefile
GUARD = printf '%s\n\n' '\echo Use "$(1)" to load this file. \quit'

$(FRESH_SCRIPT): $(FIRST) $(PARTS) $(CONTROL) $(MAKEFILE)
	{ $(call GUARD,CREATE EXTENSION $(EXTENSION)); cat $(FIRST) $(PARTS); } > $@

ifneq ($(PREVIOUS),)
$(UPDATE_SCRIPT): $(FIRST) $(UPDATE) $(PARTS) $(CONTROL) $(MAKEFILE)
	{ $(call GUARD,ALTER EXTENSION $(EXTENSION) UPDATE); cat $(FIRST) $(UPDATE) $(PARTS); } > $@
endif

$(OBJS) $(OBJS:.o=.bc): $(wildcard $(TOP)/src/*.h $(FOLDERS:%=$(TOP)/src/%/*.h))

# The objects lie in folders, which are not there yet in a build beside the sources.
# (As targets they would be found at the sources.)
ifneq ($(TOP),.)
$(shell mkdir -p $(sort $(dir $(OBJS))))
endif

# Nothing but the functions that PostgreSQL calls is seen from outside: PostgreSQL 15
# loads libraries so that a name of one can take the place of another's.
ifeq ($(PORTNAME),linux)
SHLIB_LINK += -Wl,--version-script=$(EXPORTS)
$(shlib): $(EXPORTS)
$(EXPORTS): $(SOURCES) $(MAKEFILE)
	{ echo '{ global: Pg_magic_func; _PG_init; ogw_autonomous_main; ogw_launcher_main; ogw_worker_main;'; \
		sed -n 's/^PG_FUNCTION_INFO_V1(\(.*\));$$/\1; pg_finfo_\1;/p' $(SOURCES); echo 'local: *; };'; } > $@
endif

# What the tests need beside the extension: programs, the database of the isolation
# specs, and where a test module of ours is.
ISOLATION_DATABASE = PATH='$(bindir)':"$$PATH" $(TOP)/test/isolation/database.sh $(ISOLATION_TESTDB)
installcheck-prep:
	$(MAKE) -C $(TOP)/test/gateway PG_CONFIG='$(PG_CONFIG)'
	$(ISOLATION_DATABASE)
.PHONY: installcheck-prep

# The tests show what a session is told by default, in English; a server's settings may
# say otherwise.
installcheck: export PGOPTIONS += -c client_min_messages=notice -c lc_messages=C

endif
