/*
 * message_members.c
 *		The members of JSON by which the providers' requests and answers are read.
 *
 * Each object is gone through once, and only the members that have a meaning are kept:
 * however large it is, what is kept of it has one size.
 */
#include "postgres.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "core/slice.h"
#include "search/message_members.h"

/* The names, in the order of their bytes. */
static const struct
{
	const char *name;
	Member		member;
}			member_names[] = {
	{"action", MEMBER_ACTION}, {"args", MEMBER_ARGUMENTS}, {"arguments", MEMBER_ARGUMENTS},
	{"audio", MEMBER_AUDIO}, {"audio_url", MEMBER_IMAGE_URL}, {"b64_json", MEMBER_BYTES},
	{"body", MEMBER_BODY}, {"bytes", MEMBER_BYTES},
	{"call", MEMBER_CALL}, {"callId", MEMBER_CALL_ID}, {"call_id", MEMBER_CALL_ID},
	{"candidates", MEMBER_CANDIDATES}, {"chat_history", MEMBER_CHAT_HISTORY}, {"choices", MEMBER_CHOICES},
	{"codeExecutionResult", MEMBER_CODE_RESULT}, {"code_execution_result", MEMBER_CODE_RESULT},
	{"completion", MEMBER_TEXT}, {"content", MEMBER_CONTENT},
	{"contentBlockDelta", MEMBER_CONTENT_BLOCK_DELTA}, {"contentBlockIndex", MEMBER_INDEX},
	{"contentBlockStart", MEMBER_CONTENT_BLOCK_START}, {"content_block", MEMBER_CONTENT_BLOCK},
	{"contents", MEMBER_CONTENTS}, {"custom", MEMBER_FUNCTION}, {"data", MEMBER_DATA}, {"delta", MEMBER_DELTA},
	{"document", MEMBER_DOCUMENT}, {"done", MEMBER_DONE}, {"error", MEMBER_ERROR},
	{"event_type", MEMBER_EVENT_TYPE}, {"executableCode", MEMBER_CODE}, {"executable_code", MEMBER_CODE},
	{"file", MEMBER_FILE}, {"fileData", MEMBER_FILE_DATA}, {"fileUri", MEMBER_URL},
	{"file_data", MEMBER_FILE_DATA}, {"file_id", MEMBER_FILENAME}, {"file_uri", MEMBER_URL},
	{"filename", MEMBER_FILENAME}, {"format", MEMBER_FORMAT}, {"function", MEMBER_FUNCTION},
	{"functionCall", MEMBER_FUNCTION_CALL}, {"functionResponse", MEMBER_FUNCTION_RESPONSE},
	{"function_call", MEMBER_FUNCTION_CALL}, {"function_response", MEMBER_FUNCTION_RESPONSE},
	{"generated_text", MEMBER_TEXT}, {"generation", MEMBER_TEXT}, {"generations", MEMBER_GENERATIONS},
	{"id", MEMBER_ID}, {"image", MEMBER_IMAGE}, {"imageUrl", MEMBER_IMAGE_URL},
	{"image_url", MEMBER_IMAGE_URL}, {"images", MEMBER_IMAGES}, {"index", MEMBER_INDEX},
	{"inlineData", MEMBER_INLINE_DATA}, {"inline_data", MEMBER_INLINE_DATA}, {"input", MEMBER_INPUT},
	{"inputText", MEMBER_TEXT}, {"input_audio", MEMBER_INPUT_AUDIO}, {"inputs", MEMBER_INPUTS},
	{"instructions", MEMBER_INSTRUCTIONS}, {"item", MEMBER_ITEM}, {"json", MEMBER_JSON},
	{"kwargs", MEMBER_KWARGS}, {"mediaType", MEMBER_MIME_TYPE}, {"media_type", MEMBER_MIME_TYPE},
	{"message", MEMBER_MESSAGE}, {"messageStart", MEMBER_MESSAGE_START}, {"messages", MEMBER_MESSAGES},
	{"mimeType", MEMBER_MIME_TYPE}, {"mime_type", MEMBER_MIME_TYPE}, {"name", MEMBER_NAME},
	{"output", MEMBER_OUTPUT}, {"outputText", MEMBER_TEXT}, {"output_index", MEMBER_OUTPUT_INDEX},
	{"outputs", MEMBER_OUTPUTS}, {"parameters", MEMBER_ARGUMENTS}, {"partial_json", MEMBER_PARTIAL_JSON},
	{"parts", MEMBER_PARTS}, {"preamble", MEMBER_PREAMBLE}, {"prompt", MEMBER_PROMPT},
	{"reasoning", MEMBER_REASONING}, {"reasoningContent", MEMBER_REASONING_CONTENT},
	{"reasoningText", MEMBER_REASONING_TEXT}, {"reasoning_content", MEMBER_REASONING},
	{"refusal", MEMBER_REFUSAL}, {"request", MEMBER_BODY}, {"response", MEMBER_RESPONSE},
	{"result", MEMBER_RESULT}, {"results", MEMBER_RESULTS}, {"role", MEMBER_ROLE}, {"source", MEMBER_SOURCE},
	{"start", MEMBER_START}, {"summary", MEMBER_SUMMARY}, {"system", MEMBER_SYSTEM},
	{"systemInstruction", MEMBER_SYSTEM_INSTRUCTION}, {"system_instruction", MEMBER_SYSTEM_INSTRUCTION},
	{"text", MEMBER_TEXT}, {"thinking", MEMBER_THINKING}, {"thought", MEMBER_THOUGHT},
	{"title", MEMBER_FILENAME}, {"toolCallId", MEMBER_CALL_ID}, {"toolCalls", MEMBER_TOOL_CALLS},
	{"toolName", MEMBER_NAME}, {"toolResult", MEMBER_TOOL_RESULT}, {"toolUse", MEMBER_TOOL_USE},
	{"toolUseId", MEMBER_CALL_ID}, {"tool_call_id", MEMBER_CALL_ID}, {"tool_calls", MEMBER_TOOL_CALLS},
	{"tool_name", MEMBER_NAME}, {"tool_plan", MEMBER_TOOL_PLAN}, {"tool_results", MEMBER_TOOL_RESULTS},
	{"tool_use_id", MEMBER_CALL_ID}, {"transcript", MEMBER_TRANSCRIPT}, {"type", MEMBER_TYPE},
	{"uri", MEMBER_URL}, {"url", MEMBER_URL}, {"value", MEMBER_VALUE}, {"video", MEMBER_VIDEO},
	{"video_url", MEMBER_IMAGE_URL}
};

static int	find_member(Slice name);

/* Reads the members of a checked value; returns false, and no member, where it is no object. */
bool
members_read(Members *members, Slice value)
{
	JsonIterator iterator;
	Slice		name,
				member;

	members->n = 0;
	if (!is_kind(value, JSON_KIND_OBJECT))
		return false;
	for (json_iterate(&iterator, value); json_iterator_next(&iterator, &name, &member);)
	{
		int			which = find_member(name);
		int			i = 0;

		if (which < 0 || json_kind(member) == JSON_KIND_NULL)
			continue;
		while (i < members->n && members->which[i] != which)
			i++;
		if (i == MAX_MEMBERS)
			continue;
		members->which[i] = which;
		members->value[i] = member;
		if (i == members->n)
			members->n++;
	}
	return true;
}

/* Returns the value of a member; nothing where it is not there, or null. */
Slice
member_value(const Members *members, Member which)
{
	for (int i = 0; i < members->n; i++)
		if (members->which[i] == which)
			return members->value[i];
	return (Slice) {NULL, 0};
}

/* Returns the value of a member where it is of a kind; else nothing. */
Slice
member_of_kind(const Members *members, Member which, JsonKind kind)
{
	Slice		value = member_value(members, which);

	return is_kind(value, kind) ? value : (Slice) {NULL, 0};
}

/* Returns the whole number that a member is, of at most six digits; else 0. */
int32
member_index(const Members *members, Member which)
{
	Slice		value = member_value(members, which);
	int32		index = 0;

	if (value.len == 0 || value.len > 6)
		return 0;
	for (size_t i = 0; i < value.len; i++)
	{
		if (value.data[i] < '0' || value.data[i] > '9')
			return 0;
		index = index * 10 + (value.data[i] - '0');
	}
	return index;
}

/* Tells whether a text ends in a string. */
bool
slice_ends(Slice text, const char *end)
{
	size_t		len = strlen(end);

	return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* Returns which member a name means, -1 for none.  Writers escape none of these names. */
static int
find_member(Slice name)
{
	int			low = 0;
	int			high = lengthof(member_names);

	while (low < high)
	{
		int			middle = (low + high) / 2;
		int			order = slice_compare(name, (Slice) {member_names[middle].name, strlen(member_names[middle].name)});

		if (order == 0)
			return member_names[middle].member;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}
