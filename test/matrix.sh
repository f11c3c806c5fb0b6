#!/bin/bash
# Runs test/check.sh on several Debians, which have PostgreSQLs of several
# versions, in chroots. The project is taken as it is here. Ends with a table,
# and with the sum of all on a line alone: "N passed, N failed"; exits 1 when
# anything failed, or a Debian broke off, which counts as one failed. Run as
# root; test/chroot.sh tells where the Debians are kept.
#
#   test/matrix.sh [SUITE...]    default: bookworm trixie sid (15, 17, 18);
#                                experimental has the version to come
#   TESTS, EXCEPT, KINDS, JOBS, OGW_FULL   as for test/check.sh
#
# A Debian with the project's packages is made at first, and again when
# test/packages.sh finds that it lacks any; it is kept as SUITE+packages.
# The logs are .check/matrix/SUITE.log; where something failed, the .check of
# that machine is beside it.
set -euo pipefail

# shellcheck source=test/chroot.sh
. "$(dirname "$0")/chroot.sh"
[ $# -gt 0 ] || set -- bookworm trixie sid
logs=$project/.check/matrix

may_run $#
enclose "$@"
rm -rf "$logs"
mkdir -p "$logs"

read -r -d '' check <<'END' || true
set -eu
cd /root
[ ! -d /mnt/data ] || { mkdir shared && ln -s /mnt/data shared/data; }
git clone -q /mnt/ogw_logs.git ogw_logs
cd ogw_logs
pg_config --version
export TESTS=$1 EXCEPT=$2 KINDS=$3 JOBS=$4 OGW_FULL=$5
test/check.sh
END

# Runs the tests on one Debian, and leaves how that ended in $work/SUITE.end.
run() { # SUITE
	local status=0
	SECONDS=0
	trap 'echo "$? $SECONDS" >"$work/$suite.end"' EXIT
	with_packages "$1"
	lay "$1+packages" "$work/$1"
	enter "$work/$1" 60m "$check" "${TESTS:-}" "${EXCEPT:-}" "${KINDS:-}" "${JOBS:-}" "${OGW_FULL:-}" || status=$?
	[ "$status" = 0 ] || [ ! -d "$work/$1/root/ogw_logs/.check" ] || cp -r "$work/$1/root/ogw_logs/.check" "$logs/$1"
	discard "$work/$1"
	exit "$status"
}

# As many Debians run at once as there are cores.
share_project files
for suite; do
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || true; done
	say "$suite runs, into $logs/$suite.log"
	echo "1 -" >"$work/$suite.end" # in case it is killed
	run "$suite" >"$logs/$suite.log" 2>&1 &
done
wait

all_passed=0 all_failed=0
table=$(printf '%-14s%-14s%8s%8s%9s' suite PostgreSQL passed failed seconds)
for suite; do
	log=$logs/$suite.log
	read -r status seconds <"$work/$suite.end"
	read -r passed failed < <("$project/test/sum.sh" "$status" "$log")
	if [ "$failed" != 0 ]; then
		say "$suite failed; the end of its log:"
		tail -n 100 "$log"
	fi
	version=$(sed -n '/^PostgreSQL [0-9]/{s/PostgreSQL \([^ ]*\).*/\1/p;q}' "$log")
	table+=$(printf '\n%-14s%-14s%8s%8s%9s' "$suite" "${version:--}" "$passed" "$failed" "$seconds")
	all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed))
done
printf '\n%s\n' "$table"
close "$all_passed" "$all_failed"
