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
#include "entry/entry_columns.h"
#include "policy/team.h"
#include "redact/own_key.h"
#include "segment/body.h"

/* A whole key's most bytes; of it 32 at the most are stored. */
#define MAX_KEY_BYTES OWN_KEY_MAX

/* A scalar of metadata stays with the entry when it is shorter than this. */
#define MAX_METADATA_SCALAR_BYTES 200

/*
 * The most bytes of attempts, tool calls and metadata together.  With them, ten
 * identifiers of MAX_ID_BYTES and all else an entry fits a page of 8 kB: 8,160
 * bytes, of which 1,400 are left for what an erasure adds to it, see erase.c.
 */
#define MAX_ENTRY_JSON_BYTES 3800

#define FIELD_ID(id, name, kind, column, part) FIELD_##id,
#define COLUMN_ID(id, name, type) COLUMN_##id,

/* What a writer may give: a field, FIELD_JOB_ID and so on. */
typedef enum Field
{
	FIELD_NONE = -1,
	ENTRY_FIELDS(FIELD_ID)
	N_FIELDS
} Field;

/* The columns of ogw_logs.entry: COLUMN_TIMESTAMP and so on. */
typedef enum Column
{
	COLUMN_NONE = -1,
	ENTRY_COLUMNS(COLUMN_ID, COLUMN_ID)
	N_COLUMNS
} Column;

typedef enum FieldKind
{
	KIND_IDENTITY,				/* a short text that every entry has */
	KIND_ID,					/* a short text */
	KIND_TIME,
	KIND_KEY,
	KIND_COUNT,
	KIND_STATUS,
	KIND_COST,
	KIND_BODY,					/* a text that lives with the body */
	KIND_JSON					/* part here, the whole with the body */
} FieldKind;

typedef struct FieldDefinition
{
	const char *name;
	FieldKind	kind;
	Column		column;			/* COLUMN_NONE: it lives with the body alone */
	BodyPart	part;			/* BODY_NONE: it never does */
} FieldDefinition;

/* Why an entry is refused; the codes and messages are in entry_value.c. */
typedef enum Reason
{
	REASON_NONE,
	REASON_MISSING,
	REASON_TOO_LONG,
	REASON_HOLDS_A_KEY,
	REASON_NOT_A_SCALAR,
	REASON_NOT_AN_INTEGER,
	REASON_NOT_A_NUMBER,
	REASON_NEGATIVE,
	REASON_OUT_OF_RANGE,
	REASON_NOT_A_TIME,
	REASON_TOO_FAR_AHEAD,
	REASON_TOO_OLD,
	REASON_NOT_A_STATUS,
	REASON_INVALID_JSON,
	REASON_TOO_DEEP,
	REASON_NOT_AN_OBJECT
} Reason;

typedef struct Rejection
{
	Field		field;			/* FIELD_NONE: the entry as a whole */
	Reason		reason;
} Rejection;

/* How a field was given: as a text, which is to be read, or as a value. */
typedef enum GivenAs
{
	GIVEN_NOT,
	GIVEN_TEXT,					/* text, as it stands */
	GIVEN_JSON_STRING,			/* text, which stood between quotes, escaped */
	GIVEN_JSON_VALUE,			/* text: a checked JSON value that is no string */
	GIVEN_INTEGER,				/* value, an int4: of KIND_COUNT alone */
	GIVEN_NUMERIC,				/* value, a numeric: of KIND_COST alone */
	GIVEN_TIMESTAMP				/* value, a timestamptz: of KIND_TIME alone */
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
} Entry;

/* entry.c */
extern const FieldDefinition entry_fields[N_FIELDS];
extern void entry_init(void);
extern Reason entry_given_json(GivenEntry *given, Slice object);
extern TupleDesc entry_tupdesc(void);
extern void given_set_text(GivenField *given, Datum value);
extern void given_set_value(GivenField *given, GivenAs as, Datum value);
extern Reason given_text(GivenField *given, Slice *text);
extern Reason given_json(GivenField *given, Slice *value);

/* entry_build.c */
extern bool entry_build(GivenEntry *given, TimestampTz now, Entry *entry,
						Rejection *why);

/* entry_value.c */
extern Reason parse_time(Slice text, TimestampTz *result);
extern Reason parse_count(Slice text, int32 *result);
extern Reason parse_cost(Slice text, Datum *result);
extern Reason cost_of_numeric(Datum cost, Datum *result);
extern bool is_plain_number(Slice text);
extern const char *reason_code(Reason reason);
pg_noreturn extern void rejection_error(const Rejection *why);

/* entry_json.c */
extern Slice json_name(Slice name);
extern Slice reduce_attempts(Slice attempts, Slice *fallback_reason);
extern Slice reduce_tool_calls(Slice tool_calls);
extern Slice reduce_metadata(Slice metadata, const TeamPolicy *policy);
extern Slice merge_members(Slice metadata, Slice members);

#endif
