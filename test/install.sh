#!/bin/sh
# Builds the extension and the gateway program and installs the extension into
# the PostgreSQL of PG_CONFIG. Asks for sudo only when something has changed
# and the directories are not writable.
#
#   test/install.sh [VARIABLE=VALUE]...    passed on to make, e.g. COPT=-Werror
set -eu

cd "$(dirname "$0")/.."
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' INT TERM

# Bitcode for JIT inlining is left out: it would double the time for nothing. So are
# the documents: they are here.
run_make() { MAKEFLAGS='' make -s with_llvm=no DOCS= "$@"; }

run_make -j "$(nproc 2>/dev/null || echo 2)" "$@" all
run_make -C test/gateway "$@"

# Installed already? Compare with what an installation would put there.
run_make "$@" install DESTDIR="$stage" >/dev/null
if (cd "$stage" && find . -type f) | while read -r file; do
	cmp -s "$stage/$file" "/$file" || exit 1
done; then
	echo "ogw_logs is built, and installed already"
	exit
fi

pg_config=${PG_CONFIG:-pg_config}
if [ -w "$("$pg_config" --pkglibdir)" ] && [ -w "$("$pg_config" --sharedir)/extension" ]; then
	run_make "$@" install >/dev/null
elif command -v sudo >/dev/null; then
	echo "Installing ogw_logs into $("$pg_config" --pkglibdir) with sudo"
	sudo env MAKEFLAGS= make -s with_llvm=no DOCS= PG_CONFIG="$(command -v "$pg_config")" "$@" install >/dev/null
else
	echo "install: $("$pg_config" --pkglibdir) is not writable: run this as root, or install sudo" >&2
	exit 1
fi
echo "ogw_logs is built, and installed into $("$pg_config" --pkglibdir)"
