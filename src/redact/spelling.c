/*
 * spelling.c
 *		What a place of a text can be read as.
 *
 * A reading of depth 0 is the byte that stands there.  One of depth n is an escape
 * whose characters are readings of depth n - 1.  So %2541 is "%" by one layer of
 * percent-encoding, and "A" by two.  A place has several readings, since nobody says
 * how often a text was encoded.
 */
#include "redact/spelling.h"

#include <string.h>

#include "core/json_escape.h"
#include "core/json_pause.h"
#include "redact/charset.h"
#include "redact/entity.h"

/* Spellings that are read between two pauses: some milliseconds' work. */
#define WORK_BETWEEN_PAUSES 100000

/* Digits of a numeric entity, with leading zeros. */
#define MAX_ENTITY_DIGITS 10
#define MAX_CODE_POINT 0x10FFFF

/* The readings of one place, while they are found. */
typedef struct Readings
{
	const char *start;
	SpelledText *text;
	Reading    *found;
	int			n;
} Readings;

static void add_code_point(Readings *readings, uint32_t c, const char *after);
static void add_byte(Readings *readings, char c, const char *after);
static void read_json(Readings *readings, const char *p, int depth);
static void read_percent(Readings *readings, const char *p, int depth);
static void read_entity(Readings *readings, const char *p, int depth);
static bool read_low_surrogate(SpelledText *text, const char **p, int depth, uint32_t *low);
static int	read_hex(SpelledText *text, const char **p, int depth, int digits);
static bool read_ascii(SpelledText *text, const char **p, int depth, uint16_t charset,
					   char extra, char *c);

/*
 * Gets the readings of a place up to a depth into an array of SPELLING_MAX_READINGS,
 * and returns how many there are: at least one, the byte that stands there, which is
 * the first, and no other one when no work is left.  None is longer than
 * SPELLING_MAX_LEN.
 */
int
spelling_read(SpelledText *text, const char *p, int depth, Reading *found)
{
	Readings	readings = {p, text, found, 1};
	const char *end = text->end;
	int			run = 0;

	found[0] = (Reading) {{*p}, 1, 1};
	if (depth == 0 || !spelling_begins(*p) || --text->work_left < 0)
		return 1;
	if (text->paused_at - text->work_left > WORK_BETWEEN_PAUSES)
	{
		text->paused_at = text->work_left;
		json_call_pause();
	}

	/* in a long run of backslashes there is nothing else to be read */
	while (run < 1 << depth && end - p > run && p[run] == '\\')
		run++;
	if (run == 1 << depth)
	{
		for (int i = 1; i < run; i++)
			found[i] = (Reading) {{'\\'}, 1, (uint16_t) (i + 1)};
		return run;
	}
	for (int d = 0; d < depth; d++)
	{
		int			known = readings.n;

		for (int i = 0; i < known; i++)
		{
			const char *after = p + found[i].len;

			if (found[i].n != 1)
				continue;
			if (found[i].bytes[0] == '\\')
				read_json(&readings, after, d);
			else if (found[i].bytes[0] == '%')
				read_percent(&readings, after, d);
			else if (found[i].bytes[0] == '&')
				read_entity(&readings, after, d);
		}
	}
	return readings.n;
}

/*
 * Returns what a character stands for behind a backslash, besides u: JSON's short
 * escapes, and for itself what another syntax escapes so, punctuation that begins no
 * spelling; 0 for what is no escape.
 */
char
spelling_short_escape(char c)
{
	switch (c)
	{
		case 'b':
			return '\b';
		case 'f':
			return '\f';
		case 'n':
			return '\n';
		case 'r':
			return '\r';
		case 't':
			return '\t';
	}
	return c > ' ' && c < 127 && !in_charset(c, ALNUM) && c != '%' && c != '&' ? c : 0;
}

/* Adds a code point, which must be one that a text of PostgreSQL's can hold. */
static void
add_code_point(Readings *readings, uint32_t c, const char *after)
{
	Reading		reading = {.len = (uint16_t) (after - readings->start)};

	if (c == 0 || c > MAX_CODE_POINT || (c >= FIRST_SURROGATE && c <= LAST_SURROGATE) ||
		after - readings->start > SPELLING_MAX_LEN || readings->n == SPELLING_MAX_READINGS)
		return;
	reading.n = (uint8_t) utf8_put(reading.bytes, c);
	for (int i = 0; i < readings->n; i++)
		if (memcmp(&readings->found[i], &reading, sizeof(reading)) == 0)
			return;
	readings->found[readings->n++] = reading;
}

/* Adds a byte, which may be one of several of a character. */
static void
add_byte(Readings *readings, char c, const char *after)
{
	Reading		reading = {{c}, 1, (uint16_t) (after - readings->start)};

	if (c == 0 || after - readings->start > SPELLING_MAX_LEN ||
		readings->n == SPELLING_MAX_READINGS)
		return;
	for (int i = 0; i < readings->n; i++)
		if (memcmp(&readings->found[i], &reading, sizeof(reading)) == 0)
			return;
	readings->found[readings->n++] = reading;
}

/* Reads what stands behind a backslash, its characters up to a depth. */
static void
read_json(Readings *readings, const char *p, int depth)
{
	Reading		next[SPELLING_MAX_READINGS];
	int			n = p < readings->text->end ? spelling_read(readings->text, p, depth, next) : 0;

	for (int i = 0; i < n; i++)
	{
		const char *after = p + next[i].len;
		char		c = next[i].bytes[0];
		uint32_t	low;
		int			unit;

		if (next[i].n != 1)
			continue;
		if (c != 'u')
		{
			add_byte(readings, spelling_short_escape(c), after);
			continue;
		}
		unit = read_hex(readings->text, &after, depth, 4);
		if (unit < FIRST_SURROGATE || unit >= FIRST_LOW_SURROGATE)
			add_code_point(readings, unit < 0 ? 0 : (uint32_t) unit, after);
		else if (read_low_surrogate(readings->text, &after, depth, &low))
			add_code_point(readings, surrogates_join((uint32_t) unit, low), after);
	}
}

/* Reads the second half of a pair of surrogates, and moves p behind it. */
static bool
read_low_surrogate(SpelledText *text, const char **p, int depth, uint32_t *low)
{
	Reading		lead[SPELLING_MAX_READINGS];
	int			n = *p < text->end ? spelling_read(text, *p, depth, lead) : 0;

	for (int i = 0; i < n; i++)
	{
		const char *after = *p + lead[i].len;
		char		c;
		int			unit;

		if (lead[i].n != 1 || lead[i].bytes[0] != '\\' ||
			!read_ascii(text, &after, depth, 0, 'u', &c))
			continue;
		unit = read_hex(text, &after, depth, 4);
		if (unit < FIRST_LOW_SURROGATE || unit > LAST_SURROGATE)
			continue;
		*p = after;
		*low = (uint32_t) unit;
		return true;
	}
	return false;
}

/* Reads what stands behind a percent sign, its characters up to a depth. */
static void
read_percent(Readings *readings, const char *p, int depth)
{
	int			value = read_hex(readings->text, &p, depth, 2);

	if (value > 0)
		add_byte(readings, (char) value, p);
}

/* Reads what stands behind an ampersand, its characters up to a depth. */
static void
read_entity(Readings *readings, const char *p, int depth)
{
	SpelledText *text = readings->text;
	char		name[ENTITY_MAX_NAME];
	size_t		len = 0;
	uint32_t	value = 0;
	bool		hex;
	char		c;

	if (!read_ascii(text, &p, depth, 0, '#', &c))
	{
		while (!read_ascii(text, &p, depth, 0, ';', &c))
		{
			if (len == ENTITY_MAX_NAME || !read_ascii(text, &p, depth, ALNUM, 0, &c))
				return;
			name[len++] = c;
		}
		if (len > 0)
			add_code_point(readings, entity_of_name(name, len), p);
		return;
	}
	hex = read_ascii(text, &p, depth, 0, 'x', &c) || read_ascii(text, &p, depth, 0, 'X', &c);
	while (len < MAX_ENTITY_DIGITS && value <= MAX_CODE_POINT &&
		   read_ascii(text, &p, depth, hex ? HEX : DIGIT, 0, &c))
	{
		value = value * (hex ? 16 : 10) + (uint32_t) hex_digit(c);
		len++;
	}
	/* browsers do without the semicolon */
	(void) read_ascii(text, &p, depth, 0, ';', &c);
	if (len > 0)
		add_code_point(readings, value, p);
}

/*
 * Reads so many hexadecimal digits up to a depth, and moves p behind them; returns
 * their value, -1 where they do not stand there.
 */
static int
read_hex(SpelledText *text, const char **p, int depth, int digits)
{
	int			value = 0;
	char		c;

	while (digits-- > 0)
	{
		if (!read_ascii(text, p, depth, HEX, 0, &c))
			return -1;
		value = value << 4 | hex_digit(c);
	}
	return value;
}

/*
 * Reads one character of a set, or the extra one, up to a depth, and moves p behind
 * it; false where none stands there.  The longest reading counts: a shorter one is an
 * entity without its semicolon.
 */
static bool
read_ascii(SpelledText *text, const char **p, int depth, uint16_t charset, char extra,
		   char *c)
{
	Reading		readings[SPELLING_MAX_READINGS];
	size_t		len = 0;
	int			n;

	if (*p >= text->end)
		return false;
	if (in_charset(**p, charset) || (extra != 0 && **p == extra))
	{
		*c = *(*p)++;
		return true;
	}
	if (depth == 0 || !spelling_begins(**p))
		return false;
	n = spelling_read(text, *p, depth, readings);
	for (int i = 1; i < n; i++)
	{
		char		read = readings[i].bytes[0];

		if (readings[i].n == 1 && readings[i].len > len &&
			(in_charset(read, charset) || (extra != 0 && read == extra)))
		{
			*c = read;
			len = readings[i].len;
		}
	}
	*p += len;
	return len > 0;
}
