/*
 * log_table.h
 *		A table of the log by its name.
 */
#ifndef OGW_LOG_TABLE_H
#define OGW_LOG_TABLE_H

#include "postgres.h"

extern Oid	log_table(const char *name);

#endif
