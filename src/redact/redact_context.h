/*
 * redact_context.h
 *		Secrets without a form of their own, by what stands beside them.
 */
#ifndef OGW_REDACT_CONTEXT_H
#define OGW_REDACT_CONTEXT_H

#include "redact/redact_scan.h"

typedef enum ContextKind
{
	CONTEXT_PASSWORD,			/* what people think of stands behind it */
	CONTEXT_SECRET,				/* what a machine made */
	CONTEXT_HEADER,				/* Authorization: with a scheme or without */
	CONTEXT_BEARER,				/* a credential stands behind it, */
	CONTEXT_BASIC,				/* and here often a plain word, too */
	CONTEXT_SIGNATURE,			/* of a URL that needs nothing else */
	CONTEXT_PROVIDER,			/* a key of a known length, anywhere near */
	CONTEXT_URL,				/* ://user:password@ */
	CONTEXT_JWT,
	CONTEXT_PEM
} ContextKind;

typedef struct ContextWord
{
	const char *word;			/* in lower case */
	ContextKind kind;
	uint16_t	charset;		/* of CONTEXT_PROVIDER: of the key, */
	uint8_t		len;			/* and its length */
} ContextWord;

extern const ContextWord context_words[];
extern const size_t context_word_count;

extern bool context_find(RedactScan *scan, const ContextWord *word, const char *p,
						 RedactHit *hit);
extern bool context_next_quoted(RedactScan *scan, RedactHit *hit);

#endif
