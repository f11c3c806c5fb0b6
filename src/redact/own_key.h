/*
 * own_key.h
 *		An entry's own key, made ready to be looked for in the entry's other fields.
 *
 * Knows nothing of PostgreSQL.
 */
#ifndef OGW_OWN_KEY_H
#define OGW_OWN_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A key of at least OWN_KEY_LONG bytes is looked for, whatever it looks like; a shorter
 * one where it looks drawn, which takes OWN_KEY_MIN bytes.  Others are words, and so are
 * the words that are commonly given in the place of a key.
 */
#define OWN_KEY_MIN 8
#define OWN_KEY_LONG 16

/* One that looks drawn, of so many bytes, stands nowhere by chance, also inside a longer word. */
#define OWN_KEY_TELLING 32

#define OWN_KEY_MAX 16384

/* How much of a key may be shown has not been asked yet. */
#define OWN_KEY_KEEP_UNKNOWN SIZE_MAX

/* As given, in small and in capital letters, and three alignments of two alphabets. */
#define OWN_KEY_MAX_PATTERNS 9

/* A table over pairs of bytes, and the most bytes of a pattern that it goes by. */
#define OWN_KEY_PAIRS 4096
#define OWN_KEY_MAX_WINDOW 255

/* Bytes that stand for the key where they are found. */
typedef struct KeyPattern
{
	const char *bytes;
	size_t		len;
	bool		base64;
	bool		half_before;	/* the character before belongs to the key, in part, */
	bool		half_after;		/* or the one behind */
} KeyPattern;

typedef struct OwnKey
{
	const char *key;
	size_t		len;
	size_t		keep;			/* see own_key_keep() */
	int			n_patterns;		/* the key itself is the first; none is shorter */
	KeyPattern	pattern[OWN_KEY_MAX_PATTERNS];
	int8_t		telling;		/* also inside a longer word; -1: not looked at yet */
	bool		number;			/* it may be a number of JSON */
	size_t		window;			/* bytes from which a search knows how far to go on */
	uint8_t		shift[OWN_KEY_PAIRS];
	uint16_t	in_patterns[256];	/* a bit for each pattern that has the byte, */
	uint16_t	begins[256];	/* and that begins with it */
	char		storage[];
} OwnKey;

/* Returns where in the table a pair of bytes is. */
static inline size_t
own_key_pair(char a, char b)
{
	return ((size_t) (unsigned char) a << 5 ^ (unsigned char) b) % OWN_KEY_PAIRS;
}

/* Tells whether a pair of bytes may stand in some pattern. */
static inline bool
own_key_has_pair(const OwnKey *own, char a, char b)
{
	return own->shift[own_key_pair(a, b)] < own->window - 1;
}

extern bool own_key_is_strong(const char *key, size_t len);
extern bool own_key_is_telling(OwnKey *own);
extern size_t own_key_keep(OwnKey *own);
extern size_t own_key_size(size_t key_len);
extern void own_key_prepare(OwnKey *own, const char *key, size_t len);

#endif
