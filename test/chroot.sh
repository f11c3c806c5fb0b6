# shellcheck shell=bash
# Debian machines in chroots: what test/bare.sh, test/matrix.sh and
# test/pg_upgrade.sh, which read this file at their start, have in common.
#
# The unpacked Debians are kept in ${OGW_BARE_DIR:-/var/tmp/ogw_logs-bare}, each
# in a folder by its name; remove one to have it made anew. A run writes into a
# folder of its own beside them. OGW_BARE_MIRROR names another Debian mirror.
# With the project's packages in it a Debian is made at first, and again when
# test/packages.sh finds that it lacks any; it is kept as SUITE+packages.
set -euo pipefail

tool=$(basename "$0" .sh)
script=$(readlink -f "$0")
project=$(dirname "$(dirname "$script")")
cache=${OGW_BARE_DIR:-/var/tmp/ogw_logs-bare}
work=${OGW_CHROOT_WORK:-}

say() { echo "$tool: $*"; }
die() { say "$*" >&2; exit 1; }

# Says what keeps this machine from running others in chroots, if anything does.
# Installs debootstrap where it is missing.
hindrance() {
	if [ "$(id -u)" != 0 ]; then
		echo "needs root, for debootstrap and chroot"
	elif ! command -v debootstrap >/dev/null && ! get_debootstrap >&2; then
		echo "needs debootstrap, and could not install it"
	elif ! unshare --mount --pid --ipc --fork --mount-proc true; then
		echo "needs namespaces, which this machine refuses"
	fi
}

# Says the sum, as the closing line.
close() { # PASSED FAILED
	echo
	echo "$1 passed, $2 failed"
	[ "$2" = 0 ]
}

# Ends the script where this machine cannot run others; so many count as failed then.
may_run() { # FAILED
	local why
	why=$(hindrance)
	[ -n "$why" ] || return 0
	say "not run: it $why" >&2
	close 0 "$1" || exit
}

get_debootstrap() {
	say "installing debootstrap with apt"
	for _ in 1 2 3; do
		timeout 5m apt-get -qq update || true
		! DEBIAN_FRONTEND=noninteractive timeout -k 10 5m apt-get -qq -y -o DPkg::Lock::Timeout=120 \
			install --no-install-recommends debootstrap >/dev/null || return 0
		sleep 10
	done
	return 1
}

# Goes on with the calling script in namespaces, so that whatever it mounts or
# starts ends with it, however it ends, and with $work as its folder. One run at
# a time has the cache: then a folder of a run that is there was left by a
# killed one.
enclose() { # ARGUMENT OF THE SCRIPT...
	if [ -n "$work" ]; then
		exec 2>&3 3>&-
		return
	fi
	mkdir -p "$cache"
	exec 9>"$cache/lock"
	flock -n 9 || { say "waits for another run that uses $cache"; flock 9; }
	rm -rf --one-file-system "$cache"/run.*
	work=$(mktemp -d "$cache/run.XXXXXX")
	inside=
	trap end_inside EXIT
	trap 'exit 130' HUP INT TERM
	# unshare has no say on stderr: it complains of a child that was killed.
	OGW_CHROOT_WORK=$work setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc \
		bash "$script" "$@" 3>&2 2>/dev/null &
	inside=$!
	status=0
	wait "$inside" || status=$?
	inside=
	exit "$status"
}

# Ends what goes on in the namespaces by killing their first process, which is
# gone only when all others are.
end_inside() {
	if [ -n "$inside" ]; then
		first=$(cat "/proc/$inside/task/$inside/children" 2>/dev/null) || true
		# shellcheck disable=SC2086  # the number has a blank behind it
		kill -KILL ${first:-$inside} 2>/dev/null || true
		wait
	fi
	rm -rf --one-file-system "$work"
}

# Makes the folder that every machine sees as /mnt: the project as a repository
# to clone, the last commit or the files as they are, and its data.
share_project() { # commit|files
	repo=$work/mnt/ogw_logs.git
	mkdir -p "$work/mnt"
	if [ "$1" = files ]; then
		as_is=(env GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git --git-dir="$repo" --work-tree="$project"
			-c core.bare=false -c user.name="$tool" -c user.email="$tool@localhost")
		git init -q --bare "$repo"
		"${as_is[@]}" add -A
		"${as_is[@]}" commit -q -m "The files as they are"
	else
		git -c safe.directory='*' clone -q --bare "$project" "$repo"
	fi
	[ -d "$project/../shared/data" ] || return 0
	mkdir "$work/mnt/data"
	mount --bind "$project/../shared/data" "$work/mnt/data"
	mount -o remount,ro,bind "$work/mnt/data"
}

# Unpacks a minimal Debian, if the cache has none.
unpack() { # SUITE
	[ ! -d "$cache/$1" ] || return 0
	for try in 1 2 3; do
		say "unpacking a minimal $1 into $cache/$1"
		rm -rf --one-file-system "$work/$1.new"
		! timeout -k 10 15m debootstrap --variant=minbase "$1" "$work/$1.new" \
			${OGW_BARE_MIRROR:+"$OGW_BARE_MIRROR"} >"$cache/$1.log" 2>&1 || break
		say "debootstrap failed, try $try of 3; the end of $cache/$1.log:"
		tail -n 5 "$cache/$1.log"
		[ "$try" -lt 3 ] || return 1
		sleep 10
	done
	mv "$work/$1.new" "$cache/$1"
}

# Makes a machine of one in the cache, over which it lies; where the kernel
# refuses that, it is a copy.
lay() { # NAME MACHINE
	mkdir -p "$2" "$2.upper" "$2.work"
	mount -t overlay overlay -o "lowerdir=$cache/$1,upperdir=$2.upper,workdir=$2.work" "$2" 2>/dev/null ||
		cp -a --reflink=auto "$cache/$1/." "$2"
}

discard() { # MACHINE
	! mountpoint -q "$1" || umount "$1"
	rm -rf --one-file-system "$1" "$1.upper" "$1.work"
}

# Runs a session, which is a script for bash, in a machine as root, with
# processes and mounts of its own, for so long at most.
enter() { # MACHINE LIMIT SESSION ARGUMENT...
	local machine=$1 limit=$2 session=$3 status=0
	shift 3
	cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
	echo "127.0.0.1 localhost $(uname -n)" >"$machine/etc/hosts"
	# The host's way to a mirror, which may be a snapshot of some age.
	{
		apt-config dump | grep -E '^Acquire::(http|https|ftp)::' || true
		printf 'Acquire::Check-Valid-Until "false";\nAcquire::Retries "3";\n'
	} >"$machine/etc/apt/apt.conf.d/99host"
	# The inner shell is process 1 there, so it stays, to reap what daemons leave.
	# shellcheck disable=SC2016  # it is that shell that expands them
	unshare --mount --pid --ipc --fork --kill-child --mount-proc="$machine/proc" bash -ec '
		machine=$1
		mount -t tmpfs -o mode=1777 tmpfs "$machine/dev/shm"
		mount --rbind "$2" "$machine/mnt"
		status=0
		timeout -s KILL "$3" chroot "$machine" "${@:4}" || status=$?
		exit "$status"
	' - "$machine" "$work/mnt" "$limit" env -i --default-signal=INT,QUIT TERM=dumb HOME=/root \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "$session" - "$@" </dev/null || status=$?
	[ "$status" != 137 ] || say "what ran in ${machine##*/} was killed, perhaps after its limit of $limit" >&2
	return "$status"
}

# What gives a minimal Debian the project's packages. The newest PostgreSQL of
# experimental comes without the rest of it.
read -r -d '' install <<'END' || true
set -eu
export DEBIAN_FRONTEND=noninteractive
if [ "$1" = experimental ]; then
	sed 's/ sid / experimental /' /etc/apt/sources.list >/etc/apt/sources.list.d/experimental.list
	printf 'Package: postgresql* libpq*\nPin: release a=experimental\nPin-Priority: 500\n' >/etc/apt/preferences.d/experimental
fi
apt-get -q update
apt-get -q -y install --no-install-recommends git make ca-certificates
if [ "$1" = experimental ]; then
	newest=$(apt-cache pkgnames postgresql- | grep -x 'postgresql-[0-9]*' | sort -V | tail -n 1)
	export PG_CONFIG=/usr/lib/postgresql/${newest#postgresql-}/bin/pg_config
fi
cd /root
git clone -q /mnt/ogw_logs.git ogw_logs
ogw_logs/test/packages.sh
rm -rf ogw_logs
apt-get clean
END

read -r -d '' lacking <<'END' || true
set -eu
git clone -q /mnt/ogw_logs.git /root/ogw_logs
/root/ogw_logs/test/packages.sh --dry-run
END

# Sees to it that SUITE+packages is there and lacks nothing.
with_packages() { # SUITE
	local machine=$work/$1 base=${1/experimental/sid} lacks
	(flock 8 && unpack "$base") 8>"$work/$base.lock"
	if [ -d "$cache/$1+packages" ]; then
		lay "$1+packages" "$machine"
		lacks=$(enter "$machine" 5m "$lacking") || lacks="It does not work."
		discard "$machine"
		[ -n "$lacks" ] || return 0
		say "$cache/$1+packages is made anew: $lacks"
	fi
	for try in 1 2 3; do
		discard "$machine"
		cp -a --reflink=auto "$cache/$base" "$machine"
		! enter "$machine" 15m "$install" "$1" || break
		say "installing packages failed, try $try of 3"
		[ "$try" -lt 3 ] || return 1
		sleep 10
	done
	rm -rf --one-file-system "$cache/$1+packages"
	mv "$machine" "$cache/$1+packages"
}
