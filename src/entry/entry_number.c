/*
 * entry_number.c
 *		Reading numbers: counts, milliseconds and amounts of USD.
 *
 * PostgreSQL's input functions raise errors that quote their input and lose the rest of
 * a batch; these return a reason instead.  A text is a number in the grammar of numeric,
 * with blanks round it at the most.
 */
#include "postgres.h"

#include <math.h>

#include "common/shortest_dec.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "core/compat.h"
#include "core/slice.h"
#include "entry/entry.h"

/* The digits that an amount of USD keeps behind the point. */
#define COST_SCALE 30

/* No amount, and no count, has so many digits before the point; with them it fits a row. */
#define MAX_INTEGER_DIGITS 100

/*
 * A text's most bytes: a double written out in full, as Java's BigDecimal does, has up to
 * 1,074 digits behind the point.
 */
#define MAX_NUMBER_BYTES 1200

/* From here on, 2^53, a double does not tell each whole number from the next. */
#define EXACT_FLOAT8 9007199254740992.0

/* An exponent of more digits is too large, or so small that nothing is left of the number. */
#define MAX_EXPONENT 10000

static bool plain_count(Slice text, int64 *count);
static Reason numeric_of(const GivenField *given, Slice text, Datum *number);
static Reason numeric_of_text(Slice text, Datum *number);
static Reason numeric_of_float8(float8 value, Datum *number);
static size_t skip_digits(Slice text, size_t at);
static Reason int8_of_numeric(Datum number, int64 *result);

/*
 * Reads a count of tokens, or milliseconds: a number from 0 to the largest bigint, rounded
 * to a whole one, half away from zero.  text is that of the field, where it was given as one.
 */
Reason
read_count(const GivenField *given, Slice text, int64 *result)
{
	Datum		number;
	Reason		reason;

	if (given->as == GIVEN_FLOAT8)
	{
		float8		value = DatumGetFloat8(given->value);

		if (isnan(value) || isinf(value))
			return REASON_NOT_A_NUMBER;
		if (value >= EXACT_FLOAT8)
			return REASON_OUT_OF_RANGE;
		*result = value < 0 ? -(value <= -0.5) : (int64) round(value);
	}
	else if (given->as == GIVEN_NUMERIC || !plain_count(text, result))
	{
		if ((reason = numeric_of(given, text, &number)) != REASON_NONE ||
			(reason = int8_of_numeric(number, result)) != REASON_NONE)
			return reason;
	}
	return *result < 0 ? REASON_NEGATIVE : REASON_NONE;
}

/*
 * Reads an amount of USD as a numeric, rounded to COST_SCALE digits behind the point; that of a
 * typed value has no zeros at its end.  It may be negative.  A double is the shortest decimal that it
 * stands for.
 */
Reason
read_cost(const GivenField *given, Slice text, Datum *result)
{
	Datum		number;
	Reason		reason = numeric_of(given, text, &number);

	if (reason != REASON_NONE)
		return reason;
	if (DatumGetInt32(DirectFunctionCall1(numeric_scale, number)) > COST_SCALE)
		number = DirectFunctionCall2(numeric_round, number, Int32GetDatum(COST_SCALE));
	/* some drivers write a number of a type with many zeros */
	*result = given->as >= GIVEN_FLOAT8 ? DirectFunctionCall1(numeric_trim_scale, number) : number;
	return REASON_NONE;
}

/* Reads digits alone, as nearly all counts are; false for any other text. */
static bool
plain_count(Slice text, int64 *count)
{
	int64		value = 0;

	if (text.len == 0 || text.len > 18)
		return false;
	for (size_t i = 0; i < text.len; i++)
	{
		if (text.data[i] < '0' || text.data[i] > '9')
			return false;
		value = value * 10 + (text.data[i] - '0');
	}
	*count = value;
	return true;
}

/* Reads a finite number of at most MAX_INTEGER_DIGITS digits before the point. */
static Reason
numeric_of(const GivenField *given, Slice text, Datum *number)
{
	Datum		digits;

	if (given->as == GIVEN_FLOAT8)
		return numeric_of_float8(DatumGetFloat8(given->value), number);
	else if (given->as != GIVEN_NUMERIC)
		return numeric_of_text(text, number);
	else
	{
		*number = given->value;
		if (numeric_is_nan(DatumGetNumeric(*number)) || numeric_is_inf(DatumGetNumeric(*number)))
			return REASON_NOT_A_NUMBER;
		digits = DirectFunctionCall2(numeric_trunc, *number, Int32GetDatum(-MAX_INTEGER_DIGITS));
		if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, digits, NumericGetDatum(int64_to_numeric(0)))) != 0)
			return REASON_OUT_OF_RANGE;
	}
	return REASON_NONE;
}

/* Does the same for a text. */
static Reason
numeric_of_text(Slice text, Datum *number)
{
	char		buffer[MAX_NUMBER_BYTES + 1];
	size_t		integer,
				behind = 0,
				at;
	int			exponent = 0;

	text = trim_blanks(text);
	at = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+');
	integer = skip_digits(text, at) - at;
	at += integer;
	if (at < text.len && text.data[at] == '.')
	{
		behind = skip_digits(text, at + 1) - at - 1;
		at += behind + 1;
	}
	if (integer + behind == 0)
		return REASON_NOT_A_NUMBER;
	if (at < text.len && (text.data[at] == 'e' || text.data[at] == 'E'))
	{
		bool		negative = at + 1 < text.len && text.data[at + 1] == '-';
		size_t		from = at + 1 + (at + 1 < text.len && (negative || text.data[at + 1] == '+'));

		at = skip_digits(text, from);
		if (at == from)
			return REASON_NOT_A_NUMBER;
		for (size_t i = from; i < at && exponent < MAX_EXPONENT; i++)
			exponent = exponent * 10 + (text.data[i] - '0');
		exponent = negative ? -exponent : exponent;
	}
	if (at != text.len)
		return REASON_NOT_A_NUMBER;
	if (text.len > MAX_NUMBER_BYTES || exponent >= MAX_EXPONENT || (int) integer + exponent > MAX_INTEGER_DIGITS)
		return REASON_OUT_OF_RANGE;
	if (exponent <= -MAX_EXPONENT)
		exponent = at = 0;		/* whatever stands before it, nothing is left */
	memcpy(buffer, at == 0 ? "0" : text.data, at == 0 ? 1 : at);
	buffer[at == 0 ? 1 : at] = '\0';
	*number = DirectFunctionCall3(numeric_in, CStringGetDatum(buffer),
								  ObjectIdGetDatum(InvalidOid), Int32GetDatum(-1));
	return REASON_NONE;
}

/* Does the same for a double: as the shortest decimal that is read as this double again. */
static Reason
numeric_of_float8(float8 value, Datum *number)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	if (isnan(value) || isinf(value))
		return REASON_NOT_A_NUMBER;
	return numeric_of_text((Slice) {digits, double_to_shortest_decimal_bufn(value, digits)}, number);
}

/* Returns where the digits end that stand at a place of a text. */
static size_t
skip_digits(Slice text, size_t at)
{
	while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9')
		at++;
	return at;
}

/* Rounds a number to a bigint. */
static Reason
int8_of_numeric(Datum number, int64 *result)
{
	Datum		whole = DirectFunctionCall2(numeric_round, number, Int32GetDatum(0));

	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, whole, NumericGetDatum(int64_to_numeric(PG_INT64_MAX)))) > 0)
		return REASON_OUT_OF_RANGE;
	if (DatumGetInt32(DirectFunctionCall2(numeric_cmp, whole, NumericGetDatum(int64_to_numeric(0)))) < 0)
	{
		*result = -1;			/* all that is negative is refused alike */
		return REASON_NONE;
	}
	*result = DatumGetInt64(DirectFunctionCall1(numeric_int8, whole));
	return REASON_NONE;
}
