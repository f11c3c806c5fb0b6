/*
 * condition.h
 *		What an entry's columns must be to match a search.
 */
#ifndef OGW_CONDITION_H
#define OGW_CONDITION_H

#include "postgres.h"

#include "executor/tuptable.h"

#include "search/tags.h"

typedef enum ConditionKind
{
	CONDITION_ANY_OF,			/* the column, or the other, has one of the values */
	CONDITION_NONE_OF,			/* neither has one of them; a NULL is none */
	CONDITION_SET,				/* the column is not NULL */
	CONDITION_NOT_SET,			/* it is NULL */
	CONDITION_COUNT,			/* integers: the column, with the other, is from least to most */
	CONDITION_COST,				/* a numeric: the column is from least_cost to most_cost */
	CONDITION_TAGS				/* a JSON object: the column has these members */
} ConditionKind;

typedef struct Condition
{
	ConditionKind kind;
	const char *column;
	const char *or_column;		/* a second one of the same type; NULL: none */
	int			n_values;
	Datum	   *values;			/* text, or (is_bytes) bytea */
	bool		is_bytes;
	int64		least;			/* both included */
	int64		most;
	Datum		least_cost;		/* numeric, both included; 0: no bound */
	Datum		most_cost;
	int			n_tags;
	const Tag  *tags;
} Condition;

/* One of each argument of search(), and more. */
#define MAX_CONDITIONS 24

extern bool condition_matches(const Condition *condition, TupleTableSlot *entry, const AttrNumber columns[2]);

#endif
