/*
 * utf8.c
 *		Finds and repairs what is no UTF-8, and zero bytes, which PostgreSQL's text
 *		cannot hold.
 *
 * What is well formed is said by a table of the Unicode Standard, in its chapter on
 * conformance: no surrogates, nothing above U+10FFFF, no character in more bytes than
 * it takes.  One mark stands for each maximal subpart of what is not: for the bytes
 * that begin a character, as far as they do, or else for a single byte.
 */
#include "core/utf8.h"

#include <stdint.h>
#include <string.h>

#include "core/json_pause.h"

static bool read_character(const unsigned char *p, size_t left, size_t *len);
static const char *skip_ascii(const char *p, const char *end);

/* Returns whether a text is UTF-8 without a zero byte. */
bool
utf8_is_valid(Slice text)
{
	const char *end = text.data + text.len;
	const char *p = text.data;
	const char *paused_at = p;
	size_t		len;

	while ((p = skip_ascii(p, end)) < end)
	{
		json_pause(&paused_at, p);
		if (!read_character((const unsigned char *) p, end - p, &len))
			return false;
		p += len;
	}
	return true;
}

/*
 * Writes a text to dst with a mark in the place of each maximal subpart that is not well
 * formed, and of each zero byte; returns how many bytes that takes.  Where dst is NULL it
 * writes nothing.
 */
size_t
utf8_repair(char *dst, Slice text, Slice mark)
{
	const char *end = text.data + text.len;
	const char *paused_at = text.data;
	size_t		written = 0;

	for (const char *p = text.data; p < end;)
	{
		const char *plain = skip_ascii(p, end);
		size_t		len = plain - p;
		Slice		next = {p, len};

		json_pause(&paused_at, p);
		if (len == 0)
			next = read_character((const unsigned char *) p, end - p, &len) ? (Slice) {p, len} : mark;
		if (dst != NULL)
			memcpy(dst + written, next.data, next.len);
		written += next.len;
		p += len;
	}
	return written;
}

/*
 * Tells whether a well formed character other than U+0000 starts at p, where left bytes
 * are, and sets *len to its bytes; else to those of the maximal subpart.
 */
static bool
read_character(const unsigned char *p, size_t left, size_t *len)
{
	unsigned char low = 0x80;	/* bounds of the next byte */
	unsigned char high = 0xBF;
	size_t		n;

	*len = 1;
	if (*p < 0x80)
		return *p != 0;
	if (*p < 0xC2 || *p > 0xF4)
		return false;
	n = *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
	if (*p == 0xE0)
		low = 0xA0;
	else if (*p == 0xED)
		high = 0x9F;
	else if (*p == 0xF0)
		low = 0x90;
	else if (*p == 0xF4)
		high = 0x8F;
	for (; *len < n; (*len)++)
	{
		if (*len == left || p[*len] < low || p[*len] > high)
			return false;
		low = 0x80;
		high = 0xBF;
	}
	return true;
}

/* Returns the first byte at or behind p, eight bytes at a time, that is zero or not ASCII. */
static const char *
skip_ascii(const char *p, const char *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);

	for (; end - p >= (ptrdiff_t) sizeof(uint64_t); p += sizeof(uint64_t))
	{
		uint64_t	bytes;

		memcpy(&bytes, p, sizeof(bytes));
		/* with no high bit set, only a zero byte borrows into one */
		if (((bytes | (bytes - ones)) & (ones << 7)) != 0)
			break;
	}
	while (p < end && *p != '\0' && (unsigned char) *p < 0x80)
		p++;
	return p;
}
