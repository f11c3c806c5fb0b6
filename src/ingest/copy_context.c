/*
 * copy_context.c
 *		Keeping the lines of a COPY into ogw_logs.inbox out of messages.
 *
 * COPY adds the line that it reads to the context of every message raised while it
 * runs, its own and others'.  It registers the callback that does so behind the
 * BEFORE STATEMENT triggers and before it reads the first line, when no trigger can
 * see it.  So there are two guards:
 *
 * - Until the first row comes, a context that names the view is replaced when its
 *   message is about to be written into the server's log, and so for the client too.
 *   COPY names it in whatever language.  That is how a malformed first line is dealt
 *   with, and lines that COPY's WHERE leaves out.  So is the message of HEADER MATCH,
 *   which quotes a field of the first line: where the header was forgotten, that is a
 *   field of an entry.
 * - From the first row on each callback of COPY is another one, which names the line
 *   by its number; wherever in the stack it is, whoever put a callback above it.  Where
 *   the statement is part of a COPY into another table, whose trigger hands its rows on,
 *   that COPY's callback is another one as soon as the statement begins.
 *
 * This does not reach: messages that a hook of somebody else, set later than ours,
 * copies before it calls ours; what goes to the client alone, which sent it; the few
 * bytes that PostgreSQL quotes in the message itself where they are no valid text in the
 * client's encoding; and lines of a COPY into another table before its trigger first
 * writes into inbox, since nothing tells that it will.
 */
#include "postgres.h"

#include "commands/copy.h"
#include "commands/copyfrom_internal.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/rel.h"

#include "core/relation_changes.h"
#include "ingest/copy_context.h"

/*
 * Statements into inbox whose first row has not come, of this transaction and of those
 * before it within one statement of the client.  One that was taken back stays counted:
 * its error can still be raised again.
 */
static int	waiting = 0;

/*
 * The view that they write into, and its name, which need not be inbox any more; empty,
 * which any context has in it, where they are several or it may have been renamed.
 */
static Oid	view = InvalidOid;
static NameData view_name;

static emit_log_hook_type previous_hook = NULL;

static void view_changed(Oid relid);
static void replace_context(ErrorData *message);
static bool names_view(const char *context);
static bool quotes_header(const ErrorData *message);
static void copy_line_number(void *arg);

/* Registers for changes of relations; called when the library is loaded. */
void
copy_context_init(void)
{
	on_relation_change(view_changed);
}

/* Takes note that the view has changed, or any relation may have (InvalidOid). */
static void
view_changed(Oid relid)
{
	if (!OidIsValid(relid) || relid == view)
		NameStr(view_name)[0] = '\0';
}

/* Begins to guard a statement into an open view, before anything of it is read. */
void
copy_context_begin(Relation inbox)
{
	static bool hooked = false;

	if (!hooked)
	{
		previous_hook = emit_log_hook;
		emit_log_hook = replace_context;
		hooked = true;
	}
	if (waiting == 0)
	{
		view = RelationGetRelid(inbox);
		namestrcpy(&view_name, RelationGetRelationName(inbox));
	}
	else if (view != RelationGetRelid(inbox))
		NameStr(view_name)[0] = '\0';
	waiting++;
	copy_context_replace();
}

/* Notes that a statement's first row has come. */
void
copy_context_first_row(void)
{
	copy_context_replace();
	waiting--;
}

/* Replaces the callbacks of COPY, for as long as each runs. */
void
copy_context_replace(void)
{
	for (ErrorContextCallback *context = error_context_stack; context != NULL;
		 context = context->previous)
		if (context->callback == CopyFromErrorCallback)
			context->callback = copy_line_number;
}

/* Tells whether the row whose trigger runs comes from a COPY itself, whose callbacks are replaced. */
bool
copy_context_is_copy(void)
{
	return error_context_stack != NULL && error_context_stack->callback == copy_line_number;
}

/* Ends to guard a statement into which no row came. */
void
copy_context_end(void)
{
	waiting--;
}

/*
 * Ends to guard all statements, with the transaction.  Within CALL or DO it does not: an
 * error that was caught before a COMMIT can be raised again after it.
 */
void
copy_context_reset(void)
{
	if (ActivePortal == NULL)
		waiting = 0;
}

/* emit_log_hook: takes from a message what could have a line, or a field of one, in it. */
static void
replace_context(ErrorData *message)
{
	if (waiting > 0 && (message->context == NULL || names_view(message->context)))
	{
		if (quotes_header(message))
			message->message = pstrdup("the header line does not name the columns of COPY in their order");
		if (message->context != NULL)
			message->context = pstrdup("a statement into ogw_logs.inbox, before its first row");
	}
	if (previous_hook != NULL)
		previous_hook(message);
}

/*
 * Tells whether a context may be one of COPY into the view.  COPY names it without its
 * schema, whatever the language; behind a dot the name stands in a statement of SQL.
 */
static bool
names_view(const char *context)
{
	for (const char *p = context; (p = strstr(p, NameStr(view_name))) != NULL; p++)
		if (p == context || p[-1] != '.')
			return true;
	return false;
}

/*
 * Tells whether a message is one that COPY raises of the header line, some of which quote
 * it.  They have a code of their own in no version: what they are translated from tells.
 */
static bool
quotes_header(const ErrorData *message)
{
	return message->sqlerrcode == ERRCODE_BAD_COPY_FILE_FORMAT &&
		message->message_id != NULL && strstr(message->message_id, "header line") != NULL;
}

/* Error context callback: where COPY is, without what stands there. */
static void
copy_line_number(void *arg)
{
	CopyFromState copy = (CopyFromState) arg;

	errcontext("COPY %s, line %llu", copy->cur_relname,
			   (unsigned long long) copy->cur_lineno);
}
