/*
 * needle.c
 *		Looking for a text in others, also where JSON escapes it.
 */
#include "postgres.h"

#include <ctype.h>
#include <locale.h>
#include <wctype.h>

#include "mb/pg_wchar.h"
#include "miscadmin.h"

#include "core/buffer.h"
#include "core/compat.h"
#include "core/json_escape.h"
#include "core/slice.h"
#include "search/needle.h"

/* Bytes that are searched between two checks for interrupts. */
#define BYTES_AT_ONCE (4 * 1024 * 1024)

/* Bytes that are searched at once for an escape: compilers make vectors of them. */
#define BLOCK 64

/* A character of two bytes can have a small letter of three (U+023A). */
#define FOLDED_PER_BYTE 2

static const char *next_escape(const Needle *needle, const char *p, const char *end);
static bool stands_in(Needle *needle, Slice text);
static Slice unescape(Needle *needle, Slice text);
static Slice fold(ReusableBuffer *buffer, Slice text);
static bool is_ascii(Slice text);
static bool can_fold(void);
static locale_t unicode_locale(void);
static pg_wchar fold_char(pg_wchar c);
static Slice longest_probe(Slice folded);
static const bool *foreign_letters(void);

/*
 * Makes what needle_in() looks for, of a text that is not empty.  Its memory is in
 * the current context.  Case is ignored as Unicode maps one character to one, in no
 * language's own way.  Raises feature_not_supported where that is asked for letters
 * beyond ASCII, and this system has no such mapping.
 */
void
needle_make(Needle *needle, Slice text, bool ignore_case)
{
	const unsigned char *p;
	const unsigned char *end;

	memset(needle, 0, sizeof(Needle));
	needle->unescaped.context = needle->folded.context = CurrentMemoryContext;
	needle->ignore_case = ignore_case;
	needle->text = text;
	if (ignore_case)
	{
		ReusableBuffer own = {.context = CurrentMemoryContext};

		if (!is_ascii(text) && !can_fold())
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("ignore_case cannot be used with letters beyond ASCII on this system"),
					 errhint("Install the locale C.UTF-8, or search without ignore_case.")));
		needle->text = fold(&own, text);
		needle->probe = longest_probe(needle->text);
	}
	p = (const unsigned char *) needle->text.data;
	end = p + needle->text.len;
	for (; p < end; p += pg_utf_mblen(p))
	{
		pg_wchar	c = utf8_to_unicode(p);

		needle->has_unit[c & 0xFF] = true;
		/* above U+FFFF both of its surrogates end in other bits */
		if (c > 0xFFFF)
			needle->has_unit[((c - 0x10000) >> 10) & 0xFF] = true;
	}
	needle->wanted[needle->n_wanted++] = 'u';
	for (int i = 0; JSON_SHORT_ESCAPES[i] != '\0'; i++)
		if (needle->has_unit[(unsigned char) JSON_SHORT_ESCAPED[i]])
			needle->wanted[needle->n_wanted++] = JSON_SHORT_ESCAPES[i];
}

/*
 * Tells whether a text, which is UTF-8, has what is looked for.  Its memory is
 * reused by the next call.
 */
bool
needle_in(Needle *needle, Slice text)
{
	for (int depth = 0; text.len > 0; depth++)
	{
		const char *end = text.data + text.len;

		if (stands_in(needle, text))
			return true;
		if (depth == NEEDLE_DEPTH || needle_escape(needle, text.data, end) == NULL)
			return false;
		text = unescape(needle, text);
	}
	return false;
}

/* Tells whether what is looked for stands in a text as it is. */
static bool
stands_in(Needle *needle, Slice text)
{
	if (needle->ignore_case)
		text = fold(&needle->folded, text);
	return needle_find(needle, text.data, text.data + text.len) != NULL;
}

/*
 * Returns where what is looked for stands next as it is, in a text that is folded
 * where the case is ignored; NULL where it does not.
 */
const char *
needle_find(const Needle *needle, const char *p, const char *end)
{
	size_t		overlap = needle->text.len - 1;

	while (end - p > overlap)
	{
		size_t		len = Min((size_t) (end - p), BYTES_AT_ONCE + overlap);
		const char *found = memmem(p, len, needle->text.data, needle->text.len);

		if (found != NULL)
			return found;
		CHECK_FOR_INTERRUPTS();
		p += len - overlap;
	}
	return NULL;
}

/*
 * Returns where the next escape stands that may stand for some of what is looked for, or
 * for a letter or digit of such an escape; NULL where none does.
 */
const char *
needle_escape(const Needle *needle, const char *p, const char *end)
{
	for (; (p = next_escape(needle, p, end)) != NULL; p++)
	{
		uint32		unit;

		if (p[1] != 'u' ||
			(json_read_unit(p, end, &unit) &&
			 (needle->ignore_case || unit == '\\' || needle->has_unit[unit & 0xFF] ||
			  (unit < 0x80 && isalnum((unsigned char) unit)))))
			return p;
	}
	return NULL;
}

/*
 * Returns the next backslash before a character that an escape wanted has there; NULL
 * where there is none.  JSON is full of others.
 */
static const char *
next_escape(const Needle *needle, const char *p, const char *end)
{
	const char *last = end - 1;	/* behind it there is none */

	while (p < last)
	{
		ptrdiff_t	n = Min(last - p, BLOCK);
		char		any = n < BLOCK;

		CHECK_FOR_INTERRUPTS();
		for (int w = 0; n == BLOCK && w < needle->n_wanted; w++)
		{
			char		wanted = needle->wanted[w];

			for (int i = 0; i < BLOCK; i++)
				any |= (p[i] == '\\') & (p[i + 1] == wanted);
		}
		for (int i = 0; any && i < n; i++)
			if (p[i] == '\\' && memchr(needle->wanted, p[i + 1], needle->n_wanted) != NULL)
				return p + i;
		p += n;
	}
	return NULL;
}

/*
 * Returns a text with its escapes decoded, once; a backslash
 * that begins none is left.  The text may be what this has returned.
 */
static Slice
unescape(Needle *needle, Slice text)
{
	char	   *start = buffer_reserve(&needle->unescaped, text.len);
	char	   *out = start;
	const char *p = text.data;
	const char *end = text.data + text.len;

	while (p < end)
	{
		const char *next = memchr(p, '\\', end - p);
		size_t		plain = (next == NULL ? end : next) - p;
		size_t		read;
		size_t		n;

		CHECK_FOR_INTERRUPTS();
		/* what is written never comes beyond what is read */
		memmove(out, p, plain);
		out += plain;
		p += plain;
		if (p == end)
			break;
		read = json_read_escape(p, end, out, &n);
		if (read == 0)
			*out = '\\';
		out += read == 0 ? 1 : n;
		p += read == 0 ? 1 : read;
	}
	return (Slice) {start, out - start};
}

/* Returns a text as it is compared where the case is ignored. */
static Slice
fold(ReusableBuffer *buffer, Slice text)
{
	char	   *start = buffer_reserve(buffer, text.len * FOLDED_PER_BYTE);
	char	   *out = start;
	const char *p = text.data;
	const char *end = text.data + text.len;

	while (p < end)
	{
		const char *stop = p + Min(end - p, BYTES_AT_ONCE);

		CHECK_FOR_INTERRUPTS();
		while (p < stop)
		{
			unsigned char c = *p;

			if (c < 0x80)
			{
				*out++ = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
				p++;
			}
			else
			{
				int			len = pg_utf_mblen((const unsigned char *) p);

				if (len > end - p)
					break;		/* no text of PostgreSQL's ends in half a character */
				unicode_to_utf8(fold_char(utf8_to_unicode((const unsigned char *) p)), (unsigned char *) out);
				out += pg_utf_mblen((unsigned char *) out);
				p += len;
			}
		}
		if (p < stop)
			break;
	}
	return (Slice) {start, out - start};
}

/* Tells whether all characters of a text are ASCII. */
static bool
is_ascii(Slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char) text.data[i] >= 0x80)
			return false;
	return true;
}

/* Tells whether characters beyond ASCII can be folded. */
static bool
can_fold(void)
{
	return OGW_HAS_UNICODE_CASE || unicode_locale() != (locale_t) 0;
}

/*
 * Returns the C library's locale that maps letters as Unicode does, the same whatever the
 * database's locale is; 0 where it has none.  PostgreSQL has had a mapping of its own
 * since 17, which takes longer and is the second choice.
 */
static locale_t
unicode_locale(void)
{
	static locale_t unicode = (locale_t) 0;
	static bool was_asked = false;

	if (!was_asked)
		unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t) 0);
	was_asked = true;
	return unicode;
}

/*
 * Returns the small letter of a character's capital one, so that those with one capital
 * are alike.  Where there is no mapping, each is unlike all others: then what is looked
 * for is ASCII, and only a few letters are missed that fold into it, as the Kelvin sign.
 */
static pg_wchar
fold_char(pg_wchar c)
{
	locale_t	unicode = unicode_locale();
	wint_t		folded;

	if (unicode == (locale_t) 0)
		return ogw_unicode_fold(c);
	folded = towlower_l(towupper_l((wint_t) c, unicode), unicode);
	return folded > 0 && folded <= 0x10FFFF ? (pg_wchar) folded : c;
}

/*
 * Returns the longest part of a folded text that nothing but ASCII folds into: a few letters
 * beyond ASCII do, as the Kelvin sign does into k.
 */
static Slice
longest_probe(Slice folded)
{
	Slice		longest = {folded.data, 0};
	size_t		begin = 0;
	const bool *is_foreign = foreign_letters();

	for (size_t i = 0; i <= folded.len; i++)
	{
		unsigned char c = i < folded.len ? folded.data[i] : 0x80;

		if (c < 0x80 && !is_foreign[c])
			continue;
		if (i - begin > longest.len)
			longest = (Slice) {folded.data + begin, i - begin};
		begin = i + 1;
	}
	return longest;
}

/* Returns which of the characters of ASCII others fold into; found out once, in a millisecond. */
static const bool *
foreign_letters(void)
{
	static bool is_foreign[0x80];
	static bool is_known = false;

	/* letters with another case are in the first two planes */
	for (pg_wchar c = 0x80; !is_known && c <= 0x1FFFF; c = c == 0xD7FF ? 0xE000 : c + 1)
	{
		pg_wchar	folded = fold_char(c);

		if (folded < 0x80)
			is_foreign[folded] = true;
	}
	is_known = true;
	return is_foreign;
}
