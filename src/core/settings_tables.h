/*
 * settings_tables.h
 *		Whether what is read from the tables of settings is up to date: team,
 *		installation and key_format.
 */
#ifndef OGW_SETTINGS_TABLES_H
#define OGW_SETTINGS_TABLES_H

#include "postgres.h"

extern void settings_tables_init(void);
extern uint64 settings_generation(void);

#endif
