/*
 * entry_field.h
 *		The fields that a writer may give, and the columns that they become, as enums.
 */
#ifndef OGW_ENTRY_FIELD_H
#define OGW_ENTRY_FIELD_H

#include "entry/entry_columns.h"
#include "segment/body.h"

#define FIELD_ID(id, name, kind, column, part) FIELD_##id,
#define COLUMN_ID(id, name, type) COLUMN_##id,

/* What a writer may give: a field, FIELD_JOB_ID and so on. */
typedef enum Field
{
	FIELD_NONE = -1,
	ENTRY_FIELDS(FIELD_ID)
	N_FIELDS
} Field;

/* The columns of ogw_logs.entry: COLUMN_TIMESTAMP and so on. */
typedef enum Column
{
	COLUMN_NONE = -1,
	ENTRY_COLUMNS(COLUMN_ID, COLUMN_ID)
	N_COLUMNS
} Column;

typedef enum FieldKind
{
	KIND_IDENTITY,				/* an id that every entry has */
	KIND_ID,					/* an id, or another short text */
	KIND_WORD,					/* a code: one short word, see entry_word.c */
	KIND_TIME,
	KIND_KEY,
	KIND_MILLISECONDS,
	KIND_COUNT,
	KIND_STATUS,
	KIND_COST,
	KIND_BODY,					/* a text that lives with the body */
	KIND_JSON					/* part here, the whole with the body */
} FieldKind;

typedef struct FieldDefinition
{
	const char *name;
	size_t		name_len;
	FieldKind	kind;
	Column		column;			/* COLUMN_NONE: it lives with the body alone */
	BodyPart	part;			/* BODY_NONE: it never does */
} FieldDefinition;

extern const FieldDefinition entry_fields[N_FIELDS];

#endif
