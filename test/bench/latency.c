/*
 * latency.c
 *		Executes queries one after the other and prints how long each took.
 *
 * Each line of the file is: how often, the role (empty: libpq's default), and the
 * query, with tabs between.  Each line has a connection of its own, so that its
 * first execution is that of a fresh connection; opening it does not count.  It
 * is answered with a line of milliseconds, or "error: " and the server's words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libpq-fe.h>

/* Milliseconds on a clock that nobody sets. */
static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

/* Opens a connection as a role; ends the program if it cannot. */
static PGconn *
open_connection(const char *role)
{
	const char *keywords[] = {"user", "application_name", NULL};
	const char *values[] = {*role != '\0' ? role : NULL, "bench", NULL};
	PGconn	   *conn = PQconnectdbParams(keywords, values, 0);

	if (PQstatus(conn) != CONNECTION_OK)
	{
		fprintf(stderr, "latency: %s", PQerrorMessage(conn));
		exit(1);
	}
	return conn;
}

/* Executes a query so often and prints the line that answers it. */
static void
measure(PGconn *conn, int times, const char *query)
{
	double	   *ms = malloc(sizeof(double) * (size_t) times);

	if (ms == NULL)
		exit(1);
	for (int i = 0; i < times; i++)
	{
		double		start = now();
		PGresult   *res = PQexec(conn, query);

		ms[i] = now() - start;
		if (PQresultStatus(res) != PGRES_TUPLES_OK)
		{
			const char *message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

			printf("error: %s\n", message != NULL ? message : "the connection is lost");
			PQclear(res);
			free(ms);
			return;
		}
		PQclear(res);
	}
	for (int i = 0; i < times; i++)
		printf("%s%.6f", i > 0 ? " " : "", ms[i]);
	putchar('\n');
	free(ms);
}

/* Goes through the lines of the file. */
int
main(int argc, char **argv)
{
	FILE	   *file = argc == 2 ? fopen(argv[1], "r") : NULL;
	char	   *line = NULL;
	size_t		size = 0;
	ssize_t		len;

	if (file == NULL)
	{
		fputs("usage: latency FILE\nWhere to connect to comes from libpq's environment.\n", stderr);
		return 1;
	}
	while ((len = getline(&line, &size, file)) > 0)
	{
		char	   *role = strchr(line, '\t');
		char	   *query = role != NULL ? strchr(role + 1, '\t') : NULL;
		PGconn	   *conn;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (query == NULL || atoi(line) < 1)
		{
			fputs("latency: a line is not: times, role, query\n", stderr);
			return 1;
		}
		*query++ = '\0';
		conn = open_connection(role + 1);
		measure(conn, atoi(line), query);
		PQfinish(conn);
	}
	free(line);
	fclose(file);
	return 0;
}
