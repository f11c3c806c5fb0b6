/*
 * scan.c
 *		Looks into bytes, whatever they are.
 *
 * What PostgreSQL stores is found by how it begins and at every offset, not by
 * way of the structures that point to it: so it is found in live and in dead
 * tuples, in tables and indexes, in temporary files, in pages and in records of
 * the WAL alike.
 */
#define _GNU_SOURCE
#include "disk_scan.h"

#include <ctype.h>

/* No value lies deeper: a page image, a TOASTed value, a frame, hex digits. */
#define MAX_DEPTH 6

/* Fewer hex digits in a row are no value. */
#define MIN_HEX 32

/* How a zstd frame begins (RFC 8878). */
static const unsigned char zstd_magic[] = {0x28, 0xB5, 0x2F, 0xFD};

static void find_words(const Place *place, const unsigned char *bytes, size_t len);
static void find_frames(const Place *place, const unsigned char *bytes, size_t len);
static void find_hex(const Place *place, const unsigned char *bytes, size_t len);
static void find_values(const Place *place, const unsigned char *bytes, size_t len);

/* Looks into bytes that are a whole: a file, a value, a page. */
void
scan_bytes(const Place *place, const unsigned char *bytes, size_t len)
{
	find_words(place, bytes, len);
	if (place->depth >= MAX_DEPTH)
		return;
	find_frames(place, bytes, len);
	find_hex(place, bytes, len);
	find_values(place, bytes, len);
}

/* Looks into bytes that came out of others, in a step with a name. */
void
scan_inside(const Place *place, const char *step, const unsigned char *bytes, size_t len)
{
	size_t		size = strlen(place->how) + strlen(step) + 4;
	char	   *how = allocate(NULL, size);
	Place		inside = {place->file, how, place->depth + 1};

	snprintf(how, size, "%s%s%s", place->how, place->how[0] ? " > " : "", step);
	scan_bytes(&inside, bytes, len);
	free(how);
}

/* Looks for the words themselves. */
static void
find_words(const Place *place, const unsigned char *bytes, size_t len)
{
	for (int i = 0; i < n_patterns; i++)
	{
		const unsigned char *p = bytes;
		const unsigned char *end = bytes + len;

		while ((p = memmem(p, end - p, patterns[i], strlen(patterns[i]))) != NULL)
		{
			const unsigned char *word = p;

			p += strlen(patterns[i]);
			while (p < end && (isalnum(*p) || *p == '_'))
				p++;
			found(place, word, p - word);
		}
	}
}

/* Looks into each zstd frame. */
static void
find_frames(const Place *place, const unsigned char *bytes, size_t len)
{
	const unsigned char *p = bytes;
	const unsigned char *end = bytes + len;

	while ((p = memmem(p, end - p, zstd_magic, sizeof(zstd_magic))) != NULL)
	{
		Bytes		content = expand_zstd(p, end - p);

		scan_inside(place, "zstd", content.data, content.len);
		free(content.data);
		p += sizeof(zstd_magic);
	}
}

/* Returns what a lower-case hex digit stands for, -1 for anything else. */
static int
hex_digit(unsigned char c)
{
	return isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Looks into bytes that stand as text, as bytea does in logs and dumps. */
static void
find_hex(const Place *place, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i + MIN_HEX <= len; i++)
	{
		size_t		n = 0;
		Bytes		decoded = {0};

		if (hex_digit(bytes[i + MIN_HEX - 1]) < 0)
		{
			i += MIN_HEX - 1;
			continue;
		}
		while (i + n < len && hex_digit(bytes[i + n]) >= 0)
			n++;
		if (n >= MIN_HEX)
		{
			bytes_reserve(&decoded, n / 2);
			for (size_t k = 0; k + 1 < n; k += 2)
				decoded.data[decoded.len++] = hex_digit(bytes[i + k]) << 4 | hex_digit(bytes[i + k + 1]);
			scan_inside(place, "hex", decoded.data, decoded.len);
			free(decoded.data);
		}
		i += n;
	}
}

/*
 * Looks for compressed values as they stand in a tuple (varatt.h, before
 * PostgreSQL 16 postgres.h: a 4-byte header, then va_tcinfo), and for chunks of
 * TOASTed ones.  Neither is larger than a page; and what looks like a value by
 * chance does not decompress as a whole.
 */
static void
find_values(const Place *place, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i + VARHDRSZ_COMPRESSED < len; i++)
	{
		uint32		header[2];

		toast_look(place, bytes, len, i);
		memcpy(header, bytes + i, sizeof(header));
		if (VARATT_IS_4B_C(header) && VARSIZE_4B(header) <= Min(BLCKSZ, len - i) &&
			VARSIZE_4B(header) > VARHDRSZ_COMPRESSED)
			scan_compressed(place, header[1], bytes + i + VARHDRSZ_COMPRESSED,
							VARSIZE_4B(header) - VARHDRSZ_COMPRESSED, true);
	}
}
