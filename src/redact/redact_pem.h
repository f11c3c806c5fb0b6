/*
 * redact_pem.h
 *		Private keys in PEM.  Knows nothing of PostgreSQL.
 */
#ifndef OGW_REDACT_PEM_H
#define OGW_REDACT_PEM_H

#include "redact/redact_scan.h"

extern bool pem_begin(RedactScan *scan, const char *p, RedactHit *hit);
extern bool pem_next(RedactScan *scan, RedactHit *hit);

#endif
