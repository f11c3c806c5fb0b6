/*
 * log_columns.h
 *		The columns that the log's tables are made with, and whether they have them still.
 *
 * Their owner may alter any of them.  What is read by a statement is cast to these types,
 * and the table is checked before, so that an error names the column.  What is read from
 * a row itself takes its columns by log_column().
 */
#ifndef OGW_LOG_COLUMNS_H
#define OGW_LOG_COLUMNS_H

#include "postgres.h"

#include "utils/relcache.h"

#include "core/row_type.h"

/* The columns of the tables that C writes without a statement, in their order. */
extern const RowColumn log_body_columns[5];
extern const RowColumn log_entry_key_columns[2];
extern const RowColumn log_ingest_count_columns[10];

extern void log_columns_init(void);
extern void log_columns_of_entry(const RowColumn *columns, int n);
extern void log_columns_check(const char *table);
extern void log_columns_check_writable(const char *table);
extern AttrNumber log_column(Relation table, const char *name, Oid type);
extern bool has_type(Oid actual, Oid type);

#endif
