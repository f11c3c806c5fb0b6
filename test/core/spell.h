/*
 * spell.h
 *		Encoders and decoders of the test's own.
 */
#ifndef SPELL_H
#define SPELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "properties.h"

/*
 * Three layers make of one byte at most 10 * 10 * 10.  A document around them is a
 * fourth.
 */
#define MAX_SPELLED (300 * MAX_TEXT)
#define MAX_LAYERS 4

typedef enum Layer
{
	LAYER_JSON,
	LAYER_PERCENT,
	LAYER_ENTITY,
	N_LAYERS
} Layer;

typedef struct Text
{
	size_t		len;
	char		data[MAX_SPELLED];
} Text;

extern void put(Text *text, const char *data, size_t len);
extern void put_string(Text *text, const char *string);
extern void encode(Text *to, const Text *from, Layer layer, unsigned one_in);
extern bool decode(Text *to, const Text *from, Layer layer);
extern void put_base64(Text *to, const char *data, size_t len, bool url, bool padded);
extern bool in_base64(const Text *text, const char *data, size_t len);

#endif
