/*
 * load.c
 *		Executes one prepared statement for every line of a file, in pipeline
 *		mode, over several connections at once, and prints the seconds it took.
 *
 * A line is a row in COPY's text format; its fields are the statement's
 * parameters.  All that the benchmark writes, but for COPY, it writes with
 * this program, whatever the table is: the client's own time is the same.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

#define MAX_FIELDS 64

/* What the command line asks for. */
static struct
{
	int			connections;
	int			window;			/* lines on their way at once, a connection */
	int			commit;			/* lines that are one transaction */
	const char *statement;
}			options = {1, 64, 1, NULL};

/* Guards what the threads share: the file, and how many are ready. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static FILE *file;
static int	ready;
static bool started;

/* A thread, its connection, and what is on its way there. */
struct sender
{
	pthread_t	thread;
	PGconn	   *conn;
	char	   *line;
	size_t		size;
	int			sent;			/* lines since the last commit */
	int			unanswered;		/* lines of transactions that have ended */
	int		   *groups;			/* how many lines each of those has */
	int			n_groups;
};

/* Prints what went wrong and ends the program. */
static void
fail(const char *what)
{
	fprintf(stderr, "load: %s", what);
	if (*what == '\0' || what[strlen(what) - 1] != '\n')
		fputc('\n', stderr);
	exit(1);
}

/* Seconds on a clock that nobody sets. */
static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

/* Takes the next line of the file, without its end; false when there is none. */
static bool
take_line(struct sender *sender)
{
	ssize_t		len;

	pthread_mutex_lock(&lock);
	len = getline(&sender->line, &sender->size, file);
	pthread_mutex_unlock(&lock);
	if (len > 0 && sender->line[len - 1] == '\n')
		sender->line[len - 1] = '\0';
	return len >= 0;
}

/*
 * Cuts a row of COPY's text format into its values, in its own place; NULL is
 * \N.  Of the escapes it knows those that the benchmark's files have.
 */
static int
split_row(char *line, const char *values[MAX_FIELDS])
{
	char	   *from = line;
	char	   *to = line;
	int			n = 0;

	values[n++] = to;
	for (;; from++)
	{
		if (*from == '\\' && from[1] != '\0')
		{
			from++;
			if (*from == 'N')
				values[n - 1] = NULL;
			else
				*to++ = *from == 't' ? '\t' : *from == 'n' ? '\n' : *from == 'r' ? '\r' : *from;
		}
		else if (*from == '\t' || *from == '\0')
		{
			bool		last = *from == '\0';

			*to++ = '\0';
			if (last)
				return n;
			if (n == MAX_FIELDS)
				fail("a line has too many fields");
			values[n++] = to;
		}
		else
			*to++ = *from;
	}
}

/* Waits for the answers to the transaction that was sent first. */
static void
collect(struct sender *sender)
{
	for (;;)
	{
		PGresult   *res = PQgetResult(sender->conn);
		ExecStatusType status = PQresultStatus(res);

		if (res != NULL && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
			status != PGRES_PIPELINE_SYNC)
			fail(PQresultErrorMessage(res));
		PQclear(res);
		if (status == PGRES_PIPELINE_SYNC)
			break;
		if (PQstatus(sender->conn) != CONNECTION_OK)
			fail(PQerrorMessage(sender->conn));
	}
	sender->unanswered -= sender->groups[0];
	memmove(sender->groups, sender->groups + 1, sizeof(int) * (size_t) --sender->n_groups);
}

/* Ends a transaction. */
static void
commit(struct sender *sender)
{
	if (!PQpipelineSync(sender->conn))
		fail(PQerrorMessage(sender->conn));
	sender->groups[sender->n_groups++] = sender->sent;
	sender->unanswered += sender->sent;
	sender->sent = 0;
}

/* Opens a connection and prepares the statement. */
static void
open_connection(struct sender *sender)
{
	PGresult   *res;

	sender->conn = PQconnectdb("");
	if (PQstatus(sender->conn) != CONNECTION_OK)
		fail(PQerrorMessage(sender->conn));
	res = PQprepare(sender->conn, "write", options.statement, 0, NULL);
	if (PQresultStatus(res) != PGRES_COMMAND_OK || !PQenterPipelineMode(sender->conn))
		fail(PQerrorMessage(sender->conn));
	PQclear(res);
	sender->groups = malloc(sizeof(int) * (size_t) (options.window + 2));
	if (sender->groups == NULL)
		fail("out of memory");
}

/* A thread: sends line after line, once all threads have their connection. */
static void *
run(void *arg)
{
	struct sender *sender = arg;
	const char *values[MAX_FIELDS];

	open_connection(sender);
	pthread_mutex_lock(&lock);
	ready++;
	pthread_cond_broadcast(&changed);
	while (!started)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);

	while (take_line(sender))
	{
		int			n = split_row(sender->line, values);

		if (!PQsendQueryPrepared(sender->conn, "write", n, values, NULL, NULL, 0))
			fail(PQerrorMessage(sender->conn));
		if (++sender->sent == options.commit)
			commit(sender);
		while (sender->n_groups > 0 && sender->unanswered + sender->sent >= options.window)
			collect(sender);
	}
	if (sender->sent > 0)
		commit(sender);
	while (sender->n_groups > 0)
		collect(sender);
	PQfinish(sender->conn);
	return NULL;
}

/* Reads the command line; returns the file's name. */
static const char *
read_options(int argc, char **argv)
{
	static const struct option known[] = {
		{"connections", required_argument, NULL, 'c'},
		{"window", required_argument, NULL, 'w'},
		{"commit", required_argument, NULL, 'n'},
		{"statement", required_argument, NULL, 's'},
		{0}
	};
	int			option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
	{
		if (option == 'c')
			options.connections = atoi(optarg);
		else if (option == 'w')
			options.window = atoi(optarg);
		else if (option == 'n')
			options.commit = atoi(optarg);
		else if (option == 's')
			options.statement = optarg;
	}
	if (options.statement == NULL || optind != argc - 1 || options.connections < 1 ||
		options.commit < 1 || options.window < 1)
		fail("usage: load [--connections N] [--window LINES] [--commit LINES] --statement SQL FILE\n"
			 "Where to connect to comes from libpq's environment.");
	return argv[optind];
}

/* Starts the threads, and the clock when all have their connection. */
int
main(int argc, char **argv)
{
	const char *name = read_options(argc, argv);
	struct sender *senders = calloc((size_t) options.connections, sizeof(*senders));
	double		start;

	file = fopen(name, "r");
	if (file == NULL || senders == NULL)
		fail("the file cannot be opened");
	for (int i = 0; i < options.connections; i++)
	{
		if (pthread_create(&senders[i].thread, NULL, run, &senders[i]) != 0)
			fail("no thread can be started");
	}
	pthread_mutex_lock(&lock);
	while (ready < options.connections)
		pthread_cond_wait(&changed, &lock);
	start = now();
	started = true;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < options.connections; i++)
		pthread_join(senders[i].thread, NULL);
	printf("%.6f\n", now() - start);
	return 0;
}
