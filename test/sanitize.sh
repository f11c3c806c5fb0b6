#!/bin/bash
# Runs tests on a PostgreSQL whose assertions are on, built with the extension under the
# compiler's sanitizers for addresses and undefined behaviour. It ends with a line alone:
# "N passed, N failed". The first report of any of them ends a server's process, which
# fails its test, and the run.
#
#   test/sanitize.sh             regression tests, isolation specs, and the TAP tests in
#                                which it is the server that is tested, 32_altered among them
#   test/sanitize.sh WORD...     only tests whose file name holds a WORD
#
# The PostgreSQL is built from Debian's sources of this machine's major version, which
# takes some twenty minutes on two cores, and is kept in
# ${OGW_SANITIZED_DIR:-/var/tmp/ogw_logs-sanitized}; remove it to have it built anew.
set -euo pipefail

cd "$(dirname "$0")/.."
cache=${OGW_SANITIZED_DIR:-/var/tmp/ogw_logs-sanitized}
say() { echo "sanitize: $*"; }
die() {
	say "$*" >&2
	printf '\n0 passed, 1 failed\n'
	exit 1
}

# What the programs under test, the server too, are to do with a report.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=0:print_stacktrace=1
export UBSAN_OPTIONS=print_stacktrace=1:abort_on_error=1
# libraries of that PostgreSQL are linked into a program of the tests
export LDFLAGS=-fsanitize=address,undefined

# Fetches Debian's sources of a PostgreSQL into the current folder, the oldest that it has:
# a minor version that is new may not be everywhere yet. The lists of sources are asked
# for beside those of the machine.
fetch() { # MAJOR
	local file options
	mkdir -p lists/partial sources.d
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
		[ ! -f "$file" ] || sed -n 's/^deb /deb-src /p' "$file" >"sources.d/$(basename "$file")"
	done
	for file in /etc/apt/sources.list.d/*.sources; do
		[ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"sources.d/$(basename "$file")"
	done
	options="-qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$PWD/sources.d -o Dir::State::lists=$PWD/lists -o APT::Sandbox::User=root"
	# shellcheck disable=SC2086  # a list of options
	{
		timeout 5m apt-get $options update &&
			version=$(apt-cache $options showsrc "postgresql-$1" | sed -n 's/^Version: //p' | sort -V | head -n 1) &&
			timeout 10m apt-get $options source --download-only "postgresql-$1=$version" >/dev/null
	}
}

# Builds it below a folder, where its pg_config is then in bin/.
build() { # MAJOR FOLDER
	local work=$2.new
	rm -rf "$work"
	mkdir -p "$work"
	(
		cd "$work"
		say "fetching the sources of PostgreSQL $1"
		fetch "$1"
		tar -xf postgresql-"$1"_*.orig.tar.*
		cd postgresql-"$1"*/
		say "building it; the log is $work/log"
		./configure --prefix="$2" --enable-cassert --enable-debug --enable-tap-tests --without-readline --without-icu \
			CFLAGS='-O1 -g -fno-omit-frame-pointer -fno-common -fsanitize=address,undefined,alignment -fno-sanitize-recover=all' \
			LDFLAGS='-fsanitize=address,undefined'
		make -s -j "$(nproc)" world-bin
		rm -rf "$2"
		make -s install-world-bin
		make -s -C src/test/isolation install
	) >"$work.log" 2>&1 || { tail -n 20 "$work.log"; die "the PostgreSQL could not be built; the log is $work.log"; }
	rm -rf "$work"
}

test/packages.sh
major=$("${PG_CONFIG:-pg_config}" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
[ -x "$cache/$major/bin/pg_config" ] || build "$major" "$cache/$major"
export PG_CONFIG=$cache/$major/bin/pg_config
say "$("$PG_CONFIG" --version), with assertions, under the sanitizers"

# What was built otherwise is not this, nor is this what another run wants.
clean() { for folder in . test/gateway test/disk; do MAKEFLAGS='' make -s -C "$folder" clean >/dev/null; done; }
clean
trap clean EXIT
if [ $# -gt 0 ]; then
	TESTS="$*" LOGS=sanitize test/check.sh
else
	# the others measure memory, or are about other programs than the server; of those at
	# length only the alterations of tables are about what it reads
	EXCEPT='00_tree 01_insert 03_dump 05_memory 06_core 07_key 12_figures 13_worker 14_pg_cron 19_replicas 23_next 27_backend
		16_pg_upgrade 17_crash 18_resources 24_full_disk 25_soak 26_bench' LOGS=sanitize KINDS='tests heavy' test/check.sh
fi
