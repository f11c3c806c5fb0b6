/*
 * settings.h
 *		The settings of the server, and the names that everything shares.
 */
#ifndef OGW_SETTINGS_H
#define OGW_SETTINGS_H

#include "postgres.h"

#define OGW_VERSION "1.0"

/* The schema of what users call and read, and that of the functions behind it. */
#define OGW_SCHEMA "ogw_logs"
#define OGW_INTERNAL_SCHEMA "ogw_logs_internal"
#define OGW_INTERNAL_SCHEMA "ogw_logs_internal"

/* The settings that C reads; units as settings.c documents them. */
extern int	ogw_max_clock_skew_s;
extern int	ogw_max_age_s;
extern int	ogw_duplicate_window_s;
extern int	ogw_max_body_bytes;
extern bool ogw_log_body_reads;
extern int	ogw_seal_interval_min;
extern int	ogw_seal_rate_kb;

extern void settings_init(void);

#endif
