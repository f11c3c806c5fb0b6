/*
 * defect.h
 *		What is wrong with an entry that a writer gave: why it is refused, or which of
 *		its fields are not stored as they were given, and why.
 *
 * Both are a field and a reason from closed lists.  Neither a value nor a name that
 * the writer gave is ever in them: those can be bodies, or keys.
 */
#ifndef OGW_DEFECT_H
#define OGW_DEFECT_H

#include "postgres.h"

#include "entry/entry_field.h"

/* The codes and messages are in defect.c. */
typedef enum Reason
{
	REASON_NONE,
	/* an entry is refused for these, in job_id, in team_id, or as a whole */
	REASON_MISSING,
	REASON_NOT_AN_OBJECT,
	/* for these too; elsewhere they are defects, as are all that follow */
	REASON_NOT_A_SCALAR,
	REASON_INVALID_JSON,
	REASON_TOO_LONG,
	REASON_TOO_DEEP,
	REASON_WRONG_SHAPE,
	REASON_NOT_A_NAME,
	REASON_NOT_A_WORD,
	REASON_HOLDS_A_SECRET,
	REASON_NOT_A_NUMBER,
	REASON_NEGATIVE,
	REASON_OUT_OF_RANGE,
	REASON_NOT_A_TIME,
	REASON_TOO_FAR_AHEAD,
	REASON_TOO_OLD,
	REASON_NOT_A_STATUS,
	REASON_INVALID_UTF8,
	N_REASONS
} Reason;

/* Why an entry is refused. */
typedef struct Rejection
{
	Field		field;			/* FIELD_NONE: the entry as a whole */
	Reason		reason;
} Rejection;

/* The defects of an entry: for each field a bit of each reason; the last is of the entry as a whole. */
typedef struct Defects
{
	uint32		of[N_FIELDS + 1];
	bool		any;
} Defects;

extern void defect_add(Defects *defects, Field field, Reason reason);
extern bool defects_next(const Defects *defects, int *place, Field *field, Reason *reason);
extern size_t defects_bytes(const Defects *defects);
extern Datum defects_array(const Defects *defects);
extern const char *field_name(Field field);
extern const char *reason_code(Reason reason);
pg_noreturn extern void rejection_error(const Rejection *why);

#endif
