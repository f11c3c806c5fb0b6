#!/bin/sh
# Makes the database of the isolation specs anew, on the server that the
# environment names, with what the specs have in common in it (common.sql).
#
#   test/isolation/database.sh NAME
set -eu

common=$(dirname "$0")/common.sql
run() { psql -qX -v ON_ERROR_STOP=1 "$@"; }

# as pg_regress makes its own
run -d postgres -c 'SET client_min_messages = warning' -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1 TEMPLATE template0 ENCODING 'UTF8'"
for setting in lc_messages lc_monetary lc_numeric lc_time; do
	run -d postgres -c "ALTER DATABASE $1 SET $setting = 'C'"
done
run -d "$1" -f "$common"
