/*
 * batch_details.c
 *		What a writer is told of the entries of a call: which were refused, and why, and
 *		what of the others is not as it was given.
 *
 * Nothing of an entry is in it but its position, and names of fields and reasons, which
 * come from closed lists.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "core/compat.h"
#include "entry/defect.h"
#include "ingest/batch_details.h"

/* Adds a detail to those in a context, or counts it where there are enough. */
void
batch_details_add(BatchDetails *details, const BatchDetail *detail, MemoryContext context)
{
	if (detail->rejected)
		details->rejected[detail->why.reason]++;
	if (details->n == MAX_DETAILS)
	{
		details->not_listed++;
		return;
	}
	if (details->n == details->capacity)
	{
		int			capacity = Min(details->capacity * 2 + 8, MAX_DETAILS);

		details->listed = details->listed == NULL ?
			MemoryContextAlloc(context, sizeof(BatchDetail) * capacity) :
			repalloc(details->listed, sizeof(BatchDetail) * capacity);
		details->capacity = capacity;
	}
	details->listed[details->n++] = *detail;
}

/* Makes a json of the details, and of the id by which ogw_logs.rejected has them; that is left out where it is NULL. */
Datum
batch_details_json(const BatchDetails *details, const pg_uuid_t *batch_id)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	if (batch_id != NULL)
		appendStringInfo(&json, "\"batch_id\":\"%s\",",
						 DatumGetCString(DirectFunctionCall1(uuid_out, UUIDPGetDatum(batch_id))));
	appendStringInfoString(&json, "\"listed\":[");
	for (int i = 0; i < details->n; i++)
	{
		const BatchDetail *detail = &details->listed[i];

		appendStringInfoString(&json, i == 0 ? "{" : ",{");
		if (detail->statement > 0)
			appendStringInfo(&json, "\"statement\":%d,", detail->statement);
		appendStringInfo(&json, "\"position\":" INT64_FORMAT ",\"rejected\":%s,\"field\":\"%s\",\"reason\":\"%s\"}",
						 detail->position, detail->rejected ? "true" : "false",
						 field_name(detail->why.field),
						 reason_code(detail->why.reason));
	}
	appendStringInfo(&json, "],\"not_listed\":" INT64_FORMAT "}", details->not_listed);
	return PointerGetDatum(cstring_to_text_with_len(json.data, json.len));
}

/*
 * Warns the client where entries of a call were refused: how many of those received, and
 * for which reasons.  hint says where to look.
 *
 * The server's log gets it without the statement and without the context: both can have an
 * entry in them.
 */
void
batch_details_warn(const BatchDetails *details, int64 received, const char *hint)
{
	StringInfoData reasons;
	int64		n = 0;

	initStringInfo(&reasons);
	for (int reason = 0; reason < N_REASONS; reason++)
	{
		if (details->rejected[reason] == 0)
			continue;
		appendStringInfo(&reasons, "%s%s (" INT64_FORMAT ")", n == 0 ? "" : ", ",
						 reason_code((Reason) reason), details->rejected[reason]);
		n += details->rejected[reason];
	}
	if (n > 0)
		ereport(WARNING,
				(errcode(ERRCODE_WARNING),
				 errmsg("rejected %lld of %lld entries", (long long) n, (long long) received),
				 errdetail("Reasons: %s.", reasons.data),
				 errhint("%s", hint),
				 errhidestmt(true),
				 errhidecontext(true)));
	pfree(reasons.data);
}
