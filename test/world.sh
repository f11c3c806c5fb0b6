#!/bin/bash
# Everything at full size, in parts that take less than two hours each, and ends with
# a line alone: "N passed, N failed". Exits 1 when anything failed or was not run.
#
#   test/world.sh [PART...]      default: all parts, in this order
#
#   check     what make check runs, at full size
#   heavy     real logs, real drivers, mutated entries, memory, crash, resources, full disk, hostile settings, altered tables,
#             the next version, benchmark in small
#   soak      twenty minutes of writing, sealing and expiry
#   matrix    check and heavy on PostgreSQL 15, 17 and 18, as root
#   upgrade   pg_upgrade with data, from 15 to 17 and 18, as root
#   memcheck  the regression tests under valgrind
#   sanitize  tests on a PostgreSQL with assertions, under the compiler's sanitizers
#
# The logs are .check/world-PART.log, and what is kept of failed tests is in
# .check/world-PART/, or where the script of the part says. OGW_CRASH_SEED=N has other moments and victims
# killed by the crash suite.
set -u
cd "$(dirname "$0")/.." || exit
parts=${*:-check heavy soak matrix upgrade memcheck sanitize}
passed=0 failed=0 table=

# Runs a part; its last line is the sum.
run() { # PART
	export OGW_FULL=1 LOGS=world-$1
	case $1 in
	check) KINDS=tests test/check.sh ;;
	heavy) test/packages.sh --drivers && EXCEPT=25_soak KINDS=heavy test/check.sh ;;
	soak) TESTS=25_soak KINDS=heavy test/check.sh ;;
	matrix) EXCEPT='12_figures 25_soak 26_bench' KINDS='tests heavy' test/matrix.sh ;;
	upgrade) test/pg_upgrade.sh ;;
	memcheck) test/memcheck.sh ;;
	sanitize) test/sanitize.sh ;;
	*) echo "world: there is no part $1; see the head of test/world.sh" ; return 1 ;;
	esac
}

mkdir -p .check
for part in $parts; do
	printf '\n===== %s =====\n' "$part"
	SECONDS=0
	log=.check/world-$part.log
	run "$part" 2>&1 | tee "$log"
	status=${PIPESTATUS[0]}
	read -r good bad < <(test/sum.sh "$status" "$log")
	passed=$((passed + good)) failed=$((failed + bad))
	table+=$(printf '\n%-10s%8s passed%6s failed%7s s' "$part" "$good" "$bad" "$SECONDS")
done
printf '%s\n\n%s passed, %s failed\n' "$table" "$passed" "$failed"
[ "$failed" = 0 ]
