#!/bin/sh
# Installs what building, trying and testing ogw_logs needs and this machine
# lacks: a compiler, PostgreSQL with its headers and test tools, zstd, lz4 (for
# the tests alone), Perl's test tools; and pg_cron, and PgBouncer where its test is to
# run, where apt has them: elsewhere their tests are skipped. Says what it installs. Where
# nothing is missing it does nothing and asks no network.
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

install() { # PACKAGE...
	echo "Installing with apt:" "$@"
	apt install "$@" && sed -n 's/^Need to get\|^After this operation/  &/p' "$log"
}

# The drivers that are missing, as package names; where one has another name in another
# Debian, both, with a stroke between them. Debian's Python is asked, since it is that
# which its packages are for.
missing_drivers() {
	for module in psycopg2 psycopg asyncpg pyodbc; do
		/usr/bin/python3 -c "import $module" 2>/dev/null || echo "python3-$module"
	done
	odbcinst -q -d 2>/dev/null | grep -q 'PostgreSQL Unicode' || echo odbc-postgresql
	command -v odbcinst >/dev/null || echo "odbcinst|unixodbc"
	[ -e /usr/share/java/postgresql.jar ] || echo libpostgresql-jdbc-java
	command -v javac >/dev/null || echo default-jdk-headless
	command -v go >/dev/null || echo golang-go
	[ -n "$(find /usr/share/gocode/src/github.com/jackc/pgx -maxdepth 1 -name 'v[45]' 2>/dev/null)" ] ||
		echo "golang-github-jackc-pgx-v4-dev|golang-github-jackc-pgx-v5-dev"
	command -v node >/dev/null || echo nodejs
	command -v npm >/dev/null || echo npm
}

# Installs the drivers that are missing, one by one: where one is not to be had, it says so.
install_drivers() {
	folder=$(dirname "$0")/drivers
	names=$(missing_drivers)
	[ -z "$names" ] || apt update || echo "packages: going on with the package lists as they are" >&2
	for names in $names; do
		name=
		for other in $(echo "$names" | tr '|' ' '); do
			[ -n "$name" ] || ! apt-cache show "$other" >/dev/null 2>&1 || name=$other
		done
		{ [ -n "$name" ] && install "$name"; } ||
			echo "packages: going on without $names; what needs it is skipped in the test of drivers"
	done
	# what was installed is told by a copy of the list
	cmp -s "$folder/package-lock.json" "$folder/node_modules/installed.json" || {
		echo "Installing with npm: the drivers of test/drivers/package-lock.json"
		(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund && cp package-lock.json node_modules/installed.json) >"$log" 2>&1 </dev/null || {
			cat "$log" >&2
			echo "packages: going on without the drivers of Node, which are skipped in the test of drivers"
		}
	}
}

want=$(missing)
extra=$(desirable)
if [ "${1:-}" = --drivers ]; then
	"$0"
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	install_drivers
	exit
fi
[ -n "$want$extra" ] || exit 0
if [ "${1:-}" = --dry-run ]; then
	echo "Missing (@: PostgreSQL's major version):" $want $extra
	exit 0
fi
# For that alone nobody is asked for a password.
if [ -z "$want" ] && ! { command -v apt-get && { [ "$(id -u)" = 0 ] || sudo -n true; }; } >/dev/null 2>&1; then
	echo "packages: cannot install" $extra "here; what needs it will be skipped"
	exit 0
fi
command -v apt-get >/dev/null ||
	die "this machine has no apt; please install what these Debian packages hold (@: PostgreSQL's major version):" $want

log=$(mktemp)
no_main=/etc/postgresql-common/createcluster.d/ogw_logs-no-main.conf
no_service=/usr/sbin/policy-rc.d
made_no_service=
trap 'rm -f "$log"; [ ! -f "$no_main" ] || as_root rm -f "$no_main"; [ -z "$made_no_service" ] || as_root rm -f "$no_service"' EXIT
trap 'exit 130' INT TERM

# Old lists may still do; if not, the installation says what it lacks.
apt update || echo "packages: going on with the package lists as they are" >&2
case $want$extra in
*@*)
	major=$(pg_major)
	[ -n "$major" ] || die "apt knows no postgresql package; check its sources, or name a PostgreSQL with PG_CONFIG=…/pg_config"
	[ "$major" -ge 15 ] || die "PostgreSQL $major is too old, ogw_logs needs 15 or newer; name one with PG_CONFIG=…/pg_config"
	want=$(echo "$want" | sed "s/@/$major/g")
	extra=$(echo "$extra" | sed "s/@/$major/g")
	if [ -n "$extra" ] && ! apt-cache show "$extra" >/dev/null 2>&1; then
		echo "packages: apt has no $extra; its test will be skipped"
		extra=
	fi
	# A first PostgreSQL server package would also make and start a cluster
	# "main"; while this script runs it does not.
	as_root mkdir -p "${no_main%/*}"
	echo "create_main_cluster = false" | as_root tee "$no_main" >/dev/null
esac

known=
for package in $extra; do
	if apt-cache show "$package" >/dev/null 2>&1; then known="$known $package"
	else echo "packages: apt has no $package; what needs it will be skipped"
	fi
done
extra=${known# }
# Debian's PgBouncer would be started at once; while this script runs no service is.
case $extra in
*pgbouncer*)
	[ -e "$no_service" ] || {
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$no_service" >/dev/null
		as_root chmod 755 "$no_service"
		made_no_service=1
	} ;;
esac
[ -z "$want" ] || install $want
[ -z "$extra" ] || install $extra || echo "packages: going on without $extra; its test will be skipped"

want=$(missing)
[ -z "$want" ] || die "still missing (is PG_CONFIG right?):" $want
