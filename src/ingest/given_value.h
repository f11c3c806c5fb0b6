/*
 * given_value.h
 *		Values of PostgreSQL's types as arguments of insert_log().
 */
#ifndef OGW_GIVEN_VALUE_H
#define OGW_GIVEN_VALUE_H

#include "postgres.h"

#include "core/slice.h"

extern text *text_of_bytes(Slice bytes);
extern bool read_hex_bytes(Slice text, Slice *bytes);

#endif
