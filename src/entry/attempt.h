/*
 * attempt.h
 *		One attempt at a request, as a gateway tells it.
 */
#ifndef OGW_ATTEMPT_H
#define OGW_ATTEMPT_H

#include "postgres.h"

#include "core/identifier.h"
#include "core/slice.h"
#include "entry/defect.h"
#include "entry/json_text.h"

/* A code's most bytes, and more: what is longer is no word. */
#define MAX_CODE_BYTES 128

typedef struct Attempt
{
	Slice		model;			/* no data: it is not known, as with all that follow */
	Slice		provider;
	const char *status;			/* success, failure or cancelled; or NULL */
	Slice		error_code;
	int64		latency_ms;		/* -1: not known */
	Slice		failed_with;	/* of one that failed: its code, else its status; no data: it did not */
	bool		left_out;		/* something was given that is none of these */
	bool		rewritten;		/* something was given in other words, or under other names */
	bool		is_known;		/* at least one member has a known name */
	uint32		reasons;		/* a bit of each Reason for which a member is left out */

	/* where the texts stand that are escaped in the JSON */
	char		model_buffer[MAX_ID_BYTES * JSON_BYTES_PER_BYTE];
	char		provider_buffer[MAX_CODE_BYTES * JSON_BYTES_PER_BYTE];
	char		status_buffer[MAX_CODE_BYTES * JSON_BYTES_PER_BYTE];
	char		code_buffer[MAX_CODE_BYTES * JSON_BYTES_PER_BYTE];
} Attempt;

extern void attempt_read(Slice value, Attempt *attempt);

#endif
