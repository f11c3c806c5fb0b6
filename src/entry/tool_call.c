/*
 * tool_call.c
 *		A tool call in the shape of any provider: which members of one object tell its id,
 *		its type and the function's name, and in which members calls are to be found.
 *
 * The lists are closed.  Nothing is read below a call's arguments, or below what holds
 * text: a prompt, or the answer of a tool, can have members of any name.
 *
 *		OpenAI chat			{"id", "type", "function": {"name", "arguments"}}, {…, "custom": {"name", "input"}}
 *		OpenAI Responses	{"type": "function_call", "call_id", "name", "arguments"}, {"type": "web_search_call", "id"}
 *		Anthropic			{"type": "tool_use", "id", "name", "input"}, {"type": "content_block_start", "content_block": …}
 *		Gemini				{"functionCall": {"name", "args"}}, in {"parts": […]} or {"functionCalls": […]}
 *		Bedrock				{"toolUse": {"toolUseId", "name", "input"}}
 *		Cohere				{"name", "parameters"}, {"type": "tool-call-start", "delta": {"message": {"tool_calls": …}}}
 *		LangChain			{"name", "args", "id", "type": "tool_call"}
 *		Vercel AI SDK		{"type": "tool-call", "toolCallId", "toolName", "args"}, {"type": "tool-NAME", "toolCallId", "state"}
 *		Pydantic AI, LlamaIndex	{"tool_name", "tool_call_id", "args"}, {"tool_name", "tool_id", "tool_kwargs"}
 *		MCP					{"method": "tools/call", "id", "params": {"name", "arguments"}}
 */
#include "postgres.h"

#include "core/json.h"
#include "core/json_iterator.h"
#include "entry/json_text.h"
#include "entry/tool_call.h"

/* The longest known name of a member, in JSON with each character escaped. */
#define NAME_BUFFER (24 * JSON_BYTES_PER_BYTE)

/* A role or a type that is longer is none that is known. */
#define MAX_WORD 64

typedef enum MemberKind
{
	MEMBER_OTHER,				/* what is not in the list */
	MEMBER_ID,					/* of several the last kind in the list counts */
	MEMBER_CALL_ID,
	MEMBER_TYPE,
	MEMBER_INDEX,
	MEMBER_ROLE,				/* the object is a message */
	MEMBER_METHOD,
	MEMBER_STATE,
	MEMBER_NAME,				/* of a call, where the object is one */
	MEMBER_TOOL_NAME,			/* of a call, whatever the object is */
	MEMBER_FUNCTION,			/* an object with the name, or the name */
	MEMBER_ARGUMENTS,
	MEMBER_CONTENT,				/* text, or what a call gave */
	MEMBER_CALLS,				/* calls, or one call */
	MEMBER_PARAMS,				/* a call of MCP */
	MEMBER_PARTS,				/* calls among other things */
	N_MEMBER_KINDS
} MemberKind;

static const struct
{
	Slice		name;
	MemberKind	kind;
}			members[] = {
	{SLICE_OF("id"), MEMBER_ID},
	{SLICE_OF("tool_id"), MEMBER_CALL_ID},
	{SLICE_OF("call_id"), MEMBER_CALL_ID},
	{SLICE_OF("tool_call_id"), MEMBER_CALL_ID},
	{SLICE_OF("toolCallId"), MEMBER_CALL_ID},
	{SLICE_OF("toolUseId"), MEMBER_CALL_ID},
	{SLICE_OF("type"), MEMBER_TYPE},
	{SLICE_OF("index"), MEMBER_INDEX},
	{SLICE_OF("contentBlockIndex"), MEMBER_INDEX},
	{SLICE_OF("role"), MEMBER_ROLE},
	{SLICE_OF("method"), MEMBER_METHOD},
	{SLICE_OF("state"), MEMBER_STATE},
	{SLICE_OF("name"), MEMBER_NAME},
	{SLICE_OF("toolName"), MEMBER_TOOL_NAME},
	{SLICE_OF("tool_name"), MEMBER_TOOL_NAME},
	{SLICE_OF("function"), MEMBER_FUNCTION},
	{SLICE_OF("custom"), MEMBER_FUNCTION},
	{SLICE_OF("arguments"), MEMBER_ARGUMENTS},
	{SLICE_OF("args"), MEMBER_ARGUMENTS},
	{SLICE_OF("input"), MEMBER_ARGUMENTS},
	{SLICE_OF("parameters"), MEMBER_ARGUMENTS},
	{SLICE_OF("tool_kwargs"), MEMBER_ARGUMENTS},
	{SLICE_OF("content"), MEMBER_CONTENT},
	{SLICE_OF("contents"), MEMBER_CONTENT},
	{SLICE_OF("text"), MEMBER_CONTENT},
	{SLICE_OF("output"), MEMBER_CONTENT},
	{SLICE_OF("outputs"), MEMBER_CONTENT},
	{SLICE_OF("result"), MEMBER_CONTENT},
	{SLICE_OF("results"), MEMBER_CONTENT},
	{SLICE_OF("response"), MEMBER_CONTENT},
	{SLICE_OF("tool_calls"), MEMBER_CALLS},
	{SLICE_OF("toolCalls"), MEMBER_CALLS},
	{SLICE_OF("tool_call"), MEMBER_CALLS},
	{SLICE_OF("toolCall"), MEMBER_CALLS},
	{SLICE_OF("functionCall"), MEMBER_CALLS},
	{SLICE_OF("functionCalls"), MEMBER_CALLS},
	{SLICE_OF("function_call"), MEMBER_CALLS},
	{SLICE_OF("function_calls"), MEMBER_CALLS},
	{SLICE_OF("toolUse"), MEMBER_CALLS},
	{SLICE_OF("tool_use"), MEMBER_CALLS},
	{SLICE_OF("toolInvocation"), MEMBER_CALLS},
	{SLICE_OF("params"), MEMBER_PARAMS},
	{SLICE_OF("parts"), MEMBER_PARTS},
	{SLICE_OF("choices"), MEMBER_PARTS},
	{SLICE_OF("message"), MEMBER_PARTS},
	{SLICE_OF("delta"), MEMBER_PARTS},
	{SLICE_OF("item"), MEMBER_PARTS},
	{SLICE_OF("start"), MEMBER_PARTS},
	{SLICE_OF("content_block"), MEMBER_PARTS},
	{SLICE_OF("contentBlockStart"), MEMBER_PARTS},
	{SLICE_OF("contentBlockDelta"), MEMBER_PARTS},
	{SLICE_OF("contentBlockStop"), MEMBER_PARTS},
};

/* What a type tells. */
typedef enum TypeKind
{
	TYPE_NONE,					/* there is none */
	TYPE_CALL,
	TYPE_BUILT_IN,				/* a call of a tool that the type names */
	TYPE_PART,					/* the same, where the object has an id and a state */
	TYPE_OTHER,					/* no call, unless it has arguments */
	TYPE_NO_CALL				/* no call, whatever stands beside it */
} TypeKind;

static MemberKind member_kind(Slice name);
static void read_members(Slice object, ToolCall *call, Slice by_kind[N_MEMBER_KINDS]);
static void read_function(Slice function, ToolCall *call);
static bool may_be_named(TypeKind type, bool is_strict, bool has_arguments, bool has_content);
static bool is_container(Slice value);
static bool is_string(Slice value, const char *text);
static bool may_hold_calls(Slice role);
static TypeKind type_kind(Slice type, Slice *implied_name);
static bool ends_in(Slice text, const char *end);
static bool begins_with(Slice text, const char *begin);

/*
 * Reads one object that stands where a tool call can.  Strict is where other things can
 * stand too: there a call says by its type, or by its members, that it is one.
 */
ToolObject
tool_call_read(Slice object, bool is_strict, ToolCall *call)
{
	Slice		of[N_MEMBER_KINDS] = {{NULL, 0}};
	Slice		implied = {NULL, 0};
	TypeKind	type;
	bool		has_content,
				holds_calls;

	memset(call, 0, sizeof(*call));
	read_members(object, call, of);
	type = type_kind(call->type, &implied);
	has_content = of[MEMBER_CONTENT].data != NULL;
	call->is_request = is_string(of[MEMBER_METHOD], "tools/call");
	holds_calls = is_container(of[MEMBER_CALLS]) || is_container(of[MEMBER_PARTS]) ||
		(call->is_request && is_container(of[MEMBER_PARAMS]));
	if (type == TYPE_NO_CALL || of[MEMBER_ROLE].data != NULL)
	{
		call->id = (Slice) {NULL, 0};	/* that of the message */
		return holds_calls && may_hold_calls(of[MEMBER_ROLE]) ? TOOL_OBJECT_CONTAINER : TOOL_OBJECT_OTHER;
	}

	if (of[MEMBER_FUNCTION].data != NULL)
		read_function(of[MEMBER_FUNCTION], call);
	if (call->name.data == NULL && of[MEMBER_TOOL_NAME].data != NULL)
		call->name = of[MEMBER_TOOL_NAME];
	else if (call->name.data == NULL &&
			 may_be_named(type, is_strict, call->arguments.data != NULL, has_content))
		call->name = of[MEMBER_NAME];
	if (call->name.data == NULL &&
		(type == TYPE_BUILT_IN ||
		 (type == TYPE_PART && call->id.data != NULL && of[MEMBER_STATE].data != NULL)))
		call->implied_name = implied;
	if (call->name.data != NULL || call->implied_name.data != NULL)
		return TOOL_OBJECT_CALL;
	if (holds_calls)
		return TOOL_OBJECT_CONTAINER;
	if (of[MEMBER_FUNCTION].data != NULL || type == TYPE_CALL ||
		(type == TYPE_NONE && call->id.data != NULL && !is_strict && !has_content))
		return TOOL_OBJECT_CALL;
	if (type != TYPE_NONE || has_content || call->arguments.data != NULL || call->index.data != NULL)
		return TOOL_OBJECT_OTHER;
	return TOOL_OBJECT_UNKNOWN;
}

/* Tells whether calls are to be looked for in a member of a container, and how strictly. */
bool
tool_call_container(const ToolCall *container, Slice name, Slice value, bool *is_strict)
{
	MemberKind	kind = member_kind(name);

	*is_strict = kind == MEMBER_PARTS;
	return is_container(value) &&
		(kind == MEMBER_CALLS || kind == MEMBER_PARTS || (kind == MEMBER_PARAMS && container->is_request));
}

/* Returns what a member is by its name, as it is written between the quotes. */
static MemberKind
member_kind(Slice name)
{
	char		buffer[NAME_BUFFER];

	name = json_name_in(name, buffer, sizeof(buffer));
	for (int i = 0; i < lengthof(members); i++)
		if (slice_equals(name, members[i].name))
			return members[i].kind;
	return MEMBER_OTHER;
}

/*
 * Gets the members of an object by their kind, and of the call what is told by them
 * alone.  What is empty is not there; of several members of a kind the last counts.
 */
static void
read_members(Slice object, ToolCall *call, Slice of[N_MEMBER_KINDS])
{
	JsonIterator iterator;
	Slice		name,
				value;

	for (json_iterate(&iterator, object); json_iterator_next(&iterator, &name, &value);)
	{
		MemberKind	kind = member_kind(name);

		if (kind != MEMBER_ID && kind != MEMBER_TYPE && kind != MEMBER_FUNCTION)
			call->rewritten = true;
		if (json_is_empty(value))
		{
			call->rewritten = true;
			continue;
		}
		if (of[kind].data != NULL)
			call->left_out = true;
		of[kind] = value;
		switch (kind)
		{
			case MEMBER_ID:
			case MEMBER_CALL_ID:
			case MEMBER_TYPE:
			case MEMBER_INDEX:
			case MEMBER_FUNCTION:
			case MEMBER_NAME:
			case MEMBER_TOOL_NAME:
				call->left_out |= json_kind(value) == JSON_KIND_ARRAY ||
					(kind != MEMBER_FUNCTION && json_kind(value) == JSON_KIND_OBJECT);
				break;
			default:
				call->left_out = true;
		}
	}
	call->id = of[of[MEMBER_CALL_ID].data != NULL ? MEMBER_CALL_ID : MEMBER_ID];
	call->left_out |= of[MEMBER_ID].data != NULL && of[MEMBER_CALL_ID].data != NULL;
	call->type = of[MEMBER_TYPE];
	call->index = of[MEMBER_INDEX];
	call->arguments = of[MEMBER_ARGUMENTS];
}

/* Gets the name of the function, and its arguments, where it is an object; else it is the name. */
static void
read_function(Slice function, ToolCall *call)
{
	JsonIterator iterator;
	Slice		name,
				value;

	if (json_kind(function) == JSON_KIND_STRING)
	{
		call->name = function;
		call->rewritten = true;
	}
	if (json_kind(function) != JSON_KIND_OBJECT)
		return;
	for (json_iterate(&iterator, function); json_iterator_next(&iterator, &name, &value);)
	{
		MemberKind	kind = member_kind(name);

		if (json_is_empty(value))
			call->rewritten = true;
		else if (kind == MEMBER_NAME)
			call->name = value;
		else
		{
			call->left_out = true;
			if (kind == MEMBER_ARGUMENTS)
				call->arguments = value;
		}
	}
}

/*
 * Tells whether the member "name" of an object can be that of a tool.  Beside content it
 * is who said it; and of a type that is not known only arguments make a call.
 */
static bool
may_be_named(TypeKind type, bool is_strict, bool has_arguments, bool has_content)
{
	switch (type)
	{
		case TYPE_CALL:
		case TYPE_BUILT_IN:
			return true;
		case TYPE_NONE:
			return !is_strict && (has_arguments || !has_content);
		case TYPE_PART:
		case TYPE_OTHER:
			return !is_strict && has_arguments && !has_content;
		case TYPE_NO_CALL:
			break;
	}
	return false;
}

/* Tells whether a value is there, and an object or an array. */
static bool
is_container(Slice value)
{
	return value.data != NULL &&
		(json_kind(value) == JSON_KIND_OBJECT || json_kind(value) == JSON_KIND_ARRAY);
}

/* Tells whether a value is there, and a string of this content. */
static bool
is_string(Slice value, const char *text)
{
	char		buffer[MAX_WORD * JSON_BYTES_PER_BYTE];
	Slice		content;

	return value.data != NULL && json_kind(value) == JSON_KIND_STRING &&
		json_short_text(value, MAX_WORD, buffer, &content) == SHORT_TEXT && slice_is(content, text);
}

/* Tells whether who has this role, or none, calls tools: the model, and nobody else. */
static bool
may_hold_calls(Slice role)
{
	return role.data == NULL || is_string(role, "assistant") || is_string(role, "model") ||
		is_string(role, "ai") || is_string(role, "ASSISTANT") || is_string(role, "CHATBOT");
}

/*
 * Tells what a type says.  Where it names a tool itself that is *implied_name, a part of
 * the object's text: "web_search" of "web_search_call", "lookup" of "tool-lookup".
 */
static TypeKind
type_kind(Slice type, Slice *implied_name)
{
	static const char *const calls[] = {"function", "custom", "tool", "tool_use", "server_tool_use", "mcp_tool_use",
		"tool_call", "tool-call", "toolCall", "tool_call_chunk", "function_call", "function-call", "custom_tool_call",
	"mcp_call", "invalid_tool_call", "dynamic-tool", "tool-input-start", "tool-input-available"};
	static const char *const built_in[] = {"code_interpreter", "file_search", "retrieval"};
	static const char *const no_calls[] = {"result", "output", "response", "error", "delta", "text", "done"};
	static const char *const no_parts[] = {"result", "error", "output", "input", "approval"};
	Slice		word;

	if (type.data == NULL)
		return TYPE_NONE;
	if (json_kind(type) != JSON_KIND_STRING || type.len > MAX_WORD || memchr(type.data, '\\', type.len) != NULL)
		return TYPE_OTHER;
	word = json_string_content(type);
	for (int i = 0; i < lengthof(calls); i++)
		if (slice_is(word, calls[i]))
			return TYPE_CALL;
	*implied_name = word;
	for (int i = 0; i < lengthof(built_in); i++)
		if (slice_is(word, built_in[i]))
			return TYPE_BUILT_IN;
	if (begins_with(word, "tool-"))
	{
		*implied_name = (Slice) {word.data + strlen("tool-"), word.len - strlen("tool-")};
		for (int i = 0; i < lengthof(no_parts); i++)
			if (slice_is(*implied_name, no_parts[i]) ||
				(begins_with(*implied_name, no_parts[i]) && implied_name->data[strlen(no_parts[i])] == '-'))
				return TYPE_NO_CALL;
		return TYPE_PART;
	}
	for (int i = 0; i < lengthof(no_calls); i++)
		if (ends_in(word, no_calls[i]))
			return TYPE_NO_CALL;
	if (ends_in(word, "_tool_use"))
		return TYPE_CALL;
	if (!ends_in(word, "_call"))
		return TYPE_OTHER;
	implied_name->len -= strlen("_call");
	return TYPE_BUILT_IN;
}

/* Tells whether a text ends so, and is longer or the same. */
static bool
ends_in(Slice text, const char *end)
{
	size_t		len = strlen(end);

	return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

/* Tells whether a text begins so, and is longer. */
static bool
begins_with(Slice text, const char *begin)
{
	size_t		len = strlen(begin);

	return text.len > len && memcmp(text.data, begin, len) == 0;
}
