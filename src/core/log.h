/*
 * log.h
 *		The tables of the log as the functions need them: there, of this version,
 *		and of the right owner.
 */
#ifndef OGW_LOG_H
#define OGW_LOG_H

#include "postgres.h"

extern bool log_exists(void);
extern void log_ensure(void);

#endif
