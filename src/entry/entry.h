/*
 * entry.h
 *		The record: what a writer may give, and what is stored of it.
 *
 * insert_log(), insert_logs() and inbox fill a GivenEntry; entry_build() checks it,
 * applies the team's policy, and makes the row and the body.  Nothing is formed
 * before the policy has spoken.
 */
#ifndef OGW_ENTRY_H
#define OGW_ENTRY_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "datatype/timestamp.h"

#include "core/compat.h"
#include "core/slice.h"
#include "entry/defect.h"
#include "entry/entry_field.h"
#include "policy/team.h"
#include "redact/own_key.h"

/* A whole key's most bytes; of it 32 at the most are stored. */
#define MAX_KEY_BYTES OWN_KEY_MAX

/*
 * What became of the body, in the column body_state: all of it is stored, or a part, the
 * rest being too long; none of it, since the team wants none, or it is too long; none was
 * given.
 */
#define BODY_STATE_STORED "stored"
#define BODY_STATE_PARTIAL "partial"
#define BODY_STATE_OFF "off"
#define BODY_STATE_TOO_LONG "too_long"
#define BODY_STATE_NONE "none"

/* And get_log() of one that was stored: it has expired, or was purged or erased. */
#define BODY_STATE_GONE "gone"

/* A scalar of metadata stays with the entry when it is shorter than this. */
#define MAX_METADATA_SCALAR_BYTES 200

/*
 * The most bytes of attempts, tool calls, metadata and defects together.  With them,
 * seven identifiers of MAX_ID_BYTES, six words and all else an entry fits a page of 8 kB:
 * 8,160 bytes, of which 1,400 are left for what an erasure adds to it, see erase.c.
 */
#define MAX_ENTRY_JSON_BYTES 3800

/* How a field was given: as a text, which is to be read, or as a value. */
typedef enum GivenAs
{
	GIVEN_NOT,
	GIVEN_TEXT,					/* text, as it stands */
	GIVEN_JSON_STRING,			/* text, which stood between quotes, escaped */
	GIVEN_JSON_VALUE,			/* text: a checked JSON value that is no string */
	GIVEN_BROKEN,				/* text: what stood for a value, and is not JSON or too deep */
	GIVEN_FLOAT8,				/* value, a double precision: of a number */
	GIVEN_NUMERIC				/* value, a numeric: of a number */
} GivenAs;

typedef struct GivenField
{
	GivenAs		as;
	Slice		text;
	Datum		value;
} GivenField;

typedef struct GivenEntry
{
	GivenField	field[N_FIELDS];
	int			n_unknown;		/* members with other names, */
	Slice		unknown;		/* and their text: "name":value,… */
	Defects		defects;		/* what was wrong when it was read */
} GivenEntry;

typedef struct Entry
{
	TimestampTz timestamp;
	Slice		team_id;		/* set as soon as it is known to be valid */
	Slice		job_id;
	Datum		values[N_COLUMNS];
	bool		nulls[N_COLUMNS];
	bytea	   *body;			/* NULL where none is to be stored */
	bool		body_dropped;	/* the team wants none, and there was one */
	int32		n_masked;		/* places where secrets were */
	Defects		defects;
} Entry;

/* entry.c */
extern void entry_init(void);
extern Reason entry_given_json(GivenEntry *given, Slice object);
extern Reason entry_given_broken(GivenEntry *given, Slice object);
extern TupleDesc entry_tupdesc(void);
extern void given_set_text(GivenField *given, Datum value);
extern void given_set_value(GivenField *given, GivenAs as, Datum value);
extern Reason given_text(GivenField *given, Slice *text);
extern bool body_is_stored(Datum body_state);
extern Reason given_json(GivenField *given, Slice *value, bool *no_number);

/* entry_build.c */
extern bool entry_build(GivenEntry *given, TimestampTz now, Entry *entry,
						Rejection *why);

/* entry_number.c */
extern Reason read_count(const GivenField *given, Slice text, int64 *result);
extern Reason read_cost(const GivenField *given, Slice text, Datum *result);

/* entry_status.c */
extern Reason read_status(Slice text, const char **status, bool *says_more);

/* entry_time.c */
extern Reason read_time(Slice text, TimestampTz *result);

/* entry_word.c */
extern bool is_word(Slice text);
extern Slice trim_blanks(Slice text);

#endif
