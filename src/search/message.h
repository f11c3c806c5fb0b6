/*
 * message.h
 *		A request or an answer of any provider, read as turns of a conversation.
 *
 * A body is gone through from its beginning to its end, and each part of each turn is
 * put where the reader says, one after the other: what is kept meanwhile does not grow
 * with the number of turns or parts.  Values are slices of the body's text.
 */
#ifndef OGW_MESSAGE_H
#define OGW_MESSAGE_H

#include "postgres.h"

#include "core/slice.h"
#include "search/message_members.h"

/* Content in content (a tool's result in a message, say) that is looked into. */
#define MAX_CONTENT_DEPTH 8

typedef enum MessageKind
{
	MESSAGE_TEXT,
	MESSAGE_TOOL_CALL,
	MESSAGE_TOOL_RESULT,
	MESSAGE_REASONING,
	MESSAGE_REFUSAL,
	MESSAGE_IMAGE,
	MESSAGE_AUDIO,
	MESSAGE_VIDEO,
	MESSAGE_FILE,
	MESSAGE_OTHER				/* JSON of no known meaning, as it was given */
} MessageKind;

/*
 * A part of a turn.  A text, name, id or the arguments that are a string of JSON stand for
 * what it denotes, and any other value for its own text; what is not there has no data.
 */
typedef struct MessagePart
{
	MessageKind kind;
	Slice		text;
	bool		is_plain;		/* the text is no value of JSON, but a text as it stands */
	Slice		name;			/* of a tool */
	Slice		call_id;
	Slice		arguments;
	Slice		media;			/* what the text describes and does not hand out */
} MessagePart;

/* What a part stands in. */
typedef struct PartOf
{
	bool		is_result;		/* of a tool */
	Slice		name;			/* its tool, */
	Slice		call_id;		/* and the call */
	int			depth;			/* contents around it */
} PartOf;

/* Where the parts go.  end_turn() returns whether it wants the turn once more. */
typedef struct MessageReader
{
	int64		n_parts;		/* put so far */
	int64		n_turns;		/* begun so far, once more included */
	void		(*begin_turn) (struct MessageReader *reader, Slice role);
	void		(*put_part) (struct MessageReader *reader, const MessagePart *part);
	bool		(*end_turn) (struct MessageReader *reader);
} MessageReader;

/* message_body.c */
extern void body_read_messages(MessageReader *reader, Slice body, bool is_output);
extern bool json_read_messages(MessageReader *reader, Slice value, bool is_output);

/* message_turn.c */
extern void turn_begin(MessageReader *reader, Slice role);
extern bool turn_end(MessageReader *reader);
extern Slice role_named(Slice name, const char *otherwise);
extern void turn_read(MessageReader *reader, Slice value, const char *role);
extern void turn_read_content(MessageReader *reader, Slice content, const char *role);
extern void turn_put_text(MessageReader *reader, Slice plain, const char *role);

/* message_part.c */
extern void part_put(MessageReader *reader, const MessagePart *part);
extern void part_put_text(MessageReader *reader, MessageKind kind, Slice text, const PartOf *of);
extern void content_read(MessageReader *reader, Slice value, const PartOf *of);
extern void part_read(MessageReader *reader, Slice value, const PartOf *of);
extern void call_read(MessageReader *reader, Slice value, const PartOf *of);

/* message_media.c */
extern void media_read(MessageReader *reader, MessageKind kind, Slice value, const PartOf *of);

/* message_stream.c */
extern bool stream_read(MessageReader *reader, Slice body, bool is_output);
extern bool stream_read_array(MessageReader *reader, Slice array, bool is_output);

#endif
