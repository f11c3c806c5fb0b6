/*
 * json_pause.h
 *		Being asked from time to time, while a long text is read, whether to go on.
 *
 * Who reads a text calls json_pause() before each value, quote, comma or escape, and
 * in strings at least each JSON_PAUSE_BYTES.  It knows nothing of PostgreSQL: what it calls is set
 * from outside, and nothing where JSON is fuzzed.
 */
#ifndef OGW_JSON_PAUSE_H
#define OGW_JSON_PAUSE_H

/* The bytes that are read between two calls: about a millisecond's. */
#define JSON_PAUSE_BYTES (1024 * 1024)

extern void json_set_pause(void (*called) (void));
extern void json_call_pause(void);

/* Calls what was set where the last call, at *paused_at, is so far before p. */
static inline void
json_pause(const char **paused_at, const char *p)
{
	if (p - *paused_at >= JSON_PAUSE_BYTES)
	{
		*paused_at = p;
		json_call_pause();
	}
}

#endif
