/*
 * settings.c
 *		The settings of the server.
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "core/settings.h"

PG_FUNCTION_INFO_V1(ogw_setting);

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

static void define_retention(const char *name, int *seconds, int standard, const char *what);
static void define_sealing(void);
static void define_all_retention(void);

/*
 * Declares the settings.  All are superuser's, or the whole server's: they are
 * the installation's promises, not a writer's choice.
 */
void
settings_init(void)
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

/*
 * setting(name) → text: a setting of ogw_logs, as SHOW has it.  A function in
 * SQL that asked PostgreSQL would find none in a session that has not loaded
 * this library.
 */
Datum
ogw_setting(PG_FUNCTION_ARGS)
{
	char	   *name = psprintf("ogw_logs.%s", text_to_cstring(PG_GETARG_TEXT_PP(0)));

	PG_RETURN_TEXT_P(cstring_to_text(GetConfigOptionByName(name, NULL, false)));
}
