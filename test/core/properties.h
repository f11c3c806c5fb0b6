/*
 * properties.h
 *		What the files of properties share.
 */
#ifndef PROPERTIES_H
#define PROPERTIES_H

#include <stddef.h>

#define MAX_TEXT 1024

extern void fail(const char *what, const char *text, size_t len);
extern unsigned below(unsigned n);
extern size_t put_noise(char *text, size_t len, const char *alphabet, unsigned n);
extern void check_own_key(void);
extern void check_token_key(void);
extern void check_weak_key(void);

#endif
