/*
 * disk_scan.h
 *		What the parts of disk_scan share.
 *
 * The layouts are PostgreSQL's own, taken from the headers of the server that
 * this is built for; a comment names the header where a layout is read.
 */
#ifndef DISK_SCAN_H
#define DISK_SCAN_H

/* As PostgreSQL's programs do that read its files: types of the backend, no code. */
#define FRONTEND 1
#include "postgres.h"

/* The layout of values that vary in length: in 15 a part of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/* Where bytes stand: in which file, and what had to be opened on the way. */
typedef struct Place
{
	const char *file;
	const char *how;			/* "" for the file's own bytes */
	int			depth;			/* how many things were opened */
} Place;

/* Bytes that grow; free data when done. */
typedef struct Bytes
{
	unsigned char *data;
	size_t		len;
	size_t		size;
} Bytes;

/* disk_scan.c: memory, what is looked for, what was found */
extern void *allocate(void *old, size_t size);
extern void bytes_reserve(Bytes *bytes, size_t extra);
extern void bytes_append(Bytes *bytes, const void *data, size_t len);
extern void trouble(const char *file, const char *what);
extern int	n_patterns;
extern char **patterns;
extern void found(const Place *place, const unsigned char *word, size_t len);

/* scan.c: looking into bytes, whatever they are */
extern void scan_bytes(const Place *place, const unsigned char *bytes, size_t len);
extern void scan_inside(const Place *place, const char *step,
						const unsigned char *bytes, size_t len);

/* expand.c: what was compressed */
extern Bytes expand_zstd(const unsigned char *frame, size_t len);
extern Bytes expand_pglz(const unsigned char *data, size_t len, size_t plain_len, bool whole);
extern Bytes expand_lz4(const unsigned char *data, size_t len, size_t plain_len, bool whole);
extern void scan_compressed(const Place *place, uint32 tcinfo,
							const unsigned char *data, size_t len, bool whole);

/* toast.c: values that PostgreSQL cut into chunks */
extern void toast_look(const Place *place, const unsigned char *bytes, size_t len, size_t at);
extern void toast_finish(void);

/* wal.c: segments of the write-ahead log */
extern bool wal_is_segment(const char *name);
extern void wal_add(const char *file, const unsigned char *bytes, size_t len);
extern void wal_finish(void);

#endif
