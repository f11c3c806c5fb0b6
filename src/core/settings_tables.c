/*
 * settings_tables.c
 *		Whether what is read from the tables of settings is up to date.
 *
 * A trigger on each of these tables sends a relcache invalidation for it at commit.
 * Every backend then has another generation, and whoever keeps something of the
 * tables reads it anew.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"

#include "core/relation_changes.h"
#include "core/settings.h"
#include "core/settings_tables.h"

PG_FUNCTION_INFO_V1(ogw_settings_changed);

static const char *const names[] = {"team", "installation", "key_format"};
static Oid	tables[lengthof(names)];

/* How often one of them may have changed: by now, and when they were last looked up. */
static uint64 changes = 1;
static uint64 changes_seen = 0;

static void table_changed(Oid relid);

/* Registers for changes of relations; called when the library is loaded. */
void
settings_tables_init(void)
{
	on_relation_change(table_changed);
}

/*
 * Returns a number that is another one as soon as a setting may have changed since
 * the last call; never 0.
 */
uint64
settings_generation(void)
{
	uint64		now = changes;
	Oid			schema;

	if (changes_seen == now)
		return now;
	schema = get_namespace_oid(OGW_SCHEMA, true);
	for (int i = 0; i < lengthof(names); i++)
		tables[i] = OidIsValid(schema) ? get_relname_relid(names[i], schema) : InvalidOid;

	/* after an error, or a change meanwhile, the next call looks again */
	changes_seen = now;
	return now;
}

/* While one of the tables is not there, any relation may be it, being made. */
static void
table_changed(Oid relid)
{
	for (int i = 0; i < lengthof(tables); i++)
		changes += !OidIsValid(relid) || !OidIsValid(tables[i]) || relid == tables[i];
}

/*
 * settings_changed(): trigger on the tables of settings; tells every backend, at
 * commit, to read them anew.
 */
Datum
ogw_settings_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("settings_changed() is a trigger function")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);
}
