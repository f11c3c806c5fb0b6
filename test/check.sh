#!/bin/bash
# Runs tests on private servers, several at a time, since they wait much of their
# time, and ends with one line alone: "N passed, N failed". Counted are the
# regression tests of sql/, the isolation specs of test/isolation/specs/ and the
# top-level assertions of the TAP tests. Exits 1 when anything failed or broke.
# Logs and results are in .check/; a run begins by deleting those of the last.
#
#   test/check.sh                what proves the product, from a clean build with
#                                -Werror: sql/, test/isolation/ and test/t/
#   TESTS='WORD...' test/check.sh   only tests whose file name holds a WORD, of
#                                test/heavy/ too, from the build as it is
#   EXCEPT='WORD...' test/check.sh  none whose file name holds a WORD
#   KINDS='heavy' test/check.sh  tests: all but test/heavy/; heavy: that; or both
#   JOBS=N test/check.sh         how many at a time; three for each core by default
#   LOGS=NAME test/check.sh      has logs and results in .check/NAME/
#
# TAP tests find real data at $OGW_DATA, which is ../shared/data unless it is set and
# where that is there. With OGW_FULL=1 they are of full size, as in make check-world.
set -eu

cd "$(dirname "$0")/.."
export PROJECT=$PWD
# The TAP tests make their servers after LANG, the rest goes by LC_ALL.
export LANG=C.UTF-8 LC_ALL=C.UTF-8
export OUT=$PROJECT/.check${LOGS:+/$LOGS}
kinds=${KINDS:-tests${TESTS:+ heavy}}
jobs=${JOBS:-$((3 * $(nproc 2>/dev/null || echo 2)))}
broken=

say() { printf '\n== %s ==\n' "$*"; }

# The files among those given whose tests are to be run.
chosen() { # FILE...
	local file name word
	for file; do
		[ -f "$file" ] || continue
		name=$(basename "$file")
		name=${name%.*}
		for word in ${EXCEPT:-}; do
			case $name in *"$word"*) continue 2 ;; esac
		done
		for word in ${TESTS:-$name}; do
			case $name in *"$word"*) echo "$file"; break ;; esac
		done
	done
}

# What is to be done, one job a line: KIND TEST... The longest come first, so that
# none of them is left alone at the end. Regression tests that make a database of
# their own can be run beside each other. The others share one, in their order; each
# builds on those before it, which are run with it.
list_jobs() {
	local file own wanted before='' shared=''
	case " $kinds " in *' heavy '*) chosen test/heavy/*.pl ;; esac | sed 's/^/tap /'
	case " $kinds " in *' tests '*) ;; *) return ;; esac
	wanted=" $(chosen sql/*.sql | tr '\n' ' ')"
	for file in $(TESTS='' chosen sql/*.sql); do
		! grep -q '^CREATE DATABASE' "$file" || continue
		before="$before $(basename "$file" .sql)"
		case $wanted in *" $file "*) shared=$before ;; esac
	done
	[ -z "$shared" ] || echo "regress$shared"
	own=$(for file in $(chosen sql/*.sql); do ! grep -q '^CREATE DATABASE' "$file" || basename "$file" .sql; done)
	{
		chosen test/t/*.pl | sed 's/^/tap /'
		for file in $own; do echo "regress $file"; done
		for file in $(chosen test/isolation/specs/*.spec); do echo "isolation $(basename "$file" .spec)"; done
	} | while read -r line; do
		case $line in
		*/13_worker* | */03_dump_restore* | */19_replicas* | *24_segment | *27_sealed_elsewhere | *seal_bodies) echo "1 $line" ;;
		tap*) echo "2 $line" ;;
		*) echo "3 $line" ;;
		esac
	done | sort -s -k 1,1 | cut -c3-
}

# Ends the jobs, where any is left, and waits till they are over.
end_jobs() {
	[ -n "$pool" ] || return 0
	kill -- "-$pool" 2>/dev/null || true
	for _ in $(seq 100); do
		kill -0 -- "-$pool" 2>/dev/null || break
		sleep 0.1
	done
}

# Deletes the servers that were started, and what the user of the TAP tests had. The
# servers' logs are kept; a server process that died on the way is a failure even if
# no test saw it.
clear_up() {
	local slot name log file
	# an interrupted TAP test may have left its own
	find "${TAP:-$OUT}" -name postmaster.pid 2>/dev/null | while read -r file; do
		test/cluster.sh as-owner "$(command -v pg_ctl)" -D "${file%/*}" -m immediate stop >/dev/null 2>&1 || true
	done
	for slot in $(seq 0 $((jobs - 1))); do
		name=check_$slot
		log=$OUT/server-$slot.log
		# (where there is no slot, the server of a killed run may have been left)
		if [ -e "$OUT/slots/$slot" ] && cp "$(test/cluster.sh dir --name "$name")/server.log" "$log" && grep -aE 'was terminated by signal|PANIC:|TRAP:' "$log"; then
			broken="the server (a process of it died: ${log#"$PROJECT"/})"
		fi
		test/cluster.sh remove --name "$name" >/dev/null 2>&1 || true
	done
	test/cluster.sh remove --name check >/dev/null 2>&1 || true
}

# Ends what was started, names what broke, and prints the closing line.
finish() {
	local status=$? passed=0 failed=0 good bad
	trap - EXIT
	end_jobs
	clear_up
	while read -r good bad; do passed=$((passed + good)) failed=$((failed + bad)); done < <(cat "$OUT"/results/* 2>/dev/null)
	[ -z "$broken" ] || { echo "check: $broken did not succeed, see above" >&2; failed=$((failed + 1)); }
	if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then
		echo "check: no test ran, or the run broke off" >&2
		failed=1
	fi
	echo
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ] || exit 1
}
pool=
mkdir -p "$OUT"
trap finish EXIT
trap 'broken="an interrupted run"; exit 130' INT TERM

# but for what test/matrix.sh and others keep there, which may run now
find "$OUT" -mindepth 1 -maxdepth 1 ! -name 'matrix*' ! -name pg_upgrade ! -name memcheck ! -name 'ci*' ! -name 'world*' -exec rm -rf {} +
mkdir -p "$OUT/results" "$OUT/slots"
if [ -z "${OGW_DATA:-}" ] && [ -d ../shared/data ]; then OGW_DATA=$(cd ../shared/data && pwd); fi
[ -z "${OGW_DATA:-}" ] || export OGW_DATA

say "packages, build, installation"
broken="installing packages"
PGBOUNCER=
case " $kinds " in *' heavy '*) PGBOUNCER=$(chosen test/heavy/*pgbouncer*.pl) ;; esac
PGBOUNCER=$PGBOUNCER test/packages.sh
broken="building and installing"
if [ -z "${TESTS:-}" ] && [ "$kinds" != heavy ]; then
	make -s clean >/dev/null
	for folder in gateway disk redact bench; do make -s -C "test/$folder" clean >/dev/null; done
fi
test/install.sh COPT=-Werror
make -s -C test/disk

broken="preparing the tests"
test/cluster.sh remove --name check
PGXS_TEST=$(dirname "$("${PG_CONFIG:-pg_config}" --pgxs)")/../test
PATH=$("${PG_CONFIG:-pg_config}" --bindir):$PATH
export PGXS_TEST PATH

# The TAP tests start servers of their own, so they run as the user who may.
# For root that is another user, who gets a copy of the project and its data.
export TAP=$OUT TAP_PROJECT=$PROJECT
stage() {
	[ "$(id -u)" = 0 ] || return 0
	TAP=$(test/cluster.sh dir --name check)/tap
	TAP_PROJECT=$TAP/main
	test/cluster.sh as-owner mkdir -p "$TAP_PROJECT"
	tar -c --exclude=./.git --exclude=./.check --exclude='./.cluster*' . | tar -x -C "$TAP_PROJECT"
	if [ -n "${OGW_DATA:-}" ]; then
		mkdir -p "$TAP/shared"
		cp -r "$OGW_DATA" "$TAP/shared/data"
		chmod -R u+w "$TAP/shared"
		OGW_DATA=$TAP/shared/data
	fi
	chown -R postgres: "$TAP"
}
stage
broken=

list_jobs >"$OUT/jobs"
say "$(grep -c . "$OUT/jobs" || true) jobs, $jobs at a time"
broken="a job"
start=$(date +%s)
set -m # in a process group of their own, to be ended as one
xargs -r -a "$OUT/jobs" -d '\n' -n 1 -P "$jobs" --process-slot-var=SLOT test/check_job.sh </dev/null &
set +m
pool=$!
status=0
wait "$pool" || status=$?
pool=
[ "$status" = 0 ] || exit 1
broken=
echo "They took $(($(date +%s) - start)) s"
