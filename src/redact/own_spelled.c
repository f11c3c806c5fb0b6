/*
 * own_spelled.c
 *		Finding a pattern in a text some of whose characters are spelled.
 *
 * A place has several readings of several lengths, so that a text is no sequence but
 * a graph.  The machine is the Shift-And algorithm (Baeza-Yates and Gonnet, 1992) on
 * that graph: one set of bits a place, shifted along each reading.  It takes time
 * linear in the text, and in the pattern by words of 64 bits, whatever they hold.
 */
#include "redact/own_spelled.h"

#include <string.h>

#include "core/json_pause.h"
#include "redact/spelling.h"

#define WORD_BITS 64

/* So many words of sets take the time in which one spelling is read. */
#define WORDS_OF_WORK 16

/* Places that are kept at once: one reading is shorter.  A power of two. */
#define PLACES 2048

/* The words of a set of 0 to so many bytes, and those of the longest pattern's. */
#define WORDS(len) ((len) / WORD_BITS + 1)
#define MAX_WORDS WORDS(OWN_KEY_MAX * 4 / 3 + 4)

static uint64_t *set_at(KeyMachine *machine, size_t place);
static bool has_bit(const uint64_t *set, size_t bit);
static void read_on(KeyMachine *machine, const char *text, size_t place, size_t *last);
static bool add_forward(KeyMachine *machine, const uint64_t *from, const Reading *reading,
						size_t place);
static bool add_back(KeyMachine *machine, const uint64_t *from, const Reading *reading,
					 uint64_t *to);

/* Makes a machine for the patterns of a key. */
KeyMachine *
key_machine_make(const OwnKey *own, SpelledText *spelled, OwnKeyAllocate allocate)
{
	KeyMachine *machine = allocate(sizeof(KeyMachine));
	size_t		most = 0;

	for (int i = 0; i < own->n_patterns; i++)
		if (own->pattern[i].len > most)
			most = own->pattern[i].len;
	machine->spelled = spelled;
	machine->pattern = NULL;
	machine->most_words = WORDS(most);
	machine->rows = allocate(sizeof(uint64_t) * machine->most_words * 256);
	machine->sets = allocate(sizeof(uint64_t) * machine->most_words * PLACES);
	machine->live = allocate(PLACES);
	return machine;
}

/* Sets the pattern that is looked for next. */
void
key_machine_set(KeyMachine *machine, const KeyPattern *pattern)
{
	uint8_t		n = 0;

	if (machine->pattern == pattern)
		return;
	machine->pattern = pattern;
	machine->words = WORDS(pattern->len);
	memset(machine->row_of, 0, sizeof(machine->row_of));
	memset(machine->rows, 0, sizeof(uint64_t) * machine->words);
	for (size_t i = 0; i < pattern->len; i++)
	{
		uint8_t    *row = &machine->row_of[(unsigned char) pattern->bytes[i]];

		if (*row == 0)
		{
			*row = ++n;
			memset(machine->rows + n * machine->words, 0, sizeof(uint64_t) * machine->words);
		}
		machine->rows[*row * machine->words + i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
	}
}

/*
 * Reads on from a place, at least behind another one where a character is spelled.
 * True where the pattern ends first, and where; false where nothing of it is under way
 * any more, or no work is left, and where that was.
 */
bool
key_machine_forward(KeyMachine *machine, const char *text, size_t len,
					size_t begin, size_t trigger, size_t *end)
{
	const char *paused_at = text + begin;
	size_t		last = begin;	/* the farthest place of which something is known */

	memset(machine->live, 0, PLACES);
	for (size_t place = begin; place <= len; place++)
	{
		uint64_t   *set = set_at(machine, place);
		bool		live = machine->live[place % PLACES];

		json_pause(&paused_at, text + place);
		*end = place;
		if (live && has_bit(set, machine->pattern->len))
			return true;
		if ((place > trigger && place >= last && !live) || place == len ||
			machine->spelled->work_left < 0)
			return false;
		if (!live)
			memset(set, 0, sizeof(uint64_t) * machine->words);
		set[0] |= 1;			/* it may begin at each place */
		read_on(machine, text, place, &last);
	}
	return false;
}

/*
 * Returns where the pattern ends that begins at a place and ends at another one at
 * least.  Of several such places the last counts: "%26amp;" is "&" whole.
 */
size_t
key_machine_end(KeyMachine *machine, const char *text, size_t len, size_t begin, size_t end)
{
	uint64_t   *set = set_at(machine, begin);
	size_t		last = begin;

	memset(machine->live, 0, PLACES);
	memset(set, 0, sizeof(uint64_t) * machine->words);
	set[0] = 1;
	machine->live[begin % PLACES] = true;
	for (size_t place = begin; place <= last; place++)
	{
		if (!machine->live[place % PLACES])
			continue;
		if (has_bit(set_at(machine, place), machine->pattern->len))
			end = place > end ? place : end;
		if (place < len)
			read_on(machine, text, place, &last);
	}
	return end;
}

/* Goes through the readings of a place, of whose set each makes one farther on. */
static void
read_on(KeyMachine *machine, const char *text, size_t place, size_t *last)
{
	Reading		readings[SPELLING_MAX_READINGS];
	int			n = spelling_read(machine->spelled, text + place, SPELLING_DEPTH, readings);

	machine->live[place % PLACES] = false;
	machine->spelled->work_left -= n * (int64_t) machine->words / WORDS_OF_WORK;
	for (int i = 0; i < n; i++)
	{
		size_t		next = place + readings[i].len;

		if (add_forward(machine, set_at(machine, place), &readings[i], next) && next > *last)
			*last = next;
	}
}

/*
 * Returns where the pattern begins that ends at a place, not before another place.  Of
 * several such places the first counts: the last byte of a spelling can be what it
 * spells.
 */
size_t
key_machine_back(KeyMachine *machine, const char *text, size_t begin, size_t end)
{
	size_t		place = end;
	size_t		found = end;
	size_t		first = end;	/* the first place of which something is known */
	uint64_t   *set = set_at(machine, end);
	Reading		readings[SPELLING_MAX_READINGS];

	memset(machine->live, 0, PLACES);
	memset(set, 0, sizeof(uint64_t) * machine->words);
	set[machine->pattern->len / WORD_BITS] = UINT64_C(1) << machine->pattern->len % WORD_BITS;
	machine->live[end % PLACES] = true;
	while (place > begin && first - place < SPELLING_MAX_LEN)
	{
		int			n = spelling_read(machine->spelled, text + --place, SPELLING_DEPTH, readings);
		bool	   *live = &machine->live[place % PLACES];

		set = set_at(machine, place);
		memset(set, 0, sizeof(uint64_t) * machine->words);
		*live = false;
		for (int i = 0; i < n; i++)
		{
			size_t		next = place + readings[i].len;

			if (next <= end && machine->live[next % PLACES])
				*live |= add_back(machine, set_at(machine, next), &readings[i], set);
		}
		if (*live)
			first = place;
		if (*live && has_bit(set, 0))
			found = place;
	}
	return found;
}

/* Returns the set of a place. */
static uint64_t *
set_at(KeyMachine *machine, size_t place)
{
	return machine->sets + place % PLACES * machine->words;
}

/* Tells whether a bit of a set is on. */
static bool
has_bit(const uint64_t *set, size_t bit)
{
	return (set[bit / WORD_BITS] >> bit % WORD_BITS & 1) != 0;
}

/*
 * Adds to the set of a place what a reading that ends there makes of the set where it
 * begins: each length whose next bytes it has, and these.  False where that is nothing.
 */
static bool
add_forward(KeyMachine *machine, const uint64_t *from, const Reading *reading, size_t place)
{
	uint64_t	lengths[MAX_WORDS];
	uint64_t   *to = set_at(machine, place);
	bool	   *live = &machine->live[place % PLACES];
	uint64_t	any = 0;

	memcpy(lengths, from, sizeof(uint64_t) * machine->words);
	for (int i = 0; i < reading->n; i++)
	{
		const uint64_t *row = machine->rows +
			machine->row_of[(unsigned char) reading->bytes[i]] * machine->words;

		any = 0;
		for (size_t word = machine->words; word-- > 0;)
		{
			uint64_t	carry = word > 0 ? (lengths[word - 1] & row[word - 1]) >> (WORD_BITS - 1) : 0;

			lengths[word] = (lengths[word] & row[word]) << 1 | carry;
			any |= lengths[word];
		}
		if (any == 0)
			return false;
	}
	if (!*live)
		memset(to, 0, sizeof(uint64_t) * machine->words);
	*live = true;
	for (size_t word = 0; word < machine->words; word++)
		to[word] |= lengths[word];
	return true;
}

/* Adds to a set what a reading that begins there makes of the set where it ends. */
static bool
add_back(KeyMachine *machine, const uint64_t *from, const Reading *reading, uint64_t *to)
{
	uint64_t	lengths[MAX_WORDS];
	uint64_t	any = 0;

	memcpy(lengths, from, sizeof(uint64_t) * machine->words);
	for (int i = reading->n - 1; i >= 0; i--)
	{
		const uint64_t *row = machine->rows +
			machine->row_of[(unsigned char) reading->bytes[i]] * machine->words;

		any = 0;
		for (size_t word = 0; word < machine->words; word++)
		{
			uint64_t	next = word + 1 < machine->words ? lengths[word + 1] << (WORD_BITS - 1) : 0;

			lengths[word] = (lengths[word] >> 1 | next) & row[word];
			any |= lengths[word];
		}
		if (any == 0)
			return false;
	}
	for (size_t word = 0; word < machine->words; word++)
		to[word] |= lengths[word];
	return true;
}
