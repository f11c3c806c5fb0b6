/*
 * body_read.c
 *		Keeping who opened which body: a row in ogw_logs.body_read, and a line
 *		in the server's log that no ROLLBACK takes back.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"

#include "core/log.h"
#include "core/log_columns.h"
#include "core/settings.h"
#include "core/spi.h"
#include "core/text_array.h"
#include "policy/body_read.h"

static void write_line(const char *how, const char *reader, const char *session_role,
					   Datum team_id, Datum job_id);
static void put_member(StringInfo out, const char *name, const char *value);
static void write_rows(const char *reader, const char *session_role,
					   Datum *team_ids, Datum *job_ids, int n);

/*
 * Records that a role is about to be given the bodies of n entries, or to be told
 * what is in them, which how says in the server's log; an entry is two text values.
 * Nothing is recorded where ogw_logs.log_body_reads is off.  Where nothing can be
 * written, in a read-only transaction and on a standby, the line in the server's log
 * is all.  Called as the owner.
 */
void
body_reads_record(Oid reader, const char *how, Datum *team_ids, Datum *job_ids, int n)
{
	const char *reader_name;
	const char *session_role;

	if (n == 0 || !ogw_log_body_reads)
		return;
	reader_name = GetUserNameFromId(reader, false);
	session_role = GetUserNameFromId(GetSessionUserId(), false);
	for (int i = 0; i < n; i++)
		write_line(how, reader_name, session_role, team_ids[i], job_ids[i]);
	if (!XactReadOnly)
		write_rows(reader_name, session_role, team_ids, job_ids, n);
}

/*
 * Writes into the server's log that a role is about to have a function look for a text in
 * bodies: it may learn something of them although it stops that before it is given any.  Nothing where
 * ogw_logs.log_body_reads is off.
 */
void
body_search_record(Oid reader, const char *function)
{
	if (ogw_log_body_reads)
		write_line(psprintf("%s() looks for a text in bodies", function), GetUserNameFromId(reader, false),
				   GetUserNameFromId(GetSessionUserId(), false), 0, 0);
}

/*
 * Writes the line of one body, or (0) of none in particular, without the statement that
 * asked for it.
 */
static void
write_line(const char *how, const char *reader, const char *session_role,
		   Datum team_id, Datum job_id)
{
	StringInfoData who;

	initStringInfo(&who);
	put_member(&who, "role", reader);
	put_member(&who, "session_role", session_role);
	if (team_id != 0)
		put_member(&who, "team_id", TextDatumGetCString(team_id));
	if (job_id != 0)
		put_member(&who, "job_id", TextDatumGetCString(job_id));
	ereport(LOG_SERVER_ONLY,
			(errmsg("ogw_logs.%s: {%s}", how, who.data),
			 errhidestmt(true),
			 errhidecontext(true)));
	pfree(who.data);
}

/*
 * Puts "name":"value" as JSON.  What could begin a line of its own or turn the
 * direction of writing is escaped, beyond what JSON asks for: DEL, C1 controls,
 * U+061C, U+200E to U+200F, U+2028 to U+202E, and U+2066 to U+2069.
 */
static void
put_member(StringInfo out, const char *name, const char *value)
{
	StringInfoData quoted;

	if (out->len > 0)
		appendStringInfoChar(out, ',');
	appendStringInfo(out, "\"%s\":", name);
	initStringInfo(&quoted);
	escape_json(&quoted, value);
	for (const unsigned char *p = (const unsigned char *) quoted.data; *p != '\0'; p++)
	{
		if (*p == 0x7f)
			appendStringInfoString(out, "\\u007f");
		else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			appendStringInfo(out, "\\u00%02x", *++p);
		else if (p[0] == 0xd8 && p[1] == 0x9c)
		{
			p++;
			appendStringInfoString(out, "\\u061c");
		}
		else if (p[0] == 0xe2 && p[1] == 0x80 &&
				 ((p[2] >= 0x8e && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae)))
		{
			p += 2;
			appendStringInfo(out, "\\u20%02x", *p - 0x80);
		}
		else if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9)
		{
			p += 2;
			appendStringInfo(out, "\\u20%02x", *p - 0x40);
		}
		else
			appendStringInfoChar(out, (char) *p);
	}
	pfree(quoted.data);
}

/* Writes the rows, in one statement. */
static void
write_rows(const char *reader, const char *session_role,
		   Datum *team_ids, Datum *job_ids, int n)
{
	static SpiStatement insert = {
		"INSERT INTO ogw_logs.body_read (read_at, read_by, session_role, team_id, job_id)"
		" SELECT clock_timestamp(), $1::name, $2::name, u.team_id, u.job_id"
		"   FROM unnest($3, $4) AS u (team_id, job_id)",
		SPI_OK_INSERT, 4, {TEXTOID, TEXTOID, TEXTARRAYOID, TEXTARRAYOID}
	};
	Datum		args[] = {
		CStringGetTextDatum(reader),
		CStringGetTextDatum(session_role),
		text_array_of(team_ids, n),
		text_array_of(job_ids, n)
	};

	log_ensure();
	log_columns_check_writable("body_read");
	SPI_connect();
	spi_run_kept(&insert, args);
	SPI_finish();
}
