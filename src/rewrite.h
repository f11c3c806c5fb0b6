/*
 * rewrite.h
 *		Who waits for what is written anew.
 */
#ifndef OGW_REWRITE_H
#define OGW_REWRITE_H

#include "postgres.h"

extern bool erasure_waits(void);

#endif
