/*
 * team.c
 *		The teams' settings, cached in every backend.
 *
 * They are kept until settings_generation() says that they may have changed.  They
 * are read with the latest snapshot, so that an old snapshot does not keep an old
 * policy alive.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "core/identifier.h"
#include "core/log_columns.h"
#include "core/pinned_settings.h"
#include "core/settings_tables.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "core/spi.h"
#include "core/text_array.h"
#include "policy/site_format.h"
#include "policy/team.h"

/* Teams kept in a backend's cache at the most; then it starts anew. */
#define MAX_CACHED_TEAMS 10000

#define TEAM_KEY_SIZE (MAX_ID_BYTES + 1)

typedef struct CachedTeam
{
	char		team_id[TEAM_KEY_SIZE];
	TeamPolicy	policy;
} CachedTeam;

static MemoryContext cache_context = NULL;
static HTAB *teams = NULL;
static uint64 cached = 0;		/* the generation of settings that is cached */

static void refresh_cache(void);
static bool read_policy(const char *team_id, TeamPolicy *policy);
static void read_policy_row(HeapTuple row, TupleDesc desc, TeamPolicy *policy);

/*
 * Returns the policy of a team; it stays as it is until the next call.  A team
 * that nobody has set up, and settings that cannot be read, mean the default:
 * no bodies.  Called as the owner.
 */
const TeamPolicy *
team_policy(const char *team_id)
{
	CachedTeam *team;
	bool		found;

	refresh_cache();
	team = hash_search(teams, team_id, HASH_FIND, NULL);
	if (team == NULL)
	{
		static TeamPolicy policy;

		/* after an error the default holds for this entry alone */
		if (!read_policy(team_id, &policy))
			return &policy;
		team = hash_search(teams, team_id, HASH_ENTER, &found);
		team->policy = policy;
	}
	return &team->policy;
}

/* Empties the cache where something changed or it has grown too large. */
static void
refresh_cache(void)
{
	uint64		generation = settings_generation();
	HASHCTL		ctl;

	if (cached == generation && hash_get_num_entries(teams) < MAX_CACHED_TEAMS)
		return;
	if (cache_context == NULL)
		cache_context = AllocSetContextCreate(TopMemoryContext,
											  "ogw_logs settings",
											  ALLOCSET_SMALL_SIZES);
	cached = 0;					/* an error from here on leaves it so */
	teams = NULL;
	MemoryContextReset(cache_context);
	ctl.keysize = TEAM_KEY_SIZE;
	ctl.entrysize = sizeof(CachedTeam);
	ctl.hcxt = cache_context;
	teams = hash_create("ogw_logs teams", 64, &ctl,
						HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	cached = generation;
}

/*
 * Reads the policy of one team into the cache's memory, and the key formats that are
 * masked for it.  Where these settings cannot be read, the policy is the default,
 * with a warning, and the result is false.  A cancel and a lack of resources are
 * raised again.
 */
static bool
read_policy(const char *team_id, TeamPolicy *policy)
{
	MemoryContext old_context = CurrentMemoryContext;
	ResourceOwner old_owner = CurrentResourceOwner;
	volatile bool readable = true;

	memset(policy, 0, sizeof(*policy));
	policy->redact_bodies = true;
	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(old_context);
	PG_TRY();
	{
		Oid			types[] = {TEXTOID};
		Datum		args[] = {CStringGetTextDatum(team_id)};

		(void) settings_pin();	/* the subtransaction's end unpins it */
		site_format_load();
		log_columns_check("team");
		SPI_connect();
		spi_read_latest("SELECT body_logging::bool, redact_bodies::bool, metadata_keys::text[]"
						"  FROM ogw_logs.team WHERE team_id COLLATE \"C\" = $1", 1, types, args);
		if (SPI_processed == 1)
			read_policy_row(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, policy);
		SPI_finish();
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(old_context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(old_context);
		CurrentResourceOwner = old_owner;
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION ||
			ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK ||
			ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_INSUFFICIENT_RESOURCES ||
			ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_PROGRAM_LIMIT_EXCEEDED ||
			error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE)
			ReThrowError(error);
		FreeErrorData(error);
		memset(policy, 0, sizeof(*policy));
		policy->redact_bodies = true;
		readable = false;
		ereport(WARNING,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("the settings in ogw_logs.team or ogw_logs.key_format cannot be read: no bodies are stored"),
				 errhint("Check the tables' columns with \\d.")));
	}
	PG_END_TRY();
	MemoryContextSwitchTo(old_context);
	CurrentResourceOwner = old_owner;
	return readable;
}

/* Takes a row of ogw_logs.team; a column that is NULL means its default. */
static void
read_policy_row(HeapTuple row, TupleDesc desc, TeamPolicy *policy)
{
	bool		isnull;
	Datum		value;
	Datum	   *keys;
	bool	   *key_nulls;
	int			n;
	MemoryContext old;

	value = SPI_getbinval(row, desc, 1, &isnull);
	policy->body_logging = !isnull && DatumGetBool(value);
	value = SPI_getbinval(row, desc, 2, &isnull);
	policy->redact_bodies = isnull || DatumGetBool(value);
	value = SPI_getbinval(row, desc, 3, &isnull);
	if (isnull)
		return;
	n = text_array_values(value, &keys, &key_nulls);
	old = MemoryContextSwitchTo(cache_context);
	policy->metadata_keys = palloc(sizeof(Slice) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		if (!key_nulls[i])
			policy->metadata_keys[policy->n_metadata_keys++] = slice_copy(text_to_slice(keys[i]));
	}
	MemoryContextSwitchTo(old);
}
