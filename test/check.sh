#!/bin/sh
# Runs every test on a private cluster and ends with one line alone:
# "N passed, N failed". Counted are the regression tests of sql/, the isolation
# specs of test/isolation/specs/ and the top-level assertions of the TAP tests
# test/t/*.pl. Exits 1 when anything failed or broke. Logs and results are in
# .check/. TAP tests find the gateway at $GATEWAY, and real data, where
# ../shared/data is there, at $OGW_DATA.
#
#   test/check.sh                everything, from a clean build with -Werror
#   TESTS='WORD...' test/check.sh   only tests whose file name holds a WORD,
#                                from the build as it is
#   EXCEPT='WORD...' test/check.sh  none whose file name holds a WORD
set -eu

cd "$(dirname "$0")/.."
project=$PWD
# The TAP tests make their servers after LANG, the rest goes by LC_ALL.
export LANG=C.UTF-8 LC_ALL=C.UTF-8
out=$project/.check
passed=0 failed=0 broken=

say() { printf '\n== %s ==\n' "$*"; }

# Adds to the counts; a step that broke without naming a failed test counts one.
count() { # PASSED FAILED STATUS
	passed=$((passed + $1))
	failed=$((failed + $2))
	if [ "$3" != 0 ] && [ "$2" = 0 ]; then failed=$((failed + 1)); fi
}

# Fails the tests among the names that lack an expected output, at which
# pg_regress would give up, and leaves the others in $tests.
have_expected() { # FOLDER NAME...
	folder=$1 tests=
	shift
	for name; do
		if [ -f "$folder/$name.out" ]; then tests="$tests $name"
		else
			echo "$name: not run, there is no $folder/$name.out"
			count 0 1 0
		fi
	done
}

# The names (without folder and suffix) of the tests to run among the files.
chosen() {
	for file; do
		[ -f "$file" ] || continue
		name=$(basename "$file")
		name=${name%.*}
		for word in ${EXCEPT:-}; do
			case $name in *"$word"*) continue 2 ;; esac
		done
		for word in ${TESTS:-$name}; do
			case $name in *"$word"*) echo "$name"; break ;; esac
		done
	done | sort
}

# Stops what was started, names what broke, and prints the closing line.
finish() {
	status=$?
	trap - EXIT
	[ -z "$broken" ] || { echo "check: $broken did not succeed, see above" >&2; failed=$((failed + 1)); }
	"$project/test/cluster.sh" stop --name check >/dev/null 2>&1 || true
	if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then
		echo "check: no test ran, or the run broke off" >&2
		failed=1
	fi
	echo
	echo "$passed passed, $failed failed" | tee "$out/summary"
	[ "$failed" = 0 ] || exit 1
}
trap finish EXIT
trap 'broken="an interrupted run"; exit 130' INT TERM

mkdir -p "$out"
# but for what test/matrix.sh and test/pg_upgrade.sh keep there, which may run now
find "$out" -mindepth 1 -maxdepth 1 ! -name 'matrix*' ! -name pg_upgrade -exec rm -rf {} +
if [ -d ../shared/data ]; then
	OGW_DATA=$(cd ../shared/data && pwd)
	export OGW_DATA
fi

say "packages, build, installation"
broken="installing packages"
test/packages.sh
broken="building and installing"
if [ -z "${TESTS:-}" ]; then
	make -s clean >/dev/null
	make -s -C test/gateway clean >/dev/null
	make -s -C test/disk clean >/dev/null
	make -s -C test/redact clean >/dev/null
fi
test/install.sh COPT=-Werror

broken="starting the private cluster"
test/cluster.sh remove --name check
# what autovacuum locks, and what it keeps a snapshot for, is no part of a test
test/cluster.sh start --name check --set fsync=off --set autovacuum=off
eval "$(test/cluster.sh env --name check)"
cluster=$(test/cluster.sh dir --name check)
pgxs_test=$(dirname "$("${PG_CONFIG:-pg_config}" --pgxs)")/../test
export GATEWAY="$project/test/gateway/gateway"
broken=

# Runs pg_regress or pg_isolation_regress over some tests, and counts. Their
# line of a passed test is "ok 1 - name 5 ms", before PostgreSQL 16
# "test name ... ok 5 ms".
regress() { # PROGRAM FOLDER OUTPUT TEST...
	program=$1 folder=$2 results=$out/$3
	shift 3
	mkdir -p "$results"
	database=contrib_$(basename "$results")
	existing=
	if [ -f "$folder/common.sql" ]; then
		createdb "$database"
		psql -qX -v ON_ERROR_STOP=1 -d "$database" -f "$folder/common.sql"
		existing=--use-existing
	fi
	{ "$program" --inputdir="$folder" --outputdir="$results" --bindir="${PATH%%:*}" $existing \
		--dbname="$database" --host="$PGHOST" --port="$PGPORT" --user="$PGUSER" \
		"$@" 2>&1 && touch "$results/success"; } | tee "$results/log"
	good=$(grep -acE '^ok [0-9]|^test .*\.\.\. ok( |$)' "$results/log" || true)
	status=0
	[ -f "$results/success" ] || status=1
	count "$good" $(($# - good)) "$status"
	[ ! -s "$results/regression.diffs" ] || head -c 60000 "$results/regression.diffs"
}

tests=$(chosen sql/*.sql)
if [ -n "$tests" ]; then
	say "regression tests"
	# shellcheck disable=SC2086  # a list of names
	have_expected expected $tests
	# shellcheck disable=SC2086
	[ -z "$tests" ] || regress "$pgxs_test/regress/pg_regress" . regression $tests
fi

tests=$(chosen test/isolation/specs/*.spec)
if [ -n "$tests" ]; then
	say "isolation tests"
	# shellcheck disable=SC2086  # a list of names
	have_expected test/isolation/expected $tests
	# shellcheck disable=SC2086
	[ -z "$tests" ] || regress "$pgxs_test/isolation/pg_isolation_regress" test/isolation isolation $tests
fi

# The TAP tests start servers of their own, so they run as the user who may.
# For root that is another user, who gets a copy of the project and its data.
stage() {
	tap=$out
	[ "$(id -u)" = 0 ] || return 0
	tap=$cluster/tap
	mkdir -p "$tap/main"
	tar -c --exclude=./.git --exclude=./.check --exclude='./.cluster*' . | tar -x -C "$tap/main"
	if [ -n "${OGW_DATA:-}" ]; then
		mkdir "$tap/shared"
		cp -r "$OGW_DATA" "$tap/shared/data"
		chmod -R u+w "$tap/shared"
		OGW_DATA=$tap/shared/data
	fi
	chown -R postgres: "$tap"
	cd "$tap/main"
	GATEWAY=$PWD/test/gateway/gateway
}

# Runs a command as the user of the TAP tests, in the project's folder.
as_tap_user() {
	# shellcheck disable=SC2016  # it is the inner shell that expands them
	on_small_disk "$project/test/cluster.sh" as-owner sh -c 'cd "$1" && shift && exec "$@"' - "$PWD" "$@"
}

# Runs a command with an empty disk of 80 MB at $OGW_SMALL_DISK, if that is set:
# in a mount namespace, with which it goes when the last process there ends.
on_small_disk() {
	[ -n "${OGW_SMALL_DISK:-}" ] || { "$@"; return; }
	# shellcheck disable=SC2016
	unshare --mount --propagation private sh -c 'mount -t tmpfs -o size=80m,mode=1777 tmpfs "$OGW_SMALL_DISK" && exec "$@"' - "$@"
}

# Finds out whether there can be such a disk: root may mount one, as a rule.
find_small_disk() {
	export OGW_SMALL_DISK="$tap/small_disk"
	mkdir -p "$OGW_SMALL_DISK"
	on_small_disk true 2>/dev/null || unset OGW_SMALL_DISK
}

# Runs one TAP test and counts its assertions.
tap_test() { # NAME
	log=$out/tap-$1.log
	status=0
	start=$(date +%s)
	as_tap_user mkdir -p "$tap/$1/tmp_check" "$tap/$1/log"
	as_tap_user env -u PGHOST -u PGPORT -u PGUSER \
		PERL5LIB="$pgxs_test/perl:$PWD/test/t${PERL5LIB:+:$PERL5LIB}" PG_REGRESS="$pgxs_test/regress/pg_regress" \
		TESTDIR="$tap/$1" TESTDATADIR="$tap/$1/tmp_check" TESTLOGDIR="$tap/$1/log" \
		prove -v "test/t/$1.pl" >"$log" 2>&1 || status=$?
	good=$(grep -ac '^ok ' "$log" || true)
	bad=$(grep -a '^not ok ' "$log" | grep -avc '# TODO' || true)
	count "$good" "$bad" "$status"
	if [ "$status" = 0 ]; then
		echo "$1: $good passed ($(($(date +%s) - start)) s)$(sed -n 's/^1\.\.0 # SKIP /, skipped: /p' "$log")"
		return
	fi
	echo "$1: $good passed, $bad failed, exit status $status; its log is .check/tap-$1.log, its end:"
	grep -av '^ok ' "$log" | tail -n 80
	find "$tap/$1" -name "regress_log_*" -exec tail -n 40 {} +
	[ "$tap" = "$out" ] || cp -r "$tap/$1" "$out/tap-$1"
}

tests=$(chosen test/t/*.pl)
if [ -n "$tests" ]; then
	say "TAP tests"
	stage
	find_small_disk
	for test in $tests; do
		tap_test "$test"
	done
	cd "$project"
fi

# A server process that died on the way is a failure even if no test saw it.
cp "$cluster/server.log" "$out/server.log"
if grep -aE 'was terminated by signal|PANIC:|TRAP:' "$out/server.log"; then
	broken="the server (a process of it died: .check/server.log)"
fi
