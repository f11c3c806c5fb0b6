/*
 * erase_json.h
 *		What names a user in a JSON value.
 */
#ifndef OGW_ERASE_JSON_H
#define OGW_ERASE_JSON_H

#include "core/slice.h"

extern bool json_names_user(Slice text, const char *member, Slice user_id, const char *pseudonym);

#endif
