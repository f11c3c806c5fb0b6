/*
 * value_list.c
 *		An argument that is one value, or several as an array literal.
 *
 * It is read here and not by array_in(), whose errors quote what they cannot read.
 */
#include "postgres.h"

#include "core/compat.h"
#include "core/slice.h"
#include "core/slice_text.h"
#include "search/value_list.h"

/* A literal while it is read. */
typedef struct ListReader
{
	const char *name;			/* of the argument */
	const char *p;
	const char *end;
	char	   *value;			/* the element that was read last */
	int			len;
} ListReader;

pg_noreturn static void list_error(const ListReader *reader, const char *hint);
static void skip_space(ListReader *reader);
static void read_element(ListReader *reader);
static void read_quoted(ListReader *reader);
static void read_bare(ListReader *reader);

/*
 * Gives the values of an argument, palloc'd texts, and returns how many there are: one, the
 * argument itself, unless it begins with a brace.  Then it is read as PostgreSQL reads a
 * literal of text[] with one dimension.  Raises invalid_parameter_value for one that is
 * none, is empty, or has a NULL or too many values; never quotes any.
 */
int
value_list_parse(Datum argument, const char *name, Datum **values)
{
	Slice		text = text_to_slice(argument);
	ListReader	reader = {.name = name, .p = text.data + 1, .end = text.data + text.len};
	int			n = 0;

	if (text.len == 0 || text.data[0] != '{')
	{
		*values = palloc(sizeof(Datum));
		(*values)[0] = argument;
		return 1;
	}
	*values = palloc(sizeof(Datum) * MAX_LIST_VALUES);
	reader.value = palloc(text.len);
	skip_space(&reader);
	if (reader.p < reader.end && *reader.p == '}')
		list_error(&reader, "An empty array has no value that an entry could have.");
	for (;;)
	{
		if (n == MAX_LIST_VALUES)
			list_error(&reader, psprintf("An array can have %d values at the most.", MAX_LIST_VALUES));
		read_element(&reader);
		(*values)[n++] = slice_to_text((Slice) {reader.value, reader.len});
		if (reader.p == reader.end || (*reader.p != ',' && *reader.p != '}'))
			list_error(&reader, "A value with braces, commas, quotes or backslashes stands between double quotes.");
		if (*reader.p++ == '}')
			break;
	}
	skip_space(&reader);
	if (reader.p != reader.end)
		list_error(&reader, "Nothing may stand behind the closing brace.");
	return n;
}

/* Raises the error of an argument that begins with a brace and is no list. */
static void
list_error(const ListReader *reader, const char *hint)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must be one value, or an array of values: {a,b}", reader->name),
			 errhint("%s", hint)));
}

/* Goes on behind blanks. */
static void
skip_space(ListReader *reader)
{
	while (reader->p < reader->end && strchr(" \t\n\r\v\f", *reader->p) != NULL && *reader->p != '\0')
		reader->p++;
}

/* Reads an element, and the blanks around it. */
static void
read_element(ListReader *reader)
{
	reader->len = 0;
	skip_space(reader);
	if (reader->p < reader->end && *reader->p == '"')
		read_quoted(reader);
	else
		read_bare(reader);
	skip_space(reader);
}

/* Reads an element between double quotes. */
static void
read_quoted(ListReader *reader)
{
	for (reader->p++; reader->p < reader->end && *reader->p != '"'; reader->p++)
	{
		if (*reader->p == '\\' && ++reader->p == reader->end)
			break;
		reader->value[reader->len++] = *reader->p;
	}
	if (reader->p == reader->end)
		list_error(reader, "A quote or the closing brace is missing.");
	reader->p++;
}

/* Reads an element without quotes, but for the blanks at its end. */
static void
read_bare(ListReader *reader)
{
	int			len = 0;		/* up to the last character that is no blank */

	for (; reader->p < reader->end && strchr(",{}\"", *reader->p) == NULL; reader->p++)
	{
		bool		is_space = strchr(" \t\n\r\v\f", *reader->p) != NULL;

		if (*reader->p == '\\' && ++reader->p == reader->end)
			break;
		reader->value[reader->len++] = *reader->p;
		if (!is_space)
			len = reader->len;
	}
	reader->len = len;
	if (reader->p == reader->end)
		list_error(reader, "A quote or the closing brace is missing.");
	if (len == 0)
		list_error(reader, "An empty value is written \"\".");
	if (len == 4 && pg_strncasecmp(reader->value, "NULL", 4) == 0)
		list_error(reader, "What is NULL has no value; an entry without one is found by none.");
}
