/*
 * json_mend.c
 *		JSON as PostgreSQL's own functions on json and jsonb can read it.
 *
 * They refuse escapes that no text of PostgreSQL's can hold, and numbers that no
 * numeric can.  Both are valid JSON, and so may stand in what was given.
 */
#include "core/json_mend.h"

#include <string.h>

#include "core/json_escape.h"
#include "core/json_pause.h"

/*
 * Digits that a numeric holds before its point (a little less than its 131,072), and
 * behind it.
 */
#define MAX_WHOLE_DIGITS 131000
#define MAX_FRACTION_DIGITS 16383

/* What an exponent is taken for where it is larger: no numeric has one of these. */
#define MAX_EXPONENT 1000000

/* U+FFFD as an escape: as long as the one whose place it takes. */
static const char replacement[] = "\\ufffd";

static const char *mend_string(const char *p, const char *end, char **dst, bool *changed);

/* Writes bytes where *dst is not NULL, and moves it behind them. */
static inline void
put_bytes(char **dst, const char *bytes, size_t len)
{
	if (*dst == NULL)
		return;
	memcpy(*dst, bytes, len);
	*dst += len;
}

/* Tells whether a numeric of PostgreSQL's can hold a checked number. */
bool
json_number_fits(Slice number)
{
	const char *p = number.data;
	const char *end = p + number.len;
	long		whole = 0;
	long		fraction = 0;
	long		exponent = 0;
	bool		negative = false;

	if (p < end && *p == '-')
		p++;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		whole++;
	if (p < end && *p == '.')
		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			fraction++;
	if (p < end)
	{
		/* behind the e */
		p++;
		negative = p < end && *p == '-';
		if (p < end && (*p == '-' || *p == '+'))
			p++;
		for (; p < end && exponent < MAX_EXPONENT; p++)
			exponent = exponent * 10 + (*p - '0');
	}
	if (negative)
		exponent = -exponent;
	return whole + exponent <= MAX_WHOLE_DIGITS && fraction - exponent <= MAX_FRACTION_DIGITS;
}

/*
 * Writes a checked value to dst with U+FFFD for each \u0000 and each surrogate without
 * its partner, in names too, and each number that no numeric can hold as a string of its
 * digits.  All else stays byte for byte.  Returns how many bytes that takes, and sets
 * *changed where they are others than the value's; with dst NULL it writes nothing.
 */
size_t
json_mend(char *dst, Slice value, bool *changed)
{
	const char *p = value.data;
	const char *end = p + value.len;
	const char *paused_at = p;
	size_t		longer = 0;

	*changed = false;
	while (p < end)
	{
		const char *start = p;

		json_pause(&paused_at, p);
		if (*p == '"')
			p = mend_string(p, end, &dst, changed);
		else if (*p == '-' || (*p >= '0' && *p <= '9'))
		{
			Slice		number;

			while (p < end && *p != '\0' && strchr("+-.0123456789Ee", *p) != NULL)
				p++;
			number = (Slice) {start, p - start};
			if (json_number_fits(number))
				put_bytes(&dst, number.data, number.len);
			else
			{
				put_bytes(&dst, "\"", 1);
				put_bytes(&dst, number.data, number.len);
				put_bytes(&dst, "\"", 1);
				longer += 2;
				*changed = true;
			}
		}
		else
			put_bytes(&dst, p++, 1);
	}
	return value.len + longer;
}

/* Writes the string that starts at p; returns the byte behind it.  It never grows. */
static const char *
mend_string(const char *p, const char *end, char **dst, bool *changed)
{
	const char *paused_at = p;
	const char *start = p++;

	while (p < end && *p != '"')
	{
		char		denoted[4];
		size_t		len;
		size_t		read;

		json_pause(&paused_at, p);
		if (*p != '\\')
		{
			p++;
			continue;
		}
		read = json_read_escape(p, end, denoted, &len);
		if (read == 0)
		{
			put_bytes(dst, start, p - start);
			put_bytes(dst, replacement, sizeof(replacement) - 1);
			*changed = true;
			start = p + sizeof(replacement) - 1;
			read = sizeof(replacement) - 1;
		}
		p += read;
	}
	if (p < end)
		p++;
	put_bytes(dst, start, p - start);
	return p;
}
