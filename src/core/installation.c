/*
 * installation.c
 *		What belongs to this log as a whole: the row of ogw_logs.installation.
 *
 * Where a restore left two rows, the one made first counts; partition_interval() of
 * partition.sql reads the same.  The table is read without a statement, and its lock
 * released at once: whoever finds an old version here calls create_log(), which may alter
 * the table, and must not do so from two sessions that both hold a lock on it.
 *
 * It is read with the latest snapshot, whatever the transaction's is: also in one that is
 * read-only, and on a standby.  PostgreSQL takes none in parallel mode, so all functions
 * that come here are PARALLEL UNSAFE.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/installation.h"
#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/settings_tables.h"
#include "core/slice.h"
#include "core/slice_text.h"

/* A row. */
typedef struct Installation
{
	bool		found;
	TimestampTz created_at;
	Slice		secret;			/* palloc'd; not there for NULL */
	char	   *log_version;	/* palloc'd, or NULL */
} Installation;

static Installation read_installation(void);
static Installation row_of(Relation table, TupleTableSlot *slot);
static bool is_before(const Installation *a, const Installation *b);

/*
 * Returns the secret of this installation (INSTALLATION_SECRET_LEN bytes), which is kept
 * until the settings change; the log exists when this is called.  Raises
 * object_not_in_prerequisite_state where it has no row, data_corrupted where the secret
 * has another length.  Called as the owner.
 */
const uint8 *
installation_secret(void)
{
	static uint8 secret[INSTALLATION_SECRET_LEN];
	static uint64 loaded = 0;	/* in which generation of settings */
	uint64		generation = settings_generation();
	Installation row;

	if (loaded == generation)
		return secret;
	row = read_installation();
	if (!row.found)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ogw_logs.installation has no row"),
				 errhint("Restore it from the dump that holds the log.")));
	if (row.secret.len != INSTALLATION_SECRET_LEN)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the secret in ogw_logs.installation does not have %d bytes",
						INSTALLATION_SECRET_LEN)));
	memcpy(secret, row.secret.data, INSTALLATION_SECRET_LEN);
	loaded = generation;
	return secret;
}

/*
 * Returns the version of ogw_logs that made the tables of the log, palloc'd; NULL
 * where there is no row.  Called as the owner, with the table there.
 */
char *
installation_log_version(void)
{
	return read_installation().log_version;
}

/*
 * Reads the row that was made first, with the latest snapshot; found is false where there
 * is none.  Raises wrong_object_type where it is no ordinary table, undefined_column and
 * datatype_mismatch where it has not the columns that it was made with.
 */
static Installation
read_installation(void)
{
	Relation	table = log_table_open("installation", AccessShareLock, RELKIND_RELATION);
	Installation first = {0};
	TupleTableSlot *slot;
	Snapshot	snapshot;
	TableScanDesc scan;

	slot = table_slot_create(table, NULL);
	snapshot = RegisterSnapshot(GetLatestSnapshot());
	scan = ogw_table_beginscan(table, snapshot);
	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		Installation row = row_of(table, slot);

		if (!first.found || is_before(&row, &first))
			first = row;
	}
	table_endscan(scan);
	UnregisterSnapshot(snapshot);
	ExecDropSingleTupleTableSlot(slot);
	table_close(table, AccessShareLock);
	return first;
}

/* Returns the row in a slot, palloc'd. */
static Installation
row_of(Relation table, TupleTableSlot *slot)
{
	Installation row = {.found = true};
	bool		isnull;
	Datum		value;

	value = slot_getattr(slot, log_column(table, "created_at", TIMESTAMPTZOID), &isnull);
	row.created_at = DatumGetTimestampTz(value);
	value = slot_getattr(slot, log_column(table, "key_secret", BYTEAOID), &isnull);
	if (!isnull)
		row.secret = slice_copy(text_to_slice(value));
	value = slot_getattr(slot, log_column(table, "log_version", TEXTOID), &isnull);
	if (!isnull)
		row.log_version = TextDatumGetCString(value);
	return row;
}

/* Returns whether a row was made before another; the secrets decide where both were at once. */
static bool
is_before(const Installation *a, const Installation *b)
{
	if (a->created_at != b->created_at)
		return a->created_at < b->created_at;
	return slice_compare(a->secret, b->secret) < 0;
}
