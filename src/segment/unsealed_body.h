/*
 * unsealed_body.h
 *		Reading an unsealed body: pieces of one compressed value, the rows of
 *		ogw_logs.body.  body.h has the format.
 */
#ifndef OGW_UNSEALED_BODY_H
#define OGW_UNSEALED_BODY_H

#include "postgres.h"

#include "core/slice.h"
#include "segment/body.h"
#include "segment/pieces.h"

/* A body while its pieces are read, in the order of their numbers. */
typedef Pieces UnsealedBody;

extern void unsealed_body_begin(UnsealedBody *body, MemoryContext context, uint64 n_pieces);
extern void unsealed_body_add(UnsealedBody *body, int32 number, Datum content);
extern const char *unsealed_body_compressed(const UnsealedBody *body, Slice *compressed,
											size_t *content_len);
extern const char *unsealed_body_open(const UnsealedBody *body, Slice *content, Slice parts[N_BODY_PARTS]);
extern bool unsealed_body_fetch(Datum timestamp, Datum team_id, Datum job_id, int elevel,
								Slice parts[N_BODY_PARTS]);
extern void unsealed_body_damaged(int elevel, const char *what);

#endif
