-- Tool calls in the shape of any provider: what of them stays with the entry, and what of
-- metadata. In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_tool_calls ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_tool_calls
SET TimeZone = 'UTC';
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team(t, body_logging => t = 'on', metadata_keys => '{env,n,note,prompt,Cache-Tokens}') FROM unnest(ARRAY['on', 'off']) t;
\o
CREATE SEQUENCE job;
CREATE VIEW kept AS SELECT team_id, job_id, tool_calls::text, body_state, defects FROM ogw_logs.entry;
-- what stays of tool calls, with bodies off; the value may be anything
CREATE FUNCTION pg_temp.kept(calls text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE job text := 'job-' || nextval('job');
BEGIN
	PERFORM ogw_logs.insert_log(job_id => job, team_id => 'off', tool_calls => calls);
	RETURN (SELECT coalesce(k.tool_calls, 'NULL') || CASE body_state WHEN 'none' THEN '' WHEN 'off' THEN ' -' END || coalesce(' ' || array_to_string(defects, ' '), '') FROM kept k WHERE job_id = job);
END $$;

-- One shape for all; "-" where something was left out, and the defects.
SELECT provider, pg_temp.kept(calls) AS kept FROM (VALUES
	('OpenAI chat', '[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"name\":\"canary\"}"}},{"id":"call_2","type":"custom","custom":{"name":"run_sql","input":"canary"}}]'),
	('OpenAI Responses', '[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"get_weather","arguments":"{}","status":"completed"},{"type":"custom_tool_call","id":"ctc_1","call_id":"call_2","name":"run_sql","input":"canary"},{"type":"web_search_call","id":"ws_1","status":"completed","action":{"query":"canary","name":"canary"}},{"type":"mcp_call","id":"mcp_1","name":"roll","server_label":"dice","arguments":"{}","output":"canary"},{"type":"reasoning","id":"rs_1","summary":[{"text":"canary"}]},{"type":"message","id":"msg_1","role":"assistant","content":[{"type":"output_text","text":"canary"}]},{"type":"function_call_output","id":"fco_1","call_id":"call_1","output":"canary"}]'),
	('OpenAI, Responses streamed', '[{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"fc_1","call_id":"call_1","name":"get_weather","arguments":""}},{"type":"response.function_call_arguments.delta","item_id":"fc_1","delta":"{\"name\":\"canary\"}"},{"type":"response.function_call_arguments.done","item_id":"fc_1","name":"get_weather","arguments":"canary"},{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"fc_1","call_id":"call_1","name":"get_weather","arguments":"canary"}}]'),
	('OpenAI, first form', '{"name":"get_weather","arguments":"{}"}'),
	('OpenAI, a message', '{"role":"assistant","content":"canary","tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}'),
	('OpenAI, chunks', '[{"choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}}]},{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"canary"}}]}}]}]'),
	('Anthropic', '[{"type":"text","text":"canary"},{"type":"thinking","thinking":"canary"},{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{"name":"canary","id":"canary"}},{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"canary"}},{"type":"mcp_tool_use","id":"mcptoolu_1","name":"echo","server_name":"x","input":{}},{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"title":"canary","name":"canary"}]}]'),
	('Anthropic, streamed', '[{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"get_weather","input":{}}},{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"name\":\"canary\"}"}},{"type":"content_block_stop","index":1}]'),
	('Gemini', '[{"functionCall":{"name":"get_weather","args":{"name":"canary","functionCall":{"name":"canary"}}},"thoughtSignature":"canary"}]'),
	('Gemini, content', '{"role":"model","parts":[{"text":"canary"},{"functionCall":{"id":"fc-1","name":"get_weather","args":{}}},{"function_call":{"name":"get_time"}}]}'),
	('Gemini, live', '{"toolCall":{"functionCalls":[{"id":"fc-1","name":"get_weather","args":{}},{"id":"fc-2","name":"get_time"}]}}'),
	('Bedrock', '[{"text":"canary"},{"toolUse":{"toolUseId":"tooluse_1","name":"get_weather","input":{"name":"canary"}}}]'),
	('Bedrock, streamed', '[{"contentBlockStart":{"start":{"toolUse":{"toolUseId":"tooluse_1","name":"get_weather"}},"contentBlockIndex":1}},{"contentBlockDelta":{"delta":{"toolUse":{"input":"canary"}},"contentBlockIndex":1}},{"contentBlockStop":{"contentBlockIndex":1}}]'),
	('Cohere, first form', '[{"name":"get_weather","parameters":{"name":"canary"}},{"name":"get_time","parameters":{}}]'),
	('Cohere, streamed', '[{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"get_weather_1","type":"function","function":{"name":"get_weather","arguments":""}}}}},{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"canary"}}}}},{"type":"tool-call-end","index":0}]'),
	('Ollama', '[{"function":{"index":0,"name":"get_weather","arguments":{"name":"canary"}}},{"function":{"index":1,"name":"get_time","arguments":{}}}]'),
	('LangChain', '[{"name":"get_weather","args":{"name":"canary"},"id":"call_1","type":"tool_call"}]'),
	('LangChain, streamed', '[{"name":"get_weather","args":"","id":"call_1","index":0,"type":"tool_call_chunk"},{"name":null,"args":"{\"name\":\"canary\"}","id":null,"index":0,"type":"tool_call_chunk"}]'),
	('Vercel', '[{"type":"tool-call","toolCallId":"call_1","toolName":"get_weather","args":{"name":"canary"}},{"type":"tool-get_time","toolCallId":"call_2","state":"output-available","input":{},"output":"canary"},{"type":"dynamic-tool","toolName":"get_day","toolCallId":"call_3","state":"call"},{"type":"tool-result","toolCallId":"call_1","toolName":"canary","result":"canary"}]'),
	('Vercel, a message', '[{"type":"tool-invocation","toolInvocation":{"state":"call","toolCallId":"call_1","toolName":"get_weather","args":{}}}]'),
	('Pydantic AI, LlamaIndex', '[{"tool_name":"get_weather","args":{},"tool_call_id":"call_1","part_kind":"tool-call"},{"tool_id":"call_2","tool_name":"get_time","tool_kwargs":{"name":"canary"}}]'),
	('MCP', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"files/read:line","arguments":{"name":"canary"}}}'),
	('an id beside it', '[{"id":"call_1","function_call":{"name":"get_weather","arguments":"{}"}}]'),
	('a number for an id', '[{"id":0,"type":"function","function":{"name":"f"}},{"id":1,"type":"function","function":{"name":"f"}}]'),
	('in a string', '"[{\"functionCall\":{\"name\":\"get_weather\"}}]"'),
	('in strings', '["{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}"]')) AS x (provider, calls);

-- The fragments of a call are one call; calls that only share a place are several.
SELECT pg_temp.kept(calls) AS kept FROM unnest(ARRAY[
	'[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}},{"index":0,"id":null,"function":{"name":null,"arguments":"{\"a\""}},{"index":0,"function":{"arguments":":1}"}},{"index":1,"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]',
	'[{"index":0,"id":"call_1","type":"function","function":{"arguments":""}},{"index":0,"id":"","function":{"name":"f"}},{"index":0,"id":"","function":{"name":"","arguments":"{"}}]',
	'[{"index":0,"id":"call_1","function":{"name":"f","arguments":"{"}},{"index":0,"id":"call_1","function":{"name":"f","arguments":"}"}}]',
	'[{"index":0,"id":"call_1","function":{"name":"f"}},{"index":0,"id":"call_2","function":{"name":"f"}}]',
	'[{"index":0,"function":{"name":"f"}},{"index":0,"function":{"name":"g"}}]',
	'[{"function":{"name":"f"}},{"function":{"name":"f"}}]',
	'[{"index":0,"function":{"arguments":"canary"}}]']) calls;

-- What no provider calls a tool is none: no answer and no text of a user is a name or an id.
SELECT pg_temp.kept(calls) AS kept FROM unnest(ARRAY[
	'[{"role":"tool","tool_call_id":"canary","name":"canary","content":"canary"},{"role":"user","name":"canary","content":"canary"},{"role":"function","name":"canary","content":"canary"}]',
	'[{"name":"canary","content":"canary"},{"id":"canary","text":"canary"},{"tool_call_id":"canary","output":"canary"},{"type":"tool_result","tool_use_id":"canary","content":"canary","name":"canary","id":"canary"}]',
	'[{"functionResponse":{"name":"canary","response":{"name":"canary"}}},{"toolResult":{"toolUseId":"canary","content":[{"text":"canary"}]}}]',
	'{"role":"user","parts":[{"functionCall":{"name":"canary"}}]}',
	'{"role":"user","tool_calls":[{"id":"canary","function":{"name":"canary"}}]}',
	'[{"type":"note","name":"canary","id":"canary"},{"type":"image","id":"canary","input":"canary","name":"canary","content":"canary"}]',
	'[{"content":[{"type":"tool_use","name":"canary"}]},{"args":{"name":"canary"}},{"result":{"tool_calls":[{"name":"canary"}]}},{"output":[{"type":"function_call","name":"canary"}]}]',
	'{"method":"prompts/get","params":{"name":"canary"}}',
	'{"message":{"name":"canary","id":"canary"},"item":{"id":"canary"},"delta":{"tool":"canary"}}',
	'["canary",7,true,null,[["canary"]]]',
	'{"canary":{"name":"canary"}}', '"canary"', '7', '[]', '{}', '[null]', 'null']) calls;
SELECT count(*) AS with_canary FROM kept WHERE team_id = 'off' AND tool_calls LIKE '%canary%';

-- A name is a short token; an id is short and without blanks. What else is there says so alone.
SELECT pg_temp.kept(calls) AS kept FROM unnest(ARRAY[
	'[{"id":"call_1","type":"function","function":{"name":"what is the weather","arguments":"{}"}}]',
	'[{"id":"what is the weather","type":"function","function":{"name":"f"}}]',
	'[{"type":"what is the weather","function":{"name":"f"}}]',
	'[{"functionCall":{"name":"caf\u00e9"}}]', '[{"functionCall":{"name":"\u0066"}},{"function\u0043all":{"n\u0061me":"g"}}]',
	'[{"id":"a\u0000b","function":{"name":"f"}},{"id":"\u00e9\ud800","function":{"name":"f"}}]',
	'[{"id":{"x":1},"name":{"x":1},"type":["x"],"arguments":{}}]',
	'[{"function":"f"},{"function":["f"]},{"function":7}]']) calls;
SELECT length(pg_temp.kept(format('[{"id":"%s","function":{"name":"%s"}}]', repeat('i', i), repeat('n', n)))) FROM (VALUES (255, 128), (256, 128), (255, 129)) AS x (i, n);

-- More calls than fit: the first.
SELECT n, json_array_length(k.calls) AS calls, k.calls #>> '{0,id}' AS first, k.calls #>> '{-1,id}' AS last, octet_length(k.calls::text) <= 3800 AS fits
  FROM unnest(ARRAY[60, 150]) n, LATERAL (SELECT substring(pg_temp.kept((SELECT json_agg(json_build_object('id', 'call_' || i, 'function', json_build_object('name', 'f'))) FROM generate_series(1, n) i)::text) FROM '^.*\]')::json) AS k (calls);
-- with attempts and tags each gets a part: the last attempts, the first calls, the first tags
SELECT ogw_logs.insert_log(job_id => 'three', team_id => 'on', metadata => '{"n":1,"note":"' || repeat('n', 190) || '"}',
	attempts => (SELECT json_agg(json_build_object('model', 'model-' || i)) FROM generate_series(1, 120) i)::text,
	tool_calls => (SELECT json_agg(json_build_object('id', 'call_' || i, 'type', 'function', 'function', json_build_object('name', 'f'))) FROM generate_series(1, 120) i)::text);
SELECT attempts -> -1 AS last_attempt, tool_calls -> 0 AS first_call, metadata ->> 'n' AS n, defects, octet_length(attempts::text) BETWEEN 1240 AND 2600 AS attempts, octet_length(tool_calls::text) BETWEEN 900 AND 2600 AS calls,
	   octet_length(attempts::text) + octet_length(tool_calls::text) + octet_length(metadata::text) BETWEEN 3600 AND 3800 AS together FROM ogw_logs.entry WHERE job_id = 'three';
SELECT json_array_length(attempts) AS attempts, json_array_length(tool_calls) AS calls FROM ogw_logs.get_log('three');

-- The whole lives with the body where it is more, or another value; blanks are none.
SELECT ogw_logs.insert_log(job_id => 'w' || n, team_id => 'on', tool_calls => calls) FROM unnest(ARRAY[
	'[{"id":"call_1","type":"function","function":{"name":"f"}}]', E'[ { "type" : "function", "id" : "call_1" ,\n "function" : { "name" : "\\u0066" } } ]', '[ ]', '{}',
	'[{"id":1,"type":"function","function":{"name":"f"}}]', '[{"functionCall":{"name":"f"}}]', '{"id":"call_1","type":"function","function":{"name":"f"}}', '[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]'])
	WITH ORDINALITY AS x (calls, n);
SELECT k.job_id, k.tool_calls AS kept, k.body_state, l.tool_calls AS whole FROM kept k, ogw_logs.get_log(k.job_id) l WHERE k.job_id LIKE 'w_' ORDER BY 1;

-- What is no JSON, or of another shape, lives with the body as it is; what can be read of it stays.
SELECT r.* FROM unnest(ARRAY['on', 'off']) t, ogw_logs.insert_logs(format('[{"job_id":"x%1$s1","team_id":"%1$s","tool_calls":"","attempts":"canary text","metadata":"canary \"text"},
	{"job_id":"x%1$s2","team_id":"%1$s","tool_calls":7,"attempts":"canary","metadata":"[canary","env":"prod"}, {"job_id":"x%1$s3","team_id":"%1$s","metadata":"\"{\\\"env\\\":\\\"prod\\\"}\"","tool_calls":["canary"],"attempts":true},
	{"job_id":"x%1$s4","team_id":"%1$s","metadata":{"env":NaN,"n":1},"tool_calls":[{"function":{"name":"f","arguments":NaN}}]}, {"job_id":"x%1$s5","team_id":"%1$s","metadata":"%2$s","input":"x"}]', t, repeat('[', 600))) r;
SELECT e.job_id, e.attempts, e.tool_calls, e.metadata, e.body_state, e.defects FROM ogw_logs.entry e WHERE e.job_id ~ '^xo' ORDER BY 1;
SELECT j, l.attempts, l.tool_calls, left(l.metadata::text, 40) AS metadata FROM unnest(ARRAY['xon1', 'xon2', 'xon3', 'xon4', 'xon5']) j, ogw_logs.get_log(j) l;

-- Metadata: the same value is no body, whatever blanks are in it.
SELECT ogw_logs.insert_log(job_id => format('%s-%s', t, n), team_id => t, metadata => metadata) FROM unnest(ARRAY['on', 'off']) t, unnest(ARRAY[
	'{"env": "prod"}', ' { "env" : "prod" , "n" : 1.50 } ', '{"n":true,"env":null}', '{}', ' { } ', 'null',
	'{"env":"prod","other":null}', '{"env":"prod","env":"test"}', '{"env":["prod"]}', '[]', '[1]', '"text"', '7',
	'{"\u0065nv":"\u00fcber","note":"' || repeat('\u00fc', 99) || '"}', '{"note":"' || repeat('\u00fc', 100) || '"}', '{"note":"' || repeat('n', 199) || '"}', '{"note":"' || repeat('n', 200) || '"}'])
	WITH ORDINALITY AS x (metadata, n);
SELECT e.job_id, left(e.metadata::text, 40) AS kept, length(e.metadata::text) AS length, e.body_state, e.defects, left(l.metadata::text, 40) AS whole
  FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id) l WHERE e.job_id ~ '^(on|off)-' ORDER BY e.team_id DESC, substr(e.job_id, length(e.team_id) + 2)::integer;

-- Tags beside the entry's own fields: declared names count there too, but for names of content.
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"t1","team_id":"off","env":"prod","n":1.5}, {"job_id":"t2","team_id":"off","env":"prod","other":"canary"},
	{"job_id":"t3","team_id":"off","env":"top","metadata":{"env":"inside"}}, {"job_id":"t4","team_id":"off","env":{"canary":1},"prompt":"canary","metadata":{"prompt":"tag"}},
	{"job_id":"t5","team_id":"off","env":"' || repeat('canary', 40) || '","n":"1"}, {"job_id":"t6","team_id":"off","metadata":["canary"],"n":2,"n":3},
	{"job_id":"t7","team_id":"on","env":"prod"}, {"job_id":"t8","team_id":"on","env":"prod","other":"x","metadata":{"n":1}}, {"job_id":"t9","team_id":"on","Cache-Tokens":36900,"metadata":{"n":1}},
	{"job_id":"ta","team_id":"on","env":"prod","metadata":{"other":1}}]');
SELECT e.job_id, e.metadata AS kept, e.unknown_fields, e.body_state, e.defects, l.metadata AS whole FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id) l WHERE e.job_id ~ '^t.$' ORDER BY 1;
SELECT count(*) AS canaries FROM ogw_logs.entry e WHERE team_id = 'off' AND e::text LIKE '%canary%';
-- whatever is declared, a name of content is no tag there
SELECT ogw_logs.set_team('off', metadata_keys => ARRAY['prompt', 'Messages', 'system_prompt', 'gen_ai.input.messages', 'SystemInstruction', 'tool-result', 'text', 'prompt_version']);
SELECT * FROM ogw_logs.insert_logs('[{"job_id":"c1","team_id":"off","prompt":"canary","Messages":"canary","system_prompt":"canary","gen_ai.input.messages":"canary","SystemInstruction":"canary","tool-result":"canary","text":"canary","prompt_version":"v2"}]');
SELECT metadata, unknown_fields FROM ogw_logs.entry WHERE job_id = 'c1';

-- Memory does not grow with the elements: a field of 3 MB, a million of them.
SELECT ogw_logs.insert_log(job_id => 'many-' || n, team_id => 'off', tool_calls => calls) FROM unnest(ARRAY[
	'[' || repeat('{},', 1000000) || '{}]', '[' || repeat('{"id":1},', 300000) || '{}]', '[' || repeat('{"index":0,"id":"a","function":{"arguments":"x"}},', 60000) || '{}]',
	'[' || repeat('"{}",', 500000) || '{}]', repeat('[', 500) || repeat(']', 500), repeat('{"message":', 500) || '{}' || repeat('}', 500), '[' || repeat('{"n\u0061me":"\u0066"},', 100000) || '{}]'])
	WITH ORDINALITY AS x (calls, n);
SELECT job_id, left(tool_calls, 24) AS kept, json_array_length(tool_calls::json) AS calls FROM kept WHERE job_id LIKE 'many%' ORDER BY 1;

\c :regression
DROP DATABASE ogw_test_tool_calls;
