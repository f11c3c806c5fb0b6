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

#include "core/json.h"
#include "core/owner.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "policy/mask.h"
#include "policy/site_format.h"
#include "redact/key_format.h"
#include "redact/own_key.h"
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

/* Bytes of a number of JSON, and that stand in JSON outside its strings. */
#define JSON_NUMBER "0123456789+-.eE"
#define JSON_OUTSIDE JSON_NUMBER "{}[]:,trufalsn \t\n\r"

/* The masks by whether a hit begins, and ends, inside a string of JSON. */
static const char *const json_masks[2][2] = {
	{"\"" REDACT_MASK "\"", "\"" REDACT_MASK}, {REDACT_MASK "\"", REDACT_MASK}
};

/* What stands for a document of JSON whole. */
static const char whole_document[] = "\"" REDACT_MASK "\"";

static OwnKey *own_key_of(EntryKey *key);
static bool can_break_json(Slice key);
static bool is_document(Slice text);
static Slice mask_in_json(Slice text, OwnKey *own, int64 *n_masked);
static bool is_number(Slice text, const RedactHit *hit);
static bool is_part_of_number(Slice text, const RedactHit *hit);
static bool pass_strings(Slice text, size_t from, size_t to, bool inside);
static void mask(Masking *masking, const RedactHit *hit);
static void mask_as(Masking *masking, const RedactHit *hit, const char *as);
static Slice masking_end(Masking *masking, int64 *n_masked);

/*
 * Returns text with the entry's own key masked, however it is spelled: the argument
 * itself where it does not stand there, else palloc'd.  A key that could be a word is
 * left.  JSON stays JSON.  Where a text spells things in each other as no program does, so
 * that to read it takes too long, a mask stands for what was not read, or for a document of
 * JSON whole.
 */
Slice
mask_api_key(Slice text, EntryKey *key, int64 *n_masked)
{
	Masking		masking = {.text = text};
	RedactKeySearch search;
	RedactHit	hit;
	OwnKey	   *own;

	if (text.data == NULL || text.len < key->key.len || (own = own_key_of(key)) == NULL)
		return text;
	redact_key_search(&search, own, text.data, text.len, palloc);
	while (redact_key_next(&search, &hit))
	{
		CHECK_FOR_INTERRUPTS();
		if (masking.n == 0 && can_break_json(key->key) && is_document(text))
			return mask_in_json(text, own, n_masked);
		mask(&masking, &hit);
	}
	if (redact_key_gave_up(&search) && is_document(text))
	{
		if (n_masked != NULL)
			*n_masked += 1;
		return (Slice) {whole_document, sizeof(whole_document) - 1};
	}
	return masking_end(&masking, n_masked);
}

/* Returns the key made ready, palloc'd once; NULL where it is not looked for. */
static OwnKey *
own_key_of(EntryKey *key)
{
	if (key->own == NULL && key->key.data != NULL)
	{
		if (!own_key_is_strong(key->key.data, key->key.len))
			key->key = (Slice) {NULL, 0};
		else
		{
			key->own = palloc(own_key_size(key->key.len));
			own_key_prepare(key->own, key->key.data, key->key.len);
		}
	}
	return key->own;
}

/*
 * Tells whether a mask for a key could change the structure of JSON: it has quotes, or
 * can stand outside of strings, as a number does.
 */
static bool
can_break_json(Slice key)
{
	size_t		outside = 0;

	if (memchr(key.data, '"', key.len) != NULL)
		return true;
	while (outside < key.len && key.data[outside] != '\0' &&
		   strchr(JSON_OUTSIDE, key.data[outside]) != NULL)
		outside++;
	return outside == key.len;
}

/* Tells whether a text is an object or an array of JSON. */
static bool
is_document(Slice text)
{
	Slice		value;

	return json_check(text, &value) == JSON_OK &&
		(json_kind(value) == JSON_KIND_OBJECT || json_kind(value) == JSON_KIND_ARRAY);
}

/*
 * Does the same in a document of JSON whose structure a mask could break: in the place
 * of a value, and where one string ends or another begins, the mask has quotes; in the
 * place of a number stands null, which no reader of numbers stumbles over.  A number
 * that only has the key's digits in it is left.  Where that does not make JSON
 * again, a mask stands for the whole.
 */
static Slice
mask_in_json(Slice text, OwnKey *own, int64 *n_masked)
{
	Masking		masking = {.text = text};
	RedactKeySearch search;
	RedactHit	hit;
	Slice		done;
	Slice		checked;
	size_t		passed = 0;
	bool		inside = false; /* a string, at what is passed */

	redact_key_search(&search, own, text.data, text.len, palloc);
	while (redact_key_next(&search, &hit))
	{
		bool		before = pass_strings(text, passed, hit.start, inside);

		inside = pass_strings(text, hit.start, hit.end, before);
		passed = hit.end;
		if (!before && !inside && is_part_of_number(text, &hit))
			continue;
		CHECK_FOR_INTERRUPTS();
		mask_as(&masking, &hit, !before && !inside && is_number(text, &hit) ? "null" :
				json_masks[before][inside]);
	}
	done = masking_end(&masking, n_masked);
	if (masking.n == 0 || (json_check(done, &checked) == JSON_OK && !redact_key_gave_up(&search)))
		return done;
	return (Slice) {whole_document, sizeof(whole_document) - 1};
}

/* Tells whether a hit outside of strings is a number, or a part of one. */
static bool
is_number(Slice text, const RedactHit *hit)
{
	size_t		at = hit->start;

	while (at < hit->end && strchr(JSON_NUMBER, text.data[at]) != NULL)
		at++;
	return at == hit->end;
}

/* Tells whether more of a number stands next to a hit outside of strings. */
static bool
is_part_of_number(Slice text, const RedactHit *hit)
{
	return is_number(text, hit) &&
		((hit->start > 0 && strchr(JSON_NUMBER, text.data[hit->start - 1]) != NULL) ||
		 (hit->end < text.len && strchr(JSON_NUMBER, text.data[hit->end]) != NULL));
}

/*
 * Tells whether a place of JSON is inside a string, from whether an earlier one is,
 * which is not inside an escape.
 */
static bool
pass_strings(Slice text, size_t from, size_t to, bool inside)
{
	for (size_t at = from; at < to; at++)
	{
		if (text.data[at] == '"')
			inside = !inside;
		else if (text.data[at] == '\\')
			at++;
	}
	return inside;
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
	mask_as(masking, hit, REDACT_MASK);
}

/* Does the same with another mask. */
static void
mask_as(Masking *masking, const RedactHit *hit, const char *as)
{
	if (masking->out.data == NULL)
		initStringInfo(&masking->out);
	appendBinaryStringInfo(&masking->out, masking->text.data + masking->done,
						   hit->start - masking->done);
	appendStringInfoString(&masking->out, as);
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
