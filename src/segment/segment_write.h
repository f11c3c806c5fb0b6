/*
 * segment_write.h
 *		Writing segments into ogw_logs.segment, and deleting them.
 */
#ifndef OGW_SEGMENT_WRITE_H
#define OGW_SEGMENT_WRITE_H

#include "postgres.h"

#include "core/slice.h"
#include "segment/cached_segment.h"

extern int64 segment_write(Datum team_id, const SegmentRow *row, Slice value);
extern int64 segment_delete(Datum team_id, const SegmentRow *row);

#endif
