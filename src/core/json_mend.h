/*
 * json_mend.h
 *		JSON as PostgreSQL's own functions on json and jsonb can read it.
 *
 * Knows nothing of PostgreSQL's code, so that it can be fuzzed alone.
 */
#ifndef OGW_JSON_MEND_H
#define OGW_JSON_MEND_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

extern bool json_number_fits(Slice number);
extern size_t json_mend(char *dst, Slice value, bool *changed);

#endif
