/*
 * worker.h
 *		Running maintain() by itself, where the library is preloaded: a launcher,
 *		and a worker for one database after the other.
 */
#ifndef OGW_WORKER_H
#define OGW_WORKER_H

#include "postgres.h"

#include "nodes/pg_list.h"

/* The settings of maintenance; the interval in seconds. */
extern char *ogw_databases;
extern bool ogw_maintenance;
extern int	ogw_maintenance_interval_s;

extern void launcher_init(void);
extern void worker_reload(void);
extern List *listed_databases(void);
extern bool is_listed(const char *name, const List *names);

#endif
