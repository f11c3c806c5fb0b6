/*
 * given_value.c
 *		Values of PostgreSQL's types as arguments of insert_log(): each becomes the text
 *		that a writer could have given instead.
 *
 * The type given_value is text inside.  What its casts do is here, where the type's own
 * output would not do: it depends on the session, or is no text that we read.
 */
#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "ingest/given_value.h"

PG_FUNCTION_INFO_V1(ogw_given_timestamp);
PG_FUNCTION_INFO_V1(ogw_given_date);
PG_FUNCTION_INFO_V1(ogw_given_bytes);

static text *time_text(Timestamp at);
static int	hex_digit(char c);

/*
 * given_value(timestamptz), given_value(timestamp) → given_value: the time in UTC, as in RFC 3339.
 * One without a zone is UTC, whatever the session's: its microseconds are the same.
 */
Datum
ogw_given_timestamp(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(time_text(PG_GETARG_TIMESTAMP(0)));
}

/* given_value(date) → given_value: the day's first moment in UTC; infinity for a day that no timestamp has. */
Datum
ogw_given_date(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);
	Timestamp	at;

	if (DATE_IS_NOBEGIN(day))
		at = DT_NOBEGIN;
	else if (DATE_IS_NOEND(day) || day >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
		at = DT_NOEND;
	else
		at = (Timestamp) day * USECS_PER_DAY;
	PG_RETURN_TEXT_P(time_text(at));
}

/* given_value(bytea) → given_value: the bytes as text; where they are not UTF-8, U+FFFD takes their place. */
Datum
ogw_given_bytes(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);

	PG_RETURN_TEXT_P(text_of_bytes((Slice) {VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)}));
}

/*
 * Writes a time as in RFC 3339.  One that has no year of four digits, infinity among them, is
 * the last or the first that has: too far away as well.
 */
static text *
time_text(Timestamp at)
{
	struct pg_tm tm;
	fsec_t		micros;

	if (TIMESTAMP_NOT_FINITE(at) || timestamp2tm(at, NULL, &tm, &micros, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
		return cstring_to_text(at > 0 ? "9999-12-31T23:59:59Z" : "0001-01-01T00:00:00Z");
	return cstring_to_text(psprintf("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", tm.tm_year, tm.tm_mon, tm.tm_mday,
									tm.tm_hour, tm.tm_min, tm.tm_sec, micros));
}

/*
 * Returns bytes as a text in UTF-8.  Each byte that is no part of a character, and each NUL,
 * is U+FFFD instead.
 */
text *
text_of_bytes(Slice bytes)
{
	const unsigned char *p = (const unsigned char *) bytes.data;
	const unsigned char *end = p + bytes.len;
	StringInfoData result;

	if (pg_verify_mbstr(PG_UTF8, bytes.data, bytes.len, true))
		return cstring_to_text_with_len(bytes.data, bytes.len);
	initStringInfo(&result);
	while (p < end)
	{
		int			len = pg_utf_mblen(p);

		if (*p != '\0' && len <= end - p && pg_utf8_islegal(p, len))
		{
			appendBinaryStringInfo(&result, (const char *) p, len);
			p += len;
			continue;
		}
		appendStringInfoString(&result, "\xEF\xBF\xBD");
		p++;
	}
	return cstring_to_text_with_len(result.data, result.len);
}

/*
 * Reads bytes that a driver wrote as PostgreSQL writes a bytea, \x7b7d: so pgx gives a []byte
 * to a type it does not know.  Returns false for any other text.
 */
bool
read_hex_bytes(Slice text, Slice *bytes)
{
	char	   *decoded;

	if (text.len < 2 || text.len % 2 != 0 || text.data[0] != '\\' || text.data[1] != 'x')
		return false;
	decoded = palloc(text.len / 2);
	for (size_t i = 2; i < text.len; i += 2)
	{
		int			high = hex_digit(text.data[i]);
		int			low = hex_digit(text.data[i + 1]);

		if (high < 0 || low < 0)
		{
			pfree(decoded);
			return false;
		}
		decoded[i / 2 - 1] = (char) (high * 16 + low);
	}
	*bytes = (Slice) {decoded, text.len / 2 - 1};
	return true;
}

/* Returns what a hexadecimal digit counts, -1 for any other character. */
static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
