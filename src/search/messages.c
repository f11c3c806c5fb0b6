/*
 * messages.c
 *		The conversation of a request: its input and its output, part by part.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "core/log.h"
#include "core/owner.h"
#include "core/readable_json.h"
#include "core/row_type.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "policy/access.h"
#include "policy/body_read.h"
#include "search/found_body.h"
#include "search/get_log.h"
#include "search/message.h"
#include "search/message_hash.h"
#include "search/search_columns.h"
#include "search/search_partitions.h"
#include "search/search_state.h"
#include "segment/body.h"

PG_FUNCTION_INFO_V1(ogw_messages);

/* The longest name or id of a tool that is handed out whole; many parts can have the same. */
#define MAX_TOOL_BYTES 255

/* What is read of an entry, in this order. */
enum
{
	FOUND_TIMESTAMP, FOUND_TEAM_ID, FOUND_JOB_ID, FOUND_SESSION_ID, FOUND_USER_ID, FOUND_BODY_STATE, N_FOUND
};

static const RowColumn found_columns[N_FOUND] = {
	{"timestamp", TIMESTAMPTZOID}, {"team_id", TEXTOID}, {"job_id", TEXTOID},
	{"session_id", TEXTOID}, {"user_id", TEXTOID}, {"body_state", TEXTOID}
};
static RowType found_type = {found_columns, N_FOUND};

/* The columns of message_row. */
enum
{
	MESSAGE_COLUMN_TEAM_ID, MESSAGE_COLUMN_PART_OF, MESSAGE_COLUMN_TURN, MESSAGE_COLUMN_PART, MESSAGE_COLUMN_ROLE, MESSAGE_COLUMN_KIND, MESSAGE_COLUMN_TEXT,
	MESSAGE_COLUMN_TOOL_NAME, MESSAGE_COLUMN_TOOL_CALL_ID, MESSAGE_COLUMN_ARGUMENTS, MESSAGE_COLUMN_IS_NEW, N_MESSAGE_COLUMNS
};

static const RowColumn message_columns[N_MESSAGE_COLUMNS] = {
	{"team_id", TEXTOID}, {"part_of", TEXTOID}, {"turn", INT4OID}, {"part", INT4OID}, {"role", TEXTOID},
	{"kind", TEXTOID}, {"text", TEXTOID}, {"tool_name", TEXTOID}, {"tool_call_id", TEXTOID},
	{"arguments", JSONOID}, {"is_new", BOOLOID}
};

static const char *const kind_names[] = {
	[MESSAGE_TEXT] = "text", [MESSAGE_TOOL_CALL] = "tool_call", [MESSAGE_TOOL_RESULT] = "tool_result",
	[MESSAGE_REASONING] = "reasoning", [MESSAGE_REFUSAL] = "refusal", [MESSAGE_IMAGE] = "image",
	[MESSAGE_AUDIO] = "audio", [MESSAGE_VIDEO] = "video", [MESSAGE_FILE] = "file", [MESSAGE_OTHER] = "other"
};

/* What a conversation is read for. */
typedef enum RowsPass
{
	PASS_COLLECT,				/* of an earlier entry: which turns there are */
	PASS_COMPARE,				/* of a turn of the input: whether it was there */
	PASS_EMIT					/* its rows */
} RowsPass;

/* The rows of an entry as they are made. */
typedef struct MessageRows
{
	MessageReader reader;
	ReturnSetInfo *result;
	int			place[N_MESSAGE_COLUMNS];	/* in message_row, from 0 */
	Datum		team_id;
	bool		is_output;
	RowsPass	pass;
	KnownTurns	known;
	uint64		hash;			/* of the turn so far */
	bool		is_new;
	int32		turn;
	int32		part;
	Slice		role;
	MemoryContext scratch;		/* emptied after each part */
} MessageRows;

static void rows_init(MessageRows *rows, ReturnSetInfo *result);
static bool put_entry(MessageRows *rows, const AccessRights *rights, const Datum *values, const bool *nulls);
static void collect_previous(MessageRows *rows, const AccessRights *rights, const Datum *values, const bool *nulls);
static bool open_entry(const Datum *values, const bool *nulls, int elevel, Slice parts[N_BODY_PARTS]);
static void begin_turn(MessageReader *reader, Slice role);
static void put_part(MessageReader *reader, const MessagePart *part);
static bool end_turn(MessageReader *reader);
static void emit_part(MessageRows *rows, const MessagePart *part);
static void set_value(Datum *values, bool *nulls, int place, Datum value);
static void set_tool(Datum *values, bool *nulls, int place, Slice value);

/*
 * messages(job_id, team_id, near) → SETOF message_row: the input and the output of the
 * entries that get_log() finds, as turns of a conversation; no rows where the caller may
 * not read the body, or there is none.  It is recorded as get_log() is.
 */
Datum
ogw_messages(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	AccessRights rights;
	OwnerGuard	guard;
	Search		search;
	MessageRows rows;
	TupleTableSlot *row;
	Datum	   *read_teams;
	Datum	   *read_jobs;
	int64		n;
	int			n_read = 0;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	owner_enter(&guard, fcinfo);
	if (!log_exists())
	{
		owner_leave(&guard);
		return (Datum) 0;
	}
	access_rights(guard.caller, "read", &rights);
	search_begin(&search, row_type(&found_type), &rights);
	search.store = tuplestore_begin_heap(false, false, work_mem);
	search_log(&search, fcinfo);
	n = tuplestore_tuple_count(search.store);
	SPI_connect();
	rows_init(&rows, result);
	read_teams = palloc(sizeof(Datum) * n);
	read_jobs = palloc(sizeof(Datum) * n);
	row = MakeSingleTupleTableSlot(search.desc, &TTSOpsMinimalTuple);
	while (tuplestore_gettupleslot(search.store, true, true, row))
	{
		slot_getallattrs(row);
		if (!put_entry(&rows, &rights, row->tts_values, row->tts_isnull))
			continue;
		read_teams[n_read] = datumCopy(row->tts_values[FOUND_TEAM_ID], false, -1);
		read_jobs[n_read++] = datumCopy(row->tts_values[FOUND_JOB_ID], false, -1);
	}
	body_reads_record(guard.caller, "messages() returned a body", read_teams, read_jobs, n_read);
	ExecDropSingleTupleTableSlot(row);
	SPI_finish();
	tuplestore_end(search.store);
	owner_leave(&guard);
	return (Datum) 0;
}

/* Prepares the rows of a call. */
static void
rows_init(MessageRows *rows, ReturnSetInfo *result)
{
	memset(rows, 0, sizeof(MessageRows));
	rows->result = result;
	rows->reader.begin_turn = begin_turn;
	rows->reader.put_part = put_part;
	rows->reader.end_turn = end_turn;
	rows->scratch = AllocSetContextCreate(CurrentMemoryContext, "ogw_logs part", ALLOCSET_DEFAULT_SIZES);
	for (int i = 0; i < N_MESSAGE_COLUMNS; i++)
		rows->place[i] = result_column(result->setDesc, message_columns[i].name, message_columns[i].type) - 1;
}

/*
 * Puts the conversation of an entry into the result, where the caller may read its body;
 * returns whether a body was read.  Its memory is free again when this returns.
 */
static bool
put_entry(MessageRows *rows, const AccessRights *rights, const Datum *values, const bool *nulls)
{
	Slice		parts[N_BODY_PARTS];
	bool		has_body;
	MemoryContext old = CurrentMemoryContext;
	MemoryContext context;

	if (nulls[FOUND_BODY_STATE] || !body_is_stored(values[FOUND_BODY_STATE]) ||
		!(rights->all_bodies || teams_hold(rights->body_teams, values[FOUND_TEAM_ID])))
		return false;
	context = AllocSetContextCreate(old, "ogw_logs conversation", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(context);
	rows->team_id = values[FOUND_TEAM_ID];
	rows->turn = 0;
	rows->known = (KnownTurns) {0};
	collect_previous(rows, rights, values, nulls);
	has_body = open_entry(values, nulls, ERROR, parts);
	for (BodyPart part = BODY_INPUT; has_body && part <= BODY_OUTPUT; part++)
	{
		if (parts[part].data == NULL)
			continue;
		rows->is_output = part == BODY_OUTPUT;
		rows->is_new = true;
		rows->pass = rows->is_output ? PASS_EMIT : PASS_COMPARE;
		body_read_messages(&rows->reader, parts[part], rows->is_output);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
	return has_body;
}

/*
 * Finds out which turns were in the entry before, of the same session, or of the same user
 * where there is no session.  There are none where it has no body that can be read.
 */
static void
collect_previous(MessageRows *rows, const AccessRights *rights, const Datum *values, const bool *nulls)
{
	bool		by_session = !nulls[FOUND_SESSION_ID];
	Search		search;
	TupleTableSlot *row;
	Slice		parts[N_BODY_PARTS];
	MemoryContext old = CurrentMemoryContext;
	MemoryContext context;

	if (!by_session && nulls[FOUND_USER_ID])
		return;
	search_begin(&search, row_type(&found_type), rights);
	search.store = tuplestore_begin_heap(false, false, work_mem);
	search.rows_left = 1;
	search_value(&search, "team_id", values[FOUND_TEAM_ID]);
	search_value(&search, by_session ? "session_id" : "user_id",
				 values[by_session ? FOUND_SESSION_ID : FOUND_USER_ID]);
	search.has_before_job = true;
	search.before_at = DatumGetTimestampTz(values[FOUND_TIMESTAMP]);
	search.before_job_id = values[FOUND_JOB_ID];
	search.last = search.before_at;
	search_partitions(&search);

	row = MakeSingleTupleTableSlot(search.desc, &TTSOpsMinimalTuple);
	context = AllocSetContextCreate(old, "ogw_logs earlier conversation", ALLOCSET_DEFAULT_SIZES);
	if (tuplestore_gettupleslot(search.store, true, false, row))
	{
		bool		has_body;

		slot_getallattrs(row);
		MemoryContextSwitchTo(context);
		has_body = open_entry(row->tts_values, row->tts_isnull, WARNING, parts);
		MemoryContextSwitchTo(old);
		rows->pass = PASS_COLLECT;
		for (BodyPart part = BODY_INPUT; has_body && part <= BODY_OUTPUT; part++)
			if (parts[part].data != NULL)
				body_read_messages(&rows->reader, parts[part], part == BODY_OUTPUT);
		known_turns_sort(&rows->known);
	}
	MemoryContextDelete(context);
	ExecDropSingleTupleTableSlot(row);
	tuplestore_end(search.store);
}

/* Finds the body of an entry; false where it has none.  One that is damaged is reported at elevel. */
static bool
open_entry(const Datum *values, const bool *nulls, int elevel, Slice parts[N_BODY_PARTS])
{
	FoundEntry	entry = {
		.timestamp = values[FOUND_TIMESTAMP],
		.team_id = values[FOUND_TEAM_ID],
		.job_id = values[FOUND_JOB_ID],
		.session_id = nulls[FOUND_SESSION_ID] ? 0 : values[FOUND_SESSION_ID],
		.user_id = nulls[FOUND_USER_ID] ? 0 : values[FOUND_USER_ID],
		.has_body = !nulls[FOUND_BODY_STATE] && body_is_stored(values[FOUND_BODY_STATE])
	};
	bool		looked_elsewhere;

	return found_body(&entry, elevel, parts, &looked_elsewhere);
}

/* Begins a turn: for the first time, or again. */
static void
begin_turn(MessageReader *reader, Slice role)
{
	MessageRows *rows = (MessageRows *) reader;

	rows->role = role;
	rows->part = 0;
	if (rows->pass == PASS_EMIT)
		rows->turn++;
	else
		rows->hash = turn_hash_begin(role);
}

/* Puts a part of a turn. */
static void
put_part(MessageReader *reader, const MessagePart *part)
{
	MessageRows *rows = (MessageRows *) reader;
	MemoryContext old = MemoryContextSwitchTo(rows->scratch);

	CHECK_FOR_INTERRUPTS();
	if (rows->pass == PASS_EMIT)
		emit_part(rows, part);
	else
		rows->hash = turn_hash_part(rows->hash, part);
	MemoryContextSwitchTo(old);
	MemoryContextReset(rows->scratch);
}

/* Ends a turn; of the input each is read twice, the second time for its rows. */
static bool
end_turn(MessageReader *reader)
{
	MessageRows *rows = (MessageRows *) reader;

	if (rows->pass == PASS_COLLECT)
		known_turns_add(&rows->known, rows->hash);
	else if (rows->pass == PASS_COMPARE)
	{
		rows->is_new = !known_turns_meet(&rows->known, rows->hash);
		rows->pass = PASS_EMIT;
		return true;
	}
	else if (!rows->is_output)
		rows->pass = PASS_COMPARE;
	return false;
}

/* Puts the row of a part. */
static void
emit_part(MessageRows *rows, const MessagePart *part)
{
	const int  *place = rows->place;
	int			natts = rows->result->setDesc->natts;
	Datum	   *values = palloc0(sizeof(Datum) * natts);
	bool	   *nulls = palloc(sizeof(bool) * natts);
	Slice		text = part_text(part->text, part->is_plain);
	Slice		arguments = part_text(part->arguments, false);

	memset(nulls, true, sizeof(bool) * natts);
	set_value(values, nulls, place[MESSAGE_COLUMN_TEAM_ID], rows->team_id);
	set_value(values, nulls, place[MESSAGE_COLUMN_PART_OF], CStringGetTextDatum(rows->is_output ? "output" : "input"));
	set_value(values, nulls, place[MESSAGE_COLUMN_TURN], Int32GetDatum(rows->turn));
	set_value(values, nulls, place[MESSAGE_COLUMN_PART], Int32GetDatum(++rows->part));
	set_value(values, nulls, place[MESSAGE_COLUMN_ROLE], slice_to_text(rows->role));
	set_value(values, nulls, place[MESSAGE_COLUMN_KIND], CStringGetTextDatum(kind_names[part->kind]));
	set_value(values, nulls, place[MESSAGE_COLUMN_IS_NEW], BoolGetDatum(rows->is_new));
	if (text.data != NULL)
		set_value(values, nulls, place[MESSAGE_COLUMN_TEXT], slice_to_text(text));
	set_tool(values, nulls, place[MESSAGE_COLUMN_TOOL_NAME], part->name);
	set_tool(values, nulls, place[MESSAGE_COLUMN_TOOL_CALL_ID], part->call_id);
	/* a call without arguments is written with an empty text, too */
	if (arguments.data != NULL && arguments.len > 0)
		set_value(values, nulls, place[MESSAGE_COLUMN_ARGUMENTS], readable_json(arguments));
	tuplestore_putvalues(rows->result->setResult, rows->result->setDesc, values, nulls);
}

/* Sets a column. */
static void
set_value(Datum *values, bool *nulls, int place, Datum value)
{
	values[place] = value;
	nulls[place] = false;
}

/* Sets a column to what a value of JSON stands for, cut where it is too long for a name. */
static void
set_tool(Datum *values, bool *nulls, int place, Slice value)
{
	Slice		text;

	if (value.data == NULL)
		return;
	text = part_text(value, false);
	if (text.len > MAX_TOOL_BYTES)
		text.len = pg_mbcliplen(text.data, text.len, MAX_TOOL_BYTES);
	set_value(values, nulls, place, slice_to_text(text));
}
