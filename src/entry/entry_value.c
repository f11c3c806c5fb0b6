/*
 * entry_value.c
 *		Single values: reading them without raising an error, and the reasons
 *		for which one is refused.
 *
 * PostgreSQL's input functions raise errors that quote their input and lose
 * the rest of a batch; these return a reason instead.
 */
#include "postgres.h"

#include <ctype.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#include "core/compat.h"
#include "core/slice.h"
#include "entry/entry.h"

/* No request costs more USD; MAX_COST_DIGITS is how many digits that has. */
#define MAX_COST_USD 1000000000
#define MAX_COST_DIGITS 10

/* A number's most bytes: 20 digits on each side of the point, and exponent. */
#define MAX_NUMBER_BYTES 48

static const struct
{
	const char *code;			/* in ogw_logs.rejected */
	int			sqlstate;
	const char *message;		/* of insert_log(), behind the field's name */
	const char *hint;
}			reasons[] = {
	[REASON_NONE] = {"none", ERRCODE_INTERNAL_ERROR, "is accepted", ""},
	[REASON_MISSING] = {"missing", ERRCODE_NOT_NULL_VIOLATION,
	"is required", "Give a value that is neither NULL nor empty."},
	[REASON_TOO_LONG] = {"too_long", ERRCODE_STRING_DATA_RIGHT_TRUNCATION,
		"is too long",
	"Identifiers have at most 255 bytes, keys 4096, bodies ogw_logs.max_body_bytes."},
	[REASON_HOLDS_A_KEY] = {"holds_a_key", ERRCODE_INVALID_PARAMETER_VALUE,
	"holds the entry's own API key", "Give an identifier that is no secret."},
	[REASON_NOT_A_SCALAR] = {"not_a_scalar", ERRCODE_INVALID_PARAMETER_VALUE,
	"is an object or an array", "Give a string."},
	[REASON_NOT_AN_INTEGER] = {"not_an_integer", ERRCODE_INVALID_TEXT_REPRESENTATION,
	"is not an integer", "Give a whole number, in digits."},
	[REASON_NOT_A_NUMBER] = {"not_a_number", ERRCODE_INVALID_TEXT_REPRESENTATION,
	"is not a number", "Give a finite decimal number; leave it out where it is not known."},
	[REASON_NEGATIVE] = {"negative", ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
	"is negative", "Leave it out where it is not known."},
	[REASON_OUT_OF_RANGE] = {"out_of_range", ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
	"is out of range", "Check the unit: milliseconds, tokens, USD."},
	[REASON_NOT_A_TIME] = {"not_a_time", ERRCODE_INVALID_DATETIME_FORMAT,
	"is not a time", "Give it as in RFC 3339: 2026-10-01T10:42:00.123456Z."},
	[REASON_TOO_FAR_AHEAD] = {"too_far_ahead", ERRCODE_DATETIME_FIELD_OVERFLOW,
	"is too far ahead of now", "Check the clocks, or raise ogw_logs.max_clock_skew."},
	[REASON_TOO_OLD] = {"too_old", ERRCODE_DATETIME_FIELD_OVERFLOW,
	"is too long ago", "Check the clocks, or raise ogw_logs.max_age."},
	[REASON_NOT_A_STATUS] = {"not_a_status", ERRCODE_INVALID_PARAMETER_VALUE,
	"is neither success nor failure", "Give one of the two."},
	[REASON_INVALID_JSON] = {"invalid_json", ERRCODE_INVALID_JSON_TEXT,
	"is not JSON", "Give text in the grammar of RFC 8259."},
	[REASON_TOO_DEEP] = {"too_deep", ERRCODE_PROGRAM_LIMIT_EXCEEDED,
	"is nested too deep", "JSON is read to 512 levels."},
	[REASON_NOT_AN_OBJECT] = {"not_an_object", ERRCODE_INVALID_PARAMETER_VALUE,
	"is not a JSON object", "Give each entry as an object."},
};

static Reason check_amount(Datum cost);
static Reason parse_rfc3339(Slice text, TimestampTz *result);
static Reason parse_datestyle(Slice text, TimestampTz *result);
static bool ends_in_zone(const char *text, size_t len);
static bool has_plain_words(const char *text);
static bool take_digits(const char **p, const char *end, int min, int max,
						int *value);
static bool take_zone(const char **p, const char *end, int *offset_minutes);
static bool take_fraction(const char **p, const char *end, int *micros);

/*
 * Reads a time as in RFC 3339, or as PostgreSQL writes a timestamptz under
 * another DateStyle.  Checks it against nothing but the calendar.
 */
Reason
parse_time(Slice text, TimestampTz *result)
{
	if (parse_rfc3339(text, result) == REASON_NONE)
		return REASON_NONE;
	return parse_datestyle(text, result);
}

/* Reads a whole number from 0 to the largest integer. */
Reason
parse_count(Slice text, int32 *result)
{
	const char *p = text.data;
	const char *end = text.data + text.len;
	bool		negative = (p < end && *p == '-');
	int64		value = 0;

	if (negative)
		p++;
	if (p == end)
		return REASON_NOT_AN_INTEGER;
	for (; p < end; p++)
	{
		if (*p < '0' || *p > '9')
			return REASON_NOT_AN_INTEGER;
		if (value <= PG_INT32_MAX)
			value = value * 10 + (*p - '0');
	}
	if (negative && value > 0)
		return REASON_NEGATIVE;
	if (value > PG_INT32_MAX)
		return REASON_OUT_OF_RANGE;
	*result = (int32) value;
	return REASON_NONE;
}

/* Reads an amount of USD as a numeric; never binary floating point. */
Reason
parse_cost(Slice text, Datum *result)
{
	char		number[MAX_NUMBER_BYTES + 1];

	if (!is_plain_number(text))
		return REASON_NOT_A_NUMBER;
	memcpy(number, text.data, text.len);
	number[text.len] = '\0';
	*result = DirectFunctionCall3(numeric_in, CStringGetDatum(number),
								  ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return check_amount(*result);
}

/*
 * Takes an amount of USD that is a numeric, without the zeros at its end.  One with
 * more digits than a text may have is no number here either.
 */
Reason
cost_of_numeric(Datum cost, Datum *result)
{
	Reason		reason;

	*result = DirectFunctionCall1(numeric_trim_scale, cost);
	reason = check_amount(*result);

	/* within its bounds it has at most MAX_COST_DIGITS digits before the point */
	if (reason != REASON_NONE ||
		DatumGetInt32(DirectFunctionCall1(numeric_scale, *result)) >
		MAX_NUMBER_BYTES - MAX_COST_DIGITS - 1)
	{
		char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out, *result));

		if (!is_plain_number((Slice) {digits, strlen(digits)}))
			return REASON_NOT_A_NUMBER;
	}
	return reason;
}

/* Checks an amount of USD against its bounds; NaN is larger than all numbers. */
static Reason
check_amount(Datum cost)
{
	if (DatumGetBool(DirectFunctionCall2(numeric_lt, cost, NumericGetDatum(int64_to_numeric(0)))))
		return REASON_NEGATIVE;
	if (DatumGetBool(DirectFunctionCall2(numeric_gt, cost,
										 NumericGetDatum(int64_to_numeric(MAX_COST_USD)))))
		return REASON_OUT_OF_RANGE;
	return REASON_NONE;
}

/*
 * Tells whether a text is a decimal number of moderate size, one that the
 * input function of numeric takes: digits, a point, a two-digit exponent.
 */
bool
is_plain_number(Slice text)
{
	const char *p = text.data;
	const char *end = text.data + text.len;
	int			digits = 0;
	int			ignored;

	if (text.len == 0 || text.len > MAX_NUMBER_BYTES)
		return false;
	if (*p == '-')
		p++;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		digits++;
	if (p < end && *p == '.')
		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			digits++;
	if (digits == 0)
		return false;
	if (p < end && (*p == 'e' || *p == 'E'))
	{
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		if (!take_digits(&p, end, 1, 2, &ignored))
			return false;
	}
	return p == end;
}

/* Returns the code of a reason, as ogw_logs.rejected has it. */
const char *
reason_code(Reason reason)
{
	return reasons[reason].code;
}

/* Raises a rejection as the error of a single entry; it quotes no value. */
void
rejection_error(const Rejection *why)
{
	ereport(ERROR,
			(errcode(reasons[why->reason].sqlstate),
			 errmsg("%s %s",
					why->field == FIELD_NONE ? "the entry" : entry_fields[why->field].name,
					reasons[why->reason].message),
			 errhint("%s", reasons[why->reason].hint)));
}

/*
 * Reads a time as in RFC 3339, with a space or a T in the middle; seconds,
 * their fraction and the zone may be left out: no zone is UTC, whatever the
 * session's.
 */
static Reason
parse_rfc3339(Slice text, TimestampTz *result)
{
	const char *p = text.data;
	const char *end = text.data + text.len;
	int			year,
				month,
				day,
				hour,
				minute,
				second = 0,
				micros = 0,
				offset_minutes = 0;

	if (!take_digits(&p, end, 4, 4, &year) || p >= end || *p++ != '-' ||
		!take_digits(&p, end, 2, 2, &month) || p >= end || *p++ != '-' ||
		!take_digits(&p, end, 2, 2, &day) ||
		p >= end || (*p != 'T' && *p != 't' && *p != ' '))
		return REASON_NOT_A_TIME;
	p++;
	if (!take_digits(&p, end, 2, 2, &hour) || p >= end || *p++ != ':' ||
		!take_digits(&p, end, 2, 2, &minute))
		return REASON_NOT_A_TIME;
	if (p < end && *p == ':')
	{
		p++;
		if (!take_digits(&p, end, 2, 2, &second) ||
			!take_fraction(&p, end, &micros))
			return REASON_NOT_A_TIME;
	}
	if (!take_zone(&p, end, &offset_minutes) || p != end)
		return REASON_NOT_A_TIME;
	if (year < 1 || month < 1 || month > MONTHS_PER_YEAR || day < 1 ||
		day > day_tab[isleap(year)][month - 1] || hour > 23 || minute > 59 ||
		second > 60)
		return REASON_NOT_A_TIME;
	*result = (int64) (date2j(year, month, day) - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY
		+ (((hour * 60) + minute - offset_minutes) * 60 + (int64) second) * USECS_PER_SEC
		+ micros;
	return REASON_NONE;
}

/*
 * Reads a time as INSERT … SELECT makes it of a timestamptz, in the session's
 * DateStyle.  It has a year of four digits, which keeps words like "yesterday"
 * out, and ends in its zone, so that the session's does not matter.
 */
static Reason
parse_datestyle(Slice text, TimestampTz *result)
{
	char		buffer[MAXDATELEN + 1];
	char		work[MAXDATELEN + MAXDATEFIELDS];
	char	   *field[MAXDATEFIELDS];
	int			ftype[MAXDATEFIELDS];
	int			nf,
				dtype,
				tz;
	struct pg_tm tm;
	fsec_t		fsec;
	size_t		digits = 0;

	if (text.len == 0 || text.len > MAXDATELEN)
		return REASON_NOT_A_TIME;
	memcpy(buffer, text.data, text.len);
	buffer[text.len] = '\0';
	for (const char *p = buffer; *p && digits < 4; p++)
		digits = (*p >= '0' && *p <= '9') ? digits + 1 : 0;
	if (digits < 4 || !ends_in_zone(buffer, text.len) || !has_plain_words(buffer))
		return REASON_NOT_A_TIME;
	if (ParseDateTime(buffer, work, sizeof(work), field, ftype, MAXDATEFIELDS, &nf) != 0 ||
		ogw_decode_datetime(field, ftype, nf, &dtype, &tm, &fsec, &tz) != 0 ||
		dtype != DTK_DATE || tm2timestamp(&tm, fsec, &tz, result) != 0)
		return REASON_NOT_A_TIME;
	return REASON_NONE;
}

/*
 * Tells whether a text ends in UTC, GMT or an offset from them.  Other zones'
 * abbreviations are not unique: IST is Israel's and India's.
 */
static bool
ends_in_zone(const char *text, size_t len)
{
	const char *end = text + len;
	const char *p = end;

	if (len > 4 && (strcmp(end - 4, " UTC") == 0 || strcmp(end - 4, " GMT") == 0))
		return true;
	while (p > text && (isdigit((unsigned char) p[-1]) || p[-1] == ':'))
		p--;
	return p - text > 10 && (p[-1] == '+' || p[-1] == '-') &&
		end - p >= 2 && end - p <= 5;
}

/*
 * Tells whether the letters of a text stand in words of their own: PostgreSQL
 * takes "Some/Where" for a zone, and raises an error where there is none.
 */
static bool
has_plain_words(const char *text)
{
	for (const char *p = text + 1; *p; p++)
		if ((isalpha((unsigned char) *p) != 0) != (isalpha((unsigned char) p[-1]) != 0) &&
			*p != ' ' && p[-1] != ' ')
			return false;
	return true;
}

/* Takes from min to max digits off the front of a text. */
static bool
take_digits(const char **p, const char *end, int min, int max, int *value)
{
	int			n = 0;

	*value = 0;
	while (n < max && *p < end && **p >= '0' && **p <= '9')
	{
		*value = *value * 10 + (*(*p)++ - '0');
		n++;
	}
	return n >= min;
}

/* Takes a fraction of a second, where there is one; digits behind the sixth go. */
static bool
take_fraction(const char **p, const char *end, int *micros)
{
	int			digits = 0;

	if (*p >= end || **p != '.')
		return true;
	for ((*p)++; *p < end && **p >= '0' && **p <= '9'; (*p)++, digits++)
		if (digits < 6)
			*micros = *micros * 10 + (**p - '0');
	for (int n = digits; n < 6; n++)
		*micros *= 10;
	return digits > 0 && digits <= 12;
}

/* Takes a zone, where there is one: Z, ±HH, ±HHMM or ±HH:MM. */
static bool
take_zone(const char **p, const char *end, int *offset_minutes)
{
	int			hours,
				minutes = 0,
				sign;

	if (*p >= end)
		return true;
	if (**p == 'Z' || **p == 'z')
	{
		(*p)++;
		return true;
	}
	if (**p == ' ' && *p + 1 < end)
		(*p)++;
	if (**p != '+' && **p != '-')
		return false;
	sign = *(*p)++ == '-' ? -1 : 1;
	if (!take_digits(p, end, 2, 2, &hours))
		return false;
	if (*p < end && **p == ':')
		(*p)++;
	if (*p < end && !take_digits(p, end, 2, 2, &minutes))
		return false;
	*offset_minutes = sign * (hours * 60 + minutes);
	return hours <= 15 && minutes <= 59;
}
