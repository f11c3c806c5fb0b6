-- Bifrost's log, rebuilt from what it publishes: the struct Log of
-- framework/logstore/tables.go in the repository maximhq/bifrost (commit
-- 017bbe03, 2026), with the columns and indexes that its gorm tags ask for. It
-- is not partitioned. Its columns for audio, images, video and the like are left
-- out: they would be empty. A migration may add indexes to these; the fewer, the
-- faster it is here.
CREATE TABLE logs (
	id varchar(255) PRIMARY KEY,
	inc_number bigint,
	parent_request_id varchar(255),
	"timestamp" timestamptz NOT NULL,
	object_type varchar(255) NOT NULL,
	provider varchar(255) NOT NULL,
	model varchar(255) NOT NULL,
	alias varchar(255),
	number_of_retries bigint DEFAULT 0,
	fallback_index bigint DEFAULT 0,
	selected_key_id varchar(255),
	selected_key_name varchar(255),
	attempt_trail text,
	virtual_key_id varchar(255),
	virtual_key_name varchar(255),
	routing_rule_id varchar(255),
	user_id varchar(255),
	team_id varchar(255),
	customer_id varchar(255),
	business_unit_id varchar(255),
	input_history text,
	output_message text,
	params text,
	tools text,
	latency double precision,
	token_usage text,
	cost double precision,
	status varchar(50) NOT NULL,
	stop_reason varchar(50),
	error_details text,
	stream boolean DEFAULT false,
	content_summary text,
	raw_request text,
	raw_response text,
	metadata text,
	prompt_tokens bigint DEFAULT 0,
	completion_tokens bigint DEFAULT 0,
	total_tokens bigint DEFAULT 0,
	cached_read_tokens bigint DEFAULT 0,
	created_at timestamptz NOT NULL
);
CREATE INDEX ON logs (parent_request_id);
CREATE INDEX ON logs ("timestamp");
CREATE INDEX ON logs ("timestamp", provider, status);
CREATE INDEX ON logs (object_type);
CREATE INDEX ON logs (provider);
CREATE INDEX ON logs (model);
CREATE INDEX ON logs (alias);
CREATE INDEX ON logs (selected_key_id);
CREATE INDEX ON logs (virtual_key_id);
CREATE INDEX ON logs (routing_rule_id);
CREATE INDEX ON logs (user_id);
CREATE INDEX ON logs (team_id);
CREATE INDEX ON logs (customer_id);
CREATE INDEX ON logs (business_unit_id);
CREATE INDEX ON logs (latency);
CREATE INDEX ON logs (cost);
CREATE INDEX ON logs (status);
CREATE INDEX ON logs (stop_reason);
CREATE INDEX ON logs (total_tokens);
CREATE INDEX ON logs (created_at);
