/*
 * reduced_json.h
 *		What of attempts, tool calls or metadata stays with the entry.
 */
#ifndef OGW_REDUCED_JSON_H
#define OGW_REDUCED_JSON_H

#include "postgres.h"

#include "core/slice.h"
#include "policy/team.h"

/* Attempts and tool calls that stay with the entry at the most. */
#define MAX_KEPT_ELEMENTS 128

typedef struct ReducedJson
{
	Slice		part;			/* what stays, palloc'd; no data: nothing */
	bool		left_out;		/* something was given that does not stay */
	bool		rewritten;		/* what stays is not the same value as was given */
	bool		is_cut;			/* more elements were given than can stay */
	bool		wrong_shape;	/* something is of no shape that is known */
	bool		not_a_name;		/* a name or an id is none */
	uint32		reasons;		/* a bit of each other Reason for which something is left out */
} ReducedJson;

/* entry_attempts.c */
extern ReducedJson reduce_attempts(Slice attempts, Slice *fallback_reason);

/* entry_metadata.c */
extern ReducedJson reduce_metadata(Slice metadata, Slice unknown, const TeamPolicy *policy, int *n_taken);
extern Slice merge_members(Slice metadata, Slice members);

/* entry_tool_calls.c */
extern ReducedJson reduce_tool_calls(Slice tool_calls);

#endif
