/*
 * content_name.c
 *		Names under which gateways send what was said.  A member of an entry with such a
 *		name is no tag, whatever a team declares.
 */
#include "postgres.h"

#include "policy/content_name.h"

/* The longest name of the list. */
#define MAX_CONTENT_NAME 32

/* In small letters without what separates words; docs/privacy.md has the same list. */
static const char *const content_names[] = {
	"answer", "args", "arguments", "assistant", "body", "candidates", "chathistory", "chatmessages", "choices",
	"completion", "completions", "content", "contents", "context", "conversation", "data", "delta", "description",
	"detail", "details", "document", "documents", "error", "errormessage", "errors", "exception", "generatedtext",
	"generation", "generations", "history", "input", "inputmessages", "inputs", "inputtext", "instruction",
	"instructions", "message", "messages", "output", "outputmessages", "outputs", "outputtext", "parameters", "params",
	"parts", "payload", "prediction", "predictions", "prompt", "prompts", "query", "question", "rawrequest",
	"rawresponse", "reasoning", "reasoningcontent", "reply", "request", "requestbody", "response", "responsebody",
	"result", "results", "stacktrace", "system", "systeminstruction", "systeminstructions", "systemmessage",
	"systemprompt", "text", "thinking", "thought", "thoughts", "toolcalls", "tooloutput", "toolresult", "toolresults",
	"tools", "traceback", "transcript", "usermessage", "userprompt"
};

/*
 * Tells whether a name is one of the list, in capitals or small letters, however its words
 * are separated, and with OpenTelemetry's "gen_ai." before it or without.
 */
bool
is_content_name(Slice name)
{
	static const char prefix[] = "genai";
	char		word[MAX_CONTENT_NAME + sizeof(prefix)];
	Slice		plain = {word, 0};

	for (size_t i = 0; i < name.len; i++)
	{
		char		c = name.data[i];

		if (memchr("_-. :", c, 5) != NULL)
			continue;
		if (plain.len == sizeof(word))
			return false;
		word[plain.len++] = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
	}
	if (plain.len > strlen(prefix) && memcmp(plain.data, prefix, strlen(prefix)) == 0)
		plain = (Slice) {plain.data + strlen(prefix), plain.len - strlen(prefix)};
	for (int i = 0; i < lengthof(content_names); i++)
		if (slice_is(plain, content_names[i]))
			return true;
	return false;
}
