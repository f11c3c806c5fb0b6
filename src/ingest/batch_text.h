/*
 * batch_text.h
 *		Reading the entries of a batch from JSON.
 */
#ifndef OGW_BATCH_TEXT_H
#define OGW_BATCH_TEXT_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "core/slice.h"
#include "ingest/batch.h"

extern void batch_add_text(Batch *batch, Slice text, bool may_be_invalid);
extern void batch_add_jsonb(Batch *batch, Jsonb *value);

#endif
