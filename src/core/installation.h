/*
 * installation.h
 *		What belongs to this log as a whole.
 */
#ifndef OGW_INSTALLATION_H
#define OGW_INSTALLATION_H

#include "postgres.h"

/* Bytes of the secret under which keys are fingerprinted. */
#define INSTALLATION_SECRET_LEN 32

extern const uint8 *installation_secret(void);
extern char *installation_log_version(void);

#endif
