/*
 * method.c
 *		Sends a chunk to the server by one of the three methods: a call of
 *		insert_log for each entry, one of insert_logs, or one COPY.
 *
 * By each method the same chunk can be sent again after the connection was
 * lost: an entry that had been stored by then, although its answer never
 * arrived, is answered 'duplicate'. So nothing is lost and nothing stored
 * twice, and the count of duplicates includes such entries.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway.h"

/* So many entries are on their way at once by the method "single". */
#define WINDOW 64

/* Takes note that a line needs no further sending. */
static void
settle_line(struct chunk *chunk, struct line *line, enum line_state state)
{
	line->state = state;
	chunk->counts.bytes += (int64_t) line->len + 1;
}

/*
 * Splits a line that is still to be sent. One that is malformed would take a
 * whole batch with it, so it counts as rejected and is never sent.
 */
static bool
take_line(struct session *session, struct chunk *chunk, struct line *line)
{
	if (line->state != LINE_WAITING)
		return false;
	if (entry_split(&session->entry, chunk->text.data + line->offset,
					line->len))
		return true;
	complain_line(line->number, "not a JSON object in UTF-8");
	chunk->counts.received++;
	chunk->counts.rejected++;
	settle_line(chunk, line, LINE_ANSWERED);
	return false;
}

/* Reads what insert_log answered about one line. */
static enum outcome
read_verdict(struct session *session, struct chunk *chunk, struct line *line,
			 const PGresult *res)
{
	if (PQresultStatus(res) == PGRES_TUPLES_OK)
	{
		if (strcmp(PQgetvalue(res, 0, 0), "duplicate") == 0)
			chunk->counts.duplicate++;
		else
			chunk->counts.stored++;
		settle_line(chunk, line, LINE_ACKED);
	}
	else
	{
		const char *sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);

		if (sqlstate == NULL || !error_is_rejection(sqlstate))
			return session_failed(session, res);
		complain_line(line->number, "%s: %s", sqlstate, error_message(res));
		chunk->counts.rejected++;
		settle_line(chunk, line, LINE_ANSWERED);
	}
	chunk->counts.received++;
	return OUTCOME_ANSWERED;
}

/*
 * Waits for the answer to the oldest entry on its way: the result, the NULL
 * that ends the results of a query, and the sync, which is the commit.
 */
static enum outcome
collect_single(struct session *session, struct chunk *chunk, struct line *line)
{
	PGresult   *res = PQgetResult(session->conn);
	PGresult   *end = PQgetResult(session->conn);
	PGresult   *sync = end == NULL ? PQgetResult(session->conn) : NULL;
	enum outcome outcome;

	if (PQresultStatus(sync) == PGRES_PIPELINE_SYNC)
		outcome = read_verdict(session, chunk, line, res);
	else
		outcome = session_failed(session, sync != NULL ? sync : res);
	PQclear(res);
	PQclear(end);
	PQclear(sync);
	return outcome;
}

/*
 * The method "single": a call of insert_log for each entry, a
 * transaction of its own, so that a bad one takes no other with it. Up to
 * WINDOW calls are on their way before the first answer is waited for.
 */
static enum outcome
send_single(struct session *session, struct chunk *chunk)
{
	struct line *window[WINDOW];
	int			sent = 0;
	int			collected = 0;
	enum outcome outcome;

	for (int i = 0; i < chunk->nlines; i++)
	{
		const char *values[COLUMNS];

		if (!take_line(session, chunk, &chunk->lines[i]))
			continue;
		if (sent - collected == WINDOW)
		{
			outcome = collect_single(session, chunk,
									 window[collected++ % WINDOW]);
			if (outcome != OUTCOME_ANSWERED)
				return outcome;
		}
		entry_values(&session->entry, &session->arena, values);
		if (!PQsendQueryPrepared(session->conn, "insert_log", COLUMNS, values,
								 NULL, NULL, 0) ||
			!PQpipelineSync(session->conn))
			return session_failed(session, NULL);
		window[sent++ % WINDOW] = &chunk->lines[i];
	}
	while (collected < sent)
	{
		outcome = collect_single(session, chunk, window[collected++ % WINDOW]);
		if (outcome != OUTCOME_ANSWERED)
			return outcome;
	}
	return OUTCOME_ANSWERED;
}

/*
 * Reads the counts that answer a batch, and holds them against what was sent.
 * Which entries were rejected they do not say, so a batch with rejects has
 * none that is known to be stored.
 */
static enum outcome
read_counts(struct session *session, struct chunk *chunk, const PGresult *res,
			int sent)
{
	int64_t		count[4];

	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		return session_failed(session, res);
	if (PQntuples(res) != 1 || PQnfields(res) != 4)
	{
		complain("the counts of a batch are not one row of four columns");
		return OUTCOME_FATAL;
	}
	for (int i = 0; i < 4; i++)
		count[i] = strtoll(PQgetvalue(res, 0, i), NULL, 10);
	if (count[0] != sent || count[0] != count[1] + count[2] + count[3])
	{
		complain("%d entries sent, but the server counts %" PRId64
				 " received, %" PRId64 " stored, %" PRId64 " duplicate, %"
				 PRId64 " rejected", sent, count[0], count[1], count[2],
				 count[3]);
		return OUTCOME_FATAL;
	}
	chunk->counts.received += count[0];
	chunk->counts.stored += count[1];
	chunk->counts.duplicate += count[2];
	chunk->counts.rejected += count[3];
	for (int i = 0; i < chunk->nlines; i++)
	{
		if (chunk->lines[i].state == LINE_WAITING)
			settle_line(chunk, &chunk->lines[i],
						count[3] == 0 ? LINE_ACKED : LINE_ANSWERED);
	}
	return OUTCOME_ANSWERED;
}

/* The method "batch": one call of insert_logs with all of the chunk. */
static enum outcome
send_batch(struct session *session, struct chunk *chunk)
{
	struct buffer *array = &session->message;
	const char *values[1];
	PGresult   *res;
	enum outcome outcome;
	int			sent = 0;

	array->len = 0;
	for (int i = 0; i < chunk->nlines; i++)
	{
		const struct line *line = &chunk->lines[i];

		if (!take_line(session, chunk, &chunk->lines[i]))
			continue;
		buffer_append(array, sent++ > 0 ? "," : "[", 1);
		buffer_append(array, chunk->text.data + line->offset, line->len);
	}
	if (sent == 0)
		return OUTCOME_ANSWERED;
	buffer_append(array, "]", 1);

	values[0] = array->data;
	res = PQexecParams(session->conn,
					   "SELECT * FROM ogw_logs.insert_logs($1::text)",
					   1, NULL, values, NULL, NULL, 0);
	outcome = read_counts(session, chunk, res, sent);
	PQclear(res);
	return outcome;
}

/* Starts a COPY into the inbox, naming every column. */
static PGresult *
start_copy(struct session *session)
{
	struct buffer *sql = &session->message;

	sql->len = 0;
	buffer_append(sql, "COPY ogw_logs.inbox", 19);
	for (int i = 0; i < COLUMNS; i++)
	{
		buffer_append(sql, i > 0 ? ", \"" : " (\"", 3);
		buffer_append(sql, entry_columns[i], strlen(entry_columns[i]));
		buffer_append(sql, "\"", 1);
	}
	buffer_append(sql, ") FROM STDIN", 12);
	return PQexec(session->conn, sql->data);
}

/* Sends an entry as a row of COPY's text format. */
static bool
send_row(struct session *session)
{
	struct buffer *row = &session->message;
	const char *values[COLUMNS];

	entry_values(&session->entry, &session->arena, values);
	row->len = 0;
	for (int i = 0; i < COLUMNS; i++)
	{
		if (i > 0)
			buffer_append(row, "\t", 1);
		buffer_append_copy(row, values[i]);
	}
	buffer_append(row, "\n", 1);
	return PQputCopyData(session->conn, row->data, (int) row->len) == 1;
}

/*
 * The method "copy": the chunk in one COPY, which commits by itself; then the
 * counts are asked for. Where the connection is lost between the two, the
 * chunk is sent again and its entries are answered as duplicates.
 */
static enum outcome
send_copy(struct session *session, struct chunk *chunk)
{
	PGresult   *res = start_copy(session);
	bool		copying = PQresultStatus(res) == PGRES_COPY_IN;
	enum outcome outcome;
	int			sent = 0;

	for (int i = 0; copying && i < chunk->nlines; i++)
	{
		if (!take_line(session, chunk, &chunk->lines[i]))
			continue;
		copying = send_row(session);
		sent++;
	}
	if (copying && PQputCopyEnd(session->conn, NULL) == 1)
	{
		PQclear(res);
		res = PQgetResult(session->conn);
	}
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		outcome = session_failed(session, res);
	else
	{
		PQclear(PQgetResult(session->conn));
		PQclear(res);
		res = PQexec(session->conn, "SELECT * FROM ogw_logs.last_batch()");
		outcome = sent == 0 ? OUTCOME_ANSWERED :
			read_counts(session, chunk, res, sent);
	}
	PQclear(res);
	return outcome;
}

/*
 * Sends all of the chunk that has not been answered yet. After any outcome
 * but OUTCOME_ANSWERED the session is good for nothing but closing.
 */
enum outcome
method_send(struct session *session, struct chunk *chunk)
{
	switch (session->method)
	{
		case METHOD_SINGLE:
			return send_single(session, chunk);
		case METHOD_BATCH:
			return send_batch(session, chunk);
		case METHOD_COPY:
			return send_copy(session, chunk);
	}
	return OUTCOME_FATAL;
}
