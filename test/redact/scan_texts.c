/*
 * scan_texts.c
 *		Runs the scanner over texts, outside of PostgreSQL.
 *
 * scan_texts < TEXTS         each text as "LENGTH\n" and its bytes; prints for
 *                            each "N" and then N lines "START END"
 * scan_texts --bodies [SECONDS] < LOG
 *                            LOG has one JSON entry a line; scans each input and
 *                            output, prints what would be masked, with what stands
 *                            round it, and then bytes, hits, and MB/s on one core:
 *                            the median of at least five passes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/json.h"
#include "core/json_iterator.h"
#include "redact/redact.h"

/* How much is printed before and behind a hit. */
#define CONTEXT 60

#define MIN_PASSES 5
#define MAX_PASSES 1000

typedef struct Texts
{
	Slice	   *text;
	size_t		n;
	size_t		size;
	size_t		bytes;
} Texts;

static RedactIndex redact_index;

/* Ends the program: the machine is out of memory. */
static void *
checked(void *p)
{
	if (p == NULL)
	{
		fputs("scan_texts: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

/* Scans one text after another and prints the places. */
static int
scan_each(void)
{
	char	   *line = NULL;
	size_t		size = 0;

	while (getline(&line, &size, stdin) > 0)
	{
		size_t		len = strtoul(line, NULL, 10);
		char	   *text = checked(malloc(len ? len : 1));
		RedactHit  *hits = NULL;
		RedactHit	hit;
		RedactScan	scan;
		size_t		n = 0;

		if (fread(text, 1, len, stdin) != len)
			return 2;
		redact_scan(&scan, &redact_index, text, len);
		for (RedactStep step; (step = redact_scan_next(&scan, &hit)) != REDACT_END;)
		{
			if (step == REDACT_PAUSE)
				continue;
			hits = checked(realloc(hits, sizeof(hit) * (n + 1)));
			hits[n++] = hit;
		}
		printf("%zu\n", n);
		for (size_t i = 0; i < n; i++)
			printf("%zu %zu\n", hits[i].start, hits[i].end);
		free(hits);
		free(text);
	}
	free(line);
	return 0;
}

/* Keeps the text of a body: what a string denotes, of another value its text. */
static void
keep_body(Texts *texts, Slice value)
{
	Slice		text = value;

	if (json_kind(value) == JSON_KIND_STRING)
	{
		Slice		content = json_string_content(value);
		char	   *plain = checked(malloc(content.len + 1));

		text = (Slice) {plain, json_unescape(plain, content.data, content.len)};
	}
	else
		text.data = memcpy(checked(malloc(value.len + 1)), value.data, value.len);
	if (texts->n == texts->size)
	{
		texts->size = texts->size ? 2 * texts->size : 1024;
		texts->text = checked(realloc(texts->text, sizeof(Slice) * texts->size));
	}
	texts->text[texts->n++] = text;
	texts->bytes += text.len;
}

/* Reads the inputs and outputs of a log. */
static void
read_bodies(Texts *texts)
{
	char	   *line = NULL;
	size_t		size = 0;
	ssize_t		len;

	while ((len = getline(&line, &size, stdin)) > 0)
	{
		Slice		object;
		Slice		name;
		Slice		value;
		JsonIterator iterator;

		if (json_check((Slice) {line, (size_t) len}, &object) != JSON_OK ||
			json_kind(object) != JSON_KIND_OBJECT)
			continue;
		for (json_iterate(&iterator, object); json_iterator_next(&iterator, &name, &value);)
			if ((name.len == 5 && memcmp(name.data, "input", 5) == 0) ||
				(name.len == 6 && memcmp(name.data, "output", 6) == 0))
				keep_body(texts, value);
	}
	free(line);
}

/* Prints a piece of a text on one line. */
static void
print_piece(const char *from, const char *to)
{
	for (; from < to; from++)
		putchar((unsigned char) *from < ' ' ? ' ' : *from);
}

/* Scans all texts once; prints the hits where asked to. */
static size_t
scan_all(const Texts *texts, int print)
{
	size_t		hits = 0;
	RedactHit	hit;
	RedactScan	scan;

	for (size_t i = 0; i < texts->n; i++)
	{
		const char *text = texts->text[i].data;
		const char *end = text + texts->text[i].len;

		redact_scan(&scan, &redact_index, text, texts->text[i].len);
		for (RedactStep step; (step = redact_scan_next(&scan, &hit)) != REDACT_END;)
		{
			hits += step == REDACT_FOUND;
			if (!print || step == REDACT_PAUSE)
				continue;
			fputs("hit ", stdout);
			print_piece(hit.start > CONTEXT ? text + hit.start - CONTEXT : text, text + hit.start);
			fputs(" [[", stdout);
			print_piece(text + hit.start, text + hit.end);
			fputs("]] ", stdout);
			print_piece(text + hit.end, text + hit.end + CONTEXT < end ? text + hit.end + CONTEXT : end);
			putchar('\n');
		}
	}
	return hits;
}

/* Orders two numbers, for qsort(). */
static int
compare(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Returns the CPU time of this process in seconds. */
static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* Scans the bodies of a log, again and again for some seconds. */
static int
scan_bodies(double seconds)
{
	Texts		texts = {0};
	double		took[MAX_PASSES];
	double		total = 0;
	size_t		passes = 0;
	size_t		hits;

	read_bodies(&texts);
	hits = scan_all(&texts, 1);
	while (passes < MAX_PASSES && (passes < MIN_PASSES || total < seconds))
	{
		double		start = now();

		(void) scan_all(&texts, 0);
		took[passes] = now() - start;
		total += took[passes++];
	}
	qsort(took, passes, sizeof(double), compare);
	printf("bytes %zu hits %zu MB/s %.0f\n", texts.bytes, hits,
		   (double) texts.bytes / 1e6 / took[passes / 2]);
	return 0;
}

/* Scans texts from standard input, or with --bodies the bodies of a log. */
int
main(int argc, char **argv)
{
	redact_index_build(&redact_index, NULL, 0);
	if (argc > 1 && strcmp(argv[1], "--bodies") == 0)
		return scan_bodies(argc > 2 ? atof(argv[2]) : 1);
	return scan_each();
}
