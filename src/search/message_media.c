/*
 * message_media.c
 *		Images, sounds and files of a conversation: told of, not handed out.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "core/json.h"
#include "core/slice.h"
#include "search/message.h"
#include "search/message_members.h"

/* Objects in objects in which the data is looked for. */
#define MAX_MEDIA_DEPTH 4

/* The longest URL, name and media type that are handed out, in bytes. */
#define MAX_URL_BYTES 2048
#define MAX_NOTE_BYTES 255

/* What is known of a medium: values of strings, or their contents. */
typedef struct Media
{
	Slice		mime_type;
	Slice		data;			/* in base64 */
	Slice		url;
	Slice		name;
	Slice		text;			/* a value: what was said in it, or a file that is text */
} Media;

static void collect(Media *media, const Members *members, int depth);
static void add_content(Media *media, Slice content);
static void add_note(StringInfo note, Slice content);
static MessageKind kind_of(MessageKind kind, const Media *media);

/*
 * Puts a part that is an image, a sound, a video or a file.  Its text is what was said in
 * it or a text that it is, else its URL, else a note: its name, media type and bytes.
 */
void
media_read(MessageReader *reader, MessageKind kind, Slice value, const PartOf *of)
{
	MessagePart part = {.name = of->name, .call_id = of->call_id};
	Media		media = {0};
	Members		members;
	StringInfoData note;

	if (members_read(&members, value))
		collect(&media, &members, 0);
	else
		add_content(&media, string_content(value));
	part.kind = kind_of(kind, &media);
	part.media = media.data;
	if (media.text.data != NULL)
	{
		part.text = media.text;
		part_put(reader, &part);
		return;
	}
	part.is_plain = true;
	initStringInfo(&note);
	if (media.url.data != NULL && media.url.len <= MAX_URL_BYTES)
	{
		enlargeStringInfo(&note, media.url.len);
		note.len = json_unescape(note.data, media.url.data, media.url.len);
	}
	else
	{
		add_note(&note, media.name);
		add_note(&note, media.mime_type);
		if (media.data.data != NULL)
			appendStringInfo(&note, "%s%zu bytes", note.len > 0 ? ", " : "", media.data.len / 4 * 3);
	}
	if (note.len > 0)
		part.text = (Slice) {note.data, note.len};
	part_put(reader, &part);
	pfree(note.data);
}

/* Takes what the members of an object tell, and of those that are objects in turn. */
static void
collect(Media *media, const Members *members, int depth)
{
	static const Member contents[] = {
		MEMBER_IMAGE_URL, MEMBER_URL, MEMBER_BYTES, MEMBER_FILE_DATA, MEMBER_IMAGE, MEMBER_RESULT, MEMBER_DATA
	};
	static const Member objects[] = {
		MEMBER_IMAGE_URL, MEMBER_SOURCE, MEMBER_FILE, MEMBER_FILE_DATA, MEMBER_INPUT_AUDIO, MEMBER_INLINE_DATA,
		MEMBER_IMAGE, MEMBER_DOCUMENT, MEMBER_AUDIO, MEMBER_VIDEO
	};
	Slice		type = string_content(member_value(members, MEMBER_TYPE));
	Slice		said = member_of_kind(members, MEMBER_TRANSCRIPT, JSON_KIND_STRING);
	Members		inner;

	if (media->mime_type.data == NULL)
		media->mime_type = string_content(member_value(members, MEMBER_MIME_TYPE));
	if (media->mime_type.data == NULL)
		media->mime_type = string_content(member_value(members, MEMBER_FORMAT));
	if (media->name.data == NULL)
		media->name = string_content(member_value(members, MEMBER_FILENAME));
	if (media->name.data == NULL)
		media->name = string_content(member_value(members, MEMBER_NAME));
	/* a source that is text says so; a document that the caller found for a model is text */
	if (depth > 0 && type.data != NULL && slice_is(type, "text"))
		said = member_value(members, MEMBER_DATA);
	if (depth > 0 && type.data != NULL && slice_is(type, "content"))
		said = member_value(members, MEMBER_CONTENT);
	if (said.data != NULL)
		media->text = said;
	if (media->text.data == NULL)
		for (int i = 0; i < lengthof(contents); i++)
			add_content(media, string_content(member_value(members, contents[i])));
	for (int i = 0; depth < MAX_MEDIA_DEPTH && i < lengthof(objects); i++)
		if (members_read(&inner, member_value(members, objects[i])))
		{
			if (objects[i] == MEMBER_DOCUMENT && !member_is_there(&inner, MEMBER_FORMAT))
				media->text = member_value(&inner, MEMBER_DATA);
			collect(media, &inner, depth + 1);
		}
}

/* Takes the content of a string that is a URL, one that has the data in it, or the data. */
static void
add_content(Media *media, Slice content)
{
	const char *comma;

	if (content.data == NULL)
		return;
	if (content.len >= 5 && memcmp(content.data, "data:", 5) == 0)
	{
		const char *end = content.data + content.len;
		const char *type = content.data + 5;
		const char *type_end = type;

		while (type_end < end && *type_end != ';' && *type_end != ',')
			type_end++;
		if (type_end > type && type_end < end)
			media->mime_type = (Slice) {type, type_end - type};
		comma = memchr(type_end, ',', end - type_end);
		if (comma != NULL)
			media->data = (Slice) {comma + 1, end - comma - 1};
		return;
	}
	if (content.len >= 3 && slice_contains((Slice) {content.data, Min(content.len, 32)}, (Slice) {":/", 2}))
		media->url = content;
	else if (media->data.data == NULL)
		media->data = content;
}

/* Adds the content of a string to a note, unless it is too long for one. */
static void
add_note(StringInfo note, Slice content)
{
	if (content.data == NULL || content.len == 0 || content.len > MAX_NOTE_BYTES)
		return;
	if (note->len > 0)
		appendStringInfoString(note, ", ");
	enlargeStringInfo(note, content.len);
	note->len += json_unescape(note->data + note->len, content.data, content.len);
	note->data[note->len] = '\0';
}

/* Tells what a file is by its media type. */
static MessageKind
kind_of(MessageKind kind, const Media *media)
{
	static const struct
	{
		const char *begin;
		MessageKind kind;
	}			types[] = {{"image/", MESSAGE_IMAGE}, {"audio/", MESSAGE_AUDIO}, {"video/", MESSAGE_VIDEO}};

	for (int i = 0; kind == MESSAGE_FILE && i < lengthof(types); i++)
	{
		size_t		len = strlen(types[i].begin);

		if (media->mime_type.len > len && memcmp(media->mime_type.data, types[i].begin, len) == 0)
			return types[i].kind;
	}
	return kind;
}
