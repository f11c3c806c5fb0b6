-- TensorZero's log, rebuilt from what it publishes: the migrations in
-- crates/tensorzero-core/src/db/postgres/migrations of the repository
-- tensorzero/tensorzero, up to the one that splits metadata (by month) from data
-- (by day), 20260213142997_split_inference_data_tables.sql. Here each has one
-- default partition, which it has as well: one partition is no slower to fill
-- than several.
CREATE SCHEMA tensorzero;
CREATE TABLE tensorzero.chat_inferences (
	id uuid NOT NULL,
	function_name text NOT NULL,
	variant_name text NOT NULL,
	episode_id uuid NOT NULL,
	processing_time_ms integer,
	ttft_ms integer,
	tags jsonb NOT NULL DEFAULT '{}',
	snapshot_hash bytea,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX ON tensorzero.chat_inferences (function_name, variant_name, episode_id);
CREATE INDEX ON tensorzero.chat_inferences (episode_id);
CREATE INDEX ON tensorzero.chat_inferences (function_name, id);
CREATE INDEX ON tensorzero.chat_inferences USING gin (tags);
CREATE TABLE tensorzero.chat_inference_data (
	id uuid NOT NULL,
	input jsonb NOT NULL,
	output jsonb NOT NULL,
	inference_params jsonb NOT NULL,
	extra_body jsonb NOT NULL DEFAULT '[]',
	dynamic_tools jsonb NOT NULL DEFAULT '[]',
	dynamic_provider_tools jsonb NOT NULL DEFAULT '[]',
	allowed_tools jsonb,
	tool_choice jsonb,
	parallel_tool_calls boolean,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE tensorzero.model_inferences (
	id uuid NOT NULL,
	inference_id uuid NOT NULL,
	input_tokens integer,
	output_tokens integer,
	response_time_ms integer,
	model_name text NOT NULL,
	model_provider_name text NOT NULL,
	ttft_ms integer,
	cached boolean NOT NULL DEFAULT false,
	finish_reason text,
	snapshot_hash bytea,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX ON tensorzero.model_inferences (inference_id, id);
CREATE INDEX ON tensorzero.model_inferences (model_name, model_provider_name, created_at);
CREATE TABLE tensorzero.model_inference_data (
	id uuid NOT NULL,
	raw_request text NOT NULL,
	raw_response text NOT NULL,
	system text,
	input_messages jsonb NOT NULL,
	output jsonb NOT NULL,
	created_at timestamptz NOT NULL,
	PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE tensorzero.chat_inferences_default PARTITION OF tensorzero.chat_inferences DEFAULT;
CREATE TABLE tensorzero.chat_inference_data_default PARTITION OF tensorzero.chat_inference_data DEFAULT;
CREATE TABLE tensorzero.model_inferences_default PARTITION OF tensorzero.model_inferences DEFAULT;
CREATE TABLE tensorzero.model_inference_data_default PARTITION OF tensorzero.model_inference_data DEFAULT;
