/*
 * settings.c
 *		The settings of the server.
 */
#include "postgres.h"

#include <limits.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_db_role_setting.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "core/settings.h"
#include "core/text_array.h"

PG_FUNCTION_INFO_V1(ogw_setting);
PG_FUNCTION_INFO_V1(ogw_unreadable_settings);

#define SECONDS_AN_HOUR (60 * 60)
#define SECONDS_A_DAY (24 * SECONDS_AN_HOUR)

/*
 * The largest body that can be allowed.  The six texts that live with an
 * entry's body share one stored value, and PostgreSQL ends a value at 1 GB.
 */
#define MAX_BODY_BYTES_LIMIT (160 * 1024 * 1024)

int			ogw_max_clock_skew_s;
int			ogw_max_age_s;
int			ogw_duplicate_window_s;
int			ogw_max_body_bytes;
bool		ogw_log_body_reads;
int			ogw_seal_interval_min;
int			ogw_seal_rate_kb;

/* What only functions in SQL read, by setting(). */
static int	partitions_ahead;
static int	seal_delay_s;
static int	log_retention_s;
static int	body_retention_s;
static int	rejected_retention_s;
static int	body_read_retention_s;
static int	history_retention_s;
static int	retention_delay_s;

/*
 * The settings, and what they were when the library was loaded: refused says that they
 * had been given a value before that is none of theirs, and have their default instead.
 */
static struct
{
	const char *name;
	bool		refused;
	char	   *loaded;
}			settings[] = {
	{"max_clock_skew"}, {"max_age"}, {"duplicate_window"}, {"max_body_bytes"}, {"partitions_ahead"},
	{"log_body_reads"}, {"seal_delay"}, {"seal_interval"}, {"seal_rate"}, {"log_retention"},
	{"body_retention"}, {"rejected_retention"}, {"body_read_retention"}, {"history_retention"},
	{"retention_delay"}
};

static void define_settings(void);
static bool is_readable(const char *name);
static bool is_accepted(const char *full_name, const char *value);
static char *stored_value(const char *full_name);
static char *value_in_row(Datum config, const char *full_name);
static void define_retention(const char *name, int *seconds, int standard, const char *what);
static void define_sealing(void);
static void define_all_retention(void);

/*
 * Declares the settings, and takes note of those that have been given what they do not
 * take: PostgreSQL warns of that once, and goes on with the default.
 */
void
settings_init(void)
{
	char	   *given[lengthof(settings)];

	for (int i = 0; i < lengthof(settings); i++)
	{
		const char *value = GetConfigOption(psprintf("ogw_logs.%s", settings[i].name), true, false);

		given[i] = value != NULL ? pstrdup(value) : NULL;
	}
	define_settings();
	for (int i = 0; i < lengthof(settings); i++)
	{
		char	   *full_name = psprintf("ogw_logs.%s", settings[i].name);

		settings[i].refused = given[i] != NULL && !is_accepted(full_name, given[i]);
		settings[i].loaded = MemoryContextStrdup(TopMemoryContext, GetConfigOption(full_name, false, false));
	}
}

/*
 * Declares the settings.  All are superuser's, or the whole server's: they are
 * the installation's promises, not a writer's choice.
 */
static void
define_settings(void)
{
	DefineCustomIntVariable("ogw_logs.max_clock_skew",
							"How far ahead of now an entry may be dated.",
							"An entry dated further ahead is refused.",
							&ogw_max_clock_skew_s,
							SECONDS_A_DAY, 0, INT_MAX,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.max_age",
							"How long ago an entry may be dated.",
							"An older entry is refused. The default is five years.",
							&ogw_max_age_s,
							1826 * SECONDS_A_DAY, 0, INT_MAX,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.duplicate_window",
							"How far apart two entries with the same job_id are still one.",
							"Within a partition a job_id is always unique in its team.",
							&ogw_duplicate_window_s,
							7 * SECONDS_A_DAY, 0, 366 * SECONDS_A_DAY,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.max_body_bytes",
							"The largest input, output or other text kept with a body.",
							NULL,
							&ogw_max_body_bytes,
							64 * 1024 * 1024, 1024, MAX_BODY_BYTES_LIMIT,
							PGC_SUSET, GUC_UNIT_BYTE, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.partitions_ahead",
							"How many partitions maintain() keeps ready behind the current one.",
							NULL,
							&partitions_ahead,
							3, 1, 1000,
							PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("ogw_logs.log_body_reads",
							 "Whether it is kept who read which body, and searched bodies for a text.",
							 "In ogw_logs.body_read and in the server's log.",
							 &ogw_log_body_reads,
							 true,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	define_sealing();
	define_all_retention();
}

/* Declares when and how fast partitions and bodies are sealed. */
static void
define_sealing(void)
{
	DefineCustomIntVariable("ogw_logs.seal_delay",
							"How long after its end a partition is sealed.",
							"maintain() then builds its indexes. What comes later is taken, too, at a higher cost.",
							&seal_delay_s,
							SECONDS_AN_HOUR, 0, INT_MAX,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.seal_interval",
							"Length of the interval whose bodies are sealed together.",
							"Bodies stay unsealed for that long and ogw_logs.seal_delay. "
							"What comes for a partition of entries that is over is one interval.",
							&ogw_seal_interval_min,
							60, 1, 7 * 24 * 60,
							PGC_SUSET, GUC_UNIT_MIN, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.seal_rate",
							"How much text of bodies a second the background worker seals.",
							"So writers keep the machine. 0 is as much as it can; a session that calls maintain() always does.",
							&ogw_seal_rate_kb,
							16 * 1024, 0, INT_MAX / 1024,
							PGC_SUSET, GUC_UNIT_KB, NULL, NULL, NULL);
}

/* Declares how long what is kept, and when that begins to count. */
static void
define_all_retention(void)
{
	define_retention("log_retention", &log_retention_s, 0,
					 "How long entries are kept, with all that belongs to them, unless their team says otherwise.");
	define_retention("body_retention", &body_retention_s, 0,
					 "How long bodies are kept, unless their team says otherwise.");
	define_retention("rejected_retention", &rejected_retention_s, 90 * SECONDS_A_DAY,
					 "How long ogw_logs.rejected is kept.");
	define_retention("body_read_retention", &body_read_retention_s, 90 * SECONDS_A_DAY,
					 "How long ogw_logs.body_read is kept.");
	define_retention("history_retention", &history_retention_s, 1826 * SECONDS_A_DAY,
					 "How long ogw_logs.team_history and ogw_logs.erasure are kept.");
	DefineCustomIntVariable("ogw_logs.retention_delay",
							"How long maintain() only announces what a new or shorter retention will delete.",
							"It begins earlier once maintain(dry_run => true) has listed it.",
							&retention_delay_s,
							SECONDS_A_DAY, 0, INT_MAX,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
}

/* Declares how long something is kept, in seconds; 0 is for ever. */
static void
define_retention(const char *name, int *seconds, int standard, const char *what)
{
	DefineCustomIntVariable(psprintf("ogw_logs.%s", name), what,
							"maintain() deletes what is older. 0 is for ever.",
							seconds, standard, 0, INT_MAX,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
}

/* Returns whether a setting would take a value. */
static bool
is_accepted(const char *full_name, const char *value)
{
	return set_config_option(full_name, value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SET, false, DEBUG5, false) != 0;
}

/*
 * Returns whether a setting has the value that it was given.  It has not where ALTER
 * DATABASE or ALTER ROLE, or postgresql.conf before the library was loaded, gave it one that
 * it does not take: then it has its default, which may keep more, and longer.
 */
static bool
is_readable(const char *name)
{
	char	   *full_name = psprintf("ogw_logs.%s", name);
	char	   *value = stored_value(full_name);

	if (value != NULL && !is_accepted(full_name, value))
		return false;
	for (int i = 0; i < lengthof(settings); i++)
		if (settings[i].refused && strcmp(settings[i].name, name) == 0)
			return strcmp(GetConfigOption(full_name, false, false), settings[i].loaded) != 0;
	return true;
}

/*
 * Returns the value that the catalog gives a setting in this session, by ALTER ROLE or ALTER
 * DATABASE, as text; NULL where there is none.
 */
static char *
stored_value(const char *full_name)
{
	Oid			databases[] = {MyDatabaseId, InvalidOid, MyDatabaseId, InvalidOid};
	Oid			roles[] = {GetSessionUserId(), GetSessionUserId(), InvalidOid, InvalidOid};
	Relation	catalog = table_open(DbRoleSettingRelationId, AccessShareLock);
	char	   *value = NULL;

	/* in the order in which they count */
	for (int i = 0; i < lengthof(databases) && value == NULL; i++)
	{
		ScanKeyData keys[2];
		SysScanDesc scan;
		HeapTuple	row;

		ScanKeyInit(&keys[0], Anum_pg_db_role_setting_setdatabase, BTEqualStrategyNumber, F_OIDEQ,
					ObjectIdGetDatum(databases[i]));
		ScanKeyInit(&keys[1], Anum_pg_db_role_setting_setrole, BTEqualStrategyNumber, F_OIDEQ,
					ObjectIdGetDatum(roles[i]));
		scan = systable_beginscan(catalog, DbRoleSettingDatidRolidIndexId, true, NULL, 2, keys);
		row = systable_getnext(scan);
		if (HeapTupleIsValid(row))
		{
			bool		isnull;
			Datum		config = heap_getattr(row, Anum_pg_db_role_setting_setconfig, RelationGetDescr(catalog), &isnull);

			if (!isnull)
				value = value_in_row(config, full_name);
		}
		systable_endscan(scan);
	}
	table_close(catalog, AccessShareLock);
	return value;
}

/* Returns what an array of NAME=VALUE says of a setting, or NULL. */
static char *
value_in_row(Datum config, const char *full_name)
{
	Datum	   *elements;
	bool	   *nulls;
	int			n = text_array_values(config, &elements, &nulls);
	size_t		name_length = strlen(full_name);

	for (int i = 0; i < n; i++)
	{
		char	   *element = nulls[i] ? "" : TextDatumGetCString(elements[i]);

		if (pg_strncasecmp(element, full_name, name_length) == 0 && element[name_length] == '=')
			return element + name_length + 1;
	}
	return NULL;
}

/*
 * setting(name) → text: a setting of ogw_logs, as SHOW has it.  A function in
 * SQL that asked PostgreSQL would find none in a session that has not loaded
 * this library.  Raises config_file_error where it was given a value that it does not take:
 * then PostgreSQL has its default.  STRICT.
 */
Datum
ogw_setting(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *full_name = psprintf("ogw_logs.%s", name);

	if (!is_readable(name))
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("setting %s cannot be read", full_name),
				 errhint("It was given a value that it does not take, by ALTER DATABASE, ALTER ROLE, SET or in "
						 "postgresql.conf: ALTER DATABASE ... SET it to another one, in a session after LOAD 'ogw_logs'.")));
	PG_RETURN_TEXT_P(cstring_to_text(GetConfigOptionByName(full_name, NULL, false)));
}

/* unreadable_settings() → text[]: the settings of which setting() raises its error. */
Datum
ogw_unreadable_settings(PG_FUNCTION_ARGS)
{
	Datum		names[lengthof(settings)];
	int			n = 0;

	for (int i = 0; i < lengthof(settings); i++)
		if (!is_readable(settings[i].name))
			names[n++] = CStringGetTextDatum(psprintf("ogw_logs.%s", settings[i].name));
	PG_RETURN_DATUM(text_array_of(names, n));
}
