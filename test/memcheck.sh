#!/bin/sh
# Runs the regression tests on a private server under valgrind, and ends with
# "N passed, N failed": the tests, and whether valgrind reports anything that
# has this project's code on its stack. A PostgreSQL that was built with
# -DUSE_VALGRIND tells it of memory contexts, so that far more is found; name
# such a one with PG_CONFIG. Takes an hour or two; two halves can run at once.
#
#   test/memcheck.sh [TEST...]  of all tests, or of some: 01_install 02_keys;
#                               the reports are in .check/memcheck/
set -eu

cd "$(dirname "$0")/.."
project=$PWD
export LC_ALL=C.UTF-8
out=$project/.check/memcheck
die() { echo "memcheck: $*" >&2; exit 1; }

command -v valgrind >/dev/null || die "needs valgrind: on Debian, the package of that name"
bindir=$("${PG_CONFIG:-pg_config}" --bindir)
test/packages.sh
test/install.sh COPT=-Werror

rm -rf "$out"
mkdir -p "$out"
finish() {
	cp "$(test/cluster.sh dir --name memcheck)/server.log" "$out" 2>/dev/null || true
	test/cluster.sh remove --name memcheck || true
}
trap finish EXIT
trap 'exit 130' INT TERM

# in the cluster's folder, which its owner can read, and which is gone with the cluster
test/cluster.sh remove --name memcheck
logs=$(test/cluster.sh dir --name memcheck)/valgrind
test/cluster.sh as-owner mkdir -p "$logs"
test/cluster.sh as-owner tee "$logs/memcheck.supp" <test/memcheck.supp >/dev/null

# What runs as the server: each process, and each session, has a report of its own.
cat >"$logs/postgres" <<END
#!/bin/sh
exec valgrind -v --trace-children=yes --leak-check=no --num-callers=40 --fullpath-after= --error-limit=no \
	'--suppressions=$logs/memcheck.supp' \
	'--log-file=$logs/%p.log' '$bindir/postgres' "\$@"
END
chmod 755 "$logs/postgres"
export PGCTLTIMEOUT=300
POSTGRES=$logs/postgres test/cluster.sh start --name memcheck --set fsync=off --set autovacuum=off
eval "$(test/cluster.sh env --name memcheck)"

tests=${*:-$(basename -s .sql -a sql/*.sql | paste -sd ' ')}
passed=0 failed=0
make -s installcheck PG_CONFIG="${PG_CONFIG:-pg_config}" ISOLATION= TAP_TESTS= REGRESS_PREP= REGRESS="$tests" REGRESS_OPTS="--inputdir=. --outputdir=$out --dbname=contrib_regression" 2>&1 | tee "$out/log" || true
for name in $tests; do
	if grep -aqE "^(ok [0-9]+ +- $name |test $name +\.\.\. ok)" "$out/log"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
[ ! -s "$out/regression.diffs" ] || head -c 30000 "$out/regression.diffs"

# A report is a block of lines; ours has a frame in a file of src/ or in the library.
test/cluster.sh stop --name memcheck
cat "$logs"/*.log >"$out/reports"
watched=$(grep -l "Reading syms from .*/ogw_logs.so" "$logs"/*.log | wc -l)
awk -v ours="$project/src/|/ogw_logs.so\\\\)" '
	{ text = $0; sub(/^==[0-9]+== ?/, "", text) }
	text == "" || text == $0 { if (mine) { printf "%s\n", block; n++ }; block = ""; mine = 0; next }
	{ block = block text "\n" }
	text ~ /^ +(at|by) 0x/ && text ~ ours { mine = 1 }
	END { if (mine) { printf "%s\n", block; n++ } }' "$out/reports" >"$out/ours"
reports=$(grep -c '^$' "$out/ours" || true)
if [ "$watched" -lt "$(echo "$tests" | wc -w)" ]; then
	echo "valgrind saw the library in $watched processes only"
	failed=$((failed + 1))
elif [ "$reports" != 0 ]; then
	head -c 30000 "$out/ours"
	echo "valgrind: $reports reports in this project's code, in $watched processes"
	failed=$((failed + 1))
else
	echo "valgrind: nothing in this project's code, in $watched processes"
	passed=$((passed + 1))
fi
echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
