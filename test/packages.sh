#!/bin/sh
# Installs what building, trying and testing ogw_logs needs and this machine
# lacks: a compiler, PostgreSQL with its headers and test tools, zstd, lz4 (for
# the tests alone), Perl's test tools; and pg_cron, and PgBouncer where its test is to
# run, where apt has them: elsewhere their tests are skipped. Says what it installs. Where nothing is missing it does nothing
# and asks no network.
#
#   test/packages.sh            install (apt, through sudo unless root)
#   test/packages.sh --dry-run  only name what is missing
#   PGBOUNCER=1 test/packages.sh    with PgBouncer
#   test/packages.sh --drivers  the same, and the drivers of test/drivers/, each where apt
#                               or npm has it: elsewhere its part of the test is skipped
#
# PG_CONFIG=/path/to/pg_config chooses a PostgreSQL; one that is not Debian's
# must have its server, headers and test tools already.
# shellcheck disable=SC2086  # lists of package names are meant to split
set -eu

die() { echo "packages: $*" >&2; exit 1; }

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"
	elif command -v sudo >/dev/null; then sudo "$@"
	else die "installing needs root: run this as root, or install sudo"
	fi
}

# The pg_config in charge, if it can build extensions; else nothing.
pg_config_path() {
	pgc=$(command -v "${PG_CONFIG:-pg_config}") || return 0
	pgxs=$("$pgc" --pgxs 2>/dev/null) || return 0
	# Debian's client has PGXS without the headers of the server.
	{ [ ! -f "$pgxs" ] || [ ! -f "$("$pgc" --includedir-server)/postgres.h" ]; } || echo "$pgc"
}

# The major version to install: of the PostgreSQL in charge, of the newest that
# is there in part, else the distribution's own.
pg_major() {
	case ${PG_CONFIG:-} in
	*/*) bin=$(dirname "$PG_CONFIG") ;;
	*) bin=$("${PG_CONFIG:-pg_config}" --bindir 2>/dev/null) || bin= ;;
	esac
	case $bin in
	/usr/lib/postgresql/*/bin) basename "$(dirname "$bin")"; return ;;
	?*) die "$bin holds no PostgreSQL of Debian's that apt could complete; it lacks (for @ read its version):" $want ;;
	esac
	for pgc in /usr/lib/postgresql/*/bin/pg_config; do
		[ -x "$pgc" ] && echo "$pgc" | cut -d/ -f5
	done | sort -n | tail -n 1 | grep . ||
	apt-cache depends postgresql | sed -n 's/^ *Depends: postgresql-\([0-9]*\)$/\1/p' | head -n 1
}

has_header() { echo "#include <$1>" | gcc -E - >/dev/null 2>&1; }

# What is missing, as package names; @ stands for the major version.
missing() {
	command -v gcc >/dev/null || echo gcc
	has_header stdio.h || echo libc6-dev
	command -v make >/dev/null || echo make
	has_header zstd.h || echo libzstd-dev
	has_header lz4.h || echo liblz4-dev
	command -v zstd >/dev/null || echo zstd
	command -v prove >/dev/null || echo perl
	perl -MIPC::Run -e 1 2>/dev/null || echo libipc-run-perl
	pgc=$(pg_config_path)
	if [ -z "$pgc" ]; then
		echo "postgresql-@ postgresql-server-dev-@ libpq-dev"
		return
	fi
	[ -x "$("$pgc" --bindir)/postgres" ] || echo postgresql-@
	[ -f "$("$pgc" --includedir)/libpq-fe.h" ] || echo libpq-dev
	[ -x "$(dirname "$("$pgc" --pgxs)")/../test/regress/pg_regress" ] || echo postgresql-client-@
}

# What is missing and can be done without. To a PostgreSQL that is not Debian's,
# Debian's packages are of no use.
desirable() {
	pgc=$(pg_config_path)
	[ -z "${PGBOUNCER:-}" ] || command -v pgbouncer >/dev/null || [ -x /usr/sbin/pgbouncer ] || echo pgbouncer
	[ -n "$pgc" ] || { echo postgresql-@-cron; return; }
	case $("$pgc" --bindir) in
	/usr/lib/postgresql/*/bin) [ -f "$("$pgc" --pkglibdir)/pg_cron.so" ] || echo postgresql-@-cron ;;
	esac
}

# Runs apt-get without questions; its words are shown only when it fails.
apt() {
	as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
		apt-get -q -y -o Dpkg::Use-Pty=0 -o APT::Install-Recommends=false "$@" >"$log" 2>&1 </dev/null ||
		{ cat "$log" >&2; echo "packages: apt-get $1 failed, see above" >&2; return 1; }
}

[ -z "$want" ] || install $want
[ -z "$extra" ] || install $extra || echo "packages: going on without $extra; its test will be skipped"

want=$(missing)
[ -z "$want" ] || die "still missing (is PG_CONFIG right?):" $want
