/*
 * redact_value.c
 *		Whether a value that stands beside a telling word looks like a secret.
 *
 * The bounds were chosen on published test vectors and real bodies: see
 * test/redact/figures.pl, which measures what they find and what they touch by
 * mistake.  Entropy is Shannon's, in bits a character.
 */
#include "redact/redact_value.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "redact/charset.h"

/* Of a value so many bytes are looked at. */
#define MAX_LOOKED_AT 128

/* Shorter than this it is no password, and no secret of a machine's. */
#define MIN_PASSWORD 6
#define MIN_SECRET 13

/*
 * Behind a word that says little, without a digit, and behind Authorization: a
 * secret is at least so long.
 */
#define MIN_VAGUE 16
#define MIN_LETTERS 26
#define MIN_SURE 12

/* One of small and capital letters that make no words has this entropy, and is at least so long. */
#define MIN_MIXED 16
#define MIN_HEX 32
#define ENTROPY_MIXED 3.4

/* A number of so many digits is more than an amount or a time. */
#define MIN_NUMBER 16

/* Small letters in a row that make a word; random ones are seldom so many. */
#define MIN_WORD_RUN 4

/* As has_form() reads it. */
#define UUID_FORM "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"

/* Of so many characters one is a digit next to a letter, in what is no words. */
#define MIN_TURNS 8

/* Entropy of a few random characters, of a random key, and above any words. */
#define ENTROPY_SOME 2.7
#define ENTROPY_RANDOM 3.0
#define ENTROPY_HIGH 3.8
#define ENTROPY_NO_WORDS 4.4

typedef struct Looks
{
	int			len;			/* at most MAX_LOOKED_AT */
	int			digits;
	int			hex;			/* hexadecimal digits */
	int			lower;
	int			upper;
	int			other;
	int			in_words;		/* letters in rows of small ones */
	int			turns;			/* between a letter and a digit */
	double		entropy;
} Looks;

static void look_at(const Value *value, Looks *looks);
static double entropy_of(const unsigned char *count, int len);
static double log2_of(int n);
static bool is_random_alone(const Value *value, const Looks *looks);
static bool is_password(const Value *value, const Looks *looks);
static bool is_drawn(const Looks *looks);
static bool is_long_hex(const Looks *looks);
static bool is_mixed(const Looks *looks);
static bool is_random(const Looks *looks);
static bool is_wordy(const Looks *looks);
static bool is_json_number(const Value *value);
static bool is_between_strings(const Value *value);
static bool is_time_uuid(const Value *value);
static bool is_no_uuid(const Value *value);
static bool has_form(const Value *value, const char *form);
static bool is_number_and_more(const Value *value);
static bool contains(const char *p, size_t len, const char *what);

/* Tells whether the value of a name such as api_key or password is a secret. */
bool
value_is_secret(const Value *value)
{
	Looks		looks;

	if ((value->quote && in_charset(value->next, BLANK)) ||
		(!value->quote && (value->next == '(' || value->next == '[')))
		return false;			/* a sentence, or a call */
	look_at(value, &looks);
	if (value->vague || value->loose ? !is_random_alone(value, &looks) :
		value->password ? !is_password(value, &looks) : !is_drawn(&looks))
		return false;
	return !is_json_number(value) && !is_between_strings(value) && !is_time_uuid(value) &&
		(value->quote || !is_no_uuid(value)) && !is_number_and_more(value) && !value_is_placeholder(value);
}

/* Tells whether a value is a secret that only its looks give away. */
static bool
is_random_alone(const Value *value, const Looks *looks)
{
	return looks->len >= MIN_VAGUE && (is_random(looks) || (value->quote && !value->vague && is_mixed(looks))) &&
		!(value->vague && (looks->turns * MIN_TURNS < looks->len ||
						   has_form(value, UUID_FORM)));
}

/* Tells whether a value may have been thought up as a password. */
static bool
is_password(const Value *value, const Looks *looks)
{
	if (looks->len < MIN_PASSWORD)
		return false;
	if (looks->digits == looks->len)
		return looks->len >= MIN_NUMBER;
	if (is_wordy(looks))
		return value->quote && memchr(value->start, '$', looks->len) != NULL;
	if (looks->digits > 0 && looks->lower + looks->upper > 0)
		return value->quote || looks->len >= MIN_PASSWORD + 2;
	return value->quote && looks->other > 0 && looks->entropy > ENTROPY_RANDOM;
}

/* Tells whether a machine may have drawn a value that is called a secret. */
static bool
is_drawn(const Looks *looks)
{
	if (looks->digits == looks->len)
		return looks->len >= MIN_NUMBER;
	if (looks->len < MIN_SECRET || (is_wordy(looks) && !is_long_hex(looks)))
		return false;
	if (is_mixed(looks))
		return true;
	if (looks->digits == 0)
		return looks->len >= MIN_LETTERS && looks->entropy >= ENTROPY_HIGH &&
			looks->in_words * 4 < looks->len;
	return looks->lower + looks->upper > 0 && looks->entropy >= ENTROPY_SOME;
}

/* Tells whether a value consists of so many hexadecimal digits as a key does, some of them letters. */
static bool
is_long_hex(const Looks *looks)
{
	return looks->hex == looks->len && looks->len >= MIN_HEX && looks->digits * 8 > looks->len;
}

/* Tells whether small and capital letters are mixed as no words are. */
static bool
is_mixed(const Looks *looks)
{
	return looks->len >= MIN_MIXED && looks->lower * 4 >= looks->len && looks->upper * 4 >= looks->len &&
		looks->in_words * 4 < looks->len && looks->entropy >= ENTROPY_MIXED;
}

/*
 * Tells whether what stands behind Bearer or Basic is a credential; sure: and
 * Authorization before it.
 */
bool
value_is_credential(const Value *value, bool sure)
{
	Looks		looks;

	look_at(value, &looks);
	if (!(looks.digits > 0 && looks.lower + looks.upper > 0) &&
		!(looks.len >= (sure ? MIN_SURE : MIN_VAGUE) && looks.lower > 0 && looks.upper > 0 &&
		  looks.entropy >= ENTROPY_RANDOM))
		return false;
	return !is_json_number(value) && !value_is_placeholder(value);
}

/* Tells whether a value is mixed as that of a name such as secret must be. */
bool
value_is_drawn(const Value *value)
{
	Looks		looks;

	look_at(value, &looks);
	return is_random(&looks) || is_drawn(&looks);
}

/* Tells whether a value looks as if a machine had drawn it. */
bool
value_is_random(const Value *value)
{
	Looks		looks;

	look_at(value, &looks);
	return is_random(&looks);
}

/* Tells the same by its looks. */
static bool
is_random(const Looks *looks)
{
	return looks->digits >= 2 && looks->lower + looks->upper >= 2 && !is_wordy(looks) &&
		looks->entropy >= ENTROPY_RANDOM;
}

/* Tells whether a value only holds the place of one: ${API_KEY}, your-token, <…>. */
bool
value_is_placeholder(const Value *value)
{
	static const char *const marks[] = {
		"****", "####", "xxxx", "your", "...", "placeholder", "replace", "redacted", "changeme", "environ",
		"getenv", "env.", "env[", "env_", "://", "00000000", NULL
	};
	static const char *const templates[] = {"${", "$(", "{{", "}}", "<%", "%s", NULL};
	const char *p = value->start;
	size_t		len = value->end - p < MAX_LOOKED_AT ? value->end - p : MAX_LOOKED_AT;
	size_t		name = 0;

	for (size_t i = 0; marks[i]; i++)
		if (contains(p, len, marks[i]))
			return true;
	/* people do use such characters in passwords, though seldom first */
	for (size_t i = 0; templates[i]; i++)
		if (contains(p, value->password ? strlen(templates[i]) : len, templates[i]))
			return true;
	if (*p == '<' || *p == '%' || *p == '/' || *p == '{')
		return !value->password || len < MIN_SECRET;
	while (name + 1 < len && in_charset(p[name + 1], LETTER | UNDERSCORE | PUNCTUATION |
										(value->quote || value->password ? 0 : DIGIT)))
		name++;
	return *p == '$' && name + 1 == len;
}

/* Tells whether a password is the user's name, or "password" of "username". */
bool
value_is_example(const Value *value, const char *user, const char *user_end)
{
	size_t		len = value->end - value->start;

	if (len == (size_t) (user_end - user) && memcmp(value->start, user, len) == 0)
		return true;
	return user_end - user == 8 && len == 8 && strncasecmp(user, "username", 8) == 0 &&
		strncasecmp(value->start, "password", 8) == 0;
}

/* Counts what a value is made of. */
static void
look_at(const Value *value, Looks *looks)
{
	unsigned char count[256] = {0};
	uint16_t	before = 0;
	int			run = 0;

	memset(looks, 0, sizeof(*looks));
	for (const char *p = value->start; p < value->end && looks->len < MAX_LOOKED_AT; p++)
	{
		uint16_t	class = charset_of[(unsigned char) *p];

		looks->len++;
		looks->digits += (class & DIGIT) != 0;
		looks->hex += (class & HEX) != 0;
		looks->lower += (class & LOWER) != 0;
		looks->upper += (class & UPPER) != 0;
		looks->other += (class & ALNUM) == 0;
		looks->turns += ((before & DIGIT) && (class & LETTER)) || ((before & LETTER) && (class & DIGIT));
		run = (class & UPPER) ? 1 : (class & LOWER) ? run + 1 : 0;
		if (run >= MIN_WORD_RUN)
			looks->in_words += run == MIN_WORD_RUN ? run : 1;
		before = class;
		count[(unsigned char) *p]++;
	}
	looks->entropy = entropy_of(count, looks->len);
}

/* Returns Shannon's entropy of what was counted, in bits a character. */
static double
entropy_of(const unsigned char *count, int len)
{
	double		sum = 0;

	for (int i = 0; i < 256; i++)
		sum += count[i] * log2_of(count[i]);
	return len > 0 ? log2_of(len) - sum / len : 0;
}

/* Returns the binary logarithm of 0 to MAX_LOOKED_AT (of 0: 0), by squaring. */
static double
log2_of(int n)
{
	double		x = n;
	double		log = 0;

	for (; x >= 2; x /= 2)
		log++;
	for (double bit = 0.5; n > 1 && bit > 1e-3; bit /= 2)
	{
		x *= x;
		if (x < 2)
			continue;
		x /= 2;
		log += bit;
	}
	return log;
}

/* Tells whether a value is mostly words. */
static bool
is_wordy(const Looks *looks)
{
	return looks->in_words * 5 > looks->len * 2 && looks->turns * MIN_TURNS < looks->len &&
		looks->entropy < ENTROPY_NO_WORDS;
}

/* Tells whether a value may be a number of JSON's, which no mask can stand for. */
static bool
is_json_number(const Value *value)
{
	const char *p = value->start;

	while (p < value->end && (in_charset(*p, DIGIT | DASH | DOT) || strchr("eE+", *p)))
		p++;
	return value->behind_quotes && !value->quote && p == value->end;
}

/*
 * Tells whether a value may be what stands between two strings of JSON: its
 * quote then ends a string ("password="},1,{"), and its own the next one begins.
 */
static bool
is_between_strings(const Value *value)
{
	const char *p = value->start;

	if (!value->quote || (*p != '}' && *p != ']'))
		return false;
	while (p < value->end && (in_charset(*p, DIGIT) || strchr("{}[],:+-.Etruefalsn", *p)))
		p++;
	return p == value->end;
}

/*
 * Tells whether a value is a UUID of version 1 (RFC 9562): a time, from 1999 to 2056, and the
 * number of a machine, nothing secret.
 */
static bool
is_time_uuid(const Value *value)
{
	return has_form(value, "xxxxxxxx-xxxx-11ex-Vxxx-xxxxxxxxxxxx") ||
		has_form(value, "xxxxxxxx-xxxx-11fx-Vxxx-xxxxxxxxxxxx");
}

/*
 * Tells whether a value ends as a UUID does, but with letters that are no
 * hexadecimal digits: an example made by hand.
 */
static bool
is_no_uuid(const Value *value)
{
	Value		end = *value;

	if (value->end - value->start < (ptrdiff_t) strlen(UUID_FORM))
		return false;
	end.start = value->end - strlen(UUID_FORM);
	return has_form(&end, "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa") && !has_form(&end, UUID_FORM);
}

/*
 * Tells whether a value has a form, in which a stands for a letter or a digit,
 * x for a hexadecimal digit, and V for one that is the variant of a UUID.
 */
static bool
has_form(const Value *value, const char *form)
{
	if (value->end - value->start != (ptrdiff_t) strlen(form))
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'a' ? !in_charset(value->start[i], ALNUM) :
			form[i] == 'x' ? !in_charset(value->start[i], HEX) :
			form[i] == 'V' ? strchr("89abAB", value->start[i]) == NULL :
			value->start[i] != form[i])
			return false;
	return true;
}

/*
 * Tells whether a value is a number, a colon and something: only as a Telegram
 * bot's token it is a secret, with 5 to 16 digits and 35 characters.
 */
static bool
is_number_and_more(const Value *value)
{
	const char *p = value->start;

	while (p < value->end && in_charset(*p, DIGIT))
		p++;
	if (p == value->start || p == value->end || *p != ':')
		return false;
	return p - value->start < 5 || p - value->start > 16 || value->end - p != 36;
}

/* Tells whether a string stands in the first len bytes, in any case. */
static bool
contains(const char *p, size_t len, const char *what)
{
	size_t		n = strlen(what);

	for (; len >= n; p++, len--)
		if ((*p | 0x20) == (*what | 0x20) && strncasecmp(p, what, n) == 0)
			return true;
	return false;
}
