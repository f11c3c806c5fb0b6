#!/bin/bash
# Tries the project on a machine where nothing is installed: a fresh minimal
# Debian in a chroot that gets git, make and ca-certificates, clones the
# project, and runs make demo, make demo again and what .ci/run does on the
# machine's own PostgreSQL. Run as root; test/chroot.sh tells where Debian is kept.
#
#   test/bare.sh [--worktree] [--user] [SUITE...]    default: bookworm trixie
#
#   --worktree  take the files as they are here, not the last commit
#   --user      as an ordinary user with sudo, in their home; else as root in
#               /root, which the user postgres cannot reach
set -euo pipefail

# shellcheck source=test/chroot.sh
. "$(dirname "$0")/chroot.sh"
why=$(hindrance)
[ -z "$why" ] || die "$why"
enclose "$@"

what=commit user=root
while [ $# -gt 0 ]; do
	case $1 in
	--worktree) what=files ;;
	--user) user=dev ;;
	-*) die "knows --worktree and --user, not $1" ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || set -- bookworm trixie

# What is done on the bare machine.
read -r -d '' session <<'END' || true
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
	chown -R "$user" /mnt/ogw_logs.git
	echo "$user ALL=(ALL) NOPASSWD: ALL" >"/etc/sudoers.d/$user"
	as_user() { runuser -u "$user" -- env HOME="$home" bash -c "$1"; }
fi
[ ! -d /mnt/data ] || { mkdir "$home/shared" && ln -s /mnt/data "$home/shared/data"; }
cd "$home"
as_user "git clone -q /mnt/ogw_logs.git ogw_logs"
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
step "check" "OGW_MATRIX=native bash .ci/run"
printf '\n##### %s, PostgreSQL %s, as %s #####\n%s%s\n' "$(. /etc/os-release && echo "$PRETTY_NAME")" \
	"$(pg_config --version | cut -d' ' -f2)" "$user" "$steps" "$(grep -aE '^[0-9]+ passed, [0-9]+ failed$' /step.log | tail -n 1)" |
	tee /summary
exit "$failed"
END

share_project "$what"
failed=0
for suite; do
	unpack "$suite"
	machine=$work/$suite
	lay "$suite" "$machine"
	enter "$machine" 1h "$session" "$user" || failed=1
	cat "$machine/summary" >>"$work/summaries" 2>/dev/null || echo "##### $suite: broke off, see above #####" >>"$work/summaries"
	discard "$machine"
done
printf '\n'
cat "$work/summaries"
exit "$failed"
