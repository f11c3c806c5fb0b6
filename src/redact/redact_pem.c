/*
 * redact_pem.c
 *		Private keys in PEM (RFC 7468), line by line: as text, in a string of JSON,
 *		as a list of strings, in source code.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE				/* memmem */
#endif
#include "redact/redact_pem.h"

#include <string.h>

#include "redact/escape.h"

/*
 * A private key (RFC 7468) is at least so long, and its end no farther away.
 * Between its lines there may be a blank or, in source code, more: a part of it
 * has at least so many characters.
 */
#define MIN_PEM 64
#define MAX_PEM 65536
#define MAX_PEM_HEADER 100
#define MIN_PEM_PART 8
#define PEM_CHARSET (BASE64 | DASH | UNDERSCORE | DOT | BLANK | COLON | BRACKET)

static const char *find_end(RedactScan *scan, const char *header_end);
static void skip_break(RedactScan *scan);

/*
 * Notices the beginning of a private key, and finds its first part.  One that is
 * cut off goes on as long as it looks like one.
 */
bool
pem_begin(RedactScan *scan, const char *p, RedactHit *hit)
{
	const char *start = p + strlen("-----BEGIN ");
	const char *header_end = start;
	const char *most;

	while (header_end < scan->end && header_end - start < MAX_PEM_HEADER &&
		   in_charset(*header_end, UPPER | DIGIT | BLANK | UNDERSCORE))
		header_end++;
	if (memmem(start, header_end - start, "PRIVATE KEY", 11) == NULL)
		return false;
	scan->pem_end = find_end(scan, header_end);
	if (scan->pem_end == NULL || scan->pem_end - p > MAX_PEM)
	{
		most = scan->end - p > MAX_PEM ? p + MAX_PEM : scan->end;
		for (scan->pem_end = header_end; scan->pem_end < most;)
		{
			char		c;
			size_t		len = read_char(scan->pem_end, most, &c);

			if (!in_charset(c, BASE64 | DASH) && c != '\n' && c != '\r')
				break;
			scan->pem_end += len;
		}
	}
	if (scan->pem_end - header_end < MIN_PEM)
		scan->pem_end = start;
	scan->at = start;
	scan->between_strings = false;
	return pem_next(scan, hit);
}

/*
 * Returns where the private key ends that has this header, NULL for nowhere.
 * What was found is kept, so that no stretch is searched twice.
 */
static const char *
find_end(RedactScan *scan, const char *header_end)
{
	static const char mark[] = "-----END ";
	const char *found;
	const char *most;

	if (scan->next_pem_mark == NULL || scan->next_pem_mark < header_end)
	{
		found = memmem(header_end, scan->end - header_end, mark, sizeof(mark) - 1);
		scan->next_pem_mark = found ? found : scan->end;
	}
	if (scan->next_pem_mark == scan->end)
		return NULL;
	found = scan->next_pem_mark + sizeof(mark) - 1;
	most = scan->end - found > MAX_PEM_HEADER ? found + MAX_PEM_HEADER : scan->end;
	found = memmem(found, most - found, "-----", 5);
	return found ? found + 5 : NULL;
}

/*
 * Steps over what no part of a private key goes through, and notes whether it
 * begins or ends a string of JSON: a quote behind an even number of backslashes.
 */
static void
skip_break(RedactScan *scan)
{
	const char *quote;
	size_t		backslashes = 0;

	scan->at = skip_char(scan->at, scan->pem_end);
	quote = scan->at - 1;
	if (*quote == '"')
	{
		while (quote - backslashes > scan->text && quote[-1 - (ptrdiff_t) backslashes] == '\\')
			backslashes++;
		scan->between_strings ^= backslashes % 2 == 0;
	}
}

/*
 * Finds the next part of the private key that is being masked: it ends where a
 * quote does, so that JSON stays JSON, and source code stays code.
 */
bool
pem_next(RedactScan *scan, RedactHit *hit)
{
	char		c = 0;
	size_t		len;

	while (scan->at < scan->pem_end)
	{
		const char *start = scan->at;
		int			solid = 0;	/* characters of base64, up to MIN_PEM_PART */

		for (; scan->at < scan->pem_end; scan->at += len)
		{
			len = read_char(scan->at, scan->pem_end, &c);
			if (!in_charset(c, PEM_CHARSET) && c != '\n' && c != '\r')
				break;
			solid += solid < MIN_PEM_PART && in_charset(c, BASE64 | DASH);
		}
		if (solid == MIN_PEM_PART && !scan->between_strings)
		{
			*hit = (RedactHit) {start - scan->text, scan->at - scan->text};
			scan->done = scan->at;
			return true;
		}
		if (scan->at >= scan->pem_end)
			break;
		skip_break(scan);
	}
	scan->pem_end = NULL;
	return false;
}
