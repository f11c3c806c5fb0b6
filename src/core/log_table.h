/*
 * log_table.h
 *		A table of the log by its name.
 */
#ifndef OGW_LOG_TABLE_H
#define OGW_LOG_TABLE_H

#include "postgres.h"

#include "storage/lockdefs.h"
#include "utils/relcache.h"

/* A kind of table for log_table_open(): a view or a foreign table, too. */
#define ANY_TABLE '\0'

extern Oid	log_table(const char *name);
extern Oid	log_table_there(const char *name);
extern Relation log_table_open(const char *name, LOCKMODE mode, char relkind);

#endif
