/*
 * pinned_settings.c
 *		The settings under which the statements of this extension run, whatever the
 *		session's are.
 *
 * Settings that change what a statement finds or means are here; docs/settings.md has
 * a verdict for each of PostgreSQL's.  Functions in C pin them as they become the owner
 * of the log.  Functions in SQL and PL/pgSQL that users call have them attached at the
 * end of the install script.  search_path is attached where such a function is made,
 * since its body is checked there.
 */
#include "postgres.h"

#include "access/gin.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "parser/parse_expr.h"
#include "parser/parser.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/bytea.h"
#include "utils/guc.h"
#include "utils/rls.h"

#include "core/compat.h"
#include "core/pinned_settings.h"
#include "core/text_array.h"

/* A setting, what it is pinned to, and whether the session has that already. */
typedef struct PinnedSetting
{
	const char *name;
	const char *value;
	bool		(*is_so) (void);
} PinnedSetting;

/* A GIN index gives all that it has, not a part of it. */
static bool
gin_is_exact(void)
{
	return GinFuzzySearchLimit == 0;
}

/* Row-level security leaves rows out, and does not raise an error. */
static bool
row_security_is_on(void)
{
	return row_security;
}

/* A backslash in a literal is one. */
static bool
strings_conform(void)
{
	return ogw_standard_conforming_strings;
}

/* x = NULL is NULL. */
static bool
nulls_are_not_equal(void)
{
	return !Transform_null_equals;
}

/* NULL in the text of an array is one. */
static bool
arrays_have_nulls(void)
{
	return Array_nulls;
}

/* Names are quoted where they have to be: definitions are compared as texts. */
static bool
names_are_plain(void)
{
	return !quote_all_identifiers;
}

/* Times are written as ISO 8601 has them. */
static bool
dates_are_iso(void)
{
	return DateStyle == USE_ISO_DATES;
}

/* Intervals are written as PostgreSQL has them. */
static bool
intervals_are_postgres(void)
{
	return IntervalStyle == INTSTYLE_POSTGRES;
}

/* Bytes are written in hexadecimal digits. */
static bool
bytes_are_hex(void)
{
	return bytea_output == BYTEA_OUTPUT_HEX;
}

static const PinnedSetting pinned[] = {
	{"gin_fuzzy_search_limit", "0", gin_is_exact},
	{"row_security", "on", row_security_is_on},
	{"standard_conforming_strings", "on", strings_conform},
	{"transform_null_equals", "off", nulls_are_not_equal},
	{"array_nulls", "on", arrays_have_nulls},
	{"quote_all_identifiers", "off", names_are_plain},
	{"DateStyle", "ISO", dates_are_iso},
	{"IntervalStyle", "postgres", intervals_are_postgres},
	{"bytea_output", "hex", bytes_are_hex},
};

static void pin(const char *name, const char *value);

/*
 * Pins search_path, so that no name of ours can be shadowed, and the others where the
 * session has them otherwise, until AtEOXact_GUC(false, the nest level returned).
 */
int
settings_pin(void)
{
	int			nest = NewGUCNestLevel();

	pin("search_path", "pg_catalog, pg_temp");
	for (int i = 0; i < lengthof(pinned); i++)
		if (!pinned[i].is_so())
			pin(pinned[i].name, pinned[i].value);
	return nest;
}

/* Sets a setting until the end of the nest level of now. */
static void
pin(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
}

/*
 * pinned_settings() -> text[]: NAME=VALUE of each setting that is attached to the
 * functions in SQL and PL/pgSQL that users call, as pg_proc.proconfig has them.
 */
PG_FUNCTION_INFO_V1(ogw_pinned_settings);
Datum
ogw_pinned_settings(PG_FUNCTION_ARGS)
{
	Datum		settings[lengthof(pinned)];

	for (int i = 0; i < lengthof(pinned); i++)
		settings[i] = CStringGetTextDatum(psprintf("%s=%s", pinned[i].name, pinned[i].value));
	return text_array_of(settings, lengthof(pinned));
}
