/*
 * get_log.h
 *		Opening entries.
 */
#ifndef OGW_GET_LOG_H
#define OGW_GET_LOG_H

#include "postgres.h"

#include "fmgr.h"

#include "search/search_state.h"

extern void search_log(Search *search, FunctionCallInfo fcinfo);

#endif
