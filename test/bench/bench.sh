#!/bin/sh
# The benchmark: installs what is missing, builds, starts a private server with
# default durability, measures, prints the table, and leaves it in .bench/ as
# bench.md and bench.json. The server is gone afterwards. See bench.pl for SCALE,
# PARTS, PARTITIONS and REPEAT.
set -eu

cd "$(dirname "$0")/../.."
begin=$(date +%s)
out=$PWD/.bench
if [ -d ../shared/data ]; then
	OGW_DATA=$(cd ../shared/data && pwd)
	export OGW_DATA
fi

{
	test/packages.sh
	test/install.sh
	MAKEFLAGS='' make -s -C test/bench
} >&2
pg_config=${PG_CONFIG:-pg_config}

# For its background worker ogw_logs is preloaded, and TimescaleDB where it is installed.
preload=ogw_logs
if [ -f "$("$pg_config" --sharedir)/extension/timescaledb.control" ]; then
	preload=ogw_logs,timescaledb
fi

# A quarter of the memory, at most 2 GB, as a server of its own would have.
memory=$(awk '/^MemTotal/ { m = int($2 / 4096); print (m > 2048 ? 2048 : m) }' /proc/meminfo)
trap 'test/cluster.sh remove --name bench' EXIT
trap 'exit 130' INT TERM
test/cluster.sh remove --name bench
test/cluster.sh start --name bench --set shared_buffers="${memory}MB" --set max_wal_size=8GB \
	--set checkpoint_timeout=30min --set max_connections=200 --set "shared_preload_libraries='$preload'"
eval "$(test/cluster.sh env --name bench)"
mkdir -p "$out"
OUT=$out perl test/bench/bench.pl
echo "bench: done in $(($(date +%s) - begin)) seconds; the table is in $out/bench.md and bench.json" >&2
