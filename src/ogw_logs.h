/*
 * ogw_logs.h
 *		The settings of the server, and the names all rooms share.
 */
#ifndef OGW_LOGS_H
#define OGW_LOGS_H

#include "postgres.h"

#define OGW_VERSION "1.0"
#define OGW_SCHEMA "ogw_logs"

/* Custom settings; units as documented in ogw_logs.c. */
extern int	ogw_max_clock_skew_s;
extern int	ogw_max_age_s;
extern int	ogw_duplicate_window_s;
extern int	ogw_max_body_bytes;
extern int	ogw_partitions_ahead;
extern bool ogw_log_body_reads;
extern int	ogw_seal_rate_kb;
extern char *ogw_databases;
extern bool ogw_maintenance;
extern int	ogw_maintenance_interval_s;

#endif
