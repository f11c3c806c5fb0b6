#!/bin/bash
# Tries the project on a machine where nothing is installed: a fresh minimal
# Debian in a chroot that gets git, make and ca-certificates, clones the
# project, and runs make demo, make demo again and make check. Run as root.
#
#   test/bare.sh [--worktree] [--user] [SUITE...]    default: bookworm trixie
#
#   --worktree  take the files as they are here, not the last commit
#   --user      as an ordinary user with sudo, in their home; else as root in
#               /root, which the user postgres cannot reach
#
# The unpacked Debian is kept in ${OGW_BARE_DIR:-/var/tmp/ogw_logs-bare}/SUITE;
# a run works in a copy. OGW_BARE_MIRROR names another Debian mirror. Mounts
# and processes live in namespaces of their own and end with the run.
set -euo pipefail

die() { echo "bare: $*" >&2; exit 1; }

# Inside the namespaces: mounts what a machine has, and runs the session.
if [ "${1:-}" = --inside ]; then
	tree=$2 data=$3 user=$4
	mount -t proc proc "$tree/proc"
	mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"
	if [ -n "$data" ]; then
		mount --bind "$data" "$tree/data"
		mount -o remount,ro,bind "$tree/data"
	fi
	exec chroot "$tree" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		TERM=dumb HOME="/root" /bin/bash /session "$user" </dev/null
fi

worktree='' user=root
while [ $# -gt 0 ]; do
	case $1 in
	--worktree) worktree=1 ;;
	--user) user=dev ;;
	-*) die "knows --worktree and --user, not $1" ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || set -- bookworm trixie
[ "$(id -u)" = 0 ] || die "needs root, for debootstrap and chroot"
command -v debootstrap >/dev/null || die "needs debootstrap: apt-get install debootstrap"

script=$(readlink -f "$0")
project=$(dirname "$(dirname "$script")")
data=$(readlink -e "$project/../shared/data" || true)
cache=${OGW_BARE_DIR:-/var/tmp/ogw_logs-bare}
mkdir -p "$cache"
work=$(mktemp -d "$cache/run.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# The project as a repository that the session clones.
repo=$work/ogw_logs.git
if [ -n "$worktree" ]; then
	as_is=(git --git-dir="$repo" --work-tree="$project" -c core.bare=false -c user.name=bare -c user.email=bare@localhost)
	git init -q --bare "$repo"
	"${as_is[@]}" add -A
	"${as_is[@]}" commit -q -m "The files as they are"
else
	git -c safe.directory='*' clone -q --bare "$project" "$repo"
fi

# What is done on the bare machine.
cat >"$work/session" <<'END'
set -eu
user=$1
steps=
export DEBIAN_FRONTEND=noninteractive
packages="git make ca-certificates"
home=/root
[ "$user" = root ] || { packages="$packages sudo"; home=/home/$user; }
apt-get -qq update
# shellcheck disable=SC2086
apt-get -qq -y install --no-install-recommends $packages >/dev/null 2>&1
as_user() { bash -c "$1"; }
if [ "$user" != root ]; then
	useradd -m -s /bin/bash "$user"
	chown -R "$user" /ogw_logs.git
	echo "$user ALL=(ALL) NOPASSWD: ALL" >"/etc/sudoers.d/$user"
	as_user() { runuser -u "$user" -- env HOME="$home" bash -c "$1"; }
fi
[ ! -d /data ] || { mkdir "$home/shared" && ln -s /data "$home/shared/data"; }
cd "$home"
as_user "git clone -q /ogw_logs.git ogw_logs"
cd ogw_logs

step() { # NAME COMMAND
	printf '\n##### %s: %s #####\n' "$1" "$2"
	start=$(date +%s%N)
	status=0
	as_user "$2" 2>&1 | tee /step.log || status=$?
	took=$((($(date +%s%N) - start) / 100000000))
	steps="$steps$1: $((took / 10)).$((took % 10)) s, $([ "$status" = 0 ] && echo ok || echo FAILED)
"
	[ "$status" = 0 ] || failed=1
}
set -o pipefail
failed=0
step "demo, first time" "make demo"
step "demo again" "make demo"
step "demo-stop" "make demo-stop"
step "check" "bash .ci/run"
printf '\n##### %s, PostgreSQL %s, as %s #####\n%s%s\n' "$(. /etc/os-release && echo "$PRETTY_NAME")" \
	"$(pg_config --version | cut -d' ' -f2)" "$user" "$steps" "$(grep -E '^[0-9]+ passed, [0-9]+ failed$' /step.log | tail -n 1)" |
	tee /summary
exit "$failed"
END

failed=0
for suite; do
	if [ ! -d "$cache/$suite" ]; then
		echo "bare: unpacking a minimal $suite into $cache/$suite"
		debootstrap --variant=minbase "$suite" "$work/$suite.new" ${OGW_BARE_MIRROR:+"$OGW_BARE_MIRROR"} >"$cache/$suite.log" ||
			die "debootstrap failed; see $cache/$suite.log"
		mv "$work/$suite.new" "$cache/$suite"
	fi
	tree=$work/$suite
	cp -a --reflink=auto "$cache/$suite/." "$tree"
	cp -r "$repo" "$work/session" "$tree/"
	[ -z "$data" ] || mkdir "$tree/data"
	cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
	echo "127.0.0.1 localhost $(uname -n)" >"$tree/etc/hosts"
	# The host's way to a mirror, which may be a snapshot of some age.
	{
		apt-config dump | grep -E '^Acquire::(http|https|ftp)::' || true
		echo 'Acquire::Check-Valid-Until "false";'
	} >"$tree/etc/apt/apt.conf.d/99host"
	unshare --mount --pid --fork --kill-child --propagation private \
		bash "$script" --inside "$tree" "$data" "$user" || failed=1
	cat "$tree/summary" >>"$work/summaries" 2>/dev/null || echo "##### $suite: broke off, see above #####" >>"$work/summaries"
	rm -rf --one-file-system "$tree"
done
printf '\n'
cat "$work/summaries"
exit "$failed"
