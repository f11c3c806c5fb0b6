/*
 * entry.h
 *		The record: what a writer may give, and what is stored of it.
 *
 * A method fills a GivenEntry; entry_build() checks it, applies the team's
 * policy and makes the row and the body.  Nothing is formed before the policy
 * has spoken.
 */
#ifndef OGW_ENTRY_H
#define OGW_ENTRY_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "datatype/timestamp.h"

#include "core/compat.h"
#include "core/identifier.h"
#include "core/slice.h"
#include "policy/team.h"
#include "redact/redact_own.h"

/* An identifier's most bytes: several of them fit one key of a B-tree. */
#define MAX_ID_BYTES 255

/* A whole key's most bytes; of it 32 at the most are stored. */
#define MAX_KEY_BYTES REDACT_OWN_KEY_MAX

/* A scalar of metadata stays with the entry when it is shorter than this. */
#define MAX_METADATA_SCALAR_BYTES 200

/*
 * The most bytes of attempts, tool calls and metadata together.  With them, ten
 * identifiers of MAX_ID_BYTES and all else an entry fits a page of 8 kB: 8,160
 * bytes, of which 1,400 are left for what an erasure adds to it, see erase.c.
 */
#define MAX_ENTRY_JSON_BYTES 3800

/* What a writer may give, in the order of insert_log() and of inbox. */
typedef enum Field
{
	FIELD_NONE = -1,
	FIELD_JOB_ID,
	FIELD_TEAM_ID,
	FIELD_TIMESTAMP,
	FIELD_OWNER,
	FIELD_API_KEY,
	FIELD_REQUESTED_MODEL,
	FIELD_SERVED_MODEL,
	FIELD_PROVIDER,
	FIELD_FIRST_BYTE_MS,
	FIELD_LATENCY_MS,
	FIELD_STATUS,
	FIELD_ERROR_CODE,
	FIELD_ERROR_MESSAGE,
	FIELD_PROMPT_TOKENS,
	FIELD_COMPLETION_TOKENS,
	FIELD_CACHED_TOKENS,
	FIELD_REASONING_TOKENS,
	FIELD_COST_USD,
	FIELD_USER_ID,
	FIELD_SESSION_ID,
	FIELD_FALLBACK_REASON,
	FIELD_ATTEMPTS,
	FIELD_TOOL_CALLS,
	FIELD_INPUT,
	FIELD_OUTPUT,
	FIELD_METADATA,
	N_FIELDS
} Field;

/* The columns of ogw_logs.entry, in the order of batch_entry_rows(). */
typedef enum Column
{
	COLUMN_TIMESTAMP,
	COLUMN_FIRST_BYTE_MS,
	COLUMN_LATENCY_MS,
	COLUMN_PROMPT_TOKENS,
	COLUMN_COMPLETION_TOKENS,
	COLUMN_CACHED_TOKENS,
	COLUMN_REASONING_TOKENS,
	COLUMN_UNKNOWN_FIELDS,
	COLUMN_BODY_LOGGED,
	COLUMN_TEAM_ID,
	COLUMN_JOB_ID,
	COLUMN_OWNER,
	COLUMN_API_KEY,
	COLUMN_API_KEY_FINGERPRINT,
	COLUMN_REQUESTED_MODEL,
	COLUMN_SERVED_MODEL,
	COLUMN_PROVIDER,
	COLUMN_STATUS,
	COLUMN_ERROR_CODE,
	COLUMN_COST_USD,
	COLUMN_USER_ID,
	COLUMN_SESSION_ID,
	COLUMN_FALLBACK_REASON,
	COLUMN_ATTEMPTS,
	COLUMN_TOOL_CALLS,
	COLUMN_METADATA,
	COLUMN_SECRETS_MASKED,
	N_COLUMNS
} Column;

typedef enum FieldKind
{
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
	int			place;			/* a Column; of KIND_BODY, a BodyPart */
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

/* How the text of a given field is to be read. */
typedef enum GivenAs
{
	GIVEN_NOT,
	GIVEN_TEXT,					/* as it stands */
	GIVEN_JSON_STRING,			/* what stands between the quotes, escaped */
	GIVEN_JSON_VALUE			/* a checked value that is no string */
} GivenAs;

typedef struct GivenField
{
	Slice		text;
	GivenAs		as;
} GivenField;

typedef struct GivenEntry
{
	GivenField	field[N_FIELDS];
	bool		has_timestamp;	/* timestamp was given as a value, not text */
	TimestampTz timestamp;
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
extern Reason entry_given_json(GivenEntry *given, Slice object);
extern TupleDesc entry_tupdesc(void);
extern void given_set_text(GivenField *given, Datum value);
extern Reason given_text(GivenField *given, Slice *text);
extern Reason given_json(GivenField *given, Slice *value);

/* entry_build.c */
extern bool entry_build(GivenEntry *given, TimestampTz now, Entry *entry,
						Rejection *why);

/* entry_value.c */
extern Reason parse_time(Slice text, TimestampTz *result);
extern Reason parse_count(Slice text, int32 *result);
extern Reason parse_cost(Slice text, Datum *result);
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
