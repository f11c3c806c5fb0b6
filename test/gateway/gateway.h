/*
 * gateway.h
 *		A small LLM gateway's logging side: replays a log, one JSON entry a
 *		line, into the extension ogw_logs, by one of its three ways to write.
 *
 * gateway.c	the threads, progress and the final counts
 * options.c	the command line
 * reader.c		cuts the log into chunks of whole lines
 * entry.c		takes the fields out of a line
 * json.c		finds where a JSON value ends, and turns it into text
 * session.c	a connection, and what an error on it means
 * method.c		sends a chunk to the server by one of the three methods
 */
#ifndef GATEWAY_H
#define GATEWAY_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <libpq-fe.h>

/* A chunk's text stays under this, unless a single line is longer. */
#define CHUNK_BYTES ((size_t) 8 * 1024 * 1024)

/* Growing text; always ends in a zero byte that len does not count. */
struct buffer
{
	char	   *data;
	size_t		len;
	size_t		size;
};

/* entry.c ------------------------------------------------------------- */

/* The columns that every method can write; entry_columns[] has their names. */
enum column
{
	COL_JOB_ID,
	COL_TEAM_ID,
	COL_METADATA = 25,
	COLUMNS
};

extern const char *const entry_columns[COLUMNS];

/* Part of a line; start is NULL where the entry has no such field. */
struct slice
{
	const char *start;
	size_t		len;
};

/* An entry's fields, still as the JSON they are written in. */
struct entry
{
	struct slice field[COLUMNS];
	struct buffer others;		/* members that are no column, "k":v,"k":v */
	struct buffer key;			/* the key being looked up */
};

extern bool entry_split(struct entry *entry, const char *line, size_t len);
extern void entry_values(const struct entry *entry, struct buffer *arena,
						 const char *values[COLUMNS]);
extern void entry_free(struct entry *entry);

extern void buffer_reserve(struct buffer *buf, size_t extra);
extern void buffer_append(struct buffer *buf, const char *data, size_t len);
extern void buffer_append_copy(struct buffer *buf, const char *value);

/* json.c -------------------------------------------------------------- */

extern const char *json_skip_space(const char *p);
extern const char *json_skip_string(const char *p);
extern const char *json_skip_value(const char *p, int depth);
extern void json_append_text(struct buffer *buf, struct slice value);

/* reader.c ------------------------------------------------------------ */

enum line_state
{
	LINE_WAITING,				/* not answered yet */
	LINE_ACKED,					/* the server has it, and has committed it */
	LINE_ANSWERED				/* rejected, or in a batch with rejects */
};

struct line
{
	size_t		offset;			/* in the chunk's text, zero-terminated */
	size_t		len;
	int64_t		number;			/* in the log, from 1 */
	enum line_state state;
};

/* What the server counted, and how much text that was. */
struct counts
{
	int64_t		received;
	int64_t		stored;
	int64_t		duplicate;
	int64_t		rejected;
	int64_t		bytes;
};

/* A run of lines that follow each other in the log. */
struct chunk
{
	struct buffer text;
	struct line *lines;
	int			nlines;
	int			size;			/* lines allocated */
	int64_t		last_entry;		/* how many entries the log has up to here */
	struct counts counts;
};

struct reader
{
	FILE	   *file;
	int			chunk_lines;	/* a chunk has at most so many */
	char	   *line;			/* the line read last */
	size_t		line_size;
	size_t		line_len;
	bool		line_pending;	/* it did not fit into the chunk before */
	int64_t		line_number;
	int64_t		entries;
};

extern bool reader_next(struct reader *reader, struct chunk *chunk);
extern void chunk_free(struct chunk *chunk);

/* session.c ----------------------------------------------------------- */

enum method
{
	METHOD_SINGLE,
	METHOD_BATCH,
	METHOD_COPY
};

enum outcome
{
	OUTCOME_ANSWERED,			/* all of it went well */
	OUTCOME_LOST,				/* try what is left on a new connection */
	OUTCOME_FATAL				/* trying again would not help */
};

/* One connection and what it works with. */
struct session
{
	enum method	method;
	const char *conninfo;
	PGconn	   *conn;			/* NULL: has to be opened (again) */
	struct entry entry;
	struct buffer arena;		/* the values of one entry */
	struct buffer message;		/* what goes to the server */
};

extern enum outcome session_open(struct session *session);
extern void session_close(struct session *session);
extern void session_free(struct session *session);
extern enum outcome session_failed(struct session *session,
								   const PGresult *res);
extern bool error_is_rejection(const char *sqlstate);
extern const char *error_message(const PGresult *res);

/* method.c ------------------------------------------------------------ */

extern enum outcome method_send(struct session *session, struct chunk *chunk);

/* options.c ----------------------------------------------------------- */

/* What the command line asks for. */
struct options
{
	enum method	method;
	int			connections;
	int			batch;
	double		rate;			/* entries a second; 0: no limit */
	const char *acks;
	bool		quiet;
	int			retries;
	const char *conninfo;
	const char *file;
};

extern void read_options(struct options *options, int argc, char **argv);

/* gateway.c ----------------------------------------------------------- */

extern void *reallocate(void *pointer, size_t size);
extern void complain(const char *format,...)
			__attribute__((format(printf, 1, 2)));
extern void complain_line(int64_t line, const char *format,...)
			__attribute__((format(printf, 2, 3)));

#endif							/* GATEWAY_H */
