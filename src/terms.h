/*
 * terms.h
 *		The index of a partition that tells which of its pages may hold what is
 *		looked for.
 */
#ifndef OGW_TERMS_H
#define OGW_TERMS_H

#include "postgres.h"

#include "access/stratnum.h"
#include "nodes/tidbitmap.h"
#include "utils/relcache.h"

#include "leaf.h"
#include "search.h"

/* What the names of the indexes end in: of a sealed partition, of an open one, of both. */
#define TERMS_SUFFIX "_terms"
#define SUMMARY_SUFFIX "_summary"
#define TIME_SUFFIX "_timestamp"

extern void terms_prepare(Search *search);
extern TIDBitmap *terms_find(const Leaf *leaf, bool *exact);
extern bool terms_are_exact(const Leaf *leaf);
extern char *terms_of_user(const char *alias, const char *team_id, const char *user_id);
extern Oid	leaf_index(Oid leaf, const char *leaf_name, const char *suffix, Oid am);
extern bool index_has_column(Relation index, int i, const char *name, Oid type,
							 StrategyNumber equal);

#endif
