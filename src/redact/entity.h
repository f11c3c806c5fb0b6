/*
 * entity.h
 *		The named entities of HTML that are read.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_ENTITY_H
#define OGW_ENTITY_H

#include <stddef.h>
#include <stdint.h>

/* The longest name's bytes. */
#define ENTITY_MAX_NAME 16

extern uint32_t entity_of_name(const char *name, size_t len);

#endif
