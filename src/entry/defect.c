/*
 * defect.c
 *		The reasons for which an entry is refused, or a field of it is not stored as it
 *		was given; and an entry's defects as text.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "core/compat.h"
#include "entry/defect.h"

/* What stands for the field where the entry as a whole has the defect. */
#define WHOLE_ENTRY "entry"

StaticAssertDecl(N_REASONS <= 32, "each reason has a bit in Defects");

/* In the places of N_FIELDS and N_REASONS each: how defects are numbered by defects_next(). */
#define N_PLACES ((N_FIELDS + 1) * N_REASONS)

static const struct
{
	const char *code;
	int			sqlstate;		/* of insert_log(): of those for which an entry is refused */
	const char *message;		/* behind the field's name */
	const char *hint;
}			reasons[N_REASONS] = {
	[REASON_NONE] = {"none"},
	[REASON_MISSING] = {"missing", ERRCODE_NOT_NULL_VIOLATION,
	"is required", "Give a value that is neither NULL nor empty."},
	[REASON_NOT_AN_OBJECT] = {"not_an_object", ERRCODE_INVALID_PARAMETER_VALUE,
	"is not a JSON object", "Give each entry as an object."},
	[REASON_NOT_A_SCALAR] = {"not_a_scalar", ERRCODE_INVALID_PARAMETER_VALUE,
	"is an object or an array", "Give a string."},
	[REASON_INVALID_JSON] = {"invalid_json", ERRCODE_INVALID_JSON_TEXT,
	"is not JSON", "Give text in the grammar of RFC 8259."},
	[REASON_TOO_LONG] = {"too_long"},
	[REASON_TOO_DEEP] = {"too_deep"},
	[REASON_WRONG_SHAPE] = {"wrong_shape"},
	[REASON_NOT_A_NAME] = {"not_a_name"},
	[REASON_NOT_A_WORD] = {"not_a_word"},
	[REASON_HOLDS_A_SECRET] = {"holds_a_secret"},
	[REASON_NOT_A_NUMBER] = {"not_a_number"},
	[REASON_NEGATIVE] = {"negative"},
	[REASON_OUT_OF_RANGE] = {"out_of_range"},
	[REASON_NOT_A_TIME] = {"not_a_time"},
	[REASON_TOO_FAR_AHEAD] = {"too_far_ahead"},
	[REASON_TOO_OLD] = {"too_old"},
	[REASON_NOT_A_STATUS] = {"not_a_status"},
	[REASON_INVALID_UTF8] = {"invalid_utf8"},
};

/* Notes a defect, once; FIELD_NONE is the entry as a whole, REASON_NONE is no defect. */
void
defect_add(Defects *defects, Field field, Reason reason)
{
	if (reason == REASON_NONE)
		return;
	defects->of[field == FIELD_NONE ? N_FIELDS : field] |= UINT32_C(1) << reason;
	defects->any = true;
}

/*
 * Gives the defects one after the other, in the order of the fields and the entry as a
 * whole at last; false behind the last one.  *place is 0 at the beginning.
 */
bool
defects_next(const Defects *defects, int *place, Field *field, Reason *reason)
{
	while (defects->any && *place < N_PLACES)
	{
		int			at = *place / N_REASONS;
		Reason		of = (Reason) (*place % N_REASONS);

		if (defects->of[at] == 0)
		{
			*place = (at + 1) * N_REASONS;
			continue;
		}
		(*place)++;
		if (defects->of[at] & (UINT32_C(1) << of))
		{
			*field = at == N_FIELDS ? FIELD_NONE : (Field) at;
			*reason = of;
			return true;
		}
	}
	return false;
}

/* Returns how many bytes the defects take in a row, at the most. */
size_t
defects_bytes(const Defects *defects)
{
	size_t		bytes = 0;
	int			place = 0;
	Field		field;
	Reason		reason;

	while (defects_next(defects, &place, &field, &reason))
		/* a colon, a header of four bytes, and up to three to align the next */
		bytes += strlen(field_name(field)) + strlen(reason_code(reason)) + 8;
	return bytes == 0 ? 0 : bytes + ARR_OVERHEAD_NONULLS(1);
}

/* Returns the defects as a text[] of 'field:reason' (palloc'd); 0 where there are none. */
Datum
defects_array(const Defects *defects)
{
	Datum		elements[N_PLACES];
	int			n = 0;
	int			place = 0;
	Field		field;
	Reason		reason;

	while (defects_next(defects, &place, &field, &reason))
		elements[n++] = CStringGetTextDatum(psprintf("%s:%s", field_name(field), reason_code(reason)));
	if (n == 0)
		return (Datum) 0;
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Returns the name of a field, that of the entry as a whole for FIELD_NONE. */
const char *
field_name(Field field)
{
	return field == FIELD_NONE ? WHOLE_ENTRY : entry_fields[field].name;
}

/* Returns the code of a reason, as defects and ogw_logs.rejected have it. */
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
			 errmsg("%s %s", why->field == FIELD_NONE ? "the entry" : field_name(why->field),
					reasons[why->reason].message),
			 errhint("%s", reasons[why->reason].hint)));
}
