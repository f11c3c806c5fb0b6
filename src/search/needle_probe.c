/*
 * needle_probe.c
 *		Telling quickly whether what is looked for may stand in bytes that are not only text:
 *		a page of a table.
 */
#include "postgres.h"

#include "core/slice.h"
#include "search/needle.h"
#include "search/needle_probe.h"

/* Bytes that are searched at once: compilers make vectors of them. */
#define BLOCK 64

/* A part that is shorter stands nearly everywhere. */
#define SHORTEST_PROBE 3

/* The bit in which small letters differ from capital ones. */
#define SMALL 0x20

static bool stands_folded(Slice probe, const char *p, const char *end);
static bool is_folded(Slice probe, const char *p);
static inline char small_bit(char c);

/*
 * Tells whether what is looked for may stand in some bytes, of which some are texts, each
 * whole: as it is or escaped.  False only where it does not.
 */
bool
needle_may_be_in(const Needle *needle, const char *p, const char *end)
{
	if (needle->ignore_case ?
		needle->probe.len < SHORTEST_PROBE || stands_folded(needle->probe, p, end) :
		needle_find(needle, p, end) != NULL)
		return true;
	return needle_escape(needle, p, end) != NULL;
}

/* Tells whether a folded text of ASCII stands in some bytes, in whatever case. */
static bool
stands_folded(Slice probe, const char *p, const char *end)
{
	char		first = probe.data[0];
	char		second = probe.data[1];
	char		first_bit = small_bit(first);
	char		second_bit = small_bit(second);

	if ((size_t) (end - p) < probe.len)
		return false;
	end -= probe.len - 1;
	while (p < end)
	{
		ptrdiff_t	n = Min(end - p, BLOCK);
		char		any = n < BLOCK;

		for (int i = 0; n == BLOCK && i < BLOCK; i++)
			any |= ((p[i] | first_bit) == first) & ((p[i + 1] | second_bit) == second);
		for (int i = 0; any && i < n; i++)
			if (is_folded(probe, p + i))
				return true;
		p += n;
	}
	return false;
}

/* Tells whether some bytes are a folded text of ASCII, in whatever case. */
static bool
is_folded(Slice probe, const char *p)
{
	for (size_t i = 0; i < probe.len; i++)
		if ((p[i] | small_bit(probe.data[i])) != probe.data[i])
			return false;
	return true;
}

/* Returns the bit that a capital letter lacks of a small one; 0 for all else. */
static inline char
small_bit(char c)
{
	return c >= 'a' && c <= 'z' ? SMALL : 0;
}
