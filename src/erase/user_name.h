/*
 * user_name.h
 *		Whether a text names a user.
 */
#ifndef OGW_USER_NAME_H
#define OGW_USER_NAME_H

#include "postgres.h"

#include "core/slice.h"

extern bool text_names(Slice text, Slice id, bool is_code);

#endif
