/*
 * worker.h
 *		Running maintain() by itself, where the library is preloaded: a launcher,
 *		and a worker for one database after the other.
 */
#ifndef OGW_WORKER_H
#define OGW_WORKER_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/guc.h"

extern void launcher_init(void);
extern bool check_databases(char **newval, void **extra, GucSource source);
extern void worker_begin(void);
extern void worker_reload(void);
extern List *listed_databases(void);
extern bool is_among(const char *name, const List *names);

#endif
