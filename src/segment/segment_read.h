/*
 * segment_read.h
 *		Finding a sealed body.
 */
#ifndef OGW_SEGMENT_READ_H
#define OGW_SEGMENT_READ_H

#include "postgres.h"

#include "core/slice.h"
#include "segment/body.h"
#include "segment/cached_segment.h"
#include "segment/segment.h"
#include "segment/segment_scan.h"

extern bool segment_locate(Relation parent, SegmentScan *scan, Datum team_id, const BodyId *key,
						   Snapshot snapshot, int elevel, CachedSegment *cached, bool *any);
extern bool segment_fetch(Datum team_id, const BodyId *key, Snapshot snapshot,
						  int elevel, Slice parts[N_BODY_PARTS], bool *any);
extern void segment_cache_init(void);
extern void segment_cache_wipe(void);

#endif
