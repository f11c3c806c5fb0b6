/*
 * tool_call.h
 *		A tool call in the shape of any provider: which members of one object tell its id,
 *		its type and the function's name, and in which members calls are to be found.
 */
#ifndef OGW_TOOL_CALL_H
#define OGW_TOOL_CALL_H

#include "postgres.h"

#include "core/slice.h"

/* What an object is that stands where a tool call can. */
typedef enum ToolObject
{
	TOOL_OBJECT_CALL,			/* a call, or a further fragment of one in a stream */
	TOOL_OBJECT_CONTAINER,		/* calls stand in the members that tool_call_container() tells */
	TOOL_OBJECT_OTHER,			/* text, the result of a call, a message and the like */
	TOOL_OBJECT_UNKNOWN			/* of no shape that is known */
} ToolObject;

/* A call: values as they stand in the object; no data: it is not there, null or empty. */
typedef struct ToolCall
{
	Slice		id;
	Slice		type;
	Slice		name;
	Slice		implied_name;	/* a text: the name that the type tells, where there is no name */
	Slice		index;			/* which call of a stream it is, or is a fragment of */
	Slice		arguments;
	bool		is_request;		/* a request of MCP that calls a tool: "params" is the call */
	bool		rewritten;		/* of another shape than "id", "type", "function": {"name"} */
	bool		left_out;		/* something stands beside these that is not empty */
} ToolCall;

extern ToolObject tool_call_read(Slice object, bool is_strict, ToolCall *call);
extern bool tool_call_container(const ToolCall *call, Slice name, Slice value, bool *is_strict);

#endif
