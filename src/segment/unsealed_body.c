/*
 * unsealed_body.c
 *		Reading an unsealed body from its pieces, the rows of ogw_logs.body.
 *
 * Whoever looks for one body, searches all, or seals them gets the rows in a way of
 * its own, and hands their pieces in here.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "core/log_columns.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "segment/body.h"
#include "segment/pieces.h"
#include "segment/unsealed_body.h"
#include "segment/zstd.h"

/*
 * Begins a body of about so many pieces; its memory, and that of its parts, will be in
 * a context.
 */
void
unsealed_body_begin(UnsealedBody *body, MemoryContext context, uint64 n_pieces)
{
	pieces_begin(body, context, n_pieces * BODY_CHUNK_BYTES);
}

/* Adds the next piece, a bytea, which is copied; 0, a NULL of a DBA's, is a missing one. */
void
unsealed_body_add(UnsealedBody *body, int32 number, Datum content)
{
	if (content == 0)
		body->is_broken = true;
	else
		pieces_add(body, number, text_to_slice(content));
}

/*
 * Gives the compressed value that the pieces make up, in their memory, and the length
 * in bytes of its content.  Returns what is wrong with it, if anything is: a phrase
 * that quotes nothing.
 */
const char *
unsealed_body_compressed(const UnsealedBody *body, Slice *compressed, size_t *content_len)
{
	const char *wrong = pieces_joined(body, compressed);

	return wrong != NULL ? wrong : zstd_content_len(*compressed, content_len);
}

/* Decompresses the body into a content and its parts, in its context, as body_open() does. */
const char *
unsealed_body_open(const UnsealedBody *body, Slice *content, Slice parts[N_BODY_PARTS])
{
	Slice		compressed;
	const char *wrong = pieces_joined(body, &compressed);

	return wrong != NULL ? wrong : body_open(compressed, body->context, content, parts);
}

/*
 * Finds the unsealed body of an entry, with the active snapshot, and gives its parts,
 * palloc'd; false where there is none.  A damaged one is reported at elevel, and below
 * ERROR is none.  Called as the owner, with the log there, connected to SPI.
 * Raises what log_columns_check() does.
 */
bool
unsealed_body_fetch(Datum timestamp, Datum team_id, Datum job_id, int elevel,
					Slice parts[N_BODY_PARTS])
{
	static SpiStatement select = {
		.query = "SELECT b.chunk::int4, b.content::bytea FROM ogw_logs.body b"
		" WHERE b.\"timestamp\" = $1 AND b.team_id COLLATE \"C\" = $2 AND b.job_id COLLATE \"C\" = $3 ORDER BY 1",
		.result = SPI_OK_SELECT,
		.n_args = 3,
		.types = {TIMESTAMPTZOID, TEXTOID, TEXTOID},
		.is_custom = true
	};
	UnsealedBody body;
	Slice		content;
	const char *wrong;

	log_columns_check("body");
	spi_run_kept(&select, (Datum[]) {timestamp, team_id, job_id});
	if (SPI_processed == 0)
	{
		SPI_freetuptable(SPI_tuptable);
		return false;
	}
	unsealed_body_begin(&body, CurrentMemoryContext, SPI_processed);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple	row = SPI_tuptable->vals[i];
		bool		isnull;

		int32		number = DatumGetInt32(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull));
		Datum		content = SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull);

		unsealed_body_add(&body, number, isnull ? 0 : content);
	}
	SPI_freetuptable(SPI_tuptable);
	wrong = unsealed_body_open(&body, &content, parts);
	if (body.data != NULL)
		pfree(body.data);
	if (wrong != NULL)
		unsealed_body_damaged(elevel, wrong);
	return wrong == NULL;
}

/* Reports a body that cannot be read, or that a newer version has written. */
void
unsealed_body_damaged(int elevel, const char *what)
{
	bool		is_newer = what == body_is_newer;

	ereport(elevel,
			(errcode(is_newer ? ERRCODE_FEATURE_NOT_SUPPORTED : ERRCODE_DATA_CORRUPTED),
			 errmsg("%s: %s", is_newer ? "a body cannot be read" : "a body is damaged", what),
			 is_newer ? errhint("Install the newer ogw_logs.") :
			 errhint("Restore the partition of ogw_logs.body from a backup.")));
}
