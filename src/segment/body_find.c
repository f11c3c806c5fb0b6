/*
 * body_find.c
 *		Finding the body of an entry: as it came, in ogw_logs.body, or sealed.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/identifier.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "segment/body.h"
#include "segment/body_find.h"
#include "segment/segment.h"
#include "segment/segment_read.h"
#include "segment/zstd.h"

static bool fetch(Datum timestamp, Datum team_id, Datum job_id, int elevel,
				  Slice parts[N_BODY_PARTS]);

/*
 * Finds the body of an entry, whose session_id is 0 where it has none; its parts are
 * there until the next call.  What the active snapshot does not show is looked for
 * with the latest one: a body does not change, but on a standby it may have been
 * sealed, and dropped as it came, since the snapshot was taken.  One that is damaged
 * is reported at elevel, and below ERROR not found.  Called as the owner, with the log
 * there, connected to SPI.
 */
bool
body_find(Datum timestamp, Datum team_id, Datum job_id, Datum session_id,
		  int elevel, Slice parts[N_BODY_PARTS])
{
	BodyId		key = {
		.session = id_hash(session_id != 0 ? text_to_slice(session_id) : (Slice) {"", 0}),
		.timestamp = DatumGetTimestampTz(timestamp),
		.job = id_hash(text_to_slice(job_id))
	};
	/* what is wrong is told once */
	int			first_elevel = elevel >= ERROR ? elevel : DEBUG1;
	bool		found;

	if (fetch(timestamp, team_id, job_id, first_elevel, parts) ||
		segment_fetch(team_id, &key, GetActiveSnapshot(), first_elevel, parts))
		return true;
	PushActiveSnapshot(GetLatestSnapshot());
	found = fetch(timestamp, team_id, job_id, elevel, parts) ||
		segment_fetch(team_id, &key, GetActiveSnapshot(), elevel, parts);
	PopActiveSnapshot();
	return found;
}

/* Gets the body of an entry as it came, into palloc'd parts; false where there is none. */
static bool
fetch(Datum timestamp, Datum team_id, Datum job_id, int elevel, Slice parts[N_BODY_PARTS])
{
	Oid			types[] = {TIMESTAMPTZOID, TEXTOID, TEXTOID};
	Datum		args[] = {timestamp, team_id, job_id};
	SPITupleTable *rows;
	int			n;
	int32	   *numbers;
	Datum	   *pieces;
	Slice		frame;
	const char *wrong;
	MemoryContext context = CurrentMemoryContext;

	if (SPI_execute_with_args("SELECT b.chunk, b.content FROM ogw_logs.body b"
							  " WHERE b.\"timestamp\" = $1 AND b.team_id = $2"
							  "   AND b.job_id = $3 ORDER BY b.chunk",
							  lengthof(types), types, args, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "a query of ogw_logs failed");
	MemoryContextSwitchTo(context);
	rows = SPI_tuptable;
	n = (int) SPI_processed;
	if (n == 0)
	{
		SPI_freetuptable(rows);
		return false;
	}
	numbers = palloc(sizeof(int32) * n);
	pieces = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		bool		isnull;

		numbers[i] = DatumGetInt32(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull));
		pieces[i] = SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &isnull);
	}
	wrong = pieces_join(numbers, pieces, n, &frame);
	pfree(numbers);
	pfree(pieces);
	SPI_freetuptable(rows);
	if (wrong == NULL)
	{
		wrong = body_open(frame, parts);
		pfree((char *) frame.data);
	}
	if (wrong != NULL)
		body_damaged(elevel, wrong);
	return wrong == NULL;
}

/*
 * Opens a frame into palloc'd parts.  Whatever its bytes are, it ends in parts or in
 * what is wrong with them, a phrase that quotes nothing.
 */
const char *
body_open(Slice frame, Slice parts[N_BODY_PARTS])
{
	Slice		content;
	char	   *raw;
	const char *wrong = zstd_content_len(frame, &content.len);

	if (wrong != NULL)
		return wrong;
	content.data = raw = palloc(Max(content.len, 1));
	wrong = zstd_decompress(frame, raw, content.len);
	if (wrong == NULL)
		wrong = body_parts(content, parts);
	if (wrong != NULL)
		pfree(raw);
	return wrong;
}

/* Reports a value that this format cannot have, or a newer one. */
void
body_damaged(int elevel, const char *what)
{
	bool		is_newer = what == body_is_newer;

	ereport(elevel,
			(errcode(is_newer ? ERRCODE_FEATURE_NOT_SUPPORTED : ERRCODE_DATA_CORRUPTED),
			 errmsg("%s: %s", is_newer ? "a body cannot be read" : "a body is damaged", what),
			 is_newer ? errhint("Install the newer ogw_logs.") :
			 errhint("Restore the partition of ogw_logs.body from a backup.")));
}
