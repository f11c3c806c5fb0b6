/*
 * log.c
 *		The tables of the log: made at the first write, and brought up to date at
 *		the first one after an update of the extension or a restore.
 *
 * Three versions meet here: that of this library, that of the extension's SQL
 * in this database, and that of the tables.  They differ after a package was
 * upgraded, until ALTER EXTENSION … UPDATE, and after that until create_log().
 */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "core/autonomous.h"
#include "core/installation.h"
#include "core/log.h"
#include "core/log_table.h"
#include "core/owner.h"
#include "core/partition.h"
#include "core/settings.h"
#include "core/settings_tables.h"
#include "core/spi.h"

PG_FUNCTION_INFO_V1(ogw_log_version);

/* The tables that create_log() makes; reading needs the first ones. */
static const char *const log_tables[] = {
	"installation", "entry", "body", "entry_key",
	"rejected", "ingest_count", "erasure", "body_read", "rewrite", "segment"
};
#define N_READ_TABLES 4

static bool is_current(int n_tables);
static bool is_owners_alone(void);
static bool is_made(void);
static void check_sql_version(void);
static bool log_version_is_current(void);
static bool tables_exist(int n);

/*
 * Returns whether there is a log to read, and refreshes what is known of its partitions.
 * Raises object_not_in_prerequisite_state where its tables or the extension's SQL are
 * of another version than this library.  Called as the owner.
 */
bool
log_exists(void)
{
	if (!tables_exist(1))
		return false;
	if (!is_current(N_READ_TABLES))
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("log tables have not been upgraded to version %s", OGW_VERSION),
				 errhint("SELECT ogw_logs.create_log() upgrades them; so does the next write.")));
	partitions_refresh();
	return true;
}

/*
 * Makes the log where there is none yet, or brings it up to date.  Raises
 * object_not_in_prerequisite_state where the extension's SQL is of another
 * version.  Called as the owner.
 */
void
log_ensure(void)
{
	if (!is_made() && !autonomous_make_log(is_made))
	{
		SPI_connect();
		spi_call(autonomous_query(MAKE_LOG), 0, NULL, NULL);
		SPI_finish();
	}
	partitions_refresh();
}

/* Returns whether all tables are there, of this library's version, and safe to write. */
static bool
is_made(void)
{
	return is_current(lengthof(log_tables)) && is_owners_alone();
}

/*
 * Returns whether the first n tables are there and of this library's version.  The
 * versions are compared again when the settings may have changed.
 */
static bool
is_current(int n_tables)
{
	static uint64 checked = 0;
	uint64		generation = settings_generation();

	if (checked != generation)
	{
		check_sql_version();
		if (!tables_exist(1) || !log_version_is_current())
			return false;
		checked = generation;
	}
	return tables_exist(n_tables);
}

/*
 * Returns whether nobody but the owner can change the tables, or decide what runs when they
 * are changed: a restore can have given others that.  It is looked at once a session, by who
 * writes, since who only reads runs no trigger.
 */
static bool
is_owners_alone(void)
{
	static bool checked = false;

	if (!checked)
	{
		SPI_connect();
		spi_run("SELECT FROM ogw_logs_internal.foreign_privileges() LIMIT 1", SPI_OK_SELECT, 0, NULL, NULL, NULL);
		checked = SPI_processed == 0;
		SPI_finish();
	}
	return checked;
}

/*
 * Raises object_not_in_prerequisite_state where the SQL objects of this database
 * are of another version than this library.
 */
static void
check_sql_version(void)
{
	char	   *version = NULL;

	SPI_connect();
	spi_run("SELECT e.extversion FROM pg_catalog.pg_extension e WHERE e.extname = 'ogw_logs'",
			SPI_OK_SELECT, 0, NULL, NULL, NULL);
	if (SPI_processed == 1)
		version = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (version == NULL || strcmp(version, OGW_VERSION) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this session runs the library of ogw_logs %s, but the functions of this database are of version %s",
						OGW_VERSION, version ? version : "none"),
				 errhint("ALTER EXTENSION ogw_logs UPDATE upgrades the functions. "
						 "Reconnect sessions that started before the update.")));
	SPI_finish();
}

/* Returns whether the tables of the log were made, or upgraded, by this version. */
static bool
log_version_is_current(void)
{
	char	   *version = installation_log_version();

	return version != NULL && strcmp(version, OGW_VERSION) == 0;
}

/* Returns whether the first n tables of the log are there. */
static bool
tables_exist(int n)
{
	bool		exist = true;

	for (int i = 0; i < n; i++)
		exist &= OidIsValid(log_table(log_tables[i]));
	return exist;
}

/*
 * log_version() → text: the version of ogw_logs that made the tables of the log what
 * they are; NULL where there is no log.
 */
Datum
ogw_log_version(PG_FUNCTION_ARGS)
{
	char	   *version = NULL;
	OwnerGuard	guard;

	owner_enter(&guard, fcinfo);
	if (tables_exist(1))
		version = installation_log_version();
	owner_leave(&guard);
	if (version == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(version));
}
