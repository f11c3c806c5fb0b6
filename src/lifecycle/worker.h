/*
 * worker.h
 *		Running maintain() by itself, where the library is preloaded: a launcher,
 *		and a worker for one database after the other.
 */
#ifndef OGW_WORKER_H
#define OGW_WORKER_H

#include "postgres.h"

#include "nodes/pg_list.h"

/*
 * How long a worker goes on with steps, in seconds: then it is another database's turn.
 * The step that it is at comes to its end: sealing, in half a minute or so.
 */
#define WORKER_SLICE_S 10

/* The settings of maintenance; the interval in seconds. */
extern char *ogw_databases;
extern bool ogw_maintenance;
extern int	ogw_maintenance_interval_s;

extern void launcher_init(void);
extern void worker_reload(void);
extern List *listed_databases(void);
extern bool is_listed(const char *name, const List *names);

#endif
