/*
 * rewrite_lock.h
 *		Who waits for what is written anew: the lock on ogw_logs.rewrite.
 */
#ifndef OGW_REWRITE_LOCK_H
#define OGW_REWRITE_LOCK_H

#include "postgres.h"

extern void rewrite_lock_for_erasure(void);
extern bool erasure_waits(void);

#endif
