/*
 * entry_body.h
 *		What of an entry lives with its body, and the entry while it is built.
 */
#ifndef OGW_ENTRY_BODY_H
#define OGW_ENTRY_BODY_H

#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/slice.h"
#include "core/slice_text.h"
#include "entry/entry.h"
#include "policy/mask.h"
#include "policy/team.h"
#include "segment/body.h"

/* What entry_build() hands from step to step. */
typedef struct EntryBuild
{
	GivenEntry *given;
	Entry	   *entry;
	TimestampTz now;
	TeamPolicy	policy;
	EntryKey	key;			/* the whole key, where one was given */
	Slice		parts[N_BODY_PARTS];	/* what is to live with the body */
	Slice		whole[N_BODY_PARTS];	/* and of the JSON, what was given */
	StringInfoData kept;		/* members "name":value,… of fields that their columns cannot hold; no data for none */
	bool		all_taken;		/* each field of another name is kept with the entry */
	bool		dropped;		/* something was not stored: the team wants no bodies */
	bool		too_long;		/* and of what it wants, since it is too long */
	int64		n_masked;		/* places where secrets were */
} EntryBuild;

extern Reason build_body(EntryBuild *build, Field field);
extern void build_keep_given(EntryBuild *build, Field field);
extern void build_finish(EntryBuild *build);
extern Slice build_id(EntryBuild *build, Field field, Slice text);
extern Slice build_mask(EntryBuild *build, Slice text);
extern Slice safe_json(Slice safe, Slice value);

/* entry_json.c */
extern Reason build_json(EntryBuild *build, Field field);
extern void build_tags(EntryBuild *build);
extern void build_bound_json(EntryBuild *build);

/* Sets a column. */
static inline void
entry_set(Entry *entry, Column column, Datum value)
{
	entry->values[column] = value;
	entry->nulls[column] = false;
}

/* Sets a text or json column; a slice without data leaves it NULL. */
static inline void
entry_set_text(Entry *entry, Column column, Slice text)
{
	if (text.data != NULL)
		entry_set(entry, column, slice_to_text(text));
}

#endif
