/*
 * found_body.c
 *		The body of an entry that was found.
 *
 * Nearly all are where their session says.  One that is not was erased, or a DBA has
 * changed its entry's session: what was erased is known, and then not looked for in all
 * segments of its time.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"

#include "core/slice.h"
#include "core/spi.h"
#include "search/found_body.h"
#include "segment/body.h"
#include "segment/body_find.h"

static bool was_erased(const FoundEntry *entry);

/*
 * Finds the body of an entry, also where its session is another one than when the body was
 * sealed; *looked_elsewhere tells whether all segments of its time were looked through for
 * that.  Else as body_find().
 */
bool
found_body(const FoundEntry *entry, int elevel, Slice parts[N_BODY_PARTS], bool *looked_elsewhere)
{
	*looked_elsewhere = false;
	if (!entry->has_body)
		return false;
	if (body_find(entry->timestamp, entry->team_id, entry->job_id, entry->session_id, elevel, parts, looked_elsewhere))
		return true;
	*looked_elsewhere = *looked_elsewhere && !was_erased(entry);
	return *looked_elsewhere &&
		body_find_elsewhere(entry->timestamp, entry->team_id, entry->job_id, elevel, parts);
}

/*
 * Tells whether ogw_logs.erasure has it that the body was erased: with its user, who then
 * has a pseudonym, or by a purge that came after the entry's time.
 */
static bool
was_erased(const FoundEntry *entry)
{
	static SpiStatement select = {
		.query = "SELECT FROM ogw_logs.erasure x WHERE x.team_id = $1"
		" AND (x.pseudonym = $2 OR x.action = 'purge_bodies' AND x.until > $3 AND x.erased_at > $3) LIMIT 1",
		.result = SPI_OK_SELECT,
		.n_args = 3,
		.types = {TEXTOID, TEXTOID, TIMESTAMPTZOID}
	};
	bool		found;
	/* nobody's pseudonym is empty */
	Datum		user_id = entry->user_id != 0 ? entry->user_id : CStringGetTextDatum("");

	spi_run_kept(&select, (Datum[]) {entry->team_id, user_id, entry->timestamp});
	found = SPI_processed > 0;
	SPI_freetuptable(SPI_tuptable);
	return found;
}
