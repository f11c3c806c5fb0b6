/*
 * installation.c
 *		What belongs to this log as a whole: the row of ogw_logs.installation.
 *
 * Where a restore left two rows, the one made first counts.  The table is read
 * without a statement, and its lock let go of at once: create_log() may have to
 * alter it for whoever finds an old version here.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "executor/tuptable.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/installation.h"
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
 * Returns the secret of this installation (INSTALLATION_SECRET_LEN bytes); the log,
 * and with it the secret, exists when this is called.  Raises
 * object_not_in_prerequisite_state where there is none, data_corrupted where it is
 * another thing.  Called as the owner.
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

/* Reads the row that was made first, with the latest snapshot. */
static Installation
read_installation(void)
{
	Relation	table = table_open(log_table("installation"), AccessShareLock);
	TupleTableSlot *slot = table_slot_create(table, NULL);
	Snapshot	snapshot = RegisterSnapshot(GetLatestSnapshot());
	TableScanDesc scan = table_beginscan(table, snapshot, 0, NULL);
	Installation first = {0};

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

/* Returns the row in a slot. */
static Installation
row_of(Relation table, TupleTableSlot *slot)
{
	Oid			id = RelationGetRelid(table);
	AttrNumber	log_version = get_attnum(id, "log_version");
	Installation row = {.found = true};
	bool		isnull;
	Datum		value;

	row.created_at = DatumGetTimestampTz(slot_getattr(slot, get_attnum(id, "created_at"), &isnull));
	value = slot_getattr(slot, get_attnum(id, "key_secret"), &isnull);
	if (!isnull)
		row.secret = slice_copy(text_to_slice(value));
	if (log_version != InvalidAttrNumber)
	{
		value = slot_getattr(slot, log_version, &isnull);
		if (!isnull)
			row.log_version = TextDatumGetCString(value);
	}
	return row;
}

/* Tells whether a row was made before another: of two of one moment the secrets decide. */
static bool
is_before(const Installation *a, const Installation *b)
{
	if (a->created_at != b->created_at)
		return a->created_at < b->created_at;
	return slice_compare(a->secret, b->secret) < 0;
}
