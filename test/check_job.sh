#!/bin/bash
# One job of test/check.sh, which sets what is used here: runs some tests of one
# kind, says how they went, and leaves "PASSED FAILED" in $OUT/results/. Exits 0
# unless it could not be run.
#
#   check_job.sh 'regress TEST...'    regression tests, one after the other, in a
#                                     database of theirs on the server of $SLOT
#   check_job.sh 'isolation SPEC'     an isolation spec, on that server
#   check_job.sh 'tap FILE'           a TAP test, with servers of its own
set -eu

cd "$PROJECT"
# shellcheck disable=SC2086  # a list of names
set -- $1
kind=$1
shift
name=$(basename "$1")
name=${name%.pl}
started=$(date +%s)
server=check_$SLOT

# Says how the job ended, with what is told on standard input, and notes the counts.
# What was skipped is neither passed nor failed.
# One that broke without naming a failed test counts as one failed.
close() { # PASSED FAILED STATUS SUFFIX
	local good=$1 bad=$2 verdict=ok
	if [ "$3" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
	[ "$bad" = 0 ] || verdict="$bad FAILED"
	echo "$good $bad" >"$OUT/results/$kind-$name"
	{
		flock 7
		printf '%-10s%-26s%4s passed, %s (%s s)%s\n' "$kind" "$name" "$good" "$verdict" $(($(date +%s) - started)) "$4"
		cat
	} 7>"$OUT/lock"
}

# The server of this slot, started by the first job that needs it. It is a slot's
# own: some tests wait until no transaction of a server is older than what they did.
start_server() {
	if [ ! -e "$OUT/slots/$SLOT" ]; then
		test/cluster.sh remove --name "$server"
		# what autovacuum locks, and what it keeps a snapshot for, is no part of a test; to
		# compile a query (jit) takes longer than to run it once
		test/cluster.sh start --name "$server" --set fsync=off --set autovacuum=off --set max_connections=40 --set shared_buffers=64MB --set jit=off
		touch "$OUT/slots/$SLOT"
	fi
	eval "$(test/cluster.sh env --name "$server")"
}

# Runs pg_regress or pg_isolation_regress over some tests. Their line of a passed
# test is "ok 1 - name 5 ms", before PostgreSQL 16 "test name ... ok 5 ms".
pg_regress() { # PROGRAM FOLDER OPTION... -- TEST...
	local program=$1 folder=$2 results=$OUT/$kind-$name tests="" good status=0 n_tests test
	local options=()
	shift 2
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	shift
	n_tests=$#
	mkdir -p "$results"
	# pg_regress gives up where one has no expected output
	for test; do
		if [ -f "$folder/expected/$test.out" ]; then tests="$tests $test"; else echo "$test: not run, it has no expected output" >>"$results/missing"; fi
	done
	# shellcheck disable=SC2086
	[ -z "$tests" ] || "$program" --inputdir="$folder" --outputdir="$results" --bindir="${PATH%%:*}" "${options[@]}" \
		--host="$PGHOST" --port="$PGPORT" --user="$PGUSER" $tests >"$results/log" 2>&1 || status=$?
	good=$(grep -acE '^ok [0-9]|^test .*\.\.\. ok( |$)' "$results/log" || true)
	[ $# = 1 ] || name="$name to ${*: -1}"
	{
		[ ! -f "$results/missing" ] || cat "$results/missing"
		if [ "$status" != 0 ]; then
			if [ -s "$results/regression.diffs" ]; then head -c 60000 "$results/regression.diffs"; else tail -n 40 "$results/log"; fi
		fi
	} | close "$good" $((n_tests - good)) "$status" ""
}

regress() { # TEST...
	start_server
	pg_regress "$PGXS_TEST/regress/pg_regress" . --encoding=UTF8 --dbname="contrib_regression" -- "$@"
}

isolation() { # SPEC
	start_server
	# one database for all specs of a slot
	if [ "$(cat "$OUT/slots/$SLOT")" != isolation ]; then
		test/isolation/database.sh contrib_isolation
		echo isolation >"$OUT/slots/$SLOT"
	fi
	pg_regress "$PGXS_TEST/isolation/pg_isolation_regress" test/isolation --use-existing --dbname=contrib_isolation -- "$1"
}

# Runs a command as the user of the TAP tests, in the project's folder.
as_tap_user() {
	# shellcheck disable=SC2016  # it is the inner shell that expands them
	on_small_disk test/cluster.sh as-owner sh -c 'cd "$1" && shift && exec "$@"' - "$TAP_PROJECT" "$@"
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
	export OGW_SMALL_DISK="$TAP/$name/small_disk"
	mkdir -p "$OGW_SMALL_DISK"
	on_small_disk true 2>/dev/null || unset OGW_SMALL_DISK
}

tap() { # FILE
	local log=$OUT/tap-$name.log status=0 good bad within skipped
	as_tap_user mkdir -p "$TAP/$name/tmp_check" "$TAP/$name/log" "$TAP/ports" "$TAP/initdb"
	find_small_disk
	as_tap_user env -u PGHOST -u PGPORT -u PGUSER PATH="$TAP_PROJECT/test/cached:$PATH" INITDB_CACHE="$TAP/initdb" \
		PERL5LIB="$PGXS_TEST/perl:$TAP_PROJECT/test/t${PERL5LIB:+:$PERL5LIB}" PG_REGRESS="$PGXS_TEST/regress/pg_regress" \
		PG_TEST_PORT_DIR="$TAP/ports" TESTDIR="$TAP/$name" TESTDATADIR="$TAP/$name/tmp_check" TESTLOGDIR="$TAP/$name/log" \
		prove -v "$1" >"$log" 2>&1 </dev/null || status=$?
	# one that a test calls expected is a failure, too
	bad=$(grep -ac '^not ok ' "$log" || true)
	within=$(grep -aciE '^ok [0-9]+ # skip' "$log" || true)
	good=$(($(grep -ac '^ok ' "$log" || true) - within))
	skipped=$(sed -n 's/^.* \.\. skipped: /, skipped: /p' "$log")
	[ "$within" = 0 ] || skipped="$skipped, $within skipped: $(sed -nE 's/^ok [0-9]+ # skip //Ip' "$log" | sort -u | paste -sd ';')"
	[ "$bad" = 0 ] || status=1
	[ "$status" = 0 ] || [ "$TAP" = "$OUT" ] || cp -r "$TAP/$name" "$OUT/tap-$name"
	{
		[ "$status" = 0 ] || {
			echo "exit status $status; the log is ${log#"$PROJECT"/}, its end:"
			grep -av '^ok ' "$log" | tail -n 80
			find "$TAP/$name" -name "regress_log_*" -exec tail -n 40 {} +
		}
	} | close "$good" "$bad" "$status" "$skipped"
	# the servers' files take much room, and a failed test's were kept above
	[ "$status" != 0 ] || rm -rf "${TAP:?}/$name"
}

"$kind" "$@"
