/*
 * key_format.c
 *		The published key formats, and what of a key may be shown.
 *
 * A format is a literal prefix ('#' stands for a digit) and a run of a class
 * of characters behind it, of a length within bounds; of a match the first
 * "keep" bytes stay.  The expressions of the sources are a little narrower than
 * "a run": taking the wider form costs at most a masked tail of something that
 * carries a published key prefix.
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
 * first match counts.  Each line names where its format is published.
 */
static const KeyFormat key_formats[] = {
	/* OpenAI: gitleaks openai-api-key; trufflehog openai, openaiadmin */
	{"sk-proj-", 8, true, WORD_DASH, 20, 200},
	{"sk-svcacct-", 11, true, WORD_DASH, 40, 200},
	{"sk-service-", 11, true, WORD_DASH, 40, 200},
	{"sk-admin-", 9, true, WORD_DASH, 40, 200},
	/* Anthropic: gitleaks anthropic-api-key, anthropic-admin-api-key */
	{"sk-ant-api##-", 13, true, WORD_DASH, 80, 120},
	{"sk-ant-admin##-", 15, true, WORD_DASH, 80, 120},
	/* OpenRouter: trufflehog openrouter */
	{"sk-or-v1-", 9, true, LOWER_HEX, 64, 64},
	/* Langfuse: trufflehog langfuse */
	{"sk-lf-", 6, true, LOWER_HEX | DASH, 36, 36},
	/* OpenAI legacy: gitleaks openai-api-key; DeepSeek: trufflehog deepseek */
	{"sk-", 3, true, ALNUM, 32, 64},
	/* Google: gitleaks gcp-api-key; kingfisher google.2 */
	{"AIza", 4, true, WORD_DASH, 35, 35},
	{"GOCSPX-", 7, true, WORD_DASH, 28, 28},
	/* Groq: trufflehog groq; xAI: trufflehog xai */
	{"gsk_", 4, true, ALNUM, 52, 52},
	{"xai-", 4, true, WORD, 80, 80},
	/* Hugging Face: trufflehog huggingface; gitleaks huggingface-* */
	{"hf_", 3, true, ALNUM, 34, 34},
	{"api_org_", 8, true, ALNUM, 34, 34},
	/* Perplexity: gitleaks perplexity-api-key; Replicate: trufflehog */
	{"pplx-", 5, true, ALNUM, 48, 48},
	{"r8_", 3, true, WORD_DASH, 37, 37},
	/* Amazon Bedrock: gitleaks aws-amazon-bedrock-api-key-* */
	{"ABSK", 4, true, BASE64, 109, 271},
	{"bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", 16, true,
	BASE64 | WORD_DASH, 0, 0},
	/* NVIDIA NIM: trufflehog nvapi; Cerebras: third-party rules agree */
	{"nvapi-", 6, true, WORD_DASH, 64, 64},
	{"csk-", 4, true, LOWER_ALNUM, 48, 48},
	/* Fireworks: third-party rules, 20 to 64; ElevenLabs: trufflehog v2 */
	{"fw_", 3, true, ALNUM, 20, 64},
	{"sk_live_", 8, true, ALNUM, 10, 99},	/* Stripe, see below */
	{"sk_test_", 8, true, ALNUM, 10, 99},
	{"sk_prod_", 8, true, ALNUM, 10, 99},
	{"sk_", 3, true, LOWER_HEX, 48, 48},
	/* Stripe restricted keys: gitleaks stripe-access-token */
	{"rk_live_", 8, true, ALNUM, 10, 99},
	{"rk_test_", 8, true, ALNUM, 10, 99},
	{"rk_prod_", 8, true, ALNUM, 10, 99},
	/* Databricks: trufflehog databrickstoken; Pinecone: trufflehog pinecone */
	{"dapi", 4, true, LOWER_HEX | DASH, 32, 34},
	{"pcsk_", 5, true, WORD, 69, 70},
	/* LangSmith: trufflehog langsmith; Tavily, Jina, Firecrawl: noseyparker */
	{"lsv2_pt_", 8, true, LOWER_HEX | UNDERSCORE, 43, 43},
	{"lsv2_sk_", 8, true, LOWER_HEX | UNDERSCORE, 43, 43},
	{"tvly-", 5, true, ALNUM, 32, 32},
	{"jina_", 5, true, ALNUM, 60, 60},
	{"fc-", 3, true, LOWER_HEX, 32, 32},
	/* AWS access key ids: gitleaks aws-access-token */
	{"AKIA", 4, true, UPPER_ALNUM, 16, 16},
	{"ASIA", 4, true, UPPER_ALNUM, 16, 16},
	{"ABIA", 4, true, UPPER_ALNUM, 16, 16},
	{"ACCA", 4, true, UPPER_ALNUM, 16, 16},
	{"A3T", 3, true, UPPER_ALNUM, 17, 17},
	/* GitHub: gitleaks github-*; GitLab: gitleaks gitlab-pat */
	{"ghp_", 4, true, ALNUM, 36, 36},
	{"gho_", 4, true, ALNUM, 36, 36},
	{"ghu_", 4, true, ALNUM, 36, 36},
	{"ghs_", 4, true, ALNUM, 36, 36},
	{"ghr_", 4, true, ALNUM, 36, 36},
	{"github_pat_", 11, true, WORD, 82, 82},
	{"glpat-", 6, true, WORD_DASH, 20, 64},
	/* Slack: gitleaks slack-* */
	{"xoxb-", 5, true, ALNUM_DASH, 27, 79},
	{"xoxa-", 5, true, ALNUM_DASH, 10, 160},
	{"xoxe-", 5, true, ALNUM_DASH, 10, 160},
	{"xoxo-", 5, true, ALNUM_DASH, 10, 160},
	{"xoxp-", 5, true, ALNUM_DASH, 10, 160},
	{"xoxr-", 5, true, ALNUM_DASH, 10, 160},
	{"xoxs-", 5, true, ALNUM_DASH, 10, 160},
	{"xapp-#-", 5, true, ALNUM_DASH, 10, 0},
	{"hooks.slack.com/services/", 16, true, ALNUM | BASE64_EXTRA, 43, 56},
	{"hooks.slack.com/workflows/", 16, true, ALNUM | BASE64_EXTRA, 43, 56},
	{"hooks.slack.com/triggers/", 16, true, ALNUM | BASE64_EXTRA, 43, 56},
	/* SendGrid: trufflehog sendgrid; Twilio: gitleaks twilio-api-key */
	{"SG.", 3, true, TOKEN, 60, 75},
	{"SK", 2, true, HEX, 32, 32},
	/* npm: gitleaks npm-access-token; PyPI: gitleaks pypi-upload-token */
	{"npm_", 4, true, ALNUM, 36, 36},
	{"pypi-AgEIcHlwaS5vcmc", 5, true, WORD_DASH, 50, 0},
	/* DigitalOcean: trufflehog digitaloceanv2 */
	{"dop_v1_", 7, true, LOWER_HEX, 64, 64},
	{"doo_v1_", 7, true, LOWER_HEX, 64, 64},
	{"dor_v1_", 7, true, LOWER_HEX, 64, 64},
	/* Shopify: gitleaks shopify-* */
	{"shpat_", 6, true, HEX, 32, 32},
	{"shpca_", 6, true, HEX, 32, 32},
	{"shppa_", 6, true, HEX, 32, 32},
	{"shpss_", 6, true, HEX, 32, 32},
	/* Linear: trufflehog linearapi; Notion: gitleaks notion-api-token */
	{"lin_api_", 8, true, ALNUM, 40, 40},
	{"ntn_", 4, true, ALNUM, 46, 46},
	/* Grafana: gitleaks grafana-service-account-token; Supabase: trufflehog */
	{"glsa_", 5, true, WORD, 41, 41},
	{"sbp_", 4, true, LOWER_ALNUM, 40, 40},
	/* Vercel: secretlint vercel */
	{"vcp_", 4, true, ALNUM, 20, 60},
	{"vci_", 4, true, ALNUM, 20, 60},
	{"vca_", 4, true, ALNUM, 20, 60},
	{"vcr_", 4, true, ALNUM, 20, 60},
	{"vck_", 4, true, ALNUM, 20, 60},
	/* JSON Web Token: trufflehog jwt; headers: gitleaks curl-auth-header */
	{"eyJ", 3, false, TOKEN | BASE64_EXTRA | EQUALS, 36, 0},
	{"Bearer ", 7, false, HEADER, 8, 0},
	{"bearer ", 7, false, HEADER, 8, 0},
	{"Basic ", 6, false, BASE64, 8, 0},
	{"basic ", 6, false, BASE64, 8, 0},
	/* PEM private key: gitleaks private-key */
	{"-----BEGIN ", 11, false, UPPER | DIGIT, 3, 0},
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
	for (size_t i = 0; i < N_KEY_FORMATS; i++)
	{
		const KeyFormat *f = &key_formats[i];
		size_t		n = 0;

		if (f->keep != shown)
			continue;
		while (n < shown && (f->prefix[n] == '#' ?
							 key[n] >= '0' && key[n] <= '9' :
							 f->prefix[n] == key[n]))
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
		default:
			return 0;
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
		while (*want && q < end &&
			   (*want == '#' ? (charset[(unsigned char) *q] & DIGIT) != 0 : *q == *want))
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
