-- Teams: nothing of a body is stored unless the team wants it.
SELECT $$input => 'the input', output => 'the output', error_message => 'the message',
	tool_calls => '[{"id":"call_1","type":"function","function":{"name":"lookup","arguments":"{\"q\":\"the argument\"}"}}]',
	attempts => '[{"model":"m1","provider":"p","status":"failure","error_code":"rate_limited","error_message":"the attempt","latency_ms":7},{"model":"m2","status":"success","extra":"the extra"}]',
	metadata => '{"env":"prod","n":1,"note":"the note","nested":{"env":"no"}}'$$ AS everything \gset
-- default: off
SELECT ogw_logs.insert_log(job_id => 't1', team_id => 'quiet', :everything);
SELECT input, output, error_message, attempts, tool_calls, metadata, fallback_reason, body_state FROM ogw_logs.get_log('t1');
-- on
SELECT ogw_logs.set_team('open', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 't2', team_id => 'open', :everything);
SELECT input, output, error_message, attempts, tool_calls, metadata, fallback_reason, body_state FROM ogw_logs.get_log('t2');
SELECT attempts, tool_calls, metadata FROM ogw_logs.search(job_id => 't2');
-- declared names, bodies off: short scalars stay, the rest goes
SELECT ogw_logs.set_team('quiet', metadata_keys => '{env,n,nested,long,"ключ"}');
SELECT ogw_logs.insert_log(job_id => 't3', team_id => 'quiet',
	metadata => '{"env":"prod","n":1.5,"note":"no","nested":{"env":"no"},"long":"' || repeat('x', 200) || '","\u043a\u043b\u044e\u0447":"\u0000да","env":"stage"}');
SELECT metadata, metadata ->> 'ключ' AS readable, body_state FROM ogw_logs.get_log('t3');
-- off again: at once
SELECT ogw_logs.set_team('open', body_logging => false);
SELECT ogw_logs.insert_log(job_id => 't4', team_id => 'open', :everything);
SELECT input, output, body_state FROM ogw_logs.get_log('t4');
SELECT count(*) AS bodies FROM ogw_logs.body WHERE team_id = 'quiet' OR job_id = 't4';
-- a setting that is NULL is left as it is; clear_team() goes back to the default
SELECT ogw_logs.set_team('open', redact_bodies => false, body_retention => '30 days');
SELECT ogw_logs.set_team('open', log_retention => '1 year');
SELECT body_logging, redact_bodies, metadata_keys, body_retention, log_retention FROM ogw_logs.team WHERE team_id = 'open';
SELECT ogw_logs.clear_team('open', 'redact_bodies'), ogw_logs.clear_team('open', 'body_retention');
SELECT body_logging, redact_bodies, body_retention, log_retention FROM ogw_logs.team WHERE team_id = 'open';
-- redact_bodies: on by default
SELECT ogw_logs.set_team('open', body_logging => true);
SELECT ogw_logs.insert_log(job_id => 't5', team_id => 'open', input => 'hf_' || repeat('a', 34));
SELECT ogw_logs.set_team('open', redact_bodies => false);
SELECT ogw_logs.insert_log(job_id => 't6', team_id => 'open', input => 'hf_' || repeat('a', 34));
SELECT job_id, input FROM unnest(ARRAY['t5', 't6']) j, ogw_logs.get_log(j);
-- who changed what
SELECT changed_by = current_user AS by_me, setting, old_value, new_value
  FROM ogw_logs.team_history WHERE team_id = 'open' ORDER BY changed_at;
-- what cannot be
SELECT ogw_logs.set_team(NULL);
SELECT ogw_logs.set_team('');
BEGIN;
SELECT ogw_logs.set_team(repeat('x', 256), body_logging => true);
SELECT length(team_id), body_logging FROM ogw_logs.team WHERE team_id LIKE 'xxx%';
ROLLBACK;
SELECT ogw_logs.set_team('open', metadata_keys => ARRAY['a', NULL]);
SELECT ogw_logs.set_team('open', body_retention => '-1 day');
SELECT ogw_logs.set_team('open', log_retention => '-300000 years 108000001 days');
SELECT ogw_logs.clear_team('open', 'no_such');
-- settings that cannot be read mean off
SELECT ogw_logs.set_team('open', body_logging => true);
BEGIN;
ALTER TABLE ogw_logs.team RENAME COLUMN body_logging TO no_longer;
SELECT ogw_logs.insert_log(job_id => 't7', team_id => 'open', :everything);
SELECT input, output, body_state FROM ogw_logs.get_log('t7');
ROLLBACK;
-- they can be read again
SELECT ogw_logs.insert_log(job_id => 't8', team_id => 'open', input => 'kept');
SELECT input FROM ogw_logs.get_log('t8');
-- an empty body is a body
SELECT ogw_logs.insert_log(job_id => 't9', team_id => 'open', input => '');
SELECT input = '' AS empty, output IS NULL AS none, body_state FROM ogw_logs.get_log('t9');
