/*
 * entry.c
 *		Takes the fields out of a line, and the text that they are put in.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway.h"

/* In the order of enum column. */
const char *const entry_columns[COLUMNS] = {
	"job_id", "team_id", "timestamp", "owner", "api_key", "requested_model",
	"served_model", "provider", "first_byte_ms", "latency_ms", "status",
	"error_code", "error_message", "prompt_tokens", "completion_tokens",
	"cached_tokens", "reasoning_tokens", "cost_usd", "user_id", "session_id",
	"fallback_reason", "attempts", "tool_calls", "input", "output", "metadata"
};

/* Makes room for so many bytes more, and for a zero byte after them. */
void
buffer_reserve(struct buffer *buf, size_t extra)
{
	size_t		needed = buf->len + extra + 1;

	if (needed <= buf->size)
		return;
	buf->size = needed < 256 ? 256 : needed + needed / 2;
	buf->data = reallocate(buf->data, buf->size);
}

/* Appends bytes and ends them with a zero byte. */
void
buffer_append(struct buffer *buf, const char *data, size_t len)
{
	buffer_reserve(buf, len);
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

/* Appends a value in COPY's text format; NULL is the SQL NULL. */
void
buffer_append_copy(struct buffer *buf, const char *value)
{
	if (value == NULL)
	{
		buffer_append(buf, "\\N", 2);
		return;
	}
	for (;;)
	{
		size_t		plain = strcspn(value, "\\\t\n\r");

		buffer_append(buf, value, plain);
		value += plain;
		switch (*value++)
		{
			case '\0':
				return;
			case '\\':
				buffer_append(buf, "\\\\", 2);
				break;
			case '\t':
				buffer_append(buf, "\\t", 2);
				break;
			case '\n':
				buffer_append(buf, "\\n", 2);
				break;
			case '\r':
				buffer_append(buf, "\\r", 2);
				break;
		}
	}
}

/* Finds the column whose name the key is; COLUMNS if it is none. */
static int
find_column(struct entry *entry, struct slice key)
{
	int			column = 0;

	entry->key.len = 0;
	json_append_text(&entry->key, key);
	while (column < COLUMNS &&
		   strcmp(entry_columns[column], entry->key.data) != 0)
		column++;
	return column;
}

/* Takes note of a member; the last one wins where a key comes twice. */
static void
add_member(struct entry *entry, struct slice key, struct slice value)
{
	int			column = find_column(entry, key);

	if (column < COLUMNS)
	{
		if (*value.start == 'n')
			value.start = NULL;
		entry->field[column] = value;
		return;
	}
	if (entry->others.len > 0)
		buffer_append(&entry->others, ",", 1);
	buffer_append(&entry->others, key.start, key.len);
	buffer_append(&entry->others, ":", 1);
	buffer_append(&entry->others, value.start, value.len);
}

/*
 * Splits a line into its fields, which point into it; false if the line is
 * not one JSON object in valid UTF-8.
 */
bool
entry_split(struct entry *entry, const char *line, size_t len)
{
	const char *p = json_skip_space(line);

	memset(entry->field, 0, sizeof(entry->field));
	entry->others.len = 0;
	if (*p != '{')
		return false;
	p = json_skip_space(p + 1);
	while (*p != '}')
	{
		struct slice key = {.start = p};
		struct slice value;

		p = json_skip_string(p);
		if (p == NULL)
			return false;
		key.len = (size_t) (p - key.start);
		p = json_skip_space(p);
		if (*p != ':')
			return false;
		value.start = json_skip_space(p + 1);
		p = json_skip_value(value.start, 1);
		if (p == NULL)
			return false;
		value.len = (size_t) (p - value.start);
		add_member(entry, key, value);

		p = json_skip_space(p);
		if (*p == ',')
		{
			p = json_skip_space(p + 1);
			if (*p != '"')
				return false;
		}
		else if (*p != '}')
			return false;
	}
	return json_skip_space(p + 1) == line + len;
}

/*
 * Appends the metadata with the members that are no column added to it. What
 * is neither an object nor absent cannot take members and stays as it is.
 */
static void
append_metadata(const struct entry *entry, struct buffer *arena)
{
	struct slice metadata = entry->field[COL_METADATA];
	size_t		start = arena->len;
	char	   *close;

	if (metadata.start != NULL)
		json_append_text(arena, metadata);
	else
		buffer_append(arena, "{}", 2);
	if (entry->others.len == 0)
		return;
	close = strrchr(arena->data + start, '}');
	if (*json_skip_space(arena->data + start) != '{' || close == NULL)
		return;
	arena->len = (size_t) (close - arena->data);
	if (*json_skip_space(json_skip_space(arena->data + start) + 1) != '}')
		buffer_append(arena, ",", 1);
	buffer_append(arena, entry->others.data, entry->others.len);
	buffer_append(arena, "}", 1);
}

/*
 * Turns the fields into the text values of the columns, kept in the arena;
 * NULL stands for a field that is absent or null. No value is longer as text
 * than as JSON: once the arena has room for the JSON, it does not move.
 */
void
entry_values(const struct entry *entry, struct buffer *arena,
			 const char *values[COLUMNS])
{
	size_t		needed = COLUMNS + 4 + entry->others.len;

	for (int i = 0; i < COLUMNS; i++)
		needed += entry->field[i].start ? entry->field[i].len : 0;
	arena->len = 0;
	buffer_reserve(arena, needed);

	for (int i = 0; i < COLUMNS; i++)
	{
		bool		others = i == COL_METADATA && entry->others.len > 0;

		values[i] = NULL;
		if (entry->field[i].start == NULL && !others)
			continue;
		values[i] = arena->data + arena->len;
		if (i == COL_METADATA)
			append_metadata(entry, arena);
		else
			json_append_text(arena, entry->field[i]);
		arena->data[arena->len++] = '\0';
	}
}

/* Frees what the entry holds. */
void
entry_free(struct entry *entry)
{
	free(entry->others.data);
	free(entry->key.data);
}
