/*
 * gateway.c
 *		Replays a log over several connections at once.
 *
 * One thread per connection takes chunks of the log from a reader that they
 * share. A chunk stays with its thread until the server has answered for
 * every line of it, whatever happens to the connection meanwhile.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway.h"

/* So many lines are complained about; the others are only counted. */
#define MAX_LINE_COMPLAINTS 20

/* A lost connection is opened again after this long, doubled up to a second. */
#define FIRST_PAUSE 0.05
#define LONGEST_PAUSE 1.0

/* What the threads share. */
struct replay
{
	struct options options;
	int			acks;			/* file descriptor; -1: none */
	double		start;

	pthread_mutex_t reading;	/* guards the reader */
	struct reader reader;

	pthread_mutex_t lock;		/* guards what follows */
	pthread_cond_t changed;		/* running or failed */
	struct counts counts;
	int			running;		/* threads that are */
	bool		failed;
};

/* A thread and its connection. */
struct worker
{
	struct replay *replay;
	struct session session;
	pthread_t	thread;
};

/* Like realloc, but ends the program when memory runs out. */
void *
reallocate(void *pointer, size_t size)
{
	pointer = realloc(pointer, size);
	if (pointer == NULL)
	{
		complain("out of memory");
		exit(1);
	}
	return pointer;
}

/* Prints a complaint on one line of its own, after what it is about. */
static void
print_complaint(const char *about, const char *format, va_list args)
{
	char		text[1024];
	size_t		len;

	vsnprintf(text, sizeof(text), format, args);
	len = strlen(text);
	while (len > 0 && text[len - 1] == '\n')
		text[--len] = '\0';
	for (char *p = text; *p != '\0'; p++)
	{
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	}
	fprintf(stderr, "gateway: %s%s\n", about, text);
}

/* Complains on standard error. */
void
complain(const char *format,...)
{
	va_list		args;

	va_start(args, format);
	print_complaint("", format, args);
	va_end(args);
}

/* Complains about a line of the log, unless enough have been. */
void
complain_line(int64_t line, const char *format,...)
{
	static _Atomic int complaints;
	int			before = complaints++;
	char		about[64];
	va_list		args;

	if (before == MAX_LINE_COMPLAINTS)
		complain("more lines are rejected, and only counted");
	if (before >= MAX_LINE_COMPLAINTS)
		return;
	snprintf(about, sizeof(about), "line %" PRId64 ": ", line);
	va_start(args, format);
	print_complaint(about, format, args);
	va_end(args);
}

/* Seconds on a clock that nobody sets. */
static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

/*
 * Waits until a moment has come, a thread has ended, or the replay has
 * failed; called under the lock.
 */
static void
wait_changed(struct replay *replay, double until)
{
	struct timespec time;

	time.tv_sec = (time_t) until;
	time.tv_nsec = (long) ((until - (double) time.tv_sec) * 1e9);
	pthread_cond_timedwait(&replay->changed, &replay->lock, &time);
}

/* Waits until a moment has come; false if the replay has failed. */
static bool
pause_until(struct replay *replay, double until)
{
	bool		failed;

	pthread_mutex_lock(&replay->lock);
	while (!replay->failed && now() < until)
		wait_changed(replay, until);
	failed = replay->failed;
	pthread_mutex_unlock(&replay->lock);
	return !failed;
}

/* Ends the replay; the other threads finish the call they are in. */
static void
fail(struct replay *replay)
{
	pthread_mutex_lock(&replay->lock);
	replay->failed = true;
	pthread_cond_broadcast(&replay->changed);
	pthread_mutex_unlock(&replay->lock);
}

/*
 * Takes the next chunk, and waits until its last entry has come in at the
 * rate asked for; false when the log or the replay is at its end.
 */
static bool
take_chunk(struct replay *replay, struct chunk *chunk)
{
	double		rate = replay->options.rate;
	bool		taken;

	pthread_mutex_lock(&replay->reading);
	taken = reader_next(&replay->reader, chunk);
	pthread_mutex_unlock(&replay->reading);
	return taken &&
		pause_until(replay, rate > 0 ? replay->start +
					(double) chunk->last_entry / rate : 0);
}

/*
 * Sends a chunk until every line is answered, over a new connection whenever
 * one is lost; false if that takes more tries than allowed, or cannot help.
 * Tries are counted from the last answer on.
 */
static bool
send_chunk(struct worker *worker, struct chunk *chunk)
{
	struct replay *replay = worker->replay;
	struct session *session = &worker->session;
	double		pause = FIRST_PAUSE;
	int			tries = 0;

	for (;;)
	{
		int64_t		answered = chunk->counts.received;
		enum outcome outcome = OUTCOME_ANSWERED;

		if (session->conn == NULL)
			outcome = session_open(session);
		if (outcome == OUTCOME_ANSWERED)
			outcome = method_send(session, chunk);
		if (outcome == OUTCOME_ANSWERED)
			return true;
		session_close(session);
		if (chunk->counts.received > answered)
		{
			pause = FIRST_PAUSE;
			tries = 0;
		}
		if (outcome == OUTCOME_FATAL || tries++ == replay->options.retries ||
			!pause_until(replay, now() + pause))
			return false;
		pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
	}
}

/*
 * Appends the entries of the chunk that the server has committed to the file
 * of acknowledgements, team_id and job_id in COPY's text format; false if it
 * cannot. One write takes them all, so that the file ends in a whole line.
 */
static bool
write_acks(struct worker *worker, const struct chunk *chunk)
{
	struct session *session = &worker->session;
	struct buffer *acks = &session->message;
	const char *values[COLUMNS];

	acks->len = 0;
	for (int i = 0; i < chunk->nlines; i++)
	{
		const struct line *line = &chunk->lines[i];

		if (line->state != LINE_ACKED)
			continue;
		entry_split(&session->entry, chunk->text.data + line->offset,
					line->len);
		entry_values(&session->entry, &session->arena, values);
		buffer_append_copy(acks, values[COL_TEAM_ID]);
		buffer_append(acks, "\t", 1);
		buffer_append_copy(acks, values[COL_JOB_ID]);
		buffer_append(acks, "\n", 1);
	}
	if (acks->len == 0 ||
		write(worker->replay->acks, acks->data, acks->len) ==
		(ssize_t) acks->len)
		return true;
	complain("%s: %s", worker->replay->options.acks, strerror(errno));
	return false;
}

/* Adds the counts of a chunk to those of the replay. */
static void
add_counts(struct replay *replay, const struct counts *counts)
{
	pthread_mutex_lock(&replay->lock);
	replay->counts.received += counts->received;
	replay->counts.stored += counts->stored;
	replay->counts.duplicate += counts->duplicate;
	replay->counts.rejected += counts->rejected;
	replay->counts.bytes += counts->bytes;
	pthread_mutex_unlock(&replay->lock);
}

/* A thread: replays chunk after chunk until there is none. */
static void *
work(void *arg)
{
	struct worker *worker = arg;
	struct replay *replay = worker->replay;
	struct chunk chunk = {0};
	bool		working = true;

	while (working && take_chunk(replay, &chunk))
	{
		working = send_chunk(worker, &chunk);
		if (replay->acks >= 0 && !write_acks(worker, &chunk))
			working = false;
		add_counts(replay, &chunk.counts);
	}
	if (!working)
		fail(replay);
	chunk_free(&chunk);
	session_free(&worker->session);

	pthread_mutex_lock(&replay->lock);
	replay->running--;
	pthread_cond_broadcast(&replay->changed);
	pthread_mutex_unlock(&replay->lock);
	return NULL;
}

/* Prints how much has been answered since the start, and how fast. */
static void
print_progress(const struct replay *replay, const char *before,
			   const char *after)
{
	double		seconds = now() - replay->start;
	double		entries = (double) replay->counts.received;

	fprintf(stderr, "%s%.2f s, %.0f entries, %.0f entries/s, %.1f MB/s%s",
			before, seconds, entries, entries / seconds,
			(double) replay->counts.bytes / 1e6 / seconds, after);
}

/* Waits for the threads, and shows progress once a second. */
static void
watch(struct replay *replay)
{
	bool		terminal = isatty(STDERR_FILENO);
	double		next = now() + 1;

	pthread_mutex_lock(&replay->lock);
	while (replay->running > 0)
	{
		wait_changed(replay, next);
		if (now() < next)
			continue;
		next += 1;
		if (!replay->options.quiet)
			print_progress(replay, terminal ? "\r" : "",
						   terminal ? "  " : "\n");
	}
	pthread_mutex_unlock(&replay->lock);
	print_progress(replay, terminal && !replay->options.quiet ? "\r" : "",
				   "\n");
}

/* Opens the log and the list of acknowledgements; false if it cannot. */
static bool
open_files(struct replay *replay)
{
	const struct options *options = &replay->options;

	replay->acks = -1;
	replay->reader.file = stdin;
	if (strcmp(options->file, "-") != 0)
		replay->reader.file = fopen(options->file, "r");
	if (replay->reader.file == NULL)
	{
		complain("%s: %s", options->file, strerror(errno));
		return false;
	}
	if (options->acks != NULL)
	{
		replay->acks = open(options->acks, O_WRONLY | O_CREAT | O_APPEND, 0600);
		if (replay->acks < 0)
		{
			complain("%s: %s", options->acks, strerror(errno));
			return false;
		}
	}

	/* by the method "single", a chunk is what comes in within 10 milliseconds */
	replay->reader.chunk_lines = options->batch;
	if (options->method == METHOD_SINGLE && options->rate > 0 &&
		options->rate / 100 < options->batch)
		replay->reader.chunk_lines = options->rate < 200 ? 1 :
			(int) (options->rate / 100);
	return true;
}

/* Makes the locks, and the condition, which goes by the clock of now(). */
static void
init_locks(struct replay *replay)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&replay->reading, NULL);
	pthread_mutex_init(&replay->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&replay->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

/*
 * Starts a thread for each connection. The first connection is opened before:
 * if it cannot be, the settings are wrong rather than the server away, and
 * nothing is tried again.
 */
static bool
start_workers(struct replay *replay, struct worker *workers)
{
	for (int i = 0; i < replay->options.connections; i++)
	{
		workers[i].replay = replay;
		workers[i].session.method = replay->options.method;
		workers[i].session.conninfo = replay->options.conninfo;
	}
	if (session_open(&workers[0].session) != OUTCOME_ANSWERED)
	{
		session_free(&workers[0].session);
		return false;
	}
	replay->start = now();
	replay->running = replay->options.connections;
	for (int i = 0; i < replay->options.connections; i++)
	{
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
		{
			complain("cannot start a thread");
			exit(1);
		}
	}
	return true;
}

/* Replays a log and prints its counts; exits 1 where it cannot be sent to its end. */
int
main(int argc, char **argv)
{
	struct replay replay = {0};
	const struct counts *counts = &replay.counts;
	struct worker *workers;

	read_options(&replay.options, argc, argv);
	init_locks(&replay);
	if (!open_files(&replay))
		return 1;
	workers = calloc((size_t) replay.options.connections, sizeof(*workers));
	if (workers == NULL || !start_workers(&replay, workers))
		return 1;
	watch(&replay);
	for (int i = 0; i < replay.options.connections; i++)
		pthread_join(workers[i].thread, NULL);

	if (!replay.failed && !feof(replay.reader.file))
	{
		complain("%s: cannot be read to its end", replay.options.file);
		replay.failed = true;
	}
	printf("received %" PRId64 " stored %" PRId64 " duplicate %" PRId64
		   " rejected %" PRId64 "\n", counts->received, counts->stored,
		   counts->duplicate, counts->rejected);
	free(replay.reader.line);
	free(workers);
	fclose(replay.reader.file);
	return replay.failed ? 1 : 0;
}
