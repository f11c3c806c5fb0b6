/*
 * team.c
 *		The teams' settings: changed here, cached in every backend.
 *
 * A trigger on ogw_logs.team and ogw_logs.installation sends a relcache
 * invalidation for the table; every backend's callback then drops its cache,
 * and the next entry reads the settings anew.  Settings are read with the
 * latest snapshot, so that an old snapshot does not keep an old policy alive.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "storage/sinval.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "access.h"
#include "compat.h"
#include "ogw_logs.h"
#include "partition.h"
#include "site_format.h"
#include "team.h"

PG_FUNCTION_INFO_V1(ogw_settings_changed);

/* Teams kept in a backend's cache at the most; then it starts anew. */
#define MAX_CACHED_TEAMS 10000

/* The fourth field of an advisory lock's tag; pg_advisory_lock() uses 1 and 2. */
#define BODIES_LOCK_CLASS 0x6f67

/*
 * Teams whose bodies one transaction can write: a lock each, of a table that
 * all sessions share (by default, for 6,400 locks).
 */
#define MAX_TEAMS_WITH_BODIES 2000

/* A team_id has at most 255 bytes, see entry.h. */
#define TEAM_KEY_SIZE 256

typedef struct CachedTeam
{
	char		team_id[TEAM_KEY_SIZE];
	TeamPolicy	policy;
} CachedTeam;

static MemoryContext cache_context = NULL;
static HTAB *teams = NULL;
static bool cache_valid = false;
static uint64 generation = 0;
static Oid	team_relid = InvalidOid;
static Oid	installation_relid = InvalidOid;
static bool secret_loaded = false;
static uint8 secret[INSTALLATION_SECRET_LEN];

static void set_bodies_tag(LOCKTAG *tag, const char *team_id);
static void relation_changed(Datum arg, Oid relid);
static void refresh_cache(void);
static bool read_policy(const char *team_id, TeamPolicy *policy);
static void read_policy_row(HeapTuple row, TupleDesc desc, TeamPolicy *policy);

/* Registers the one relcache callback that this library uses. */
void
team_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, (Datum) 0);
}

/*
 * Returns a number that is another one as soon as a setting may have changed
 * since the last call; never 0.
 */
uint64
settings_generation(void)
{
	refresh_cache();
	return generation;
}

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

		/* what comes of an error is good for this entry alone */
		if (!read_policy(team_id, &policy))
			return &policy;
		team = hash_search(teams, team_id, HASH_ENTER, &found);
		team->policy = policy;
	}
	return &team->policy;
}

/*
 * Tells, right before bodies are written, whether a team wants them.  True is
 * a promise to the end of the transaction: team_stop_bodies() waits for it.
 * While that is under way it is false, without waiting.  Called as the owner.
 */
bool
team_may_store_bodies(const char *team_id)
{
	static TransactionId transaction = InvalidTransactionId;
	static int	locks = 0;
	LOCKTAG		tag;
	LockAcquireResult result;

	set_bodies_tag(&tag, team_id);
	result = LockAcquire(&tag, ShareLock, false, true);
	if (result == LOCKACQUIRE_NOT_AVAIL)
		return false;
	if (!TransactionIdEquals(transaction, GetTopTransactionId()))
		locks = 0;
	transaction = GetTopTransactionId();
	if (result == LOCKACQUIRE_OK && ++locks > MAX_TEAMS_WITH_BODIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("one transaction writes bodies of more than %d teams",
						MAX_TEAMS_WITH_BODIES),
				 errhint("Commit more often.")));
	AcceptInvalidationMessages();
	return team_policy(team_id)->body_logging;
}

/*
 * Waits for the transactions that are writing bodies of a team, and keeps
 * others from it to the end of this transaction: when the switch is off, no
 * transaction can add a body that had begun before.
 */
void
team_stop_bodies(const char *team_id)
{
	LOCKTAG		tag;

	set_bodies_tag(&tag, team_id);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

/*
 * Returns the secret of this installation (INSTALLATION_SECRET_LEN bytes); the
 * log, and with it the secret, exists when this is called.  Where a restore
 * left two, the one made first counts.  Called as the owner.
 */
const uint8 *
installation_secret(void)
{
	Datum		value;
	bool		isnull;
	bytea	   *bytes;
	int			nest;

	refresh_cache();
	if (secret_loaded)
		return secret;
	nest = search_path_pin();
	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute("SELECT key_secret FROM ogw_logs.installation"
					" ORDER BY created_at, key_secret LIMIT 1",
					true, 1) != SPI_OK_SELECT || SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("ogw_logs.installation has no row"),
				 errhint("Restore it from the dump that holds the log.")));
	value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	bytes = isnull ? NULL : DatumGetByteaPP(value);
	if (bytes == NULL || VARSIZE_ANY_EXHDR(bytes) != INSTALLATION_SECRET_LEN)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the secret in ogw_logs.installation does not have %d bytes",
						INSTALLATION_SECRET_LEN)));
	memcpy(secret, VARDATA_ANY(bytes), INSTALLATION_SECRET_LEN);
	secret_loaded = true;
	PopActiveSnapshot();
	SPI_finish();
	AtEOXact_GUC(false, nest);
	return secret;
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
				 errmsg("ogw_logs.settings_changed() is a trigger function")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	return PointerGetDatum(NULL);
}

/*
 * Relcache callback: only marks what is out of date, as it may come at any time.
 * While there is no ogw_logs.installation any relation may be it, being made.
 */
static void
relation_changed(Datum arg, Oid relid)
{
	partitions_changed(relid);
	if (site_format_changed(relid) || relid == team_relid ||
		relid == installation_relid || !OidIsValid(installation_relid))
		cache_valid = false;
}

/*
 * Names the lock on a team's bodies: an advisory one, of a class that SQL's
 * functions do not use.  Two teams of one hash wait for each other at the most.
 */
static void
set_bodies_tag(LOCKTAG *tag, const char *team_id)
{
	uint64		hash = hash_bytes_extended((const unsigned char *) team_id,
										   strlen(team_id), 0);

	SET_LOCKTAG_ADVISORY(*tag, MyDatabaseId, (uint32) (hash >> 32), (uint32) hash,
						 BODIES_LOCK_CLASS);
}

/* Empties the cache where something changed or it has grown too large. */
static void
refresh_cache(void)
{
	HASHCTL		ctl;
	Oid			schema;

	if (cache_valid && hash_get_num_entries(teams) < MAX_CACHED_TEAMS)
		return;
	if (cache_context == NULL)
		cache_context = AllocSetContextCreate(TopMemoryContext,
											  "ogw_logs settings",
											  ALLOCSET_SMALL_SIZES);
	cache_valid = false;		/* an error from here on leaves it so */
	teams = NULL;
	secret_loaded = false;
	generation++;
	MemoryContextReset(cache_context);
	ctl.keysize = TEAM_KEY_SIZE;
	ctl.entrysize = sizeof(CachedTeam);
	ctl.hcxt = cache_context;
	teams = hash_create("ogw_logs teams", 64, &ctl,
						HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	schema = get_namespace_oid(OGW_SCHEMA, true);
	team_relid = OidIsValid(schema) ? get_relname_relid("team", schema) : InvalidOid;
	installation_relid = OidIsValid(schema) ?
		get_relname_relid("installation", schema) : InvalidOid;

	/* set before anything is read: a change from now on clears it again */
	cache_valid = true;
}

/*
 * Reads the policy of one team into memory of the cache, and what is to be
 * redacted for it.  Where these settings cannot be read it is the default, with
 * a warning, and the result is false; a cancel and a lack of resources are
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
		SPIPlanPtr	plan;

		(void) search_path_pin();	/* the subtransaction's end unpins it */
		site_format_load();
		SPI_connect();
		PushActiveSnapshot(GetLatestSnapshot());
		plan = SPI_prepare("SELECT body_logging, redact_bodies, metadata_keys"
						   "  FROM ogw_logs.team WHERE team_id = $1", 1, types);
		if (plan == NULL ||
			SPI_execute_plan(plan, args, NULL, true, 1) != SPI_OK_SELECT)
			elog(ERROR, "could not read ogw_logs.team");
		if (SPI_processed == 1)
			read_policy_row(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, policy);
		PopActiveSnapshot();
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
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT,
					  &keys, &key_nulls, &n);
	old = MemoryContextSwitchTo(cache_context);
	policy->metadata_keys = palloc(sizeof(Span) * Max(n, 1));
	for (int i = 0; i < n; i++)
	{
		text	   *key;
		Span	   *span;

		if (key_nulls[i])
			continue;
		key = DatumGetTextPP(keys[i]);
		span = &policy->metadata_keys[policy->n_metadata_keys++];
		span->len = VARSIZE_ANY_EXHDR(key);
		span->data = pnstrdup(VARDATA_ANY(key), span->len);
	}
	MemoryContextSwitchTo(old);
}
