/*
 * site_format.c
 *		Key formats of a site's own, beside the published ones.
 *
 * They are kept until settings_generation() says that they may have changed.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/rls.h"

#include "core/log_columns.h"
#include "core/log_table.h"
#include "core/pinned_settings.h"
#include "core/settings_tables.h"
#include "core/spi.h"
#include "policy/site_format.h"
#include "redact/key_format.h"
#include "redact/redact.h"
#include "redact/redact_scan.h"

/* What a backend looks for; 0.3 MB, of which it touches what it needs. */
static RedactIndex redact_index;
static uint64 loaded = 0;		/* the generation of settings of which it is, */
static uint64 tried = 0;		/* and for which reading was begun */
static MemoryContext formats_context = NULL;

static void check_readable(void);
static uint64 read_formats(KeyFormat **formats);
static void read_row(HeapTuple row, TupleDesc desc, KeyFormat *format);
static bool *read_charset(const char *characters);

/* Returns the formats that are looked for, read anew where they may have changed. */
const RedactIndex *
site_format_index(void)
{
	if (tried != settings_generation())
		site_format_load();
	return &redact_index;
}

/*
 * Reads ogw_logs.key_format with the latest snapshot, where it may have changed.
 * Called as the owner.  Where that raises an error, it does so at each call, and
 * only the published formats are looked for meanwhile.
 */
void
site_format_load(void)
{
	uint64		generation = settings_generation();
	KeyFormat  *formats = NULL;
	uint64		n = 0;

	if (loaded == generation)
		return;
	if (formats_context == NULL)
		formats_context = AllocSetContextCreate(TopMemoryContext, "ogw_logs key formats",
												ALLOCSET_SMALL_SIZES);
	redact_index_build(&redact_index, NULL, 0);
	MemoryContextReset(formats_context);
	tried = generation;
	n = read_formats(&formats);
	redact_index_build(&redact_index, formats, n);
	loaded = generation;
}

/*
 * Raises an error where the formats cannot be read as they were written: a secret that is not
 * looked for would be stored.
 */
static void
check_readable(void)
{
	log_columns_check("key_format");
	if (check_enable_rls(log_table_there("key_format"), InvalidOid, true) == RLS_ENABLED)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("row-level security hides ogw_logs.key_format from its owner"),
				 errhint("ALTER TABLE ogw_logs.key_format NO FORCE ROW LEVEL SECURITY.")));
}

/* Reads the formats into their context, and returns how many there are. */
static uint64
read_formats(KeyFormat **formats)
{
	uint64		n;
	int			nest;

	check_readable();
	nest = settings_pin();
	SPI_connect();
	spi_read_latest("SELECT literal_prefix, allowed_characters, min_length::int4, max_length::int4"
					"  FROM ogw_logs.key_format ORDER BY name LIMIT " CppAsString2(REDACT_MAX_SITE_FORMATS),
					0, NULL, NULL);
	n = SPI_processed;
	*formats = MemoryContextAllocZero(formats_context, sizeof(KeyFormat) * Max(n, 1));
	for (uint64 i = 0; i < n; i++)
		read_row(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, &(*formats)[i]);
	SPI_finish();
	AtEOXact_GUC(false, nest);
	return n;
}

/*
 * Takes a row.  Raises check_violation where it is not what the table's constraints demand,
 * which a DBA has dropped then.
 */
static void
read_row(HeapTuple row, TupleDesc desc, KeyFormat *format)
{
	bool		isnull;
	char	   *prefix = SPI_getvalue(row, desc, 1);
	char	   *characters = SPI_getvalue(row, desc, 2);
	int32		min = DatumGetInt32(SPI_getbinval(row, desc, 3, &isnull));
	int32		max = DatumGetInt32(SPI_getbinval(row, desc, 4, &isnull));
	MemoryContext old;

	if (prefix == NULL || strlen(prefix) < 3 || strlen(prefix) > 40 || characters == NULL ||
		min < 4 || max < min || max > 1000)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("ogw_logs.key_format has a format that its constraints do not allow"),
				 errhint("Make the constraints again that were dropped; docs/privacy.md has them.")));
	old = MemoryContextSwitchTo(formats_context);
	format->prefix = pstrdup(prefix);
	format->keep = strlen(prefix);
	format->in_text = true;
	format->site_charset = read_charset(characters);
	format->min = min;
	format->max = max;
	MemoryContextSwitchTo(old);
}

/*
 * Reads a set of characters as the brackets of a regular expression hold it:
 * characters, and ranges of them.  A blank, a quote and a backslash are never in
 * it, so that what is masked stays inside a JSON string.
 */
static bool *
read_charset(const char *characters)
{
	bool	   *set = palloc0(sizeof(bool) * 256);

	for (const unsigned char *p = (const unsigned char *) characters; *p; p++)
	{
		unsigned char from = *p;
		unsigned char to = from;

		if (p[1] == '-' && p[2] != '\0')
		{
			to = p[2];
			p += 2;
		}
		for (int c = from; c <= to; c++)
			set[c] = c > ' ' && c < 127 && c != '"' && c != '\\';
	}
	return set;
}
