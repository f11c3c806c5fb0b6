/*
 * relation_changes.c
 *		Callbacks for changes of relations.
 */
#include "postgres.h"

#include "utils/inval.h"

#include "core/relation_changes.h"

#define MAX_CALLBACKS 8

static RelationChanged callbacks[MAX_CALLBACKS];
static int	n_callbacks = 0;

static void relation_changed(Datum arg, Oid relid);

/* Registers the one relcache callback of this library; called when it is loaded. */
void
relation_changes_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
}

/* Adds a callback, for the life of the process; called when the library is loaded. */
void
on_relation_change(RelationChanged callback)
{
	if (n_callbacks == MAX_CALLBACKS)
		elog(ERROR, "ogw_logs has more than %d callbacks for changes of relations", MAX_CALLBACKS);
	callbacks[n_callbacks++] = callback;
}

/* Relcache callback: passes a change on. */
static void
relation_changed(Datum arg, Oid relid)
{
	for (int i = 0; i < n_callbacks; i++)
		callbacks[i] (relid);
}
