/*
 * readable_json.c
 *		What is handed out as a value of PostgreSQL's type json.
 *
 * A value of json that an operator refuses makes the whole query fail that has it among
 * its rows, and the error quotes it.  So what is stored byte for byte is made readable on
 * its way out.
 */
#include "postgres.h"

#include "core/compat.h"
#include "core/json.h"
#include "core/json_mend.h"
#include "core/readable_json.h"
#include "core/slice.h"

static text *json_string_of(Slice plain);

/*
 * Returns a text as a value of json (palloc'd) that each of PostgreSQL's functions on json
 * and jsonb can read: as it stands, or as json_mend() changes it.  A text that is no JSON, or
 * too deep, becomes a string of JSON.  A text that is not there is not taken.
 */
Datum
readable_json(Slice text)
{
	Slice		value;
	bool		changed;
	size_t		len;
	struct varlena *json;

	if (json_check(text, &value) != JSON_OK)
		return PointerGetDatum(json_string_of(text));
	len = json_mend(NULL, value, &changed);
	if (!changed)
	{
		value = text;
		len = text.len;
	}
	json = palloc(VARHDRSZ + len);
	SET_VARSIZE(json, VARHDRSZ + len);
	if (changed)
		(void) json_mend(VARDATA(json), value, &changed);
	else
		memcpy(VARDATA(json), value.data, len);
	return PointerGetDatum(json);
}

/* Returns a text between quotes, with escapes for what may not stand there (palloc'd). */
static text *
json_string_of(Slice plain)
{
	static const char digits[] = "0123456789abcdef";
	size_t		len = 2;
	text	   *json;
	char	   *out;

	for (size_t i = 0; i < plain.len; i++)
	{
		unsigned char c = plain.data[i];

		len += c < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : 1;
	}
	json = palloc(VARHDRSZ + len);
	SET_VARSIZE(json, VARHDRSZ + len);
	out = VARDATA(json);
	*out++ = '"';
	for (size_t i = 0; i < plain.len; i++)
	{
		unsigned char c = plain.data[i];

		if (c < 0x20)
		{
			memcpy(out, "\\u00", 4);
			out[4] = digits[c >> 4];
			out[5] = digits[c & 15];
			out += 6;
			continue;
		}
		if (c == '"' || c == '\\')
			*out++ = '\\';
		*out++ = c;
	}
	*out = '"';
	return json;
}
