/*
 * segment_read.h
 *		Finding a sealed body.
 */
#ifndef OGW_SEGMENT_READ_H
#define OGW_SEGMENT_READ_H

#include "postgres.h"

#include "shelf.h"

extern bool segment_locate(Shelf *shelf, const BodyKey *key, int elevel, SegmentRow *at);
extern bool segment_fetch(Datum team_id, const BodyKey *key, Snapshot snapshot,
						  int elevel, Span parts[N_BODY_PARTS]);
extern void segment_damaged(int elevel, const char *what, const SegmentRow *row);

#endif
