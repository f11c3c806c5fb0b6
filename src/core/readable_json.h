/*
 * readable_json.h
 *		What is handed out as a value of PostgreSQL's type json.
 */
#ifndef OGW_READABLE_JSON_H
#define OGW_READABLE_JSON_H

#include "postgres.h"

#include "core/slice.h"

extern Datum readable_json(Slice text);

#endif
