/*
 * body_find.c
 *		Finding the body of an entry: unsealed, in ogw_logs.body, or sealed.
 */
#include "postgres.h"

#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "core/identifier.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "segment/body.h"
#include "segment/body_find.h"
#include "segment/segment.h"
#include "segment/segment_reach.h"
#include "segment/segment_read.h"
#include "segment/unsealed_body.h"

/*
 * Finds the body of an entry, whose session_id is 0 where it has none; its parts are
 * there until the next call, or the end of the current context.  What the active
 * snapshot does not show is looked for with the latest one: a body does not change, but
 * on a standby it may have been sealed, and its unsealed rows dropped, since the
 * snapshot was taken.  A damaged one is reported at elevel, and below ERROR not found.
 * *elsewhere tells, where it is not found, whether it may be sealed under another session.
 * Called as the owner, with the log there, connected to SPI.
 */
bool
body_find(Datum timestamp, Datum team_id, Datum job_id, Datum session_id,
		  int elevel, Slice parts[N_BODY_PARTS], bool *elsewhere)
{
	BodyId		key = {
		.session = id_hash(session_id != 0 ? text_to_slice(session_id) : (Slice) {"", 0}),
		.timestamp = DatumGetTimestampTz(timestamp),
		.job = id_hash(text_to_slice(job_id))
	};
	/* what is wrong is told once */
	int			first_elevel = elevel >= ERROR ? elevel : DEBUG1;
	bool		found;

	*elsewhere = false;
	if (unsealed_body_fetch(timestamp, team_id, job_id, first_elevel, parts) ||
		segment_fetch(team_id, &key, GetActiveSnapshot(), first_elevel, parts, elsewhere))
		return true;
	PushActiveSnapshot(GetLatestSnapshot());
	found = unsealed_body_fetch(timestamp, team_id, job_id, elevel, parts) ||
		segment_fetch(team_id, &key, GetActiveSnapshot(), elevel, parts, elsewhere);
	PopActiveSnapshot();
	return found;
}

/*
 * The same of a sealed body whose entry has another session_id than when it was sealed: the
 * directories of all the team's segments are read that may have its time.
 */
bool
body_find_elsewhere(Datum timestamp, Datum team_id, Datum job_id, int elevel, Slice parts[N_BODY_PARTS])
{
	BodyId		key = {
		.timestamp = DatumGetTimestampTz(timestamp),
		.job = id_hash(text_to_slice(job_id))
	};
	bool		any;
	bool		found;

	PushActiveSnapshot(GetLatestSnapshot());
	found = segment_find_session(team_id, &key) &&
		segment_fetch(team_id, &key, GetActiveSnapshot(), elevel, parts, &any);
	PopActiveSnapshot();
	return found;
}
