/*
 * needle.h
 *		A text that is looked for in others, also where JSON escapes it.
 *
 * A body is often JSON, with JSON in its strings: a quote stands there as \" or as
 * \\\", a letter perhaps as \u00e9.  A text has what is looked for if it stands in it
 * as it is, or in what is left when the escapes of JSON (RFC 8259, section 7) are
 * decoded, up to NEEDLE_DEPTH times.
 */
#ifndef OGW_NEEDLE_H
#define OGW_NEEDLE_H

#include "postgres.h"

#include "core/buffer.h"
#include "core/slice.h"

/* How deep in strings of JSON in strings of JSON it is looked for. */
#define NEEDLE_DEPTH 4

typedef struct Needle
{
	Slice		text;			/* UTF-8; folded where the case is ignored */
	bool		ignore_case;
	bool		has_unit[256];	/* the low bytes of its UTF-16 units */
	char		wanted[9];		/* what behind a backslash may stand for one of them: u, and short escapes */
	int			n_wanted;
	Slice		probe;			/* where the case is ignored: the longest part that only ASCII can be */
	ReusableBuffer unescaped;
	ReusableBuffer folded;
} Needle;

extern void needle_make(Needle *needle, Slice text, bool ignore_case);
extern bool needle_in(Needle *needle, Slice text);
extern const char *needle_find(const Needle *needle, const char *p, const char *end);
extern const char *needle_escape(const Needle *needle, const char *p, const char *end);

#endif
