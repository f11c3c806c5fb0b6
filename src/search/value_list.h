/*
 * value_list.h
 *		An argument that is one value, or several as an array literal.
 */
#ifndef OGW_VALUE_LIST_H
#define OGW_VALUE_LIST_H

#include "postgres.h"

/* The most values that one argument may have. */
#define MAX_LIST_VALUES 100

extern int	value_list_parse(Datum argument, const char *name, Datum **values);

#endif
