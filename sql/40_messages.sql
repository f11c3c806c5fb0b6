-- JSON that PostgreSQL can read, and messages(): the conversation of a request, whatever
-- provider's shape it has.  In a database of its own.
\set regression :DBNAME
CREATE DATABASE ogw_test_messages ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0;
\c ogw_test_messages
SET TimeZone = 'UTC';
SET DateStyle = 'ISO';
SET ogw_logs.max_age = '20000d';
\set SHOW_CONTEXT never
\o /dev/null
CREATE EXTENSION ogw_logs;
SELECT count(*) FROM ogw_logs.messages('nothing');
SELECT ogw_logs.create_log();
SELECT ogw_logs.set_team(t, body_logging => t <> 'off', metadata_keys => '{env,big}') FROM unnest(ARRAY['red', 'blue', 'off']) t;
\o
SET ogw_logs.log_body_reads = off;
CREATE FUNCTION log(job text, input text, output text DEFAULT NULL, session text DEFAULT NULL, minute int DEFAULT 0, usr text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT ogw_logs.insert_log(job_id => job, team_id => 'red', "timestamp" => '2026-06-01 10:00Z'::timestamptz + make_interval(mins => minute),
		input => input, output => output, session_id => session, user_id => usr)
$$;
-- a row a line: whose turn, of which kind, and what there is of the rest
CREATE FUNCTION talk(job text) RETURNS SETOF text LANGUAGE sql AS $$
	SELECT concat_ws(' ', left(m.part_of, 1) || m.turn || '.' || m.part, m.role, m.kind, 'name=' || m.tool_name, 'id=' || m.tool_call_id,
		'args=' || m.arguments::text, 'text=' || m.text)
	  FROM ogw_logs.messages(job, 'red') m ORDER BY m.turn, m.part
$$;

-- 1. json columns: nothing of what they hold makes an operator fail
SELECT ogw_logs.insert_logs($$[{"job_id":"z1","team_id":"red","session_id":"zs","timestamp":"2026-06-01T09:00:00Z",
	"metadata":{"env":"a\u0000b","a\u0000":"x\ud83d","note":"y \\u0000","pair":"\ud83d\ude00","low":"\ude00\ud83d","big":1e999999,"small":-1.5E-99999,"n":12.50,"n":"twice"},
	"attempts":[{"model":"m","error_message":"\udfff"}],"tool_calls":[{"id":"c","function":{"name":"f","arguments":"\u0000"},"t":1e131072}]},
	{"job_id":"z2","team_id":"red","session_id":"zs","timestamp":"2026-06-01T09:00:01Z","input":"plain text"}]$$);
SELECT metadata, attempts, tool_calls FROM ogw_logs.get_log('z1');
SELECT metadata ->> 'env' AS env, metadata -> 'note' AS note, metadata ->> 'pair' AS pair, metadata ->> 'n' AS n, metadata ->> 'big' AS big, metadata::jsonb ->> 'small' AS small,
	   attempts -> 0 ->> 'error_message' AS message, tool_calls::jsonb #>> '{0,t}' AS t
  FROM ogw_logs.get_session('zs', 'red');
SELECT metadata ->> 'env' AS env, metadata::jsonb ->> 'big' AS big FROM ogw_logs.search(session_id => 'zs');
SELECT metadata ->> 'env' AS env, metadata::jsonb ->> 'big' AS big FROM ogw_logs.logs WHERE job_id = 'z1';
-- as deep as JSON is taken
SELECT ogw_logs.insert_log(job_id => 'deep', team_id => 'red', "timestamp" => '2026-06-01Z', metadata => repeat('{"a":', 511) || '1' || repeat('}', 511));
SELECT length((metadata::jsonb)::text) AS as_jsonb, json_typeof(metadata -> 'a') FROM ogw_logs.get_log('deep');

-- 2. shapes, not streamed
\pset format unaligned
\pset tuples_only on
\echo -- OpenAI, chat
SELECT log('openai', $${"model":"m","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"What is \"this\"?\nAnd \u00e4?"},
	{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="}},{"type":"image_url","image_url":{"url":"https://example.org/a.png"}},
	{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},{"type":"file","file":{"filename":"\u00e4.pdf","file_data":"data:application/pdf;base64,JVBERi0x"}}]},
	{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\": \"a\"}"}},{"id":"c2","type":"function","function":{"name":"stop","arguments":""}},{"id":"c3","type":"custom","custom":{}}]},
	{"role":"tool","tool_call_id":"c1","content":"a cat"},{"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]},
	{"role":"user","name":"bob","content":""}],"tools":[{"type":"function","function":{"name":"look"}}],"stream":true}$$,
	$${"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"hm","content":"A cat.","refusal":null,"annotations":[]},"finish_reason":"stop"},
	{"index":1,"message":{"role":"assistant","content":null,"refusal":"No."}},{"index":2,"message":{"role":"assistant","content":null,"function_call":{"name":"old","arguments":"{}"}}},
	{"index":3,"message":{"role":"assistant","content":null,"audio":{"id":"a","data":"UklGRg==","transcript":"Said."}}}],"usage":{"total_tokens":3}}$$);
SELECT talk('openai');
\echo -- OpenAI, Responses
SELECT log('responses', $${"model":"m","instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"},{"type":"input_image","image_url":"data:image/jpeg;base64,/9j/4AAQ"},{"type":"input_file","file_id":"file-1"}]},
	{"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"Think."}],"encrypted_content":"gAAA"},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"look","arguments":"{\"a\":1}"},
	{"type":"function_call_output","call_id":"call_1","output":"found"},{"type":"item_reference","id":"i"}]}$$,
	$${"object":"response","instructions":"Be brief.","text":{"format":{"type":"text"}},"reasoning":{"effort":"low"},"output":[{"type":"reasoning","summary":[]},{"type":"web_search_call","id":"ws","status":"completed","action":{"type":"search","query":"q"}},
	{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[]},{"type":"refusal","refusal":"No"}]},
	{"type":"mcp_call","id":"m","name":"far","arguments":"{}","output":"got"},{"type":"image_generation_call","id":"ig","result":"iVBORw0KGgoAAAA="},{"type":"custom_tool_call","call_id":"c9","name":"code","input":"print(1)"}]}$$);
SELECT talk('responses');
SELECT log('responses2', $${"input":"Just a text","model":"m"}$$, $${"output":[]}$$);
SELECT talk('responses2');
\echo -- OpenAI, completions; embeddings
SELECT log('completions', $${"prompt":["One","Two"]}$$, $${"choices":[{"text":" and a half","index":0}]}$$);
SELECT talk('completions');
SELECT log('tokens', $${"input":[15339,1917]}$$, $${"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.1]}]}$$);
SELECT talk('tokens');
\echo -- Anthropic
SELECT log('anthropic', $${"system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Look"},
	{"role":"assistant","content":[{"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"I look."},{"type":"tool_use","id":"t1","name":"look","input":{"at":"a\u0000"}}]},
	{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"seen"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAA="}}]},
	{"type":"tool_result","tool_use_id":"t2","is_error":true},{"type":"tool_result","tool_use_id":"t3","content":"flat"},
	{"type":"document","title":"Rules","source":{"type":"text","media_type":"text/plain","data":"No cats."}},{"type":"image","source":{"type":"url","url":"https://example.org/b.png"}}]}]}$$,
	$${"type":"message","role":"assistant","content":[{"type":"text","text":"Seen."},{"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"cats"}},
	{"type":"web_search_tool_result","tool_use_id":"s1","content":[{"type":"web_search_result","title":"Cats","url":"https://example.org"}]}],"stop_reason":"end_turn"}$$);
SELECT talk('anthropic');
\echo -- Gemini
SELECT log('gemini', $${"systemInstruction":{"parts":[{"text":"Be brief."}]},"contents":[{"role":"user","parts":[{"text":"Look"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgoAAAA="}},{"fileData":{"mimeType":"video/mp4","fileUri":"gs://b/v.mp4"}}]},
	{"role":"model","parts":[{"functionCall":{"name":"look","args":{"at":"a"}}}]},{"role":"user","parts":[{"functionResponse":{"name":"look","response":{"result":"a cat"}}}]},{"parts":[{"text":"And?"}]}]}$$,
	$${"candidates":[{"content":{"role":"model","parts":[{"text":"Hm.","thought":true},{"text":"A cat."},{"executableCode":{"language":"PYTHON","code":"1"}},{"codeExecutionResult":{"outcome":"OK","output":"1"}}]},"finishReason":"STOP","index":0}]}$$);
SELECT talk('gemini');
\echo -- Bedrock, Converse
SELECT log('bedrock', $${"system":[{"text":"Be brief."}],"messages":[{"role":"user","content":[{"text":"Look"},{"image":{"format":"png","source":{"bytes":"iVBORw0KGgoAAAA="}}},{"document":{"format":"pdf","name":"rules","source":{"bytes":"JVBERi0x"}}}]},
	{"role":"assistant","content":[{"toolUse":{"toolUseId":"b1","name":"look","input":{"at":"a"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"b1","content":[{"json":{"cat":true}},{"text":"seen"}],"status":"success"}}]}]}$$,
	$${"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"s"}}},{"text":"A cat."}]}},"stopReason":"end_turn"}$$);
SELECT talk('bedrock');
\echo -- Cohere, second and first version
SELECT log('cohere2', $${"messages":[{"role":"user","content":"Look"},{"role":"assistant","tool_plan":"I look.","tool_calls":[{"id":"k1","type":"function","function":{"name":"look","arguments":"{}"}}]},
	{"role":"tool","tool_call_id":"k1","content":[{"type":"document","document":{"data":"{\"cat\":1}","id":"d"}}]}]}$$,
	$${"id":"i","message":{"role":"assistant","content":[{"type":"text","text":"A cat."}],"citations":[]},"finish_reason":"COMPLETE"}$$);
SELECT talk('cohere2');
SELECT log('cohere1', $${"preamble":"Be brief.","chat_history":[{"role":"USER","message":"Hi"},{"role":"CHATBOT","message":"Hello"}],"message":"Look","tool_results":[{"call":{"name":"look","parameters":{"at":"a"}},"outputs":[{"cat":1}]}]}$$,
	$${"text":"A cat.","chat_history":[{"role":"USER","message":"Look"}],"tool_calls":[{"name":"look","parameters":{"at":"b"}}]}$$);
SELECT talk('cohere1');
\echo -- Ollama; a text that was generated
SELECT log('ollama', $${"messages":[{"role":"user","content":"Look","images":["iVBORw0KGgoAAAA="]},{"role":"tool","tool_name":"look","content":"a cat"}]}$$,
	$${"message":{"role":"assistant","content":"","thinking":"Hm.","tool_calls":[{"function":{"name":"look","arguments":{"at":"a"}}}]},"done":true}$$);
SELECT talk('ollama');
SELECT log('generate', $${"model":"m","system":"Be brief.","prompt":"Look"}$$, $${"model":"m","response":"A cat.","done":true}$$);
SELECT talk('generate');
SELECT log('titan', $${"inputText":"Look"}$$, $${"results":[{"tokenCount":2,"outputText":"A cat."}]}$$);
SELECT talk('titan');
SELECT log('picture', $${"prompt":"A cat"}$$, $${"created":1,"data":[{"b64_json":"iVBORw0KGgoAAAA="},{"b64_json":"iVBORw0KGgoAAAA="}]}$$);
SELECT talk('picture');
\echo -- LangChain
SELECT log('langchain', $$[[{"type":"system","content":"Be brief."},{"type":"human","data":{"content":"Look"}},{"lc":1,"type":"constructor","id":["langchain","schema","messages","AIMessage"],"kwargs":{"content":"","tool_calls":[{"name":"look","args":{"at":"a"},"id":"l1","type":"tool_call"}]}},
	{"lc":1,"type":"constructor","id":["langchain","schema","messages","ToolMessage"],"kwargs":{"content":"a cat","tool_call_id":"l1"}}]]$$,
	$${"generations":[[{"text":"A cat.","message":{"lc":1,"type":"constructor","id":["langchain","schema","messages","AIMessage"],"kwargs":{"content":"A cat.","type":"ai"}}}]]}$$);
SELECT talk('langchain');
\echo -- a line of a batch
SELECT log('batch', $${"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"Look"}]}}$$,
	$${"id":"b","custom_id":"1","response":{"status_code":200,"body":{"choices":[{"message":{"role":"assistant","content":"A cat."}}]}},"error":null}$$);
SELECT talk('batch');
\echo -- what has no known shape, or is broken
SELECT log('plain', 'How are you?', E'Fine.\n{"not": "JSON"');
SELECT talk('plain');
SELECT log('unknown', '{"foo": {"bar": [1, 2]}}', '"a string"');
SELECT talk('unknown');
SELECT log('cut', '{"messages":[{"role":"user","content":"Loo', '{"error":{"message":"overloaded"}}');
SELECT talk('cut');
SELECT log('odd', $${"messages":[{"role":"user"},{},"bare",7,{"role":"user","content":[{"type":"new","x":1},null,[1],{"type":"text"},5]},{"role":5,"content":{"type":"text","text":"one part"}},{"type":"tool_result","content":null}]}$$, '[]');
SELECT talk('odd');
\c :regression
DROP DATABASE ogw_test_messages;
