/*
 * recount_name.h
 *		What still names a user, as an erasure counts again.
 */
#ifndef OGW_RECOUNT_NAME_H
#define OGW_RECOUNT_NAME_H

#include "postgres.h"

#include "core/slice.h"

extern bool recount_text_names(Slice text, Slice id, bool is_code);
extern bool recount_json_names(Slice json, const char *member, Slice id, Slice pseudonym);

#endif
