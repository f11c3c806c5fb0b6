#!/bin/sh
# From a bare Debian to an operator's minute: installs what is missing, builds
# and installs the extension, starts a private server, replays a gateway's log
# into a fresh database, and looks one strange answer up (demo.sql).
#
#   demo/demo.sh                          a made-up log of the last hour
#   OGW_LOG=FILE.ndjson[.zst] demo/demo.sh   a log of your own, one entry a line
set -eu

die() { echo "demo: $*" >&2; exit 1; }

unset DATA
data=${OGW_LOG:-}
if [ -n "$data" ]; then
	[ -r "$data" ] || die "cannot read $data; DATA is an .ndjson file, plain or .zst"
	data=$(readlink -f "$data")
fi
cd "$(dirname "$0")/.."
begin=$(date +%s)
say() { printf '\n== %s ==\n' "$*"; }

say "Packages, build, installation"
test/packages.sh
test/install.sh

say "A private server, a fresh database, the extension"
test/cluster.sh start --name demo
eval "$(test/cluster.sh env --name demo)"
export PGDATABASE=ogw_demo
quote() { printf %s "$1" | sed "s/'/''/g"; }
sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }
sql -d postgres -c 'SET client_min_messages = warning' \
	-c 'DROP DATABASE IF EXISTS ogw_demo WITH (FORCE)' -c 'CREATE DATABASE ogw_demo'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
log() { case $data in *.zst) zstd -dcq "$data" ;; *) cat "$data" ;; esac; }
# The log, and the teams that log bodies (bodies_on) or not (quiet): in the
# made-up one as below; in another every team does but its second largest.
story=$work/story
if [ -z "$data" ]; then
	data=$work/log.ndjson
	start=$(date -u -d '-60 minutes' +%Y-%m-%dT%H:%M:00Z)
	perl ./test/gateway/make_log.pl --entries 12000 --minutes 60 --start "$start" >"$data"
	perl ./test/gateway/make_log.pl --entries 12000 --minutes 60 --start "$start" --print-story >"$story"
	quiet=billing
	printf 'support\nagents\n' >"$work/bodies_on"
else
	log | grep -o '"team_id": *"[^"]*"' | cut -d'"' -f4 | sort | uniq -c | sort -rn |
		sed 's/^ *[0-9]* //' >"$work/teams"
	quiet=$(sed -n 2p "$work/teams")
	sed 2d "$work/teams" >"$work/bodies_on"
fi
keys="metadata_keys => '{env,feature,prompt_version}'"
{
	echo 'CREATE EXTENSION ogw_logs;'
	echo "SELECT ogw_logs.set_team('$(quote "$quiet")', body_logging => false, $keys);"
	while read -r team; do
		echo "SELECT ogw_logs.set_team('$(quote "$team")', body_logging => true, $keys);"
	done <"$work/bodies_on"
} >"$work/setup.sql"
sql -f "$work/setup.sql" >/dev/null
head -n 4 "$work/setup.sql"
more=$(($(wc -l <"$work/setup.sql") - 4))
[ "$more" -le 0 ] || echo "… and so for $more more teams"

say "The gateway writes its log"
log | test/gateway/gateway --connections 2 -
sql -At -c "SELECT format('%s entries from %s to %s; the database is now %s',
	count(*), min(\"timestamp\")::timestamp(0), max(\"timestamp\")::timestamp(0),
	pg_size_pretty(pg_database_size(current_database()))) FROM ogw_logs.logs"

# The story: a request that failed over. Of another log, its newest one.
[ -s "$story" ] || sql -At -c "SELECT format(E'job_id=%s\nteam=%s\nminute_start=%s', job_id, team_id,
		to_char(date_trunc('minute', \"timestamp\"), 'YYYY-MM-DD\"T\"HH24:MI:00\"Z\"'))
	FROM ogw_logs.logs
	WHERE requested_model <> served_model AND status = 'success' AND team_id <> '$(quote "$quiet")'
	ORDER BY \"timestamp\" DESC LIMIT 1" >"$story"
[ -s "$story" ] ||
	die "no request of this log failed over to another model, so there is no story to show; the log is in the database ogw_demo"
told() { sed -n "s/^$1=//p" "$story"; }
since=$(told minute_start)
until=$(date -u -d "$since +1 minute" +%Y-%m-%dT%H:%M:00Z)

say "An operator is told: team $(told team) got a strange answer at about $since"
sql -v since="$since" -v until="$until" -v team="$(told team)" -v job="$(told job_id)" \
	-v quiet_team="$quiet" -f demo/demo.sql

say "An hour that is over: maintain() packs its bodies by session, here without the usual delay"
while [ -n "$(PGOPTIONS='-c ogw_logs.seal_delay=0' sql -At -c 'SELECT action FROM ogw_logs.maintain()')" ]; do :; done
sql -c "SELECT since, until, bodies, pg_size_pretty(text_bytes) AS as_given, pg_size_pretty(stored_bytes) AS sealed, ratio
	FROM ogw_logs.sealed_interval WHERE bodies > 0 ORDER BY since DESC LIMIT 5"

say "Done in $(($(date +%s) - begin)) seconds"
echo "Look around yourself:"
echo "  $(command -v psql) -h $PGHOST -p $PGPORT -U $PGUSER ogw_demo"
echo "'make demo-stop' stops the private server and deletes its data."
