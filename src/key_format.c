/*
 * key_format.c
 *		The published key formats, and what of a key may be shown.
 *
 * A format is a prefix (in it '#' stands for a digit, '?' for any character of
 * the format's class, a space for a tab too) and a run of that class behind it,
 * of a length within bounds; of a match the first "keep" bytes stay.  The
 * expressions of the sources are a little narrower than "a run": taking the
 * wider form costs at most a masked tail of something that carries a published
 * key prefix.
 */
#include "key_format.h"

#include <string.h>

#include "redact.h"

enum
{
	DIGIT = 1 << 0,
	HEX_LOWER = 1 << 1,			/* a-f */
	HEX_UPPER = 1 << 2,			/* A-F */
	LOWER = 1 << 3,
	UPPER = 1 << 4,
	DASH = 1 << 5,
	UNDERSCORE = 1 << 6,
	DOT = 1 << 7,
	BASE64_EXTRA = 1 << 8,		/* + and / */
	EQUALS = 1 << 9,
	HEADER_EXTRA = 1 << 10,		/* ~ and @ */
	BACKSLASH = 1 << 11,
	BLANK = 1 << 12,			/* space and tab */

	HEX = DIGIT | HEX_LOWER | HEX_UPPER,
	LOWER_HEX = DIGIT | HEX_LOWER,
	LOWER_ALNUM = DIGIT | LOWER,
	UPPER_ALNUM = DIGIT | UPPER,
	ALNUM = DIGIT | LOWER | UPPER,
	WORD = ALNUM | UNDERSCORE,
	WORD_DASH = WORD | DASH,
	ALNUM_DASH = ALNUM | DASH,
	TOKEN = WORD_DASH | DOT,
	BASE64 = ALNUM | BASE64_EXTRA | EQUALS,
	HEADER = TOKEN | BASE64_EXTRA | EQUALS | HEADER_EXTRA
};

/*
 * Longer prefixes stand before the shorter ones that they begin with: the
 * first match counts.  Each line names a published rule that has its format.
 */
static const KeyFormat key_formats[] = {
	{"sk-proj-", 8, true, WORD_DASH, 20, 200},	/* gitleaks openai-api-key */
	{"sk-svcacct-", 11, true, WORD_DASH, 40, 200},	/* gitleaks openai-api-key */
	{"sk-service-", 11, true, WORD_DASH, 40, 200},	/* gitleaks openai-api-key */
	{"sk-admin-", 9, true, WORD_DASH, 40, 200},	/* gitleaks openai-api-key */
	{"sk-ant-api##-", 13, true, WORD_DASH, 80, 120},	/* gitleaks anthropic-api-key */
	{"sk-ant-admin##-", 15, true, WORD_DASH, 80, 120},	/* gitleaks anthropic-admin-api-key */
	{"sk-or-v1-", 9, true, LOWER_HEX, 64, 64},	/* trufflehog openrouter */
	{"sk-lf-", 6, true, LOWER_HEX | DASH, 36, 36},	/* trufflehog langfuse */
	{"sk-", 3, true, ALNUM, 32, 64},	/* gitleaks openai-api-key; trufflehog deepseek */
	{"AIza", 4, true, WORD_DASH, 35, 35},	/* gitleaks gcp-api-key */
	{"GOCSPX-", 7, true, WORD_DASH, 28, 28},	/* kingfisher google */
	{"gsk_", 4, true, ALNUM, 52, 52},	/* trufflehog groq */
	{"xai-", 4, true, WORD, 80, 80},	/* trufflehog xai */
	{"hf_", 3, true, ALNUM, 34, 34},	/* gitleaks huggingface-access-token */
	{"api_org_", 8, true, ALNUM, 34, 34},	/* gitleaks huggingface-organization-api-token */
	{"pplx-", 5, true, ALNUM, 48, 48},	/* gitleaks perplexity-api-key */
	{"r8_", 3, true, WORD_DASH, 37, 37},	/* trufflehog replicate */
	{"ABSK", 4, true, BASE64, 109, 271},	/* gitleaks aws-amazon-bedrock-api-key-long-lived */
	{"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", 16, true, BASE64 | WORD_DASH, 0, 0},	/* gitleaks aws-amazon-bedrock-api-key-short-lived */
	{"nvapi-", 6, true, WORD_DASH, 64, 64},	/* trufflehog nvapi */
	{"csk-", 4, true, LOWER_ALNUM, 48, 48},	/* third-party rules agree */
	{"fw_", 3, true, ALNUM, 20, 64},	/* third-party rules: 20 to 64 */
	{"sk_live_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"sk_test_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"sk_prod_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"sk_", 3, true, LOWER_HEX, 48, 48},	/* trufflehog elevenlabs */
	{"rk_live_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"rk_test_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"rk_prod_", 8, true, ALNUM, 10, 99},	/* gitleaks stripe-access-token */
	{"dapi", 4, true, LOWER_HEX | DASH, 32, 34},	/* trufflehog databrickstoken */
	{"pcsk_", 5, true, WORD, 69, 70},	/* trufflehog pinecone */
	{"lsv2_pt_", 8, true, LOWER_HEX | UNDERSCORE, 43, 43},	/* trufflehog langsmith */
	{"lsv2_sk_", 8, true, LOWER_HEX | UNDERSCORE, 43, 43},	/* trufflehog langsmith */
	{"tvly-", 5, true, ALNUM, 32, 32},	/* noseyparker tavily */
	{"jina_", 5, true, ALNUM, 60, 60},	/* noseyparker jina */
	{"fc-", 3, true, LOWER_HEX, 32, 32},	/* noseyparker firecrawl */
	{"AKIA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ASIA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ABIA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ACCA", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"A3T?", 4, true, UPPER_ALNUM, 16, 16},	/* gitleaks aws-access-token */
	{"ghp_", 4, true, ALNUM, 36, 36},	/* gitleaks github-pat */
	{"gho_", 4, true, ALNUM, 36, 36},	/* gitleaks github-oauth */
	{"ghu_", 4, true, ALNUM, 36, 36},	/* gitleaks github-app-token */
	{"ghs_", 4, true, ALNUM, 36, 36},	/* gitleaks github-app-token */
	{"ghr_", 4, true, ALNUM, 36, 36},	/* gitleaks github-refresh-token */
	{"github_pat_", 11, true, WORD, 82, 82},	/* gitleaks github-fine-grained-pat */
	{"glpat-", 6, true, WORD_DASH, 20, 64},	/* gitleaks gitlab-pat */
	{"xoxb-", 5, true, ALNUM_DASH, 27, 79},	/* gitleaks slack-bot-token */
	{"xoxa-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxe-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxo-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxp-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxr-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xoxs-", 5, true, ALNUM_DASH, 10, 160},	/* gitleaks slack-user-token */
	{"xapp-#-", 5, true, ALNUM_DASH, 5, 0},	/* gitleaks slack-app-token */
	{"hooks.slack.com/services/", 16, true, ALNUM | BASE64_EXTRA, 43, 56},	/* gitleaks slack-webhook-url */
	{"hooks.slack.com/workflows/", 16, true, ALNUM | BASE64_EXTRA, 43, 56},	/* gitleaks slack-webhook-url */
	{"hooks.slack.com/triggers/", 16, true, ALNUM | BASE64_EXTRA, 43, 56},	/* gitleaks slack-webhook-url */
	{"SG.", 3, true, TOKEN, 60, 75},	/* trufflehog sendgrid */
	{"SK", 2, true, HEX, 32, 32},	/* gitleaks twilio-api-key */
	{"npm_", 4, true, ALNUM, 36, 36},	/* gitleaks npm-access-token */
	{"pypi-AgEIcHlwaS5vcmc", 5, true, WORD_DASH, 50, 0},	/* gitleaks pypi-upload-token */
	{"dop_v1_", 7, true, LOWER_HEX, 64, 64},	/* trufflehog digitaloceanv2 */
	{"doo_v1_", 7, true, LOWER_HEX, 64, 64},	/* trufflehog digitaloceanv2 */
	{"dor_v1_", 7, true, LOWER_HEX, 64, 64},	/* trufflehog digitaloceanv2 */
	{"shpat_", 6, true, HEX, 32, 32},	/* gitleaks shopify-access-token */
	{"shpca_", 6, true, HEX, 32, 32},	/* gitleaks shopify-custom-access-token */
	{"shppa_", 6, true, HEX, 32, 32},	/* gitleaks shopify-private-app-access-token */
	{"shpss_", 6, true, HEX, 32, 32},	/* gitleaks shopify-shared-secret */
	{"lin_api_", 8, true, ALNUM, 40, 40},	/* trufflehog linearapi */
	{"ntn_", 4, true, ALNUM, 46, 46},	/* gitleaks notion-api-token */
	{"glsa_", 5, true, WORD, 41, 41},	/* gitleaks grafana-service-account-token */
	{"sbp_", 4, true, LOWER_ALNUM, 40, 40},	/* trufflehog supabasetoken */
	{"vcp_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vci_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vca_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vcr_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"vck_", 4, true, ALNUM, 20, 60},	/* secretlint vercel */
	{"eyJ", 3, false, TOKEN | BASE64_EXTRA | EQUALS | BACKSLASH, 36, 0},	/* trufflehog jwt */
	{"Bearer ", 7, false, HEADER | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"bearer ", 7, false, HEADER | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"Basic ", 6, false, BASE64 | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"basic ", 6, false, BASE64 | BLANK, 8, 0},	/* gitleaks curl-auth-header */
	{"-----BEGIN?", 11, false, UPPER | DIGIT | BLANK | DASH | UNDERSCORE, 2, 0},	/* gitleaks private-key */
};

#define N_KEY_FORMATS (sizeof(key_formats) / sizeof(key_formats[0]))

/*
 * What the search needs of the tables, worked out at first use: the class bits
 * of each byte, the first format that begins with it, and for each format the
 * next one that begins alike.
 */
#define NO_FORMAT UINT8_MAX
static uint16_t charset[256];
static uint8_t first_format[256];
static uint8_t next_format[N_KEY_FORMATS];

static void prepare_tables(void);
static uint16_t charset_of(unsigned char c);
static bool matches(const KeyFormat *format, char want, char c);
static size_t leading_word(const char *key, size_t len);

/*
 * Returns how many leading bytes of a key may be shown: the published prefix
 * of its format, else a leading word under the limits above, else 0.
 */
size_t
redact_key_prefix(const char *key, size_t len)
{
	const char *run_end;
	const KeyFormat *format = key_format_match(key, key + len, false, &run_end);
	size_t		word;

	/* a mask never makes a text longer */
	if (format)
		return len - format->keep >= REDACT_MASK_LEN ? format->keep : 0;
	word = leading_word(key, len);

	/* of a URL with a password in it nothing is shown */
	for (size_t i = word; word > 0 && i + 3 <= len; i++)
		if (memcmp(key + i, "://", 3) == 0)
			return 0;
	return len - word >= REDACT_UNKNOWN_HIDDEN_MIN ? word : 0;
}

/*
 * Tells whether a key is what redacting leaves: a prefix that may be kept, and
 * the mask.
 */
bool
redact_is_redacted(const char *key, size_t len)
{
	size_t		shown;

	if (len < REDACT_MASK_LEN ||
		memcmp(key + len - REDACT_MASK_LEN, REDACT_MASK, REDACT_MASK_LEN) != 0)
		return false;
	shown = len - REDACT_MASK_LEN;
	if (shown == leading_word(key, shown))
		return true;			/* nothing, or one word */
	prepare_tables();
	for (size_t i = 0; i < N_KEY_FORMATS; i++)
	{
		const KeyFormat *f = &key_formats[i];
		size_t		n = 0;

		if (f->keep != shown)
			continue;
		while (n < shown && matches(f, f->prefix[n], key[n]))
			n++;
		if (n == shown)
			return true;
	}
	return false;
}

/* Tells whether some format begins with this byte. */
bool
key_format_begins(unsigned char c)
{
	prepare_tables();
	return first_format[c] != NO_FORMAT;
}

/* Tells whether a byte can be part of a word. */
bool
key_format_is_word(unsigned char c)
{
	return (charset_of(c) & WORD) != 0;
}

/* Works out the tables, once. */
static void
prepare_tables(void)
{
	static bool ready = false;

	if (ready)
		return;
	for (int c = 0; c < 256; c++)
	{
		charset[c] = charset_of((unsigned char) c);
		first_format[c] = NO_FORMAT;
	}
	for (size_t i = N_KEY_FORMATS; i-- > 0;)
	{
		unsigned char c = (unsigned char) key_formats[i].prefix[0];

		next_format[i] = first_format[c];
		first_format[c] = (uint8_t) i;
	}
	ready = true;
}

/* Returns the class bits of a byte. */
static uint16_t
charset_of(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	if (c >= 'a' && c <= 'z')
		return LOWER | (c <= 'f' ? HEX_LOWER : 0);
	if (c >= 'A' && c <= 'Z')
		return UPPER | (c <= 'F' ? HEX_UPPER : 0);
	switch (c)
	{
		case '-':
			return DASH;
		case '_':
			return UNDERSCORE;
		case '.':
			return DOT;
		case '+':
		case '/':
			return BASE64_EXTRA;
		case '=':
			return EQUALS;
		case '~':
		case '@':
			return HEADER_EXTRA;
		case '\\':
			return BACKSLASH;
		case ' ':
		case '\t':
			return BLANK;
		default:
			return 0;
	}
}

/* Tells whether a byte is what a byte of a format's prefix asks for. */
static bool
matches(const KeyFormat *format, char want, char c)
{
	switch (want)
	{
		case '#':
			return (charset[(unsigned char) c] & DIGIT) != 0;
		case '?':
			return (charset[(unsigned char) c] & format->charset) != 0;
		case ' ':
			return (charset[(unsigned char) c] & BLANK) != 0;
		default:
			return c == want;
	}
}

/*
 * Returns the first format whose prefix stands at p with a run of at least its
 * minimum behind it, and where that run ends; NULL for none.  In a text only
 * the telling formats count, and a run that is too long is something else.
 */
const KeyFormat *
key_format_match(const char *p, const char *end, bool text_only, const char **run_end)
{
	prepare_tables();
	if (p >= end)
		return NULL;
	for (size_t i = first_format[(unsigned char) *p]; i != NO_FORMAT; i = next_format[i])
	{
		const KeyFormat *f = &key_formats[i];
		const char *q = p;
		const char *want = f->prefix;
		const char *run;
		const char *stop;

		if (text_only && !f->in_text)
			continue;
		while (*want && q < end && matches(f, *want, *q))
			want++, q++;
		if (*want)
			continue;
		/* one more than the bound is enough to see that it is passed */
		run = q;
		stop = f->max > 0 && (size_t) (end - run) > f->max ? run + f->max + 1 : end;
		while (q < stop && (charset[(unsigned char) *q] & f->charset) != 0)
			q++;
		if ((size_t) (q - run) < f->min ||
			(text_only && f->max > 0 && (size_t) (q - run) > f->max))
			continue;
		*run_end = q;
		return f;
	}
	return NULL;
}

/*
 * Returns the length of a leading word with the '-' or '_' that ends it, 0
 * where there is none of at most REDACT_UNKNOWN_WORD_MAX bytes.
 */
static size_t
leading_word(const char *key, size_t len)
{
	for (size_t i = 0; i < len && i < REDACT_UNKNOWN_WORD_MAX; i++)
	{
		uint16_t	c = charset_of((unsigned char) key[i]);

		if (i > 0 && (c & (DASH | UNDERSCORE)) != 0)
			return i + 1;
		if ((c & (i == 0 ? LOWER | UPPER : ALNUM)) == 0)
			return 0;
	}
	return 0;
}
