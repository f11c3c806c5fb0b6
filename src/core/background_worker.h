/*
 * background_worker.h
 *		What the background workers of this extension have in common.
 */
#ifndef OGW_BACKGROUND_WORKER_H
#define OGW_BACKGROUND_WORKER_H

#include "postgres.h"

extern void worker_begin(void);
extern void worker_pin_settings(void);
extern Oid	worker_function_owner(const char *schema_name, const char *function_name, Oid argument);

#endif
