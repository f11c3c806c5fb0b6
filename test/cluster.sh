#!/bin/sh
# A private PostgreSQL under the project's folder, for the demo and the tests.
# It has its own data and socket directory, listens on no network address, and
# never touches a server that is already there.
#
#   test/cluster.sh start  [--name NAME] [--set NAME=VALUE]...   (re)start it; made at first
#   test/cluster.sh stop   [--name NAME]
#   test/cluster.sh remove [--name NAME]     stop it and delete its data
#   test/cluster.sh env    [--name NAME]     shell lines to connect: eval "$(test/cluster.sh env)"
#   test/cluster.sh dir    [--name NAME]     the folder it lives in
#   test/cluster.sh as-owner COMMAND...      run something as the user the server runs as
#
# POSTGRES may name another program to start as the server, that starts it in turn.
# NAME is demo unless given. The folder is .cluster/NAME. PostgreSQL refuses to
# run as root; there it runs as the user postgres, and where postgres cannot
# reach the project's folder, .cluster is a link to a folder in /var/tmp.
set -eu

die() { echo "cluster: $*" >&2; exit 1; }

project=$(cd "$(dirname "$0")/.." && pwd -P)
link=$project/.cluster
bindir=$("${PG_CONFIG:-pg_config}" --bindir 2>/dev/null) ||
	die "found no pg_config; run test/packages.sh, or name one with PG_CONFIG=…/pg_config"

# Runs a command as the user who owns the cluster.
as_owner() {
	if [ "$(id -u)" != 0 ]; then "$@"
	elif id postgres >/dev/null 2>&1; then (cd / && HOME=/tmp runuser -u postgres -- "$@")
	else die "PostgreSQL does not run as root and there is no user postgres; run this as an ordinary user"
	fi
}

# The folder of all private clusters, made if need be.
base() {
	[ ! -L "$link" ] || [ -e "$link" ] || rm "$link"
	if [ ! -e "$link" ]; then
		if as_owner test -x "$project"; then
			mkdir "$link"
			[ "$(id -u)" != 0 ] || chown postgres: "$link"
		else
			ln -s "$(as_owner mktemp -d /var/tmp/ogw_logs.XXXXXX)" "$link"
			echo "The user postgres cannot reach $project: .cluster is a link to $(readlink "$link")" >&2
		fi
	fi
	as_owner test -w "$(readlink -f "$link")" ||
		die "$link (of user $(stat -L -c %U "$link")) is of no use to $(as_owner id -un), who runs the server here; remove it, then try again"
	readlink -f "$link"
}

command=${1:-}
[ $# = 0 ] || shift
if [ "$command" = as-owner ]; then
	as_owner "$@"
	exit
fi

name=demo settings=
while [ $# -gt 0 ]; do
	case $1 in
	--name) name=${2:?--name needs a name}; shift 2 ;;
	--set) settings="$settings${2:?--set needs NAME=VALUE}
"; shift 2 ;;
	*) die "does not know $1; see the head of test/cluster.sh" ;;
	esac
done
case $name in *[!a-z0-9_]* | "") die "a cluster's name is of a-z, 0-9 and _" ;; esac

base=$(base)
dir=$base/$name
data=$dir/data
port=54320

# The socket's directory: the cluster's own, or a short one where that path
# is too long for a socket (107 bytes).
socket_dir() {
	if [ ${#dir} -lt 90 ]; then
		echo "$dir"
		return
	fi
	[ -d "$dir/socket/" ] || as_owner ln -sfn "$(as_owner mktemp -d /tmp/ogw_logs.XXXXXX)" "$dir/socket"
	readlink "$dir/socket"
}

running() { as_owner test -d "$data" && as_owner "$bindir/pg_ctl" -D "$data" status >/dev/null 2>&1; }

start() {
	as_owner mkdir -p "$dir"
	as_owner chmod 700 "$dir"
	if ! as_owner test -f "$data/ogw_logs.conf"; then
		as_owner rm -rf "$data"
		case $settings in *fsync=off*) sync=--no-sync ;; *) sync= ;; esac
		as_owner "$bindir/initdb" -D "$data" -E UTF8 --locale=C.UTF-8 -A trust -U postgres $sync >"$log" 2>&1 ||
			{ cat "$log" >&2; die "initdb failed, see above"; }
		echo "include 'ogw_logs.conf'" | as_owner tee -a "$data/postgresql.conf" >/dev/null
	fi
	made_by=$(as_owner cat "$data/PG_VERSION")
	case $("$bindir/postgres" --version) in
	*" $made_by"[!0-9]*) ;;
	*) die "the cluster $name was made by PostgreSQL $made_by; for a new one run: test/cluster.sh remove --name $name" ;;
	esac
	stop
	as_owner tee "$data/ogw_logs.conf" >/dev/null <<-END
		listen_addresses = ''
		unix_socket_directories = '$(socket_dir)'
		port = $port
		timezone = 'UTC'
		log_timezone = 'UTC'
		$settings
	END
	as_owner "$bindir/pg_ctl" -D "$data" -l "$dir/server.log" ${POSTGRES:+-p "$POSTGRES"} -w start >"$log" 2>&1 ||
		{ cat "$log" >&2; as_owner tail -n 20 "$dir/server.log" >&2; die "the server does not start, see above; its log is $dir/server.log"; }
}

stop() {
	! running || as_owner "$bindir/pg_ctl" -D "$data" -m fast -w stop >/dev/null
	[ ! -L "$dir/socket" ] || as_owner rm -rf "$(readlink "$dir/socket")" "$dir/socket"
}

case $command in
start)
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	trap 'exit 130' INT TERM
	start
	;;
stop) stop ;;
remove)
	stop
	as_owner rm -rf "$dir"
	# the last one leaves nothing
	if rmdir "$base" 2>/dev/null && [ -L "$link" ]; then rm "$link"; fi
	;;
env)
	echo "export PGHOST='$(socket_dir)' PGPORT=$port PGUSER=postgres PATH='$bindir':\"\$PATH\""
	echo "unset PGHOSTADDR PGDATABASE PGPASSWORD PGSERVICE PGOPTIONS PGSSLMODE PGREQUIREAUTH PGCLIENTENCODING"
	;;
dir) echo "$dir" ;;
*) die "knows start, stop, remove, env, dir and as-owner; see the head of test/cluster.sh" ;;
esac
