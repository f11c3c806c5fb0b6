/*
 * pinned_settings.h
 *		The settings under which the statements of this extension run, whatever the
 *		session's are.
 */
#ifndef OGW_PINNED_SETTINGS_H
#define OGW_PINNED_SETTINGS_H

#include "postgres.h"

extern int	settings_pin(void);

#endif
