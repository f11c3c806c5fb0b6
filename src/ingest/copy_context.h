/*
 * copy_context.h
 *		Keeping the lines of a COPY into ogw_logs.inbox out of messages.
 */
#ifndef OGW_COPY_CONTEXT_H
#define OGW_COPY_CONTEXT_H

#include "postgres.h"

#include "utils/relcache.h"

extern void copy_context_init(void);
extern void copy_context_begin(Relation inbox);
extern void copy_context_first_row(void);
extern void copy_context_replace(void);
extern bool copy_context_is_copy(void);
extern void copy_context_end(void);
extern void copy_context_reset(void);

#endif
