/*
 * message_members.h
 *		The members of JSON by which the providers' requests and answers are read.
 */
#ifndef OGW_MESSAGE_MEMBERS_H
#define OGW_MESSAGE_MEMBERS_H

#include "postgres.h"

#include "core/json.h"
#include "core/slice.h"

/* What a member is for.  Several names can mean one: tool_use_id and call_id do. */
typedef enum Member
{
	MEMBER_ACTION, MEMBER_ARGUMENTS, MEMBER_AUDIO, MEMBER_BODY, MEMBER_BYTES, MEMBER_CALL,
	MEMBER_CALL_ID, MEMBER_CANDIDATES, MEMBER_CHAT_HISTORY, MEMBER_CHOICES, MEMBER_CODE,
	MEMBER_CODE_RESULT, MEMBER_CONTENT, MEMBER_CONTENTS, MEMBER_CONTENT_BLOCK,
	MEMBER_CONTENT_BLOCK_DELTA, MEMBER_CONTENT_BLOCK_START, MEMBER_DATA, MEMBER_DELTA,
	MEMBER_DOCUMENT, MEMBER_DONE, MEMBER_ERROR, MEMBER_EVENT_TYPE, MEMBER_FILE, MEMBER_FILENAME,
	MEMBER_FILE_DATA, MEMBER_FORMAT, MEMBER_FUNCTION, MEMBER_FUNCTION_CALL,
	MEMBER_FUNCTION_RESPONSE, MEMBER_GENERATIONS, MEMBER_ID, MEMBER_IMAGE, MEMBER_IMAGES,
	MEMBER_IMAGE_URL, MEMBER_INDEX, MEMBER_INLINE_DATA, MEMBER_INPUT, MEMBER_INPUTS,
	MEMBER_INPUT_AUDIO, MEMBER_INSTRUCTIONS, MEMBER_ITEM, MEMBER_JSON, MEMBER_KWARGS,
	MEMBER_MESSAGE, MEMBER_MESSAGES, MEMBER_MESSAGE_START, MEMBER_MIME_TYPE, MEMBER_NAME,
	MEMBER_OUTPUT, MEMBER_OUTPUTS, MEMBER_OUTPUT_INDEX, MEMBER_PARTIAL_JSON, MEMBER_PARTS,
	MEMBER_PREAMBLE, MEMBER_PROMPT, MEMBER_REASONING, MEMBER_REASONING_CONTENT,
	MEMBER_REASONING_TEXT, MEMBER_REFUSAL, MEMBER_RESPONSE, MEMBER_RESULT, MEMBER_RESULTS,
	MEMBER_ROLE, MEMBER_SOURCE, MEMBER_START, MEMBER_SUMMARY, MEMBER_SYSTEM,
	MEMBER_SYSTEM_INSTRUCTION, MEMBER_TEXT, MEMBER_THINKING, MEMBER_THOUGHT, MEMBER_TOOL_CALLS,
	MEMBER_TOOL_PLAN, MEMBER_TOOL_RESULT, MEMBER_TOOL_RESULTS, MEMBER_TOOL_USE, MEMBER_TRANSCRIPT,
	MEMBER_TYPE, MEMBER_URL, MEMBER_VALUE, MEMBER_VIDEO
} Member;

/* Members of one object that have a meaning, at the most; what stands behind them is left out. */
#define MAX_MEMBERS 32

/* The members of an object, those that are null left out; of one name the last. */
typedef struct Members
{
	int			n;
	Member		which[MAX_MEMBERS];
	Slice		value[MAX_MEMBERS];
} Members;

extern bool members_read(Members *members, Slice value);
extern Slice member_value(const Members *members, Member which);
extern Slice member_of_kind(const Members *members, Member which, JsonKind kind);
extern int32 member_index(const Members *members, Member which);
extern bool slice_ends(Slice text, const char *end);

/* Tells whether an object has a member, and it is not null. */
static inline bool
member_is_there(const Members *members, Member which)
{
	return member_value(members, which).data != NULL;
}

/* Returns what stands between the quotes of a string; nothing for anything else. */
static inline Slice
string_content(Slice value)
{
	return value.data != NULL && json_kind(value) == JSON_KIND_STRING ? json_string_content(value) : (Slice) {NULL, 0};
}

/* Tells whether a value is there and of a kind. */
static inline bool
is_kind(Slice value, JsonKind kind)
{
	return value.data != NULL && json_kind(value) == kind;
}

#endif
