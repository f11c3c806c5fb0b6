/*
 * tags.h
 *		The members that the metadata kept with an entry must have.
 */
#ifndef OGW_TAGS_H
#define OGW_TAGS_H

#include "postgres.h"

#include "core/json.h"
#include "core/slice.h"

/* The most names that are looked for at once, and the most values of one. */
#define MAX_TAGS 100
#define MAX_TAG_VALUES 100

typedef struct TagValue
{
	JsonKind	kind;
	Slice		text;			/* JSON; a string without its quotes and escapes */
	Datum		number;			/* numeric; 0: it is compared as text */
} TagValue;

/* A member that a JSON object must have, and the scalars of which it must be one. */
typedef struct Tag
{
	Slice		name;			/* without escapes */
	int			n_values;
	TagValue   *values;
} Tag;

extern const Tag *tags_parse(Slice json, int *n);
extern bool tags_match(const Tag *tags, int n, Slice metadata);
extern bool tag_find(Slice metadata, Slice name, TagValue *value);

#endif
