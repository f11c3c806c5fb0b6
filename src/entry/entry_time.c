/*
 * entry_time.c
 *		Reading a time: as RFC 3339, as seconds to nanoseconds since 1970, and as languages
 *		print one by default.
 *
 * A time without a zone is UTC, whatever the session's.  Abbreviations of zones other than
 * UTC, GMT and Z are not read, since they are not unique: IST is Israel's and India's.
 * None of this calls PostgreSQL's own reader, whose errors quote.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/slice.h"
#include "entry/entry.h"

/* A text's most bytes. */
#define MAX_TIME_BYTES 100

/* Below these the number is of seconds, milliseconds, microseconds; else of nanoseconds. */
#define SECONDS_BELOW		INT64CONST(100000000000)
#define MILLISECONDS_BELOW	INT64CONST(100000000000000)
#define MICROSECONDS_BELOW	INT64CONST(100000000000000000)

/* What has been read of a time. */
typedef struct TimeParts
{
	const char *p;				/* what is left */
	const char *end;
	int			year;			/* 0: not yet */
	int			month;
	int			day;
	bool		has_time;
	int			hour;
	int			minute;
	int			second;
	int			micros;
	bool		has_zone;
	int			offset_seconds; /* east of Greenwich */
} TimeParts;

static bool read_since_1970(Slice text, TimestampTz *result);
static bool read_compact(TimeParts *parts);
static bool read_year_first(TimeParts *parts);
static bool read_day_first(TimeParts *parts);
static bool read_words(TimeParts *parts);
static bool read_word(TimeParts *parts);
static bool read_clock(TimeParts *parts);
static void read_fraction(TimeParts *parts);
static bool read_zone(TimeParts *parts);
static bool read_rest(TimeParts *parts);
static bool take_char(TimeParts *parts, const char *any_of);
static bool take_digits(TimeParts *parts, int min, int max, int *value);
static bool take_name(TimeParts *parts, const char *name);
static int	month_of(TimeParts *parts);
static bool timestamp_of(const TimeParts *parts, TimestampTz *result);

/* Reads a time; not_a_time for what is none.  Checks it against nothing but the calendar. */
Reason
read_time(Slice text, TimestampTz *result)
{
	static bool (*const readers[]) (TimeParts *) = {read_year_first, read_compact, read_day_first, read_words};

	text = trim_blanks(text);
	if (text.len == 0 || text.len > MAX_TIME_BYTES)
		return REASON_NOT_A_TIME;
	for (int i = 0; i < lengthof(readers); i++)
	{
		TimeParts	parts = {.p = text.data, .end = text.data + text.len};

		if (readers[i] (&parts))
			return timestamp_of(&parts, result) ? REASON_NONE : REASON_NOT_A_TIME;
	}
	return read_since_1970(text, result) ? REASON_NONE : REASON_NOT_A_TIME;
}

/* Reads seconds, milliseconds, microseconds or nanoseconds since 1970, by how many they are. */
static bool
read_since_1970(Slice text, TimestampTz *result)
{
	TimeParts	parts = {.p = text.data, .end = text.data + text.len};
	bool		negative = take_char(&parts, "-");
	int64		whole = 0;
	int			digits = 0;
	double		fraction = 0;
	double		unit = 0.1;
	double		micros_each;

	for (; parts.p < parts.end && *parts.p >= '0' && *parts.p <= '9'; parts.p++)
	{
		if (++digits > 19 || pg_mul_s64_overflow(whole, 10, &whole) || pg_add_s64_overflow(whole, *parts.p - '0', &whole))
			return false;
	}
	if (digits == 0)
		return false;
	if (take_char(&parts, ".,"))
		for (; parts.p < parts.end && *parts.p >= '0' && *parts.p <= '9'; parts.p++, unit /= 10)
			fraction += (*parts.p - '0') * unit;
	if (parts.p < parts.end && (*parts.p == 'e' || *parts.p == 'E'))
	{
		int			exponent;
		double		value;

		parts.p++;
		(void) take_char(&parts, "+");
		if (!take_digits(&parts, 1, 2, &exponent) || exponent > 18)
			return false;
		value = (whole + fraction) * pow(10, exponent);
		if (value >= (double) PG_INT64_MAX)
			return false;
		whole = (int64) value;
		fraction = value - (double) whole;
	}
	if (parts.p != parts.end)
		return false;
	micros_each = whole < SECONDS_BELOW ? 1000000 : whole < MILLISECONDS_BELOW ? 1000 : 1;
	*result = whole < MICROSECONDS_BELOW ?
		whole * (int64) micros_each + (int64) rint(fraction * micros_each) : whole / 1000;
	if (negative)
		*result = -*result;
	*result -= ((int64) (POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE)) * USECS_PER_DAY;
	return true;
}

/*
 * Reads 2026-10-01T10:42:00.123+02:00 and what is like it: "/" or "." in the date, a blank
 * or nothing behind it, a comma before the fraction, no seconds, no zone, a date alone.
 */
static bool
read_year_first(TimeParts *parts)
{
	if (!take_digits(parts, 4, 4, &parts->year) || !take_char(parts, "-/.") ||
		!take_digits(parts, 1, 2, &parts->month) || !take_char(parts, "-/.") ||
		!take_digits(parts, 1, 2, &parts->day))
		return false;
	(void) take_char(parts, ",");
	if (take_char(parts, "Tt _") && parts->p < parts->end && *parts->p >= '0' && *parts->p <= '9' && !read_clock(parts))
		return false;
	return read_rest(parts);
}

/* Reads 20261001T104200Z, 20261001 104200, 20261001104200 and 20261001. */
static bool
read_compact(TimeParts *parts)
{
	if (!take_digits(parts, 4, 4, &parts->year) || parts->year < 1900 || parts->year > 2999 ||
		!take_digits(parts, 2, 2, &parts->month) || !take_digits(parts, 2, 2, &parts->day))
		return false;
	if (parts->p == parts->end)
		return true;
	(void) take_char(parts, "Tt ");
	if (!take_digits(parts, 2, 2, &parts->hour) || !take_digits(parts, 2, 2, &parts->minute) ||
		!take_digits(parts, 2, 2, &parts->second))
		return false;
	parts->has_time = true;
	/* more digits are a number since 1970 */
	if (parts->p < parts->end && *parts->p >= '0' && *parts->p <= '9')
		return false;
	read_fraction(parts);
	return read_rest(parts);
}

/*
 * Reads what INSERT … SELECT makes of a timestamptz where DateStyle is German or SQL:
 * 01.10.2026 10:42:00 UTC, and 10/01/2026 in the order of the session's DateStyle.  A zone
 * must be there: without one nobody knows who wrote it, and in which order.
 */
static bool
read_day_first(TimeParts *parts)
{
	int			first,
				second;
	char		separator;
	bool		day_is_first;

	if (!take_digits(parts, 2, 2, &first) || parts->p == parts->end)
		return false;
	separator = *parts->p;
	if (!take_char(parts, "./") || !take_digits(parts, 2, 2, &second) ||
		parts->p == parts->end || *parts->p++ != separator ||
		!take_digits(parts, 4, 4, &parts->year) || !take_char(parts, " "))
		return false;
	day_is_first = separator == '.' || DateOrder == DATEORDER_DMY;
	parts->day = day_is_first ? first : second;
	parts->month = day_is_first ? second : first;
	return read_clock(parts) && read_rest(parts) && parts->has_zone;
}

/*
 * Reads a date with the month in letters, in any order of its parts, and the time and the
 * zone wherever they stand: RFC 1123 and 850, asctime(), date(1), Java's and JavaScript's
 * Date, PostgreSQL's own style, Apache's log.
 */
static bool
read_words(TimeParts *parts)
{
	int			number;

	while (parts->p < parts->end)
	{
		const char *start = parts->p;

		if (take_char(parts, " ,/\t"))
			continue;
		if (*parts->p == ':' && parts->year > 0 && !parts->has_time)
		{
			parts->p++;			/* Apache's log: 01/Oct/2026:10:42:00 */
			continue;
		}
		if (*parts->p == '-' && parts->year == 0)
		{
			parts->p++;			/* 01-Oct-2026 */
			continue;
		}
		if (*parts->p == '(' || *parts->p == '[' || ((*parts->p == '+' || *parts->p == '-') && parts->has_time))
		{
			if (!parts->has_zone && *parts->p != '(' && *parts->p != '[')
			{
				if (!read_zone(parts))
					return false;
				continue;
			}
			return parts->year > 0 && read_rest(parts);
		}
		if (!take_digits(parts, 1, 4, &number))
		{
			if (!read_word(parts))
				return false;
			continue;
		}
		if (parts->p < parts->end && *parts->p == ':' && !parts->has_time && parts->p - start <= 2)
		{
			parts->p = start;
			if (!read_clock(parts))
				return false;
		}
		else if (parts->p - start == 4 && parts->year == 0)
			parts->year = number;
		else if (parts->p - start <= 2 && parts->day == 0)
			parts->day = number;
		else if (parts->p - start == 2 && parts->year == 0 && parts->month > 0)
			parts->year = number + (number < 70 ? 2000 : 1900); /* RFC 850 */
		else
			return false;
	}
	return parts->year > 0 && parts->month > 0 && parts->day > 0;
}

/* Reads a month, a day of the week, AM or PM, a suffix of a day, or the name of a zone. */
static bool
read_word(TimeParts *parts)
{
	static const char *const others[] = {
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
		"mon", "tues", "tue", "wed", "thurs", "thu", "fri", "sat", "sun", "at", "th", "st", "nd", "rd", NULL
	};
	int			month;

	if (parts->month == 0 && (month = month_of(parts)) > 0)
	{
		parts->month = month;
		return true;
	}
	if (parts->has_time && (take_name(parts, "am") || take_name(parts, "pm")))
	{
		bool		after_noon = (parts->p[-2] | 0x20) == 'p';

		if (parts->hour < 1 || parts->hour > 12)
			return false;
		parts->hour = parts->hour % 12 + (after_noon ? 12 : 0);
		return true;
	}
	for (int i = 0; others[i] != NULL; i++)
		if (take_name(parts, others[i]))
			return true;
	return !parts->has_zone && read_zone(parts);
}

/* Reads 10:42, 10:42:00 and 10:42:00.123456. */
static bool
read_clock(TimeParts *parts)
{
	if (!take_digits(parts, 1, 2, &parts->hour) || !take_char(parts, ":") ||
		!take_digits(parts, 2, 2, &parts->minute))
		return false;
	parts->has_time = true;
	if (!take_char(parts, ":"))
		return true;
	if (!take_digits(parts, 2, 2, &parts->second))
		return false;
	read_fraction(parts);
	return true;
}

/* Reads the fraction of a second, where there is one; digits behind the sixth go. */
static void
read_fraction(TimeParts *parts)
{
	int			unit = 100000;

	if (parts->end - parts->p < 2 || (*parts->p != '.' && *parts->p != ',') || parts->p[1] < '0' || parts->p[1] > '9')
		return;
	for (parts->p++; parts->p < parts->end && *parts->p >= '0' && *parts->p <= '9'; parts->p++, unit /= 10)
		parts->micros += (*parts->p - '0') * unit;
}

/* Reads Z, UTC, GMT, ±HH, ±HHMM, ±HH:MM or ±HH:MM:SS, and GMT or UTC before such an offset. */
static bool
read_zone(TimeParts *parts)
{
	bool		named = take_name(parts, "z") || take_name(parts, "utc") || take_name(parts, "gmt");
	int			hours,
				minutes = 0,
				seconds = 0;
	int			sign;

	parts->has_zone = true;
	if (parts->p == parts->end || (*parts->p != '+' && *parts->p != '-'))
		return named;
	sign = *parts->p++ == '-' ? -1 : 1;
	if (!take_digits(parts, 2, 2, &hours))
		return false;
	(void) take_char(parts, ":");
	if (take_digits(parts, 1, 1, &minutes))
	{
		int			ones;

		if (!take_digits(parts, 1, 1, &ones))
			return false;
		minutes = minutes * 10 + ones;
		if (take_char(parts, ":") && !take_digits(parts, 2, 2, &seconds))
			return false;
	}
	parts->offset_seconds = sign * ((hours * 60 + minutes) * 60 + seconds);
	return hours <= 15 && minutes <= 59 && seconds <= 59;
}

/*
 * Reads what stands behind a time: a zone, and behind that what some languages add: Go's
 * second name of it and its monotonic clock, Java's [Europe/Berlin], JavaScript's (CEST).
 */
static bool
read_rest(TimeParts *parts)
{
	while (parts->p < parts->end)
	{
		if (take_char(parts, " "))
			continue;
		if (*parts->p == '(' || *parts->p == '[')
			return parts->end[-1] == (*parts->p == '(' ? ')' : ']');
		if (parts->end - parts->p > 3 && strncmp(parts->p, "m=", 2) == 0 && strchr("+-", parts->p[2]) != NULL)
			return parts->p[-1] == ' ';
		if (!parts->has_zone)
		{
			if (!read_zone(parts))
				return false;
			continue;
		}
		/* Go writes "+0200 CEST"; the offset is what counts */
		while (parts->p < parts->end && *parts->p != ' ')
		{
			char		c = *parts->p++;

			if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '-'))
				return false;
		}
	}
	return true;
}

/* Takes one of some characters off the front. */
static bool
take_char(TimeParts *parts, const char *any_of)
{
	if (parts->p == parts->end || *parts->p == '\0' || strchr(any_of, *parts->p) == NULL)
		return false;
	parts->p++;
	return true;
}

/* Takes from min to max digits off the front; where there are fewer, nothing. */
static bool
take_digits(TimeParts *parts, int min, int max, int *value)
{
	int			n = 0;
	int			number = 0;

	while (n < max && parts->p + n < parts->end && parts->p[n] >= '0' && parts->p[n] <= '9')
		number = number * 10 + (parts->p[n++] - '0');
	if (n < min)
		return false;
	parts->p += n;
	*value = number;
	return true;
}

/* Takes a word off the front, in any case, that no further letter follows. */
static bool
take_name(TimeParts *parts, const char *name)
{
	size_t		n = strlen(name);

	if (parts->end - parts->p < n || pg_strncasecmp(parts->p, name, n) != 0 ||
		(parts->p + n < parts->end && ((parts->p[n] | 0x20) >= 'a' && (parts->p[n] | 0x20) <= 'z')))
		return false;
	parts->p += n;
	return true;
}

/* Takes the name of a month off the front, whole or its first three letters; 0 where there is none. */
static int
month_of(TimeParts *parts)
{
	static const char *const names[] = {
		"january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
		"november", "december"
	};

	for (int i = 0; i < lengthof(names); i++)
	{
		char		three[4];

		strlcpy(three, names[i], sizeof(three));
		if (take_name(parts, names[i]) || take_name(parts, three))
			return i + 1;
	}
	return take_name(parts, "sept") ? 9 : 0;
}

/* Makes a time of its parts; false where the calendar has no such time.  A second may be 60. */
static bool
timestamp_of(const TimeParts *parts, TimestampTz *result)
{
	if (parts->year < 1 || parts->month < 1 || parts->month > MONTHS_PER_YEAR || parts->day < 1 ||
		parts->day > day_tab[isleap(parts->year)][parts->month - 1] ||
		parts->hour > 23 || parts->minute > 59 || parts->second > 60)
		return false;
	*result = (int64) (date2j(parts->year, parts->month, parts->day) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY
		+ ((int64) (parts->hour * 60 + parts->minute) * 60 + parts->second - parts->offset_seconds) * USECS_PER_SEC
		+ parts->micros;
	return true;
}
