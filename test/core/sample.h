/*
 * sample.h
 *		What the programs share that attack the scanner.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "redact/redact.h"

/* A site's own format. */
static const bool site_charset[256] = {['a' ... 'z'] = true,['0' ... '9'] = true};
static const KeyFormat site_format = {
	.prefix = "site_",.keep = 5,.in_text = true,.min = 10,.max = 40,.site_charset = site_charset
};

/* Copies a text to a piece of memory of its own, so that reading on is seen. */
static inline char *
exact(const char *text, size_t len)
{
	char	   *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	return copy;
}

#endif
