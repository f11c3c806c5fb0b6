/*
 * redact_value.h
 *		Whether a value that stands beside a telling word looks like a secret.
 *
 * Knows nothing of PostgreSQL.
 */
#ifndef OGW_REDACT_VALUE_H
#define OGW_REDACT_VALUE_H

#include <stdbool.h>

typedef struct Value
{
	const char *start;
	const char *end;
	char		quote;			/* in which it stands; 0 for none */
	char		separator;		/* the last one before it; 0 for none */
	bool		behind_quotes;	/* of its name, as in JSON */
	char		next;			/* what follows it; 0 at the end of the text */
	bool		in_pairs;		/* of a connection string: a=…;b=… */
	bool		spelled;		/* what stands before it is percent-encoded, or entities */
	bool		password;		/* people think it up: it may be short */
	bool		loose;			/* only a blank stands before it */
	bool		vague;			/* what stands before it says little: "key" */
} Value;

extern bool value_is_secret(const Value *value);
extern bool value_is_credential(const Value *value, bool sure);
extern bool value_is_drawn(const Value *value);
extern bool value_is_random(const Value *value);
extern bool value_is_placeholder(const Value *value);
extern bool value_is_example(const Value *value, const char *user, const char *user_end);

#endif
