/*
 * reader.c
 *		Cuts the log into chunks of whole lines.
 *
 * Where a chunk ends depends on the log and the options alone, never on
 * timing, so that two replays of the same log send the same batches.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway.h"

/* Tells whether a character is white space in JSON. */
static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * Reads the next line that is not blank into reader->line, without its line
 * end; false at the end of the log.
 */
static bool
read_line(struct reader *reader)
{
	ssize_t		len;

	while ((len = getline(&reader->line, &reader->line_size,
						  reader->file)) >= 0)
	{
		reader->line_number++;
		while (len > 0 && is_space(reader->line[len - 1]))
			len--;
		if (len > 0)
		{
			reader->line[len] = '\0';
			reader->line_len = (size_t) len;
			return true;
		}
	}
	return false;
}

/* Adds the line read last to the chunk. */
static void
add_line(struct reader *reader, struct chunk *chunk)
{
	struct line *line;

	if (chunk->nlines == chunk->size)
	{
		chunk->size = chunk->size ? chunk->size * 2 : 64;
		chunk->lines = reallocate(chunk->lines,
								  (size_t) chunk->size * sizeof(*chunk->lines));
	}
	line = &chunk->lines[chunk->nlines++];
	line->offset = chunk->text.len;
	line->len = reader->line_len;
	line->number = reader->line_number;
	line->state = LINE_WAITING;
	buffer_append(&chunk->text, reader->line, reader->line_len + 1);
}

/*
 * Fills the chunk with the lines that come next; false when none is left.
 * The caller sees to it that one thread at a time reads.
 */
bool
reader_next(struct reader *reader, struct chunk *chunk)
{
	chunk->text.len = 0;
	chunk->nlines = 0;
	memset(&chunk->counts, 0, sizeof(chunk->counts));

	while (chunk->nlines < reader->chunk_lines)
	{
		if (!reader->line_pending && !read_line(reader))
			break;
		reader->line_pending = chunk->nlines > 0 &&
			chunk->text.len + reader->line_len > CHUNK_BYTES;
		if (reader->line_pending)
			break;
		add_line(reader, chunk);
	}
	reader->entries += chunk->nlines;
	chunk->last_entry = reader->entries;
	return chunk->nlines > 0;
}

/* Frees what the chunk holds. */
void
chunk_free(struct chunk *chunk)
{
	free(chunk->text.data);
	free(chunk->lines);
}
