#!/bin/bash
# Tries pg_upgrade with data from PostgreSQL 15 to 17 and on to 18, on a machine
# that has all three: the newest Debian, in a chroot, with the programs of the
# others and those of their libraries that it has no more. Builds the project, as
# it is here, on each Debian for its PostgreSQL, and runs test/heavy/16_pg_upgrade.pl.
# Ends with a line alone: "N passed, N failed"; exits 1 when anything failed or
# could not be tried. Run as root; test/chroot.sh tells where the Debians are kept.
#
#   test/pg_upgrade.sh [SUITE...]    default: bookworm trixie sid, oldest first
#
# The log is .check/pg_upgrade/log; where something failed, the .check of that
# machine is beside it.
set -euo pipefail

# shellcheck source=test/chroot.sh
. "$(dirname "$0")/chroot.sh"
[ $# -gt 0 ] || set -- bookworm trixie sid
logs=$project/.check/pg_upgrade

may_run 1
enclose "$@"
rm -rf "$logs"
mkdir -p "$logs"

read -r -d '' build <<'END' || true
set -eu
cd /root
git clone -q /mnt/ogw_logs.git ogw_logs
ogw_logs/test/install.sh
END

read -r -d '' check <<'END' || true
set -eu
cd /root/ogw_logs
TESTS=16_pg_upgrade test/check.sh
END

# The libraries that the programs of a PostgreSQL miss on a machine.
missing() { # MACHINE FOLDER
	# shellcheck disable=SC2016  # it is the inner shell that expands them
	chroot "$1" sh -c 'ldd "$1"/bin/* "$1"/lib/plpgsql.so "$1"/lib/dict_snowball.so "$1"/lib/ogw_logs.so || true' - "$2" 2>/dev/null |
		sed -n 's/^\s*\(\S*\) => not found$/\1/p' | sort -u
}

# Takes the PostgreSQL of another machine over, with the libraries that it needs.
# They have other names than those of this machine, whose programs do not see them.
take_over() { # FROM MACHINE
	local folder libraries library before
	for folder in "$1"/usr/lib/postgresql/*; do
		folder=${folder#"$1"}
		cp -a "$1$folder" "$2${folder%/*}/"
		cp -a "$1/usr/share/postgresql/${folder##*/}" "$2/usr/share/postgresql/"
		# without it there is no JIT, and with it there would be its libraries
		rm -f "$2$folder/lib/llvmjit.so"
		before=
		while libraries=$(missing "$2" "$folder") && [ -n "$libraries" ]; do
			[ "$libraries" != "$before" ] || die "$1 has no" "$libraries"
			before=$libraries
			for library in $libraries; do
				find "$1/usr/lib" "$1/lib" -name "$library" -exec cp -Lu {} "$2/usr/local/lib/" \;
			done
			chroot "$2" ldconfig
		done
	done
}

share_project files
status=0 machine=$work/${*: -1}
{
	for suite; do
		with_packages "$suite"
		lay "$suite+packages" "$work/$suite"
		enter "$work/$suite" 10m "$build"
	done
	for suite; do
		[ "$work/$suite" = "$machine" ] || take_over "$work/$suite" "$machine"
	done
	enter "$machine" 20m "$check" || status=$?
} >"$logs/log" 2>&1 || status=$?
if [ "$status" != 0 ]; then
	tail -n 100 "$logs/log"
	[ ! -d "$machine/root/ogw_logs/.check" ] || cp -r "$machine/root/ogw_logs/.check" "$logs/check"
fi
for suite; do discard "$work/$suite"; done
read -r passed failed < <("$project/test/sum.sh" "$status" "$logs/log")
close "$passed" "$failed"
