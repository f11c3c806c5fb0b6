/*
 * redact_name.h
 *		From a word such as "token" to the value of the name in which it stands.
 */
#ifndef OGW_REDACT_NAME_H
#define OGW_REDACT_NAME_H

#include "redact/redact_scan.h"
#include "redact/redact_value.h"

extern bool name_value(const RedactScan *scan, const char *word, size_t word_len,
					   Value *value);
extern bool name_skip_separators(const char **p, const char *end, Value *value);
extern void value_read_on(Value *value, const char *end);

#endif
