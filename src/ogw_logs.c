/*
 * ogw_logs.c
 *		The library's entry point: its settings.
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/guc.h"

#include "compat.h"
#include "ogw_logs.h"
#include "team.h"

OGW_MODULE_MAGIC;

#define SECONDS_A_DAY (24 * 60 * 60)

/*
 * The largest body that can be allowed.  The six texts that live with an
 * entry's body share one stored value, and PostgreSQL ends a value at 1 GB.
 */
#define MAX_BODY_BYTES_LIMIT (160 * 1024 * 1024)

int			ogw_max_clock_skew_s;
int			ogw_max_age_s;
int			ogw_duplicate_window_s;
int			ogw_max_body_bytes;
int			ogw_partitions_ahead;
bool		ogw_log_body_reads;
int			ogw_body_read_retention_s;

void		_PG_init(void);

/*
 * Declares the settings.  All are superuser's: they are the installation's
 * promises, not a writer's choice.
 */
void
_PG_init(void)
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
							&ogw_partitions_ahead,
							3, 1, 1000,
							PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomBoolVariable("ogw_logs.log_body_reads",
							 "Whether it is kept who opened which body with get_log().",
							 "In ogw_logs.body_read and in the server's log.",
							 &ogw_log_body_reads,
							 true,
							 PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("ogw_logs.body_read_retention",
							"How long ogw_logs.body_read is kept.",
							"maintain() deletes what is older.",
							&ogw_body_read_retention_s,
							90 * SECONDS_A_DAY, 0, INT_MAX,
							PGC_SUSET, GUC_UNIT_S, NULL, NULL, NULL);
	MarkGUCPrefixReserved("ogw_logs");
	team_init();
}
