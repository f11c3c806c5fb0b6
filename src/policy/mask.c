/*
 * mask.c
 *		Masking what is secret in a text: one key, or all that redact.c finds.
 *
 * Both functions add the number of places that they masked to a count of the
 * caller's, where that is not NULL.
 */
#include "postgres.h"

#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"

#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "policy/mask.h"
#include "policy/site_format.h"
#include "redact/key_format.h"
#include "redact/redact.h"
#include "redact/redact_own.h"
#include "redact/redact_scan.h"

PG_FUNCTION_INFO_V1(ogw_redact);

/* A text in which secrets are being masked. */
typedef struct Masking
{
	Slice		text;
	StringInfoData out;			/* what is done of it; no data before the first mask */
	size_t		done;			/* bytes of text that are in out */
	int64		n;				/* masks */
} Masking;

static void mask(Masking *masking, const RedactHit *hit);
static Slice masking_end(Masking *masking, int64 *n_masked);

/*
 * Returns text with this key masked: the argument itself where it does not stand
 * there, else palloc'd.  A key too short to be one is left.
 */
Slice
mask_api_key(Slice text, Slice key, int64 *n_masked)
{
	Masking		masking = {.text = text};
	RedactKeySearch search;
	RedactHit	hit;

	if (text.data == NULL || key.len < REDACT_OWN_KEY_MIN || text.len < key.len)
		return text;
	redact_key_search(&search, text.data, text.len, key.data, key.len);
	while (redact_key_next(&search, &hit))
	{
		CHECK_FOR_INTERRUPTS();
		mask(&masking, &hit);
	}
	return masking_end(&masking, n_masked);
}

/*
 * Returns text with every secret that redact.c finds masked: the argument itself
 * where there is none, else palloc'd.  Called as the owner.
 */
Slice
mask_secrets(Slice text, int64 *n_masked)
{
	Masking		masking = {.text = text};
	RedactScan	scan;
	RedactStep	step;
	RedactHit	hit;

	if (text.data == NULL)
		return text;
	redact_scan(&scan, site_format_index(), text.data, text.len);
	while ((step = redact_scan_next(&scan, &hit)) != REDACT_END)
	{
		CHECK_FOR_INTERRUPTS();
		if (step == REDACT_FOUND)
			mask(&masking, &hit);
	}
	return masking_end(&masking, n_masked);
}

/* redact(text) → text; NULL for NULL. */
Datum
ogw_redact(PG_FUNCTION_ARGS)
{
	Datum		body = PointerGetDatum(PG_GETARG_TEXT_PP(0));
	Slice		given = text_to_slice(body);
	Slice		safe;
	OwnerGuard	guard;

	owner_enter(&guard, fcinfo);
	site_format_load();
	safe = mask_secrets(given, NULL);
	owner_leave(&guard);
	if (safe.data == given.data)
		return body;
	return slice_to_text(safe);
}

/* Adds what stands before a hit, behind the last one, and a mask for the hit. */
static void
mask(Masking *masking, const RedactHit *hit)
{
	if (masking->out.data == NULL)
		initStringInfo(&masking->out);
	appendBinaryStringInfo(&masking->out, masking->text.data + masking->done,
						   hit->start - masking->done);
	appendBinaryStringInfo(&masking->out, REDACT_MASK, REDACT_MASK_LEN);
	masking->done = hit->end;
	masking->n++;
}

/* Returns the text with its masks, the text itself where there are none; counts them. */
static Slice
masking_end(Masking *masking, int64 *n_masked)
{
	if (masking->n == 0)
		return masking->text;
	appendBinaryStringInfo(&masking->out, masking->text.data + masking->done,
						   masking->text.len - masking->done);
	if (n_masked != NULL)
		*n_masked += masking->n;
	return (Slice) {masking->out.data, masking->out.len};
}
