/*
 * relation_changes.h
 *		Callbacks for changes of relations.
 *
 * PostgreSQL gives all libraries of a process together ten callbacks for that, so
 * this one registers a single callback, which calls those that register here.
 */
#ifndef OGW_RELATION_CHANGES_H
#define OGW_RELATION_CHANGES_H

#include "postgres.h"

/*
 * Called with the relation, or InvalidOid for any.  It may come at any time, also
 * while catalogs are read: it marks what is out of date, and does nothing else.
 */
typedef void (*RelationChanged) (Oid relid);

extern void relation_changes_init(void);
extern void on_relation_change(RelationChanged callback);

#endif
