-- messages() of answers that were logged as they were streamed, what of a request is new,
-- who may read it, and what is hostile.  In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_streams ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_streams
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team(t, body_logging => t <> 'off') FROM unnest(ARRAY['red', 'blue', 'off']) t;
\o
SET ogw_logs.log_body_reads = off;
CREATE FUNCTION log(job text, input text, output text DEFAULT NULL, session text DEFAULT NULL, minute int DEFAULT 0, usr text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT ogw_logs.insert_log(job_id => job, team_id => 'red', "timestamp" => '2026-06-01 10:00Z'::timestamptz + make_interval(mins => minute),
		input => input, output => output, session_id => session, user_id => usr)
$$;
CREATE FUNCTION talk(job text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', left(m.part_of, 1) || m.turn || '.' || m.part, m.role, m.kind, 'name=' || m.tool_name, 'id=' || m.tool_call_id,
		'args=' || m.arguments::text, 'text=' || m.text)
	  FROM ogw_logs.messages(job, 'red') m ORDER BY m.turn, m.part
$$;
\pset format unaligned
\pset tuples_only on

\echo -- OpenAI, chat: a pair of surrogates is cut, calls are mixed, a comment, a broken end
SELECT log('s1', NULL, $$: connected

data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

data: {"choices":[{"index":0,"delta":{"reasoning_content":"Hm"}}]}
data: {"choices":[{"index":0,"delta":{"content":"A c"}},{"index":1,"delta":{"content":"Other"}}]}
data: {"choices":[{"index":0,"delta":{"content":"at \ud83d"}}]}
data: {"choices":[{"index":0,"delta":{"content":"\ude00\n"}}]}
data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"look","arguments":""}},{"index":1,"id":"c2","function":{"name":"go","arguments":"{"}}]}}]}
data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"at\":"}}]}}]}
data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":null,"function":{"name":null,"arguments":"}"}}]}}]}
data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"b\"}"}}]},"finish_reason":"tool_calls"}]}
data: {"choices":[],"usage":{"total_tokens":5}}
data: [DONE]
$$);
SELECT talk('s1');
SELECT log('s2', NULL, 'data: {"choices":[{"index":0,"delta":{"content":"half"}}]}' || E'\r\n\r\ndata: {"error":{"message":"gone"}}\r\n\r\ndata: {"choices":[{"ind');
SELECT talk('s2');
\echo -- OpenAI, completions
SELECT log('s3', NULL, E'data: {"choices":[{"text":"A "}]}\n\ndata: {"choices":[{"text":"cat"}]}\n\ndata: [DONE]\n');
SELECT talk('s3');
\echo -- OpenAI, Responses: with the whole at the end, and broken off
SELECT log('s4', NULL, $$event: response.created
data: {"type":"response.created","response":{"id":"r","output":[]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"A c"}

event: response.completed
data: {"type":"response.completed","response":{"id":"r","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"A cat."}]},{"type":"function_call","call_id":"c1","name":"look","arguments":"{}"}]}}
$$);
SELECT talk('s4');
SELECT log('s5', NULL, $$data: {"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"r1","summary":[]}}
data: {"type":"response.reasoning_summary_text.delta","output_index":0,"delta":"Hm"}
data: {"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"f1","call_id":"c1","name":"look","arguments":""}}
data: {"type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"at\":"}
data: {"type":"response.function_call_arguments.delta","output_index":1,"delta":"1}"}
data: {"type":"response.output_text.delta","output_index":2,"delta":"A c"}
$$);
SELECT talk('s5');
\echo -- Anthropic
SELECT log('s6', NULL, $$event: message_start
data: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","content":[],"usage":{"input_tokens":1}}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}
data: {"type":"content_block_stop","index":0}
data: {"type":"ping"}
data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"I "}}
data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"look."}}
data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t1","name":"look","input":{}}}
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}
data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"at\": \"a\"}"}}
data: {"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t2","name":"stop","input":{}}}
data: {"type":"content_block_start","index":4,"content_block":{"type":"web_search_tool_result","tool_use_id":"s1","content":[]}}
data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}
data: {"type":"message_stop"}
$$);
SELECT talk('s6');
\echo -- Gemini, as a list and as lines
SELECT log('s7', NULL, $$[{"candidates":[{"content":{"role":"model","parts":[{"text":"Hm","thought":true}]},"index":0}]},
{"candidates":[{"content":{"role":"model","parts":[{"text":"A "}]}}]},{"candidates":[{"content":{"parts":[{"text":"cat"},{"functionCall":{"name":"look","args":{"at":"a"}}}]}}]},
{"candidates":[{"content":{"parts":[{"text":"more"}]},"finishReason":"STOP"}],"usageMetadata":{}}]$$);
SELECT talk('s7');
SELECT log('s8', NULL, E'data: {"candidates":[{"content":{"role":"model","parts":[{"text":"A "}]}}]}\n\ndata: {"candidates":[{"content":{"parts":[{"text":"cat"}]}}]}\n');
SELECT talk('s8');
\echo -- Bedrock
SELECT log('s9', NULL, $$[{"messageStart":{"role":"assistant"}},{"contentBlockDelta":{"delta":{"text":"A "},"contentBlockIndex":0}},{"contentBlockDelta":{"delta":{"text":"cat"},"contentBlockIndex":0}},
{"contentBlockStart":{"start":{"toolUse":{"toolUseId":"b1","name":"look"}},"contentBlockIndex":1}},{"contentBlockDelta":{"delta":{"toolUse":{"input":"{\"a\":1}"}},"contentBlockIndex":1}},{"messageStop":{"stopReason":"tool_use"}}]$$);
SELECT talk('s9');
\echo -- Cohere, second and first version
SELECT log('s10', NULL, $$data: {"type":"message-start","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[]}}}
data: {"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I look."}}}
data: {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"k1","type":"function","function":{"name":"look","arguments":""}}}}}
data: {"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}}}
data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}
data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"A cat."}}}}
data: {"type":"message-end","delta":{"finish_reason":"COMPLETE"}}
$$);
SELECT talk('s10');
SELECT log('s11', NULL, E'{"is_finished":false,"event_type":"stream-start"}\n{"event_type":"text-generation","text":"A "}\n{"event_type":"text-generation","text":"cat"}\n{"event_type":"stream-end","response":{"text":"A cat"}}\n');
SELECT talk('s11');
\echo -- Ollama
SELECT log('s12', NULL, E'{"message":{"role":"assistant","content":"A "},"done":false}\n{"message":{"role":"assistant","content":"cat"},"done":false}\n{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"look","arguments":{"a":1}}}]},"done":true}');
SELECT talk('s12');
SELECT log('s13', NULL, E'{"response":"A ","done":false}\n{"response":"cat","done":true}\n');
SELECT talk('s13');
\echo -- lines that only look like a stream
SELECT log('s14', E'data: none\nid: 7', E'event: a\ndata: {"x":1}\n');
SELECT talk('s14');
SELECT log('s15', E'{"a":1}\n{"b":2}', NULL);
SELECT talk('s15');

-- what is new: behind the request before and its answer, in whatever shape that was
\pset format aligned
\pset tuples_only off
SELECT log('n1', '{"messages":[{"role":"system","content":"S"},{"role":"user","content":"yes"}]}', E'data: {"choices":[{"delta":{"content":"A","tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\\"a\\": 1}"}}]}}]}\n\ndata: [DONE]\n', 'n', 1);
SELECT log('n2', '{"messages":[{"role":"system","content":[{"type":"text","text":"S"}]},{"role":"user","content":"yes"},{"role":"assistant","content":"A","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"r"},{"role":"user","content":"yes"}]}', '{"choices":[{"message":{"role":"assistant","content":"B"}}]}', 'n', 2);
-- the window has moved on, and the last answer comes again
SELECT log('n3', '{"messages":[{"role":"system","content":"S2"},{"role":"tool","tool_call_id":"c","content":"r"},{"role":"user","content":"yes"},{"role":"assistant","content":"B"},{"role":"user","content":"B"}]}', NULL, 'n', 3);
SELECT log('n4', 'same', 'text', NULL, 4, 'u'), log('n5', 'same', 'text', NULL, 5, 'u'), log('n6', 'same', 'text', NULL, 6, NULL), log('n7', 'same', 'text', 'other', 7, 'u');
SELECT j AS job, string_agg(m.turn || CASE WHEN m.is_new THEN ' new' ELSE '' END, ', ' ORDER BY m.turn, m.part) AS turns
  FROM unnest(ARRAY['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7']) j, ogw_logs.messages(j) m GROUP BY j ORDER BY j;

-- who may read it, and what is noted
SELECT ogw_logs.insert_log(job_id => 'r', team_id => t, "timestamp" => '2026-06-01Z', session_id => 'r', input => t || ' body') FROM unnest(ARRAY['red', 'blue', 'off']) t;
SELECT ogw_logs.insert_log(job_id => 'r', team_id => 'red', "timestamp" => '2026-06-03Z', session_id => 'r', input => 'red body');
CREATE ROLE ogw_test_red;
CREATE ROLE ogw_test_red_bodies;
CREATE ROLE ogw_test_stranger;
SELECT ogw_logs.grant_reader('ogw_test_red', 'red'), ogw_logs.grant_reader('ogw_test_red_bodies', 'red', bodies => true);
SET ogw_logs.log_body_reads = on;
SET ROLE ogw_test_red;
SELECT * FROM ogw_logs.messages('r');
SET ROLE ogw_test_stranger;
SELECT * FROM ogw_logs.messages('r');
SET ROLE ogw_test_red_bodies;
SELECT team_id, text, is_new FROM ogw_logs.messages('r', near => '2026-06-01Z');
SELECT count(*) FROM ogw_logs.messages('r', team_id => 'blue');
SELECT count(*) FROM ogw_logs.messages(NULL);
RESET ROLE;
SELECT team_id, text FROM ogw_logs.messages('r', near => '2026-06-01Z') ORDER BY 1;
SELECT team_id, job_id, count(*) FROM ogw_logs.body_read GROUP BY 1, 2 ORDER BY 1, 2;
SET ogw_logs.log_body_reads = off;
SELECT ogw_logs.revoke_access(r) FROM unnest(ARRAY['ogw_test_red', 'ogw_test_red_bodies']::name[]) r;
DROP ROLE ogw_test_red, ogw_test_red_bodies, ogw_test_stranger;
-- a body that is gone
SELECT bodies FROM ogw_logs.purge_bodies('blue', '2026-06-02Z');
SELECT count(*) FROM ogw_logs.messages('r', 'blue');

-- hostile: many parts, many turns, content in content, one id for all, long names
SELECT log('h1', '{"messages":[{"role":"user","content":[' || repeat('{"type":"text","text":"x"},', 99999) || '{}]}]}');
SELECT log('h2', '{"messages":[' || repeat('{"role":"tool","tool_call_id":"same","content":[]},', 49999) || '{}]}', '{"choices":[' || repeat('{},', 9999) || '{}]}');
SELECT log('h3', '{"messages":[{"role":"user","content":' || repeat('[{"type":"tool_result","tool_use_id":"a","content":', 200) || '"deep"' || repeat('}]', 200) || '}]}');
SELECT log('h4', '{"messages":[{"role":"' || repeat('r', 100000) || '","content":"x"},{"role":"tool","name":"' || repeat('ä', 100000) || '","tool_call_id":"' || repeat('i', 100000) || '","content":[' || repeat('"p",', 9999) || '"p"]}]}');
SELECT log('h5', NULL, 'data: {"choices":[{"delta":{"tool_calls":[' || (SELECT string_agg(format('{"index":%s}', n), ',') FROM generate_series(1, 20000) n) || ']}}]}' || E'\n\ndata: [DONE]');
SELECT log('h6', NULL, (SELECT string_agg(format('data: {"choices":[{"index":%s,"delta":{"tool_calls":[{"index":%s,"function":{"arguments":"%s"}}]}}]}', n % 100, n % 77, n), E'\n') FROM generate_series(1, 50000) n));
SELECT log('h7', repeat('[', 600) || repeat(']', 600), repeat('data:', 200000));
SELECT j AS job, count(*), count(DISTINCT m.turn) AS turns, max(m.part) AS part, max(length(m.text)) AS text, max(octet_length(m.tool_name)) AS name, max(octet_length(m.tool_call_id)) AS id, max(length(m.role)) AS role
  FROM unnest(ARRAY['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7']) j, ogw_logs.messages(j) m GROUP BY j ORDER BY j;
\c :regression
DROP DATABASE ogw_test_streams;
