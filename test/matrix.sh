#!/bin/bash
# Runs every test on several Debians, which have PostgreSQLs of several
# versions, in chroots. The project is taken as it is here. Ends with a table,
# and with the sum of all on a line alone: "N passed, N failed"; exits 1 when
# anything failed, or a Debian broke off, which counts as one failed. Run as
# root; test/chroot.sh tells where the Debians are kept.
#
#   test/matrix.sh [SUITE...]    default: bookworm trixie sid (15, 17, 18);
#                                experimental has the version to come
#   TESTS='WORD...' test/matrix.sh …   only tests whose file name holds a WORD
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

# Says the sum, as the closing line and for .ci/run.
close() { # PASSED FAILED
	mkdir -p "$logs"
	echo
	echo "$1 passed, $2 failed" | tee "$logs/summary"
	[ "$2" = 0 ]
}

why=$(hindrance)
if [ -n "$why" ]; then
	say "not run: $*; it $why" >&2
	close 0 $#
	exit
fi
enclose "$@"
rm -rf "$logs"
mkdir -p "$logs"

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

read -r -d '' check <<'END' || true
set -eu
cd /root
[ ! -d /mnt/data ] || { mkdir shared && ln -s /mnt/data shared/data; }
git clone -q /mnt/ogw_logs.git ogw_logs
cd ogw_logs
pg_config --version
TESTS=$1 test/check.sh
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

# Runs the tests on one Debian, and leaves how that ended in $work/SUITE.end.
run() { # SUITE
	local status=0
	SECONDS=0
	trap 'echo "$? $SECONDS" >"$work/$suite.end"' EXIT
	with_packages "$1"
	lay "$1+packages" "$work/$1"
	enter "$work/$1" 40m "$check" "${TESTS:-}" || status=$?
	[ "$status" = 0 ] || [ ! -d "$work/$1/root/ogw_logs/.check" ] || cp -r "$work/$1/root/ogw_logs/.check" "$logs/$1"
	discard "$work/$1"
	exit "$status"
}

# One test keeps one core busy, so as many Debians run at once as there are cores.
share_project files
for suite; do
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || true; done
	say "$suite runs, into $logs/$suite.log"
	run "$suite" >"$logs/$suite.log" 2>&1 &
done
wait

all_passed=0 all_failed=0
table=$(printf '%-14s%-14s%8s%8s%9s' suite PostgreSQL passed failed seconds)
for suite; do
	log=$logs/$suite.log
	read -r status seconds <"$work/$suite.end"
	sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1) || sum="0 passed, 0 failed"
	read -r passed _ failed _ <<<"$sum"
	if [ "$failed" = 0 ] && { [ "$status" != 0 ] || [ "$passed" = 0 ]; }; then failed=1; fi
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
