/*
 * session.c
 *		A connection to the server: how it is opened, and what an error on it
 *		means. What is printed never quotes an entry.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway.h"

#ifndef LIBPQ_HAS_PIPELINING
#error "the gateway needs libpq 14 or later"
#endif

/* Prints what the server has to say unasked, without any detail. */
static void
print_notice(void *arg, const PGresult *res)
{
	const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY);
	const char *sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	(void) arg;
	if (sqlstate != NULL && message != NULL)
		complain("%s %s: %s", severity ? severity : "NOTICE", sqlstate,
				 message);
}

/*
 * Tells whether an error passes by itself: a lost connection, a server that
 * stops or starts, a serialization failure or deadlock, no resources left.
 */
static bool
is_passing(const char *sqlstate)
{
	return strncmp(sqlstate, "08", 2) == 0 ||
		strncmp(sqlstate, "57P0", 4) == 0 ||
		strncmp(sqlstate, "53", 2) == 0 ||
		strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0;
}

/*
 * Tells whether an error is about the values of one entry: bad data, a failed
 * check, a limit exceeded.
 */
bool
error_is_rejection(const char *sqlstate)
{
	return strncmp(sqlstate, "22", 2) == 0 ||
		strncmp(sqlstate, "23", 2) == 0 || strncmp(sqlstate, "54", 2) == 0;
}

/* Tells whether the server's message can quote the value it is about. */
static bool
may_quote(const char *sqlstate)
{
	return strcmp(sqlstate, "22P02") == 0 || strcmp(sqlstate, "22003") == 0 ||
		strcmp(sqlstate, "22007") == 0 || strcmp(sqlstate, "22008") == 0;
}

/* The server's message about an error, but for what it quotes. */
const char *
error_message(const PGresult *res)
{
	const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	if (message == NULL || may_quote(PQresultErrorField(res, PG_DIAG_SQLSTATE)))
		return "bad value";
	return message;
}

/*
 * Reports why a call failed, and tells what to do about it. The result is
 * NULL, or has no SQLSTATE, where it was libpq that failed: then the
 * connection is lost, even if libpq has not taken note of its end yet.
 */
enum outcome
session_failed(struct session *session, const PGresult *res)
{
	const char *sqlstate = PQresultErrorField(res, PG_DIAG_SQLSTATE);

	if (sqlstate == NULL)
	{
		complain("%s", PQerrorMessage(session->conn));
		return OUTCOME_LOST;
	}
	complain("%s: %s", sqlstate, error_message(res));
	return is_passing(sqlstate) ? OUTCOME_LOST : OUTCOME_FATAL;
}

/* Prepares the call of insert_log, every parameter by its name. */
static enum outcome
prepare_insert(struct session *session)
{
	struct buffer *sql = &session->message;
	enum outcome outcome = OUTCOME_ANSWERED;
	PGresult   *res;

	sql->len = 0;
	buffer_append(sql, "SELECT ogw_logs.insert_log(", 27);
	for (int i = 0; i < COLUMNS; i++)
	{
		char		parameter[64];
		int			len;

		len = snprintf(parameter, sizeof(parameter), "%s\"%s\" => $%d",
					   i > 0 ? ", " : "", entry_columns[i], i + 1);
		buffer_append(sql, parameter, (size_t) len);
	}
	buffer_append(sql, ")", 1);

	res = PQprepare(session->conn, "insert_log", sql->data, 0, NULL);
	if (PQresultStatus(res) != PGRES_COMMAND_OK ||
		!PQenterPipelineMode(session->conn))
		outcome = session_failed(session, res);
	PQclear(res);
	return outcome;
}

/*
 * Opens the connection. Where to comes from libpq's environment, unless the
 * conninfo says.
 */
enum outcome
session_open(struct session *session)
{
	const char *const keywords[] = {
		"dbname", "application_name", "client_encoding", NULL
	};
	const char *const values[] = {
		session->conninfo, "ogw_gateway", "UTF8", NULL
	};

	session->conn = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(session->conn) != CONNECTION_OK)
	{
		complain("%s", PQerrorMessage(session->conn));
		return OUTCOME_LOST;
	}
	PQsetErrorVerbosity(session->conn, PQERRORS_SQLSTATE);
	PQsetNoticeReceiver(session->conn, print_notice, NULL);
	return session->method == METHOD_SINGLE ? prepare_insert(session) :
		OUTCOME_ANSWERED;
}

/* Closes the connection. */
void
session_close(struct session *session)
{
	PQfinish(session->conn);
	session->conn = NULL;
}

/* Closes the connection and frees what the session holds. */
void
session_free(struct session *session)
{
	session_close(session);
	entry_free(&session->entry);
	free(session->arena.data);
	free(session->message.data);
}
