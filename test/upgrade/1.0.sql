--
-- PostgreSQL database dump
--


-- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
-- Dumped by pg_dump version 15.20 (Debian 15.20-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: bi; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA bi;


--
-- Name: ogw_logs; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA ogw_logs;


--
-- Name: ogw_logs; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS ogw_logs WITH SCHEMA ogw_logs;


--
-- Name: EXTENSION ogw_logs; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION ogw_logs IS 'the request log of an LLM gateway: private, searchable, in an ordinary Postgres';


SET default_tablespace = '';

--
-- Name: entry; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.entry (
    "timestamp" timestamp with time zone NOT NULL,
    first_byte_ms integer,
    latency_ms integer,
    prompt_tokens integer,
    completion_tokens integer,
    cached_tokens integer,
    reasoning_tokens integer,
    unknown_fields integer,
    body_logged boolean,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    owner text COLLATE pg_catalog."C",
    api_key text COLLATE pg_catalog."C",
    api_key_fingerprint bytea,
    requested_model text COLLATE pg_catalog."C",
    served_model text COLLATE pg_catalog."C",
    provider text COLLATE pg_catalog."C",
    status text COLLATE pg_catalog."C",
    error_code text COLLATE pg_catalog."C",
    cost_usd numeric,
    user_id text COLLATE pg_catalog."C",
    session_id text COLLATE pg_catalog."C",
    fallback_reason text COLLATE pg_catalog."C",
    attempts json,
    tool_calls json,
    metadata json,
    ticket text DEFAULT 'none'::text
)
PARTITION BY RANGE ("timestamp");


--
-- Name: TABLE entry; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.entry IS 'One row a request, without what lives with its body. Partitioned by time in UTC.';


--
-- Name: COLUMN entry."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry."timestamp" IS 'When the request arrived.';


--
-- Name: COLUMN entry.first_byte_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.first_byte_ms IS 'Milliseconds to the first byte of the answer.';


--
-- Name: COLUMN entry.latency_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.latency_ms IS 'Described by a DBA.';


--
-- Name: COLUMN entry.prompt_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.prompt_tokens IS 'Tokens of the prompt, as the provider counted.';


--
-- Name: COLUMN entry.completion_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.completion_tokens IS 'Tokens of the answer, as the provider counted.';


--
-- Name: COLUMN entry.cached_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.cached_tokens IS 'Those of the prompt that came from the provider''s cache.';


--
-- Name: COLUMN entry.reasoning_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.reasoning_tokens IS 'Those of the answer that were reasoning.';


--
-- Name: COLUMN entry.unknown_fields; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.unknown_fields IS 'How many fields the writer gave that this version does not know: kept with the body''s metadata, or dropped when bodies are off. NULL is none.';


--
-- Name: COLUMN entry.body_logged; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.body_logged IS 'Whether what lives with the body was stored (true) or dropped by the team''s setting (false); NULL where there was nothing.';


--
-- Name: COLUMN entry.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.team_id IS 'The team the request was made for.';


--
-- Name: COLUMN entry.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.job_id IS 'The request''s id, the same as the response''s; unique in its team.';


--
-- Name: COLUMN entry.owner; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.owner IS 'Who owns the key.';


--
-- Name: COLUMN entry.api_key; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.api_key IS 'The key''s prefix, and ****.';


--
-- Name: COLUMN entry.api_key_fingerprint; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.api_key_fingerprint IS 'key_fingerprint() of the whole key, as bytes.';


--
-- Name: COLUMN entry.requested_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.requested_model IS 'The model that was asked for.';


--
-- Name: COLUMN entry.served_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.served_model IS 'The model that answered; another one when a fallback fired.';


--
-- Name: COLUMN entry.provider; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.provider IS 'Who ran the model that answered.';


--
-- Name: COLUMN entry.status; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.status IS 'success or failure.';


--
-- Name: COLUMN entry.error_code; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.error_code IS 'The gateway''s code for what went wrong.';


--
-- Name: COLUMN entry.cost_usd; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.cost_usd IS 'Cost in USD; NULL is unknown, not 0.';


--
-- Name: COLUMN entry.user_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.user_id IS 'The end user, from x-opengateway-user-id.';


--
-- Name: COLUMN entry.session_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.session_id IS 'The session, from x-opengateway-session-id.';


--
-- Name: COLUMN entry.fallback_reason; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.fallback_reason IS 'Why a fallback fired: as given, or the error code of the first failed attempt.';


--
-- Name: COLUMN entry.attempts; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.attempts IS 'Each attempt: model, provider, status, error_code, latency_ms. This, tool_calls and metadata have 3,800 bytes together; the longest is left out where they have more.';


--
-- Name: COLUMN entry.tool_calls; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.tool_calls IS 'Each tool call: id, type and function name.';


--
-- Name: COLUMN entry.metadata; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry.metadata IS 'The short scalars among the tags whose names the team declared.';


--
-- Name: logs; Type: VIEW; Schema: ogw_logs; Owner: -
--

CREATE VIEW ogw_logs.logs WITH (security_invoker='true') AS
 SELECT e.job_id,
    e."timestamp",
    e.team_id,
    e.owner,
    e.api_key,
    encode(e.api_key_fingerprint, 'hex'::text) AS api_key_fingerprint,
    e.requested_model,
    e.served_model,
    e.provider,
    e.first_byte_ms,
    e.latency_ms,
    e.status,
    e.error_code,
    e.prompt_tokens,
    e.completion_tokens,
    e.cached_tokens,
    e.reasoning_tokens,
    e.cost_usd,
    e.user_id,
    e.session_id,
    e.fallback_reason,
    e.attempts,
    e.tool_calls,
    e.metadata,
    e.unknown_fields,
    e.body_logged
   FROM ogw_logs.entry e;


--
-- Name: VIEW logs; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON VIEW ogw_logs.logs IS 'Every entry that the current role may read, without what lives with its body. Give a range of "timestamp": only its partitions are read.';


--
-- Name: by_model; Type: VIEW; Schema: bi; Owner: -
--

CREATE VIEW bi.by_model AS
 SELECT logs.served_model,
    count(*) AS requests
   FROM ogw_logs.logs
  GROUP BY logs.served_model;


--
-- Name: failures; Type: VIEW; Schema: bi; Owner: -
--

CREATE VIEW bi.failures AS
 SELECT search.job_id,
    search."timestamp",
    search.team_id,
    search.owner,
    search.api_key,
    search.api_key_fingerprint,
    search.requested_model,
    search.served_model,
    search.provider,
    search.first_byte_ms,
    search.latency_ms,
    search.status,
    search.error_code,
    search.prompt_tokens,
    search.completion_tokens,
    search.cached_tokens,
    search.reasoning_tokens,
    search.cost_usd,
    search.user_id,
    search.session_id,
    search.fallback_reason,
    search.attempts,
    search.tool_calls,
    search.metadata,
    search.unknown_fields,
    search.body_logged
   FROM ogw_logs.search(status => 'failure'::text) search(job_id, "timestamp", team_id, owner, api_key, api_key_fingerprint, requested_model, served_model, provider, first_byte_ms, latency_ms, status, error_code, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, cost_usd, user_id, session_id, fallback_reason, attempts, tool_calls, metadata, unknown_fields, body_logged);


--
-- Name: attempts; Type: VIEW; Schema: ogw_logs; Owner: -
--

CREATE VIEW ogw_logs.attempts WITH (security_invoker='true') AS
 SELECT e.job_id,
    e."timestamp",
    e.team_id,
    (a.attempt)::integer AS attempt,
    (a.value ->> 'model'::text) AS model,
    (a.value ->> 'provider'::text) AS provider,
    (a.value ->> 'status'::text) AS status,
    (a.value ->> 'error_code'::text) AS error_code,
    ((a.value ->> 'latency_ms'::text))::numeric AS latency_ms,
    (a.attempt = json_array_length(e.attempts)) AS final
   FROM (ogw_logs.entry e
     CROSS JOIN LATERAL json_array_elements(e.attempts) WITH ORDINALITY a(value, attempt));


--
-- Name: VIEW attempts; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON VIEW ogw_logs.attempts IS 'One row for each attempt of an entry: the models tried in turn, and for those that failed the error code that made the next one be tried.';


--
-- Name: COLUMN attempts.attempt; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.attempts.attempt IS 'Its place in the entry, from 1.';


--
-- Name: COLUMN attempts.model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.attempts.model IS 'The model that was tried.';


--
-- Name: COLUMN attempts.provider; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.attempts.provider IS 'Who ran it.';


--
-- Name: COLUMN attempts.status; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.attempts.status IS 'success or failure, as the gateway wrote it.';


--
-- Name: COLUMN attempts.error_code; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.attempts.error_code IS 'Why it failed.';


--
-- Name: COLUMN attempts.latency_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.attempts.latency_ms IS 'Milliseconds it took.';


--
-- Name: COLUMN attempts.final; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.attempts.final IS 'Whether it is the entry''s last attempt.';


--
-- Name: body; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.body (
    "timestamp" timestamp with time zone NOT NULL,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    chunk integer NOT NULL,
    content bytea NOT NULL
)
PARTITION BY RANGE ("timestamp");
ALTER TABLE ONLY ogw_logs.body ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body ALTER COLUMN job_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY ogw_logs.body ALTER COLUMN content SET STORAGE PLAIN;


--
-- Name: TABLE body; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.body IS 'What may not be stored with bodies off, compressed; read by get_log().';


--
-- Name: COLUMN body."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body."timestamp" IS 'When the request arrived: the entry''s.';


--
-- Name: COLUMN body.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body.team_id IS 'The entry''s team.';


--
-- Name: COLUMN body.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body.job_id IS 'The entry''s job_id.';


--
-- Name: COLUMN body.chunk; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body.chunk IS 'Which piece of the body this row has, from 0.';


--
-- Name: COLUMN body.content; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body.content IS 'The pieces in their order are one zstd frame; its content is laid out in src/body.h.';


SET default_table_access_method = heap;

--
-- Name: body_2026100312; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.body_2026100312 (
    "timestamp" timestamp with time zone NOT NULL,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    chunk integer NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE ONLY ogw_logs.body_2026100312 ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026100312 ALTER COLUMN job_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026100312 ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY ogw_logs.body_2026100312 ALTER COLUMN content SET STORAGE PLAIN;


--
-- Name: TABLE body_2026100312; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.body_2026100312 IS 'The partition of ogw_logs.body from 2026-10-03 12:00 UTC.';


--
-- Name: COLUMN body_2026100312."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026100312."timestamp" IS 'When the request arrived: the entry''s.';


--
-- Name: COLUMN body_2026100312.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026100312.team_id IS 'The entry''s team.';


--
-- Name: COLUMN body_2026100312.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026100312.job_id IS 'The entry''s job_id.';


--
-- Name: COLUMN body_2026100312.chunk; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026100312.chunk IS 'Which piece of the body this row has, from 0.';


--
-- Name: COLUMN body_2026100312.content; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026100312.content IS 'The pieces in their order are one zstd frame; its content is laid out in src/body.h.';


--
-- Name: body_2026110110; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.body_2026110110 (
    "timestamp" timestamp with time zone NOT NULL,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    chunk integer NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE ONLY ogw_logs.body_2026110110 ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026110110 ALTER COLUMN job_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026110110 ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY ogw_logs.body_2026110110 ALTER COLUMN content SET STORAGE PLAIN;


--
-- Name: TABLE body_2026110110; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.body_2026110110 IS 'The partition of ogw_logs.body from 2026-11-01 10:00 UTC.';


--
-- Name: COLUMN body_2026110110."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110110."timestamp" IS 'When the request arrived: the entry''s.';


--
-- Name: COLUMN body_2026110110.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110110.team_id IS 'The entry''s team.';


--
-- Name: COLUMN body_2026110110.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110110.job_id IS 'The entry''s job_id.';


--
-- Name: COLUMN body_2026110110.chunk; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110110.chunk IS 'Which piece of the body this row has, from 0.';


--
-- Name: COLUMN body_2026110110.content; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110110.content IS 'The pieces in their order are one zstd frame; its content is laid out in src/body.h.';


--
-- Name: body_2026110111; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.body_2026110111 (
    "timestamp" timestamp with time zone NOT NULL,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    chunk integer NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE ONLY ogw_logs.body_2026110111 ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026110111 ALTER COLUMN job_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026110111 ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY ogw_logs.body_2026110111 ALTER COLUMN content SET STORAGE PLAIN;


--
-- Name: TABLE body_2026110111; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.body_2026110111 IS 'The partition of ogw_logs.body from 2026-11-01 11:00 UTC.';


--
-- Name: COLUMN body_2026110111."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110111."timestamp" IS 'When the request arrived: the entry''s.';


--
-- Name: COLUMN body_2026110111.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110111.team_id IS 'The entry''s team.';


--
-- Name: COLUMN body_2026110111.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110111.job_id IS 'The entry''s job_id.';


--
-- Name: COLUMN body_2026110111.chunk; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110111.chunk IS 'Which piece of the body this row has, from 0.';


--
-- Name: COLUMN body_2026110111.content; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110111.content IS 'The pieces in their order are one zstd frame; its content is laid out in src/body.h.';


--
-- Name: body_2026110112; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.body_2026110112 (
    "timestamp" timestamp with time zone NOT NULL,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    chunk integer NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE ONLY ogw_logs.body_2026110112 ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026110112 ALTER COLUMN job_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_2026110112 ALTER COLUMN content SET STATISTICS 0;
ALTER TABLE ONLY ogw_logs.body_2026110112 ALTER COLUMN content SET STORAGE PLAIN;


--
-- Name: TABLE body_2026110112; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.body_2026110112 IS 'The partition of ogw_logs.body from 2026-11-01 12:00 UTC.';


--
-- Name: COLUMN body_2026110112."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110112."timestamp" IS 'When the request arrived: the entry''s.';


--
-- Name: COLUMN body_2026110112.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110112.team_id IS 'The entry''s team.';


--
-- Name: COLUMN body_2026110112.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110112.job_id IS 'The entry''s job_id.';


--
-- Name: COLUMN body_2026110112.chunk; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110112.chunk IS 'Which piece of the body this row has, from 0.';


--
-- Name: COLUMN body_2026110112.content; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_2026110112.content IS 'The pieces in their order are one zstd frame; its content is laid out in src/body.h.';


--
-- Name: body_read; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.body_read (
    read_at timestamp with time zone NOT NULL,
    read_by name NOT NULL,
    session_role name NOT NULL,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C"
);
ALTER TABLE ONLY ogw_logs.body_read ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.body_read ALTER COLUMN job_id SET STORAGE PLAIN;

ALTER TABLE ONLY ogw_logs.body_read REPLICA IDENTITY FULL;


--
-- Name: TABLE body_read; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.body_read IS 'Which body get_log() gave to whom, while ogw_logs.log_body_reads is on; maintain() deletes what is older than ogw_logs.body_read_retention. A ROLLBACK takes a row back; the line in the server''s log stays.';


--
-- Name: COLUMN body_read.read_at; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_read.read_at IS 'When it was read.';


--
-- Name: COLUMN body_read.read_by; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_read.read_by IS 'The role that called get_log().';


--
-- Name: COLUMN body_read.session_role; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_read.session_role IS 'The role that had logged in.';


--
-- Name: COLUMN body_read.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_read.team_id IS 'The entry''s team.';


--
-- Name: COLUMN body_read.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.body_read.job_id IS 'The entry''s job_id.';


--
-- Name: entry_2026100312; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.entry_2026100312 (
    "timestamp" timestamp with time zone NOT NULL,
    first_byte_ms integer,
    latency_ms integer,
    prompt_tokens integer,
    completion_tokens integer,
    cached_tokens integer,
    reasoning_tokens integer,
    unknown_fields integer,
    body_logged boolean,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    owner text COLLATE pg_catalog."C",
    api_key text COLLATE pg_catalog."C",
    api_key_fingerprint bytea,
    requested_model text COLLATE pg_catalog."C",
    served_model text COLLATE pg_catalog."C",
    provider text COLLATE pg_catalog."C",
    status text COLLATE pg_catalog."C",
    error_code text COLLATE pg_catalog."C",
    cost_usd numeric,
    user_id text COLLATE pg_catalog."C",
    session_id text COLLATE pg_catalog."C",
    fallback_reason text COLLATE pg_catalog."C",
    attempts json,
    tool_calls json,
    metadata json,
    ticket text DEFAULT 'none'::text
)
WITH (toast_tuple_target='8160');


--
-- Name: TABLE entry_2026100312; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.entry_2026100312 IS 'The partition of ogw_logs.entry from 2026-10-03 12:00 UTC.';


--
-- Name: COLUMN entry_2026100312."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312."timestamp" IS 'When the request arrived.';


--
-- Name: COLUMN entry_2026100312.first_byte_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.first_byte_ms IS 'Milliseconds to the first byte of the answer.';


--
-- Name: COLUMN entry_2026100312.latency_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.latency_ms IS 'Milliseconds to the end of the answer.';


--
-- Name: COLUMN entry_2026100312.prompt_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.prompt_tokens IS 'Tokens of the prompt, as the provider counted.';


--
-- Name: COLUMN entry_2026100312.completion_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.completion_tokens IS 'Tokens of the answer, as the provider counted.';


--
-- Name: COLUMN entry_2026100312.cached_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.cached_tokens IS 'Those of the prompt that came from the provider''s cache.';


--
-- Name: COLUMN entry_2026100312.reasoning_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.reasoning_tokens IS 'Those of the answer that were reasoning.';


--
-- Name: COLUMN entry_2026100312.unknown_fields; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.unknown_fields IS 'How many fields the writer gave that this version does not know: kept with the body''s metadata, or dropped when bodies are off. NULL is none.';


--
-- Name: COLUMN entry_2026100312.body_logged; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.body_logged IS 'Whether what lives with the body was stored (true) or dropped by the team''s setting (false); NULL where there was nothing.';


--
-- Name: COLUMN entry_2026100312.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.team_id IS 'The team the request was made for.';


--
-- Name: COLUMN entry_2026100312.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.job_id IS 'The request''s id, the same as the response''s; unique in its team.';


--
-- Name: COLUMN entry_2026100312.owner; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.owner IS 'Who owns the key.';


--
-- Name: COLUMN entry_2026100312.api_key; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.api_key IS 'The key''s prefix, and ****.';


--
-- Name: COLUMN entry_2026100312.api_key_fingerprint; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.api_key_fingerprint IS 'key_fingerprint() of the whole key, as bytes.';


--
-- Name: COLUMN entry_2026100312.requested_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.requested_model IS 'The model that was asked for.';


--
-- Name: COLUMN entry_2026100312.served_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.served_model IS 'The model that answered; another one when a fallback fired.';


--
-- Name: COLUMN entry_2026100312.provider; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.provider IS 'Who ran the model that answered.';


--
-- Name: COLUMN entry_2026100312.status; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.status IS 'success or failure.';


--
-- Name: COLUMN entry_2026100312.error_code; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.error_code IS 'The gateway''s code for what went wrong.';


--
-- Name: COLUMN entry_2026100312.cost_usd; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.cost_usd IS 'Cost in USD; NULL is unknown, not 0.';


--
-- Name: COLUMN entry_2026100312.user_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.user_id IS 'The end user, from x-opengateway-user-id.';


--
-- Name: COLUMN entry_2026100312.session_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.session_id IS 'The session, from x-opengateway-session-id.';


--
-- Name: COLUMN entry_2026100312.fallback_reason; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.fallback_reason IS 'Why a fallback fired: as given, or the error code of the first failed attempt.';


--
-- Name: COLUMN entry_2026100312.attempts; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.attempts IS 'Each attempt: model, provider, status, error_code, latency_ms. This, tool_calls and metadata have 3,800 bytes together; the longest is left out where they have more.';


--
-- Name: COLUMN entry_2026100312.tool_calls; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.tool_calls IS 'Each tool call: id, type and function name.';


--
-- Name: COLUMN entry_2026100312.metadata; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026100312.metadata IS 'The short scalars among the tags whose names the team declared.';


--
-- Name: entry_2026110110; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.entry_2026110110 (
    "timestamp" timestamp with time zone NOT NULL,
    first_byte_ms integer,
    latency_ms integer,
    prompt_tokens integer,
    completion_tokens integer,
    cached_tokens integer,
    reasoning_tokens integer,
    unknown_fields integer,
    body_logged boolean,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    owner text COLLATE pg_catalog."C",
    api_key text COLLATE pg_catalog."C",
    api_key_fingerprint bytea,
    requested_model text COLLATE pg_catalog."C",
    served_model text COLLATE pg_catalog."C",
    provider text COLLATE pg_catalog."C",
    status text COLLATE pg_catalog."C",
    error_code text COLLATE pg_catalog."C",
    cost_usd numeric,
    user_id text COLLATE pg_catalog."C",
    session_id text COLLATE pg_catalog."C",
    fallback_reason text COLLATE pg_catalog."C",
    attempts json,
    tool_calls json,
    metadata json,
    ticket text DEFAULT 'none'::text
)
WITH (toast_tuple_target='8160');


--
-- Name: TABLE entry_2026110110; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.entry_2026110110 IS 'The partition of ogw_logs.entry from 2026-11-01 10:00 UTC.';


--
-- Name: COLUMN entry_2026110110."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110."timestamp" IS 'When the request arrived.';


--
-- Name: COLUMN entry_2026110110.first_byte_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.first_byte_ms IS 'Milliseconds to the first byte of the answer.';


--
-- Name: COLUMN entry_2026110110.latency_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.latency_ms IS 'Milliseconds to the end of the answer.';


--
-- Name: COLUMN entry_2026110110.prompt_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.prompt_tokens IS 'Tokens of the prompt, as the provider counted.';


--
-- Name: COLUMN entry_2026110110.completion_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.completion_tokens IS 'Tokens of the answer, as the provider counted.';


--
-- Name: COLUMN entry_2026110110.cached_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.cached_tokens IS 'Those of the prompt that came from the provider''s cache.';


--
-- Name: COLUMN entry_2026110110.reasoning_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.reasoning_tokens IS 'Those of the answer that were reasoning.';


--
-- Name: COLUMN entry_2026110110.unknown_fields; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.unknown_fields IS 'How many fields the writer gave that this version does not know: kept with the body''s metadata, or dropped when bodies are off. NULL is none.';


--
-- Name: COLUMN entry_2026110110.body_logged; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.body_logged IS 'Whether what lives with the body was stored (true) or dropped by the team''s setting (false); NULL where there was nothing.';


--
-- Name: COLUMN entry_2026110110.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.team_id IS 'The team the request was made for.';


--
-- Name: COLUMN entry_2026110110.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.job_id IS 'The request''s id, the same as the response''s; unique in its team.';


--
-- Name: COLUMN entry_2026110110.owner; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.owner IS 'Who owns the key.';


--
-- Name: COLUMN entry_2026110110.api_key; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.api_key IS 'The key''s prefix, and ****.';


--
-- Name: COLUMN entry_2026110110.api_key_fingerprint; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.api_key_fingerprint IS 'key_fingerprint() of the whole key, as bytes.';


--
-- Name: COLUMN entry_2026110110.requested_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.requested_model IS 'The model that was asked for.';


--
-- Name: COLUMN entry_2026110110.served_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.served_model IS 'The model that answered; another one when a fallback fired.';


--
-- Name: COLUMN entry_2026110110.provider; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.provider IS 'Who ran the model that answered.';


--
-- Name: COLUMN entry_2026110110.status; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.status IS 'success or failure.';


--
-- Name: COLUMN entry_2026110110.error_code; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.error_code IS 'The gateway''s code for what went wrong.';


--
-- Name: COLUMN entry_2026110110.cost_usd; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.cost_usd IS 'Cost in USD; NULL is unknown, not 0.';


--
-- Name: COLUMN entry_2026110110.user_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.user_id IS 'The end user, from x-opengateway-user-id.';


--
-- Name: COLUMN entry_2026110110.session_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.session_id IS 'The session, from x-opengateway-session-id.';


--
-- Name: COLUMN entry_2026110110.fallback_reason; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.fallback_reason IS 'Why a fallback fired: as given, or the error code of the first failed attempt.';


--
-- Name: COLUMN entry_2026110110.attempts; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.attempts IS 'Each attempt: model, provider, status, error_code, latency_ms. This, tool_calls and metadata have 3,800 bytes together; the longest is left out where they have more.';


--
-- Name: COLUMN entry_2026110110.tool_calls; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.tool_calls IS 'Each tool call: id, type and function name.';


--
-- Name: COLUMN entry_2026110110.metadata; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110110.metadata IS 'The short scalars among the tags whose names the team declared.';


--
-- Name: entry_2026110111; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.entry_2026110111 (
    "timestamp" timestamp with time zone NOT NULL,
    first_byte_ms integer,
    latency_ms integer,
    prompt_tokens integer,
    completion_tokens integer,
    cached_tokens integer,
    reasoning_tokens integer,
    unknown_fields integer,
    body_logged boolean,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    owner text COLLATE pg_catalog."C",
    api_key text COLLATE pg_catalog."C",
    api_key_fingerprint bytea,
    requested_model text COLLATE pg_catalog."C",
    served_model text COLLATE pg_catalog."C",
    provider text COLLATE pg_catalog."C",
    status text COLLATE pg_catalog."C",
    error_code text COLLATE pg_catalog."C",
    cost_usd numeric,
    user_id text COLLATE pg_catalog."C",
    session_id text COLLATE pg_catalog."C",
    fallback_reason text COLLATE pg_catalog."C",
    attempts json,
    tool_calls json,
    metadata json,
    ticket text DEFAULT 'none'::text
)
WITH (toast_tuple_target='8160');


--
-- Name: TABLE entry_2026110111; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.entry_2026110111 IS 'The partition of ogw_logs.entry from 2026-11-01 11:00 UTC.';


--
-- Name: COLUMN entry_2026110111."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111."timestamp" IS 'When the request arrived.';


--
-- Name: COLUMN entry_2026110111.first_byte_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.first_byte_ms IS 'Milliseconds to the first byte of the answer.';


--
-- Name: COLUMN entry_2026110111.latency_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.latency_ms IS 'Milliseconds to the end of the answer.';


--
-- Name: COLUMN entry_2026110111.prompt_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.prompt_tokens IS 'Tokens of the prompt, as the provider counted.';


--
-- Name: COLUMN entry_2026110111.completion_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.completion_tokens IS 'Tokens of the answer, as the provider counted.';


--
-- Name: COLUMN entry_2026110111.cached_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.cached_tokens IS 'Those of the prompt that came from the provider''s cache.';


--
-- Name: COLUMN entry_2026110111.reasoning_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.reasoning_tokens IS 'Those of the answer that were reasoning.';


--
-- Name: COLUMN entry_2026110111.unknown_fields; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.unknown_fields IS 'How many fields the writer gave that this version does not know: kept with the body''s metadata, or dropped when bodies are off. NULL is none.';


--
-- Name: COLUMN entry_2026110111.body_logged; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.body_logged IS 'Whether what lives with the body was stored (true) or dropped by the team''s setting (false); NULL where there was nothing.';


--
-- Name: COLUMN entry_2026110111.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.team_id IS 'The team the request was made for.';


--
-- Name: COLUMN entry_2026110111.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.job_id IS 'The request''s id, the same as the response''s; unique in its team.';


--
-- Name: COLUMN entry_2026110111.owner; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.owner IS 'Who owns the key.';


--
-- Name: COLUMN entry_2026110111.api_key; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.api_key IS 'The key''s prefix, and ****.';


--
-- Name: COLUMN entry_2026110111.api_key_fingerprint; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.api_key_fingerprint IS 'key_fingerprint() of the whole key, as bytes.';


--
-- Name: COLUMN entry_2026110111.requested_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.requested_model IS 'The model that was asked for.';


--
-- Name: COLUMN entry_2026110111.served_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.served_model IS 'The model that answered; another one when a fallback fired.';


--
-- Name: COLUMN entry_2026110111.provider; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.provider IS 'Who ran the model that answered.';


--
-- Name: COLUMN entry_2026110111.status; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.status IS 'success or failure.';


--
-- Name: COLUMN entry_2026110111.error_code; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.error_code IS 'The gateway''s code for what went wrong.';


--
-- Name: COLUMN entry_2026110111.cost_usd; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.cost_usd IS 'Cost in USD; NULL is unknown, not 0.';


--
-- Name: COLUMN entry_2026110111.user_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.user_id IS 'The end user, from x-opengateway-user-id.';


--
-- Name: COLUMN entry_2026110111.session_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.session_id IS 'The session, from x-opengateway-session-id.';


--
-- Name: COLUMN entry_2026110111.fallback_reason; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.fallback_reason IS 'Why a fallback fired: as given, or the error code of the first failed attempt.';


--
-- Name: COLUMN entry_2026110111.attempts; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.attempts IS 'Each attempt: model, provider, status, error_code, latency_ms. This, tool_calls and metadata have 3,800 bytes together; the longest is left out where they have more.';


--
-- Name: COLUMN entry_2026110111.tool_calls; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.tool_calls IS 'Each tool call: id, type and function name.';


--
-- Name: COLUMN entry_2026110111.metadata; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110111.metadata IS 'The short scalars among the tags whose names the team declared.';


--
-- Name: entry_2026110112; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.entry_2026110112 (
    "timestamp" timestamp with time zone NOT NULL,
    first_byte_ms integer,
    latency_ms integer,
    prompt_tokens integer,
    completion_tokens integer,
    cached_tokens integer,
    reasoning_tokens integer,
    unknown_fields integer,
    body_logged boolean,
    team_id text NOT NULL COLLATE pg_catalog."C",
    job_id text NOT NULL COLLATE pg_catalog."C",
    owner text COLLATE pg_catalog."C",
    api_key text COLLATE pg_catalog."C",
    api_key_fingerprint bytea,
    requested_model text COLLATE pg_catalog."C",
    served_model text COLLATE pg_catalog."C",
    provider text COLLATE pg_catalog."C",
    status text COLLATE pg_catalog."C",
    error_code text COLLATE pg_catalog."C",
    cost_usd numeric,
    user_id text COLLATE pg_catalog."C",
    session_id text COLLATE pg_catalog."C",
    fallback_reason text COLLATE pg_catalog."C",
    attempts json,
    tool_calls json,
    metadata json,
    ticket text DEFAULT 'none'::text
)
WITH (toast_tuple_target='8160');


--
-- Name: TABLE entry_2026110112; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.entry_2026110112 IS 'The partition of ogw_logs.entry from 2026-11-01 12:00 UTC.';


--
-- Name: COLUMN entry_2026110112."timestamp"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112."timestamp" IS 'When the request arrived.';


--
-- Name: COLUMN entry_2026110112.first_byte_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.first_byte_ms IS 'Milliseconds to the first byte of the answer.';


--
-- Name: COLUMN entry_2026110112.latency_ms; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.latency_ms IS 'Milliseconds to the end of the answer.';


--
-- Name: COLUMN entry_2026110112.prompt_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.prompt_tokens IS 'Tokens of the prompt, as the provider counted.';


--
-- Name: COLUMN entry_2026110112.completion_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.completion_tokens IS 'Tokens of the answer, as the provider counted.';


--
-- Name: COLUMN entry_2026110112.cached_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.cached_tokens IS 'Those of the prompt that came from the provider''s cache.';


--
-- Name: COLUMN entry_2026110112.reasoning_tokens; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.reasoning_tokens IS 'Those of the answer that were reasoning.';


--
-- Name: COLUMN entry_2026110112.unknown_fields; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.unknown_fields IS 'How many fields the writer gave that this version does not know: kept with the body''s metadata, or dropped when bodies are off. NULL is none.';


--
-- Name: COLUMN entry_2026110112.body_logged; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.body_logged IS 'Whether what lives with the body was stored (true) or dropped by the team''s setting (false); NULL where there was nothing.';


--
-- Name: COLUMN entry_2026110112.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.team_id IS 'The team the request was made for.';


--
-- Name: COLUMN entry_2026110112.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.job_id IS 'The request''s id, the same as the response''s; unique in its team.';


--
-- Name: COLUMN entry_2026110112.owner; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.owner IS 'Who owns the key.';


--
-- Name: COLUMN entry_2026110112.api_key; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.api_key IS 'The key''s prefix, and ****.';


--
-- Name: COLUMN entry_2026110112.api_key_fingerprint; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.api_key_fingerprint IS 'key_fingerprint() of the whole key, as bytes.';


--
-- Name: COLUMN entry_2026110112.requested_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.requested_model IS 'The model that was asked for.';


--
-- Name: COLUMN entry_2026110112.served_model; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.served_model IS 'The model that answered; another one when a fallback fired.';


--
-- Name: COLUMN entry_2026110112.provider; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.provider IS 'Who ran the model that answered.';


--
-- Name: COLUMN entry_2026110112.status; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.status IS 'success or failure.';


--
-- Name: COLUMN entry_2026110112.error_code; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.error_code IS 'The gateway''s code for what went wrong.';


--
-- Name: COLUMN entry_2026110112.cost_usd; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.cost_usd IS 'Cost in USD; NULL is unknown, not 0.';


--
-- Name: COLUMN entry_2026110112.user_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.user_id IS 'The end user, from x-opengateway-user-id.';


--
-- Name: COLUMN entry_2026110112.session_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.session_id IS 'The session, from x-opengateway-session-id.';


--
-- Name: COLUMN entry_2026110112.fallback_reason; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.fallback_reason IS 'Why a fallback fired: as given, or the error code of the first failed attempt.';


--
-- Name: COLUMN entry_2026110112.attempts; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.attempts IS 'Each attempt: model, provider, status, error_code, latency_ms. This, tool_calls and metadata have 3,800 bytes together; the longest is left out where they have more.';


--
-- Name: COLUMN entry_2026110112.tool_calls; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.tool_calls IS 'Each tool call: id, type and function name.';


--
-- Name: COLUMN entry_2026110112.metadata; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.entry_2026110112.metadata IS 'The short scalars among the tags whose names the team declared.';


--
-- Name: erasure; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.erasure (
    erased_at timestamp with time zone NOT NULL,
    erased_by name NOT NULL,
    session_role name NOT NULL,
    team_id text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL,
    until timestamp with time zone,
    pseudonym text COLLATE pg_catalog."C",
    entries bigint,
    bodies bigint NOT NULL,
    bytes bigint NOT NULL
);
ALTER TABLE ONLY ogw_logs.erasure ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.erasure ALTER COLUMN action SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.erasure ALTER COLUMN pseudonym SET STORAGE PLAIN;


--
-- Name: TABLE erasure; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.erasure IS 'What purge_bodies() and erase_user() did, when and for whom; never whose user_id was erased.';


--
-- Name: COLUMN erasure.erased_at; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.erased_at IS 'When it was done.';


--
-- Name: COLUMN erasure.erased_by; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.erased_by IS 'The role that asked for it.';


--
-- Name: COLUMN erasure.session_role; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.session_role IS 'The role that had logged in.';


--
-- Name: COLUMN erasure.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.team_id IS 'In which team.';


--
-- Name: COLUMN erasure.action; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.action IS 'purge_bodies or erase_user.';


--
-- Name: COLUMN erasure.until; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.until IS 'Of purge_bodies: the bodies of entries dated before it.';


--
-- Name: COLUMN erasure.pseudonym; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.pseudonym IS 'Of erase_user: what stands for the user now.';


--
-- Name: COLUMN erasure.entries; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.entries IS 'Of erase_user: how many entries were the user''s.';


--
-- Name: COLUMN erasure.bodies; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.bodies IS 'How many entries lost their body.';


--
-- Name: COLUMN erasure.bytes; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.erasure.bytes IS 'How many bytes those had, as stored.';


--
-- Name: installation; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.installation (
    created_at timestamp with time zone NOT NULL,
    partition_interval interval NOT NULL,
    key_secret bytea NOT NULL
);
ALTER TABLE ONLY ogw_logs.installation ALTER COLUMN key_secret SET STATISTICS 0;
ALTER TABLE ONLY ogw_logs.installation ALTER COLUMN key_secret SET STORAGE PLAIN;


--
-- Name: TABLE installation; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.installation IS 'What belongs to this log as a whole. Where there are several rows, after a restore, the one made first counts.';


--
-- Name: COLUMN installation.created_at; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.installation.created_at IS 'When the log was made.';


--
-- Name: COLUMN installation.partition_interval; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.installation.partition_interval IS 'The span of a partition: an hour, a day, a week (from Monday) or a month, in UTC.';


--
-- Name: COLUMN installation.key_secret; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.installation.key_secret IS 'The secret of key_fingerprint().';


--
-- Name: rejected; Type: TABLE; Schema: ogw_logs; Owner: -
--

CREATE TABLE ogw_logs.rejected (
    rejected_at timestamp with time zone NOT NULL,
    door text NOT NULL,
    "position" bigint NOT NULL,
    team_id text COLLATE pg_catalog."C",
    job_id text COLLATE pg_catalog."C",
    field text,
    reason text NOT NULL
);
ALTER TABLE ONLY ogw_logs.rejected ALTER COLUMN door SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.rejected ALTER COLUMN team_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.rejected ALTER COLUMN job_id SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.rejected ALTER COLUMN field SET STORAGE PLAIN;
ALTER TABLE ONLY ogw_logs.rejected ALTER COLUMN reason SET STORAGE PLAIN;


--
-- Name: TABLE rejected; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TABLE ogw_logs.rejected IS 'Entries that a batch refused, and why; never a value of a field that was refused.';


--
-- Name: COLUMN rejected.rejected_at; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.rejected.rejected_at IS 'When it was refused.';


--
-- Name: COLUMN rejected.door; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.rejected.door IS 'The door it came by: insert_logs or inbox.';


--
-- Name: COLUMN rejected."position"; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.rejected."position" IS 'Its place in the batch, from 1.';


--
-- Name: COLUMN rejected.team_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.rejected.team_id IS 'Its team, where that was valid.';


--
-- Name: COLUMN rejected.job_id; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.rejected.job_id IS 'Its job_id, where that was valid.';


--
-- Name: COLUMN rejected.field; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.rejected.field IS 'The field that was wrong; NULL where the entry as a whole was.';


--
-- Name: COLUMN rejected.reason; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON COLUMN ogw_logs.rejected.reason IS 'What was wrong with it.';


--
-- Name: body_2026100312; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.body ATTACH PARTITION ogw_logs.body_2026100312 FOR VALUES FROM ('2026-10-03 12:00:00+00') TO ('2026-10-03 13:00:00+00');


--
-- Name: body_2026110110; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.body ATTACH PARTITION ogw_logs.body_2026110110 FOR VALUES FROM ('2026-11-01 10:00:00+00') TO ('2026-11-01 11:00:00+00');


--
-- Name: body_2026110111; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.body ATTACH PARTITION ogw_logs.body_2026110111 FOR VALUES FROM ('2026-11-01 11:00:00+00') TO ('2026-11-01 12:00:00+00');


--
-- Name: body_2026110112; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.body ATTACH PARTITION ogw_logs.body_2026110112 FOR VALUES FROM ('2026-11-01 12:00:00+00') TO ('2026-11-01 13:00:00+00');


--
-- Name: entry_2026100312; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.entry ATTACH PARTITION ogw_logs.entry_2026100312 FOR VALUES FROM ('2026-10-03 12:00:00+00') TO ('2026-10-03 13:00:00+00');


--
-- Name: entry_2026110110; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.entry ATTACH PARTITION ogw_logs.entry_2026110110 FOR VALUES FROM ('2026-11-01 10:00:00+00') TO ('2026-11-01 11:00:00+00');


--
-- Name: entry_2026110111; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.entry ATTACH PARTITION ogw_logs.entry_2026110111 FOR VALUES FROM ('2026-11-01 11:00:00+00') TO ('2026-11-01 12:00:00+00');


--
-- Name: entry_2026110112; Type: TABLE ATTACH; Schema: ogw_logs; Owner: -
--

ALTER TABLE ONLY ogw_logs.entry ATTACH PARTITION ogw_logs.entry_2026110112 FOR VALUES FROM ('2026-11-01 12:00:00+00') TO ('2026-11-01 13:00:00+00');


--
-- Data for Name: access; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.access (role_name, privilege, team_id, bodies) FROM stdin;
gateway	write	\N	f
red_reader	read	red	f
every_reader	read	\N	t
red_admin	admin	red	f
\.


--
-- Data for Name: body_2026100312; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.body_2026100312 ("timestamp", team_id, job_id, chunk, content) FROM stdin;
2026-10-03 12:00:00+00	red	late	0	\\x28b52ffd243eb50100f402010c000000ff19000000616e206561726c79206f6e657b226d6f64656c5f6f665f746f6d6f72726f77223a2278227d01001d2802c9187fd2
\.


--
-- Data for Name: body_2026110110; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.body_2026110110 ("timestamp", team_id, job_id, chunk, content) FROM stdin;
2026-11-01 10:33:00+00	green	job-11	0	\\x28b52ffd64e3005d0a0046574c3270276d0efcffffffff5f555595defec3a7a50ddbb5f67aa3ffb296fc111e5cc525cab2ac08758b37d36daa7d5e4655213409450040003a000809880402e2c041020284c1c606a43584764395ec1ca6e1432fad34dd5cc3adb8e7616eba09340bd32cad2172465bfb32586b396bad046bad068fc7e3b1d652acb5020008afd7b2ad678f2c7b9a7fa70d6363d2e9ec4dc092d869f1f7a8e1944e2930041d73700d2b8fe2389053fac00c3970c0021fd79843b260d22961d4020a0e0c24028abff7e4b0676f2d892286fe0ee3298585eab53604dd1a65941256dd51eff3f75e70ad2dc1863c23da8df9f786134ad049699fbde98d222bfe02d51d703e4833583b35e3ef6da73cbba3d7722bce0e279dfede907d6aa1aa5e517faf56b6741794cf3edd0463cee8ef2db13cf5d8e58c1692370700893b75ad70775d9ba6037fdf30c1d4538b8a812b297f401ac4
2026-11-01 10:42:00+00	green	job-14	0	\\x28b52ffd64f400850a0006d84c2d4067b63ac3300cc39cfd7005b789b6f416458a5e881a9a097fab56ce01416f0f71ed8322f1f73b11e5c27ac064470042003b000906160a0b080b058403090b0810071b1f904541683f54e912ce630c42c15a9158088631055b98b558e3166b6003e1a22072465bfb3260e603664ec0cc0d983900333bcc2c0040f5ead1c98ee6db69c3e89834baba3260496cc478fbd3704297186a53e4211d84cc6919f3a0e3308b699a2198c31cb3de6bd63a20905889c6b964c1a451d2a8051404efe861afbe28c9f3b8f776182f31344cafb5dfbb35ca08256afaa3dee6edcd70b536041bbaf9d076ccb7379c6f4127a57df5a6f789ce797bbdd6d9d31f7036483b581b75e3ed6da7bcfaa2d7ba76ae0e278ddeee907da9619a3e496faf56367419d45d3dba8bc69ccfdb1b72f252539733da27aff31608009a3b75ad70775d9ba6037fdf3001d5a3f1f35aaf18b892028b19aa57
2026-11-01 10:51:00+00	green	job-17	0	\\x28b52ffd64e300750a0046174d3270276d0efcffffffff5f555595defec3a7a50ddbb5f67ae36fa1bd3f84074f7189b22c1125fde9dbbe31d33e2fa3aa109a04470041003a000809060a04830207090610063c1b10b720b61b2e854d639a92680fa245e70e3111957616d99cc781cbb3348a5b105a27be9d15acb59cb5d681b5d682c7e3f1586b416bad000002bf19437ccf3e21eda9feddb69c8d6aa7b32f025a82a7c5dfa396553aa5f0404df3200e08a6b5d838ce710a22a13c4e6c0692502b2e4950ed9430ee000407041401d0df7b72e0b3bb25892218ff2ee7298585eaf7768cf94e3aa5845577dcfcfcbd17f0de96644b5823db8dfaf796352a6cb5b6cfde364713427f01d51db23e4833603c35e3ef8d2b3d3b6333860d9d5d563bfdbd41fbd44255bda2fe7e316d292f2c3cfb94158c5aa3bfb704e9a9c74eebc491e60700893b75ad70775d9ba6037fdf30c1d4538b8a812b290905b47e
2026-11-01 10:15:00+00	green	job-5	0	\\x28b52ffd64e000550a0016174c328027690e33300333001932a16bcdf6b7ddddd8bd5b1bda6f576e27f67f09c41fa3ebd51eded6b625ad59f3b102a440b1189147003f003a0004180809060c04830207090612062c1b1296d86eb8d31d582fcc3d16fb1d1409856316cdc4c3d2c466b1c4c8342c9954e2db5981526aa1943aa0945a108944224aa9564a0500106fbf193b7cbf2eddec4adf6e1bca07b5f5eb8b8046c1b5f176a8218d2e2930a85818d73889c343388e0359c320fa792f3a8f71b0692501b55571dc01080e02cfccf1ed5d21f8eb4c8120f7bc1dca4b0a0bd3efede7c9574e19296b3ae4e6f7f66eb87b3b820d1d856c3fe8db1bd28761a9b5fdf5b619922e06d32190bea41930aeed787b633abf8eb019bb8e5f87d4d6b73f665f5a98a64fd2db2f9e1de586755faf99e1a0147a7b476e5e6aeb934a1c0700883b75ad70375d9ba6037fdf30c1d4538b88812b29902b2d92
2026-11-01 10:24:00+00	green	job-8	0	\\x28b52ffd64e000550a0016174c3270276d0efcffffffff5f555595defec3a7a58dddb5f67ae327a1bd3f841711508db22c11a5d6dfecbf31d3cb2befff23220948003f00390004140809060a04830207090610062c1b9007b1dd70a78b511f18f79a072aef1039cd92709606a1348ce31806e1c0079954e2db59c15a0b5a6b1d586b2d783c1e8fb556afb50200086fbf193b7ccf2eddec4adf6e1bca06b5f5ec8b004482ebe2ed52433a9d5280ce81e904c428302e4d849a058adc0345b1819ea844e82509a8ad09e30e4070106fe6f8f6ae0e7cf6279124f7de0ee5298585eaf7f67bf9ca29a7845577dc1cbdbd17eede9e60434725db0dfaf686f4292cb5b6cfde364bd2c5d51d90464833605c9bf1f6c6749e9db119bb8e6787d4d6b737669f5aa8aa57d4db2f9e3de5857567af59c1a0547a7b4f6e9e6aec934a1c0700883b75ad70375d9ba6037fdf30c1d4538b88812b2930fae7b5
2026-11-01 10:00:00+00	red	job-0	0	\\x28b52ffd64b500bd09001656472d5067e21c303333b3f4b70a5c5a62246c864c02b5b0b169653d11906f9b5631f2b575d08371a54633c82d7c940143003b0037000a0d83c28185060407047d118772488e98b02d8c320061799c05722ec1408e025a18052710486012dc16e7510ed88f4eae0c7657b1bb0976b7c1ee02d8dd00bb8b1c046759a3d7a0b3cf4a1b9d5f7f0d72ecb34b76afd1327e3d210021a17171f6885d4ba71c26cb63824d3aba29822048b2a0654c18b3808205030d4343b01f7d6085cece71a25f5792286acfd9dd3be5f0507d4e7e9e3a1f7c52b2aa4fb33a67e7459b9325c7ae7524b9d16767d74f235b4afe0ad527d7cec1109446669c9d69c3af2bb2d2c6d0d75dcb78f606e4530f55f58a3afba490a5ba90edebb1368ceee8ec2c35788aad0707005d3b75ad70375d9ba6037fdf3001d5a371872d3e0313bda3b9
2026-11-01 10:36:00+00	red	job-12	0	\\x28b52ffd64a700a50900865547326047db1c300cc3300cc39520080237f32b70694969c9fa67f1b7d05efb5fa10af1d1bec699107b1ead85f60a946510888d2440003a0036000a86010582e581f2388aed833b5f131d010f01c6a6898d213a3c8702a25b323cb009084204e1e328934a7c3b2b608c2118630718630baeebba18630b630c8041b6dfde364ff24977bf193f7cdf2edfec4aef6e3b4a09b5f5ed4e800283ebe3ee53474abd6a2ccbb23009a8ad4ce40e40a020002d180968912810934a0c6796eede7582dffe38cc343d78f7285f351cd6ef6d08f39553524cb33eb939ba7b3fdebd4dc58e8f4eb625f4ee1d29842cb501d62791464a4330ae1db97b633adfded88c5f4b6f8fd4d6bb4b66bf7258d6adeaee17cfa6f2c3beb7d70c45289deeded49baf5c7b06004d3b75ad70775d9ba6037fdf3041b0b589068b12df80
2026-11-01 10:54:00+00	red	job-18	0	\\x28b52ffd64a700a509008655473270a56d0efcffffffffe7eaffffbdf1118908292d597bddff2f6bd6fe6f77eaa37426635e91b6e16f11ac45db3432aa0a239240003a003600080501e581a544891cc5b6e44ee840284286e8c0e769a686323cd10325f45478a0a6d01121468e32a9c4b73382d61a80d65a81d65a822ccbb2d6dad25a332808b6efde36571236fe7e3386f8de5dc2d995fedd7694116aebdd9d8387c1d5f1f7aa23b57e2d9665599803d45606720318400890128a8394380c08934a4ccddcf87bd709be7be4305505a9bf47f96bc1c07e6f5354be724a8b71d827374f7f6f07bcb7add811d2ca7684febd23a5244b6dd827914e4a3f30ae0df97b633aefded88c6137ee1ea9ad7f8fccfec5c0b063d7df2f9e6d65878577af5982505afdbd2d387f3df706004d3b75ad70775d9ba6037fdf3041b0b5890692b734a1
2026-11-01 10:18:00+00	red	job-6	0	\\x28b52ffd64a4009d09005615473270a56d0efcffffffffe7eaffffbdf1118908292d59fbd8ff266bd6fe3f13f02f4296324508b31f2d461217984951551191044100390036008c83c603819960696120c6b6e54e685818128b08a9075224104f430f7590e084383cd341213514216652896f6700adb5456b2da1b51620cbb2acb526d05a6b0202d4dabe7bdb5c4948fdfd660cf1bdbb84b32bfdbbed282bd4d6bb130c201c5c257faf3a52eb17a4699ac659a0b63a945ba0d030881c0f46e408cf7d5289a799a9bf77bde0bb434e55c1e9ef51fe8244b0dfdbd394af9cd2721cf6cbcdd2df5b02ef6d2b7684b4b25da17fef48a7c806d82f914a4c4f30ae4df97b633aef6eb019c3a6ee1ea9ad7fafccfe15c1b063d7df2f9e6d65898577af39a2505afdbd2d387f0506004c3b75ad70375d9ba6037fdf30c1afb5890607965bb6
2026-11-01 10:30:00+00	green	one	0	\\x28b52ffd242f3d01000402010c0000000a000000ff6f6e65207175657374696f6e6f6e6520616e7377657201001d4002c2588b75
\.


--
-- Data for Name: body_2026110111; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.body_2026110111 ("timestamp", team_id, job_id, chunk, content) FROM stdin;
2026-11-01 11:00:00+00	green	job-20	0	\\x28b52ffd64e3006d0a0046d74c3270276d0efcffffffff5f555595defec3a7a50ddbb5f67ae36fa1bd3f84074f7189b22c1145df967e7f6f8d3e2fa3aa109a04460041003a000809060a04830207090610063c1b1065416c375c0a110dc565814f64646c8ac33c8d83d13ded98843bb8d69405a175e2db59c15a2bb1d63ab0d65af0783c1e6b2d68ad150040bf19437ccf3e21eda9feddb69c8d6aa7b337014c82a7c5dfa396553aa5c038cf013aa5b97e1ac7211a263289a6b4c5519a43839c4492a0da2961dc01080e082802d0df7b72e0b32b4b124530fe5dce530a0bd5efed18f39d744a09abeeb8f9f97b2fe0bd2dc996b046b61bf5ef2d6b54d86a6d9fbd6d8e2684fe02d51db23e4833603c35e3ef8d2b3dfb6233860d9d5d563bfdbd41fbd44255bda2fe7e316d292f2c3cfb94158c5aa3bfb704e9a9c74eebc491e60700893b75ad70775d9ba6037fdf30c1d4538b8a812b294d40c669
2026-11-01 11:09:00+00	green	job-23	0	\\x28b52ffd641a4e9d5101aef1448b0a2d604d0a8503300cc3300cc34910048103a727c2031e3a42b122427805d717d83dfb4f49494991b19c66304cfd1f5f0a400a420a8879591c9a3fe026a50a1283f31f6d69e195de73afe431f0c12266edb0ce6117c9d4bde76e758b7c70ce4a6ea55cd29d434ede281fca15fb31a040154935fc5b6c713d0139304a70dfd020904d6fd160fb44c77ba8e6085d7da7a7415f380e5d461461b24c22507990d637be1a38167550c5f97ebf2e0e4da62e8c296d1ea8dcaaa6653e7e3c56b4cc725804d9211d9c55b88f9d5a6d0cdf1ec78fa0efeb1f3618dabee0a8c7d8d12174abdcd6425038a3017237caa3cf6245ef453556e0b8f8299e4186e1267f69145b3b33da6bdaa2d757bcc16d30350aed4143a62173a590d2966a9f0f2cae6b92dbcc49a88c3142d66ea892a51a90acf1907e06c58ff0ef47c2233d8137c280eac35f352db4034f60d4e85356e6cfe48157e8ade3e0e31acae244f94ccbcb5cefc163a88e49a91179d9fd5cbc542cbb9046033fa3631ae7c0e3dbc4b2359383a172020d94edd1c213f9e566e96fdf6c2ec3d6940f1c29bd89feebec9db056bbf4b1aec2980e4e93e629e6ad502732c224dc1d7eb0481d50f096d5fd70e23dc7b9a6608b59f07c18e8aa041b61bcfdcb7cac940c1f4bc16836b8c3e25eca53275d9394b09891cdc6583df8e7ed68ae4f7741d5cbdce01eb4626f6a6023515bbadb4bc7ccb9d261f3d22b70d3802e5f03538e899a1b1567be7193d07d6dd0921c782ff019cb7d0fab73992839c3c5e07297d245f2c26df1c9bace1fc578e8eb407b50e7b1d6973a845001d1491dcb7aa7069224a71c24b44d062aeb127b132939df0c2cf5ddf764f2cd036d96e584baf542561d54dd849ea2171faf66cde37df9f077413ba8a73b4db2cea66c6c0b385ed3e8bedb33f0e5407da1264a44d12b17c1f3c34927d5803e6beb43b472a81028a85e6c109b6b971e8c259b869f39abfe082553660d1d32cb7cb0c143b8add7ec60c84a48d4cff28a8affc1206e1d050b075df4e0c1c9473028aab00c64c3355ee5b8213185095b5608e7c14e612088b635bde592dde764a3e397a34e9a3a28d19746c95ca6a28f7fff35b7e0d7f11ff471d87e14a408e12a5eea0da9ecec8d3ba0cf08c1a70daa28eeec18131463a9f36ad095f7b5615d4e1a75d78e667ddb5d843dc0e610c62bf7d0325a33de099ef49dfd33884b113be4a56155dd084ae9737a96373ea8c96ae738b7cba0a49ad11142952f1fdd4038f494e97fd0a4cca26ac278360716b581c570a4647020a1b9e55827b3b6226ad100493564d7526062d4d6602f3601295c510e5ef3025ed05fa62038b5c86e1364d4d73350e90c21573763e4f9d221399c3c8e07ddc0ff233470fe56a12313775d71dbcbd0f340f0b477d8d53b75ff82252935026198f1415c8440faede6d3a1482ce322741b1aa50d862cb85298cfc0bafcb97344ff1b9858684017f470c986c5ce2b0c35aa8fda845fea4184e1dedeb0e6155a6ff4893b9084b0163c30c544c23fcf94b01e64ab392fa4125ef460fad088f7c34c78da96b1286ad36b4dd3803a58c6b6d15f177ff83aea123efa8fc3c149c48fa81f12052a5355f8de484f0d9603b980b27c44df5be257614ea3eee539b606156e0dfb8f5a9d39786a741f8b101f9a0e2a4cf21c7e84d67bbf5f72afc2c8d2cb193c15130bbbee88b69570f8dddef48e181db07055e1cdaa8af26cbaf7c677947b7a0e3835d9a65a3793b446f6f3bf2674217d1878c808e8686444cca7f9f4b3a199d03d6aa082eb42e3513cc53afd6f115be717c2d9a0ccd4243c3337d2070a842f1111e8d733069997cb59aca618f9418dad046ff1b0830cfe3448592267a9de31fc7ff7550696ab1e58989f4799d4c2f5124e61bcf75ddc961f5c2df9f57a8ce5875f5049200dc6933d1b8418c3e598c0457183d57132cc1f4218f5602f848cdabf2a22ea250624fdebd770c1073c62dbb323bac47b1d3a342093b6554d18b83ede4ca7bb4a4478eb2bc3695c12f63090a4ab0cdae2b71e828dcab982082591caa0f6725e837003baf2eaaf12bbab8f12f9c00483033e9a13f951d46786866c9371c840834398ce076a38cd1966c6b5578ec4e5a06f59c26a58e9c6d0372d1a74e29c5be80757ca4e214498828f3d574cc8ab31637b1c387f3ccd2c220753ce125214cbe53bdf19847108767ad59ffe1f6c87354fc2343ffb208c991796b872fe063a3741f3a76bb920036eb436b922ecb9a270727cc161e75ba20692bcb961d63631dfa8fcc4ee41cf7c030d2cee3624e5b3cd9d92dd574b8d93f64206d7958927612c432fd1109b3cc79d86fd30d8889e50ed4ad1e8fdd53d11eb8b0bc33528da650c61c27cd9b2b06fd8ee8ebb8db3810bfa797d843706fb8ca7a04cb344a010061fe1782e7b2158b8b55639e7f14129f40f280833f2d931664ef877eed35efe6f190f86efa3b003eedfc8cf7f86dded5fda300e422922202573e7885c558a27719a66750dc625afd85097c384302f1796f9dd88f068d0c1ec67467ca31431345673aa86ec14a601079310dee2737156b8d4ad42c11c23fc06927fcefefc763cf8c4bf344d39016f4206a165875dc86ff5e21c2e048fbb876d0d1c04b5f36a1b230bd722677756bfa04919337055734115c4ee0b7b218a6d9d9f2af4f6402270dd14e650cc65189ab097a5ca2a5b0309c7ad36ceaba23ead12c6635b3554380ff2fd179124f14598049dd6f9e7ea29d6071fc1b71da317c2a3a5684c5276e203d1078818cc94ded4c71d34d4cd7cd382dbdf0d6e08b53bff52265035fc7ad2f6e268ec0cb453389099c5933ad787336579e5fd8035b056b1929c1c0ff19244b1a5db336c941c54937ad845daadf40c7ea3663e17e17a71905a662274ddff83787e7c44f31366f632c00ab567e527caab51172ca75fac97cd1f449a65ee8756cc1078522a6b0b3756307520f43ed489f5291162b9e1df552db808677021b8146a963d58f90c59677a70d892cac131fef9c853cad414695850d095aef7cda0c4d215ab42b286c3742e03a284f1aeb181cd89e98f95ebe9e506130d51a99886f020e3bfafea66484af95a83374b71607cc7c095c2bccbffad4268a831c5c8ac738ea7818f6c98a6082e1a502bcfae2c248b69470d7482d5276402d3a4bf65cdd34b442b830e9e063d501889e6c8ea250bda62fcb2641b04fc2254ecea50ea82848981df4f19787910f6d148cc79af27512cdf0f3b88f525ec202ceef5ecd8e1b73e2a877ab840643b730326b35232bf31cdbe8a306c8bcd56613f8388aad63e9accd8bbe2aebf7ea275f693010b5ef828997717f14e5d8afc93f1f6f141554ce375e05ab70dfbc0e2f7e51ecc3106ccfea5476f96835dae5de19acccdb22f066c1b028ea86e3811c778e4b42ea1807d3c1894717336dc3577d6f470218902e634ce2090e77490aad1b0d2bbe5b445bdcd663e830fa183d3f49b90514ceab425624bce4a0edc2e99c318562f7a2f855dcfc59aea1d0e24cd0729c4ae135dec777a87d63789711bc444ce86119d4c0cffaa2b33f728c18739f0dea03441148b884e960ddbd717d6323e780b17cd13d69addaca25dda5b02c3b07c805813dd5a49e51f82d61b5e04715b8af6c194959cef92b6a06035b1aee34acf1de3a09d5ab1a526ea2c325531040dac5e19e1063b62cc1d1636c479fd6105d5844043223c60f251bc80c1a3278cfe8898b8326ca83b9ac10628b0c0073cf020e8000000000005000000f000000000002638c1094e70020000000001000058000720ff4a1664f1e5f36b37fb8309e120547ebd5f49365287d63093870d81b5e30355f6479c397f1c0fd93a51aabd67b8df8340ffdbfbf9c721869393dc69a642a6240d4204ef5b270ea6cb4dcec11c29389f16773087d4262985fdb2e32c263e6de93d6736a86bb52a0dc3e48b6bf5e92ef60f8bfb35c8b48a0f5a9f7a92ec39e8ab29617403d9c0f37e2528335686f5f0bf9b3c59717dcb8087a58a3ac974cbd97fde350489970edcc1a09284f4722a35c7ee2844b1c4d4179181fb75a174b847fed5ebb0bdfada51f591417473ab84a6332c42758f1a6dc15ac5e3411fee336584199929b90977bf818fee2d06e9d9e1684261ffb25d4211f2969dfecf0d4647a4ec54652dc7140bb7cac73246cc07db5715880a57e6383f71ad28c28ccbd90ee2ff7d5153d3c2d27f5064c8d13738c40f64c227a2e2ce94b95d70acfd95f028ca078ca45c819a973355334385a04b541d5074308812884585d6a31dcea9b43cf2e38a66d08e16341cf7d23975bb5a1ad55650527d70ddfe122e9873600856e1e470e80a76c883cfb1ce67a63a2f93f8366c0e0c8754de831b23fbfd61c7b9c2e00d2734cdff1d4e073c27fedbf1cf8aa77fbefd75bb5ede2a03e69e16a9601230980387c7210797f8e03388f564498f4f0d66e4dfaafc71c6b6a639b0a5182941f6c4f84f790c9b25e7213e3bb812ea8a9220799aa51dc377bb2533b23f38f5acd05e78c6debca6183701b5a22f7d60baf9a19d243276b170a82adc51b07bf14106a1589068b29dfc316a054bd7d60e7883dc0d588a5d386785af7cb454012f9d5e0712711d725a953f197b72eb9529eee77f0642799a1ab87eac2cadf5979a21388cd183502d3a3a09c9eac85de75bcbfb85a67b83b3b4ec96083e364937912b593961a4bec1841f0bf22614469739ee16f5eff6436207bb742cda13428c2e840946ba647e4dd90f643db646653bf073d431b3643cda07eb0c38b226a31aedc87cc34f454437fe9c3b073e1196db731dc214770932eeac572e2a0f44028bba9bde11e6cdcb9645d00edeeb0fd607fd7d56f4b4c38de187a942dca4c930a8f1778ab49bfa8e7aed0d7d4ef33d6519d87485889afb6d9e67bd18bb060935bc3ab8ffa41ae797d4cad9f5e5d08b387c623c400d52faca531bec77b23e94057a5631cd4085e99373396d677a07495d98d82f24c9a034c2f814a31eaabfd38ec7dde7d3ccf0e0b32ea2034b68e686a921b4fb756bd52003bbb56b8a6796abacc39cae2a73948f5003fdb460b187af1e9abd2f22a1c8b89a64075f18ab9addfb4af4f47c2fca17d6040f07d3f598c1cdfd5cf561c7bc4132ec64f90dfa5f2b50e3da3008d227cff76aac53571884089b741eb8d261c2bd8b88c2bdb9e86480122be13f8450a111827d8ac221847e2b1afcab67541de1cb3353b8a1127fa896a31868888612c909d6df9adcfce56634188c35e01bb210757753a353de911248926d4164d0b7657d45684b7f4477bd73a8bf847e37185b66c1bd65b1f1dfc40ae6b1321eec7fe0d5cba1d336f9843791769ad81e0cd178d04519cd2349fac41d13ccb7f1399486d881855a24cf0f33e15711cc8c9640de89c107d281c1c32da96cf0d0268c702b888e953928ce8f332c0e97e07941564237a69262c92084
2026-11-01 11:36:00+00	green	job-32	0	\\x28b52ffd64e3005d0a0046574c328027690e33300333001932a16bcdf6b7ddddd19bb436b4dfaeecdef67fb9c33f90ebd51eded6beddb6ed5ed80d1264e08c484600400039000a0b080c058402090b0612073c1f12c44a6c3f5cea16b618e640aec79a3106a364148e596f51b828ddc1c2102ba175e2db59414a6991523a90525a10894422292599520a0020bf193b7caf3e1deda7bedd769c8f6a9fab1b086014fc34dede74acce210683e52d9d80ecada890302e9e4b3cb660e4225764122ba124a8f6511c77008204028cf2edfd40f0d5114b691a07df1ee7218686e8f73684f94e3a1d454587dcfcdede0d776f3bb1a3ab8ded477d7bc70a19b65adb576f9b9be9e45bd121b1bea41d307edaf1f6c6955e1d6133762daf1eab7ddefea07da8218a1e416fbf98b6931bd65dfdc90c47adcddbdb71f45053a7756248730700893b75ad70775d9ba6037fdf30c1d4538b8a812b29fb8a8ec0
2026-11-01 11:45:00+00	green	job-35	0	\\x28b52ffd64f400950a0056184e2d4067c639c3300cc3ec3bfa2011718c6b1dbc8b26bb37287dc96a2886838230beb5be17e3d95e319a73613d1832490043003d00041220145824281c2c120e0c20281c401a6c7c401686d07ea8d2314a37639446511af6241c069da7b07eda61062c8fe96561889cd1d6be0eccec303302665ec0cc00981962e60006015f8f4ef634df4e1b46c7a4d3d7130294c44e8cb7470da7746aa1dadad7a129f2904e42e6b44de2619ed71074cc512096c7358ee2310f82c1c71af612898249a7a45103ed3d3decd7179644917b6f87f1d40243f55afbbd5ba38c52b2aa3fea7ddede0c576b4bb0a19b116dc77c7bc3f9167452da5f6f7aa3e8a0b7d76b9dad01d51f703e4837583b75e3ed6da7fcba825eeb1afa3a9c747abb43f62986aa7a45bdbd5ad9d26550f7f5e92e1a73466f6fc9c9536d5dce689fbcd00307009a3b75ad70775d9ba6037fdf3001d9538b8a812b2937cebb35
2026-11-01 11:54:00+00	green	job-38	0	\\x28b52ffd64e3005d0a0046574c3270276d0efcffffffff5f555595defec3a7a58dddb5f67ae327217bfb080e05c525cab244147db3373363a67d5e465521340947003f0039000809060904830207090610062c1b90a8416c37dce97a81a28380d1e234cd44b10f8fc328d03da7889e273a1d35c8a412dfce0ad65a88b5d681b5d682c7e3f1586bc5b556000001bf193b7ccf2eddec4adf6e1bca06b5f5ec8b0027c175f176a9219d4e2938d7f069054688800f8a87e6290ad30da29f6281a0c72509a8ad09e30e4070402011f1ed5d1df8ec519348927b6f87f294c242f57bfbbd7ce59453c2aa3b6e56bcbd17eede9e60434725db0dfaf686f4252cb5b6cfde364bd2c5b7d51d902a9066c0b836e3ed8de93c3b6333761dcf0ea9ad6f6fcc3eb55055afa8b75f3c7bca0bebce5e738241a9f4f69edc3cd5d82795f8cd1c0700893b75ad70775d9ba6037fdf30c1d4538b8a812b2923de3864
2026-11-01 11:12:00+00	red	job-24	0	\\x28b52ffd64a700ad09008695473270a56d0efcffffffffe7eaffffbdf1118908292d597bddff266b97bd6f2f1442e94cc6be502362ebd89144db3432aa0a239240003a0036000a868025822565799cc536e54ee8c4081da04754404414341810100e74e8a9a3081d9e864fe171964925be9d0db4d6a2d6da80d6da812ccbb2d61ad35a2b2008b6efde365712527fbf19437cef2ee1ec4aff6e3bca09b5f5ee07064f832be4ef55476afd6a300cc33405a8ad8de42610500090168c84b4480408934a3ccd4cfdbd6b05dffd719aaa82d3dfa3fcd57060bfb7a7295f39a5d538ec959b1f7f6f08bcb7add811d2caf684febd239d244b6dd82b913e968e605c5bf2f7c674debd6033864ddd3d525bff3e99fdcb8161c7aebf5f3cdbca100bef5eb324a1b4fa7b5b70fe7aee0106004d3b75ad70775d9ba6037fdf3041b0b58906e6c4e9fd
2026-11-01 11:30:00+00	red	job-30	0	\\x28b52ffd64a700ad09008695473270a7690efcffffffff5f5555156ddb47a3a58dddbbdbe2e237d97b37fbb6574b6286615fc8ec557fd30bb4f70429aa0a039141003a0036000a06020501cb04a5398aed843b5f0b6887d71a024e44141a68805033c082e320e0c119d040b135479954e2db99c15a0bb1d64ab0d66a505555b5d65ad65a000e02b6cfde3647f23dee7e337ef89e5dbed995dedd7694126aebd99b00050657c8dda38e54fad45896656116505b99c82da04061e0593012cf227120934a0c677edcbdeb049fbd394c143d78f7283f351cd4ef6d08f395534a0ca33eb919ba7b43debd2dc58e8f46b625f4ee1d297c2cb501d42791424a23605c3b72f7c6749ebdd98c5f3fce1ea9ad7797ccfee4a0a853d3dd2f9e2d65887d67aff989501addbda5373f39f606004d3b75ad70775d9ba6037fdf3041b0b58906bca80461
2026-11-01 11:48:00+00	red	job-36	0	\\x28b52ffd64a700ad0900869547326047db1c300cc3300cc39520080237f32b70694969c9fa67f1b7d05efb5fa10af1d1bec699701a111bbbc6489b7c0d03579341003a0036000a06020582e581727014db07773e58709ee7910c1176131128440dc220350d6cf8344f2210e0c1512695f87666c0184330c61230c61a5cd77531c616c658000001b6dfde364ff24977bf193f7cdf2edfec4aef6e3b4a09b5f5ed030414185c1f779f3a52ea556359968559406d6522b78002850168c148408bc481934a0c6796eede7582df7e7098697af0ee51be6a38acdfdb10e62ba7a498667d727374f77ebc7b9b8a1d1f9d6c4be8dd3b5208596a03d62791464a4330ae1db97b633adfded88c5f4b6f8fd4d6bb4b66bf7258d6adeaee17cfa6f2c3beb7d70c45289deeded49baf5c7b06004d3b75ad70775d9ba6037fdf3041b0b58906cc2096ad
2026-11-01 11:09:00+00	green	job-23	1	\\x5a5aaae0d33cef35dcbdbdf9e112270736786d63a88621b063b553b311eb82f70dde0729a513f75da6302f14a74571926b0f56c37e95a57742b7e6b87d9a03d548f706fcc1232745c219452049afbf502aa31c1abc5b19e94ccc27ebead653f457f8e13819848e4971a4064e6174e5e6a41662db7b1a044a0ce189e5ac1cbde936dec9f2b6da7c705ed14adde48c669834c42175f5052f73e0dc5746c9b421acdc95346d3bb1d146f1607a8cbca9e97bebc9feb23d88092de1e380ad7e3662514ae69fbe2322c3d8c91065f0c3c1d3f28dac8334bb6ab1fda6fa2a7ec0f6354fbea35af54f21cd754452cb4773a06f5e72dc699eacae5ac11135c42ef7d8204c33924c504ceda57f0aa411e434ca7e06e94381d114ac53d46eed2362227f537b074688ec12cc4ccf0e6d5bef5d346c08fd3008cb84fa8ddd6e1c348c70ef68f25ba4cae0844ffc34c5736e9910034da9b12316ce2010663f8fcdf9256f08ed6206bc701fb503210b593dd91b6667eb57fed1b51be2ab41b18e8a53ef5db8371da7b534bec4e4bc81212d3185c4ff9df1695c53676d08bc3403d7c021d0a36acec2e5947bd0aace201e194c7368aa92fdb76ebfdc2de54a5bfea80c8adecd2d6404cb7021f0b2fa1bef5b6c6cc0761f7d6f5571e526ccfca8ec32178f39b0f3608edb2879596bc5e00b9af1b6f037f82a2a9756721c2b6fed3994b094309135f8d0921f4aef3feab47e50cfa37e759d7de05c84c8b4a1bdac533b8c5a9ab7bd4b6b50b4195fc821b56572713ff88faa44fffc2005b94c8dac68268231979ecd513b2defe04d2ae6545087c5f0f3aa75fe024e59e0c011396006eccd2a93cadb14e58d1cad9041ed9afefea8ad53bc506310a3100edfa4831016213ee21871acf5316f42ea3c9914067c334c13b262f6cfb06e7958fe277a260cb083fabfc70a62cc69d0694420b2b4603340baa0b77eb78669988d1502db6b68a8e7c031361499d31bbf2beb722a4d1852ebf960e47d6472e679d4032da0711c6a180d1b06816e71ca953a3c8eb9b3f1bcae97e29e8308da20afa56da72ddc80e249d222816b8398b0222194ea614c71d0bcdd9c8df5c21964a6c8feab3c7b95852476c50f6155ac1aac1de1231b6db08a1d476cb927db72d318cce39ba153398efe8eb6d505423eaa3a1fbcaf2d5307beb6faf72c5ec460153d0c3d90fefe10f8b34889413d791d9fe9a7477d401d58af2a8dd5df78f195bb3330fda9f20077da497548852370541089dd13057dde2002d1e57b8fd4d3dab3e04eca9924d6c5a033d66c542ea78e6c926da437e64a2d6a6017c695f117d5434d397f6cfeddf024ee6033b8b6c5c7f450f527ac42b0a195abebc07823040d8aa50c24e3b44a9ce1da640207af74ecb137ecde72864ba38137b8ab6f18b8086af847717cda8684e1fde488dae70c389c7c98984da1b37315bb9aeab0eb5b3f10aefcbbd0401d7e8ed91363d281b0346d409185a2717691a1cdcd3af434f15dd7cfa08e953cdce6229c8d85e53fee9508b1ad839eeb95d0332cea09545977277b28d3720321a43e61eb205de64ee3e17ac431efac017ad405c4d6632c322b09ff63d2d8e3c5419786a38848647d950f94cc2fabd97812039c99b30d2b111eacb8a9eebb30b9d8330616853ec9a927eec78ca19682addc1d2f0c62792848ca69300cd3f018e2993dd9513b5073cefa0fb5712f1278b7a246aa3c313a18aee023767899ab3115cbca48772128c2e0dc9b2a6c4a74ca96ebaff5101d879ff5c166d82609d3c3f185d2f6728d1c2dadfe03ef3a3e1775df4072f75e6d23f58d45bb8149a843119f4a916cbc95c19a0ffb01d1071a427fab48e535439332a2910e1b99d80ff663b8e2715ec9038679a7845de9505631701465f2bb71f3932cb527e65249f9101a48eaa7e33f8e5e5af9872252363d2bfa19a45085618d9528f5cf097681827dbb0bfa20d92f73fe8d4d32508a7d07f452455aa9413aab0b754f134e08c7902d5528154fcd80ed54ac71c6f358a4071903b561a3075c8311ee9d8c6125c379b9202f86fb9e1e20a9c4af579df554e4bcda789862f9fc1e74fd3da2cb99faa9cba87d400f2c183c7d40cc7e92e15a2c7315487decb68f29f339900e6b59b7b1337581a21c31e0bfd447fc00e99b3430e398702f82b5d2dd47e948d5608acf3b58a15ba40751aeef24fe08c5a183cf3f57c1e6f343da65e46dbfbcdc7ded019a6d55d809a7da211432ebba9ab1388106147643288650a5a7f652e4b86a8f0be83c186ade558bbf50fe18f044448e89028592c1d18f4f4b58986c294e9659519da56ca9812b796033afa99b410c23356b6148b79b030a229d5792249983e79d2e154e4638be072c55d25897db6f2d2cf4b268c4741569836c9caff43c3d0fbcabe29b3f4b3e3491034bf45639e747e3087e8b9ee68c69fcb941b8df50258979f6b2d861899d52a87ada033c0ee881f6f2cc46658a7aebc565b74f07ca663e4ec7fbf8fef9c54dab2d75712b03fed32d0dba60c7f8d9119f47fb29941203d3c7cdd3607a2c21965af05ec27de7f30c3cf296a3e9d069d127f099b822c37e4e076b69e154c66ee83cd7489d9123af79ce031cc191d8f9da76b3b5920c2ef4685ef403c3fb76e34073646fce184d69e1ed7547039a8ba0698fb760e1db02d1ef646a90741c44d02d0d15b1778e4021bfb9d391272f1e48c76b067e5954a1bbe8eefa7f92eeea0c2e72cdb9c20d13c99d2599d94983643c0c22bc5c55d462d3f08415b7d86242cc720f02867ae613728871ba57970cf8dd891934f8f2b2301e1cac694b4f9c68312b18a138402b620ff20ffb84faca7ca7c3f6d7e63350e3cf9bf88dab50ad503c282911fc5b6ee0e8294866113d12d7134116d4928e82dee0f8f2232a7415b6ecf350043335a4b3b78185327b2a97360b6972fc6255ae2183e1072652d52b6dfa225ab5ea7619eb184e320cdcb6f883775aa8190c41a2fb70f62a14e200c9e4d3f42d2cf5887f4e3b2944a572627099f5bfd321262eb9dc9da4abfda4837d90426243ae6ef7113791989c11acc3faea8042cc71287cee980c57b146d335281cef201f63132d98cdc62eb508aea5e3d4abfd60292cda4765fc23d71811bf665862867f801986c943c2e714594b4971321d2eae31e09e0c59c61e6ed51fee54440c66dde333d8cffe1b6f3a45f5170d9d81dd4b617e7720d6f9d2bc4ae651878e588b2da1e4486b10aa87f7f876d1b833b0b512d18e4fe0d0603db87a0845dbde79dbb1487631b7b6f4207b36312628754a293cca0e4dc07f0e528345a2946c993251f9a1fe2299269d12ac81f8a34808cb08455b0931ec3679d5f39341d80b291f3091189b5aa7b30469ab359e064f7b9399158cc1e2762d7e3a42abe6841b2cc9bc0e07555f98c6dff02547ac86883b085b53c173b0ae7ff8e772c3ebea3636c5e046f22f194fdbd0dc5e820869ef5a70f4e09e8396edf8beabfbf76b8e2705df496c8018f884fa6193df720e9f1c570bb1c3c280232f83b29efe5bcdb006163ea64b56f401be5078abafd74df6b72bdd5afcd7d3f760f8fb9e372ca3595bb02aa424fc4ba0f62048e78cbabde8057fad95701722e8e4fd0d22aec6d4782cd28a826a60716b9d0bcd6120c2b729e5a7f5e8b9c629978e1ba4016dc012fcec319b7cc37f12284a445acb076350e45b6e4bd42b3c83f7d241bd45cfa87b106d28df43144ed26d385924fdf629fcfac0a3fdb4718342afe697df23bda288de6260281321ec09aa11aa063defa0e5165ab1c10b8f653e7a07edc64c101a2294730f1203a7a8a0ad20e74bf59b1cc4e2217218a2064db85ac3a66fce4581dfbe3a128a1b7d06538759244d3121042bccaf0f32a417427230b1e14e3e91f1dd9bf371ec1b87ea028781654550e30e188718bc9545c62d38fa390f42383f0f7b3ca99557b7351a18430af9d180a6962345760a83ffbc4f0496556147da41637e85db6977da9a871ee34cfc26698d4104b989690baa2112aed1b11185190be4819c23f38723aec6c69662bb58123a5adcc19d686e525af9af29b6ff8c0723d718dc81ac57ca56e5ea3ed9c9ebbaeb9d8549df2038a0d0b8c44f34bd396d383f0aa7837d83c370db9fbde0e7f827c28de12461fcbd83e0cd5037553df1974736c50dc157299806cc41d35b2f79eee39d786f3f144bb838072b11bbad6f58851845bdd974b49ab3ca03dbcc34f7ab1026308605bf32e546570832883eadd51d63e3d4f4a013d65f8e3a6a6610422b9cfa1c87a11d3af90f5b1d5410170758bdaf1afaf2f35855830a0b854a09a10fa6434abbe684085f31d1974dfe6d398c3e5835c1b5d99bf919a5adefcb68ed5e5e1c04e6952aceab7c6d2d4be4ad0fae81c839c8edd7480dcee647d452c142e1ac2ca53260c5cca7c921dd74bf70db9980214307e7815c08bda42516effda6bea114642494300fd482c5ff2ec8842a9cdcce2356aed5c21aa02fa73707d7eed02f498ae16fdf2e733a60cefde2ab64ff4dd1235bdb0f4581ab77f0d578dd2c965ab6716a210c8d9fbbe7d120b5bb266464398bd0298bdccca8abb3ed40b08f505c1a3d7d63447fb27894f48a63b0425799779dd519f86e9a6ff8bbecb76df057f22d36a8613dc39fe6ec885b0612fbc1bf8a6050b46631773ec74d93a77fdbb6817a87e64e8b0fc45e7ca319a2d7e22f880d7ec5f3ae72d8dd3f3e58a0e016825e88bd817cb0ecf8a4d3e4379d0f319ef4a86a99418eb49ac507f510b81d5a66c3c25ac6530e2e2c1109f7742d8270a9ba1cc9a05e781e88b0cbd099b384a532c1cadc4d179e081d98abff2545f7081be2e153084f95cf311c446b6f98e11829c2cccdccb63a8a2994191091d10e66fb89bbb4889752b4d433950c5c4f3be9836061af6748b76af2ed2e261918cb88eff52a13daa151dae7d47ab8b40f50ca65bea46b6c52b379a8c2ae1d120b0da2db837914d2859bb570331c0cabb4cc18084ae3893b614f5c5a384fae0a4161336130f8988be1537ee98e287c99c4c6e6e237280fbaa197ab64447ce5e871394c5abfcc80f8629d07f93d99d2fee3ad75dbc46b6d108813bcf869c9f3de9d9612172569c67c501ee83ca3c9e5674ec67410551e91117120165cc2be59724a52a2067ec58d9d639b41fc85fdddbb6f3bdbdee7b4c057789eff8390d77a2b379f213770619df629727a9a0c68da1a8b9869c267bd49d075e8b5e88b1ff4e459af96524758ad0c43c5df98111a32700af3c963be6846270935531ae4e239e880f3256e742af8ba05c60c5a4501e78bc30e543b7f42acfcb2833ffe61ee9046f5a60dbc042bf86f9086e0221aa174f6f0db583308854ef1d8fe7988fccdd19cd3cb854f3fb8d4bd63d3d2b45ec3b048e7719b57ad3f58ce220cb89614529d5d2cf07e536a11c7c052f26b7d5fbe84ce2dece664824edac900e9765e8326ec46d64643af7784227cfc81f12b8553
2026-11-01 11:09:00+00	green	job-23	2	\\x305e17fa0b0a844831b48153075e6a9f91e73e86cea61c114e5fb56ee806f461d17c66df43083a66927faec85b6d1aacecdda7fbd0def9c7878ded3d199d096190e1064310ede068fa215008c9b6529ff80c7a9b7eb853423bcfea5dfed2826f9dc806782b814938fc1e07449260ab4d3d64a53ec0133395627f0f0af7b96c8c3b6daf0e1e506d64cb85fd1ed667c5896ea30f87107a604c4d1e36bc4edfe60f27d3fb265a82cce0faa9830625583002a780075f810f0c2af0010b8860f0010e3c06161460c17f80820d2c10c082090b0ab0e02b00c107f6c302012c700a2ae0c082022c08c1067e0109245082122c28010916146081073eb081d700082850c12e10c0020e80600218a080820c2c28c082d7c06e6001090ab060031458e003bd011084050258b0010a2cf081de0008c282022c780e8ce0030b04b080660019c8c0f682022c700b2c204104245082051ef0c07783c0030b0ab0c00320f8c07ec0030b04b0c002bb81e700050b0ab0a082770b8480820a38b040000b2cb0010b68600042801ac0073840810505589081770a34b080040228c18211780004bca0000b9e02eb010fbc06265001051554f00b04b0c0df97820c54f021a060410116bc53d013a880820a2af8050258f01580200316d8b0a0000b3c00820fec073cb040000b2cb01b780e50b0a0000b2a78b7400828a880030b04b040085003f8000728b0a0000b32f04e810616902002debbcae9d8c9986ef55a91851d9af490bc7795d3b19331ddeab5220b3b34e9210de0021454c0810160c003068000021430810438e0001348c00118800007346050810f584004039a41052f020f6c605f3e94932c7bddea70a8f862bc0b4ec461d05659ea6173a776cd7c615db6a879d937b0d74ffeec97b63b29565752fc271f0d3f709699488d32de9d22b9d9d0b8dc32a91f545df0ed3ea977c0708db33fec14eeabc220b1513937c2f557d8e47249ff52de6a0c030c41a9d8db37578af2bbcb4eca03ee560ed4c2e9f51dfa6c27d98985867059e8e81f282399d8b976dfdfe41f5bea9a05adce0e46284425362f217da846ff89ac6e9bee1e84cd301f645b49add85978be6c56347267f0356c6a3e5badd745dd856a478261cd3c58334b2221c4b950942ce67c97de3226192c2651966ef25011abcd4872a53f1e310ffe2b5814af5a10b9d0f1ed4fbd99d86818c48fe8068666417ae75312799e40ee873cb8c40fc79dbc9a21498f66ccfff728c17d10de61928fecffb42d3285a412d0b79a7780df3774ec1cdecbbd629e2c3b5543f461f0ba38c795add64424c436c129820743d481b0980d1ddadf775998baefb8225551e720a46f8c9c6e1ba7859f672dbc78338f5003bcd20b63ca8d25761b6b12be4378f76d187ce8cb50c817ca4c0c13d50f5bea21e4ed20d0aa0887c51018b4760e0347509fa4781e6056d8d0654ce68d154f15294b66455c3c7835532236cdd829118b0849f1eaf01435403bebba20e34fcfe063a1b8ac5dafe037e077db70a35ba92263a55d2711ac10f77510653a91c8bdf5cd22e41a252d12b7443908766b1c7f730d930fa11ae67737849668a0efde568a9cd36788d339d93db155fc3ff0739635c7ea230f14d00db9539e7cda64b051f31ad85036633b747cc8905e415dc20712ad6432224e13ebf866816841d514c107d2613a1e29d7d9a8cbc8c49cc2cb7493076cc2d92b8224522df87442724e439e950372b2b229278c1d8aeb33e5410a2733d601cf220997eefc357a90a4b2b13a6646e7a0d62418657154f271f9a074fe042797d2c1b5a7b9d82fb7b568c871e2d82df210d183e9a0bc478e9828fde0ecb83228aae6f38343e6c9b46adf6e893b24a7cb0998ff838350d610bdf72cf636c582c14745242d71837cab9aa450525f65157a54ce7e1549d506715d57d5d16746988d1b2ecdc2d605921f0c99f845394fea0e5e91ef9358349aae0eda4b67df224d5b839c7e5055ce548f071ad0655b476884bcf3e01bbfcaf0f70ee436e08bca4cc30cee98c8cb7b4aff94b3a3611094c589d29d472933687048405bd3dac701b27e3eee51a1197de0762c0a61cb82ad0e9a58d0795c9d79c3ac5fdf65c4cfcc42186c46adbe4bd2bf8c58e6c6a52d4d74f20eac58ae58122b710a5790a68ff90f9b4a074827756dfe2d2194ad06cd486478f69e0f66c662302c575a2304cff0a4c64189f4c380874527827b95e2f661ab559ced85a8fdc14de634550dfb75953f095386b3d4760a036d99707ffa8a26ae495da89a81751d4883a7fdad0babfbadd309c9585db5b5ae5483e0ef578335d86b1732ed9f6e303af0890feeb46d8306b30dcce19301c76fa7e36369f031142eeed636e503a7e2cf1e56c571c4c0282c67f899f725fcb6599d77ea8c676930fa24a4534814c2825a8a3d901f47eafec0b688a6545085c8847b83ebb8acb8c96c10b2cb554a44b6b64663d35ffb0cbbc67f509d1346517d65341c316aa49687cdeded810ecf620c696e60ec10a279d60c96e6bc8310bd8ce95df1f0ffb2a4981b1441559241ce909856a7854f1ada217e758fd8d5fe2068ef31fcca9b31c26418fe0e245bd7a4037a0e35dd39675a48e18b9adb853bcf46038bdee7335d31cc9b6263e43897e1fdb38130e6999d306385c7f70ed165eec8217c06131544cb7f17513e5e289b4fa37ee4b807396bc2176d1fe1147b5025056b1905d90718c4e8388507e5f0bacaa6f3db0a6f2d0c42c4ae6a39f4966c78d7c9c7fd330f853488dc5cd109ff2190c723fe283039759bd020c5ab4a827420777aa8c2e7a60801a9420e9e46599e129d10852c70a2f31dbdd7040752ba6f4be39a2128ad6fe33c279db917071d9ce8222af2bbaec996c342b71aeb2f0c7e5d2877e68970a9dee286b756824a083f28a1f67a0eddb76b1dd91f94cc1577917690775fbe56d9db99662519aa1ef05f3afc6064873960bc617d9456cfe2494f6ee09e817731f3bfb0d4e290c94a0854c99110e807dfcd4979d5d9e4d3a56751c2461782730e5e3ad0c72ded4da1478eb57906c37e191adc703191936f898f721aa15f0eb5f6890d6aea56cd3d104b32d93107736fbf6f660efc6a42a7179598b9f5b62df5e7d3880f0776e1c7c2557095365e2fe342fe958f610dae2474aa869d7384bd743f24f78847de1f4455f0cd997bdc14c493d66426159c2f19d8b656506a2b1edc80bf61754df0caaf7c409849c4a465b2d47fdbd9f414c1139375909da88b561e32ac8c5f5fb9527e5da26b907a14d7e2225ae3aea601d1914a54c2cb20db774cd28a0a1955ee71c3243f73b3c5c034c65c2bbc68b0e4dbdc66502c0934c341f5de51afe4b3564c1d926065780c3bfd602469834a93fe903f7d6806c796b8d06710b0edaea72c0427836ae6098b05ed06fee068630f835e86e2d1050a99119256c9430ea84c399f2e5814730a132d50358a7c2c0c5c927e0e97ee7e764a036a7db0a8a37c0f822b6e9143b8370c45649b53b1e0cd8431f80854ec2156f7a492e9ab025778ca36dcc1f024269719229eb6ef34e906c6c1d38c4106a4fca59ec2445a9d1c0a1a9a8288a00c82860e4173653e6445713ba77ce86156e5a02b757ca4222e04fad758cd8bc82537f941bae9ef890f2db2dc25b1895df3860ba741b457859f2686399d4f95e90869a68ccd20043562a2500dc331354eb761705290d7004387388db5f9c9a448428f5942fff0d7202c1e72a09e7045a29c0e93a15a2730540facc32f2d05a576f1c6a78a2ba57e5f4d071d369ed4d73cbcdc4ccaca556167b1a40c7ea9b03bdeed4a2635fbb94e4ca38431074e3bb11542087f28b784a301996e75257d30195cd45ac39f28d00a57527e2205d9b341880e36a7a56c4e1d81b8136ac2df5f470fb89392ffb12c3479cc8950368412b6ff1db82ed3fe4d745fe8905897f465df30b61d4497716cfca261f924279efc600545a81eb8e5be7354e3ab47683222715a21a7e03cb8bb1bb15e9410799d8d40152bbbe1913fa042de91089470fa8761c3d914c3b4a9df605e42a8ebeb3c4a4260d6d4f1ce595ba24118b97a08f4aae641caf2f4901baea53183b858d4160e5a21c3d19199dcf064db900357c556aeb52ba50fe81cf0edfcdecd6f06747b3941ab318fedb98fc23a12cabad607d22ff536caab8487157b1d8e7162492d0746c38e22f43caaf161788ca46f1e03ca0fd4f0ca3c2f4c30dfc7698677f30a00ad32702d
2026-11-01 11:18:00+00	green	job-26	0	\\x28b52ffd64e300650a0046974c3270276d0efcffffffff5f555595defec3a7a50ddbb5f67ae36fa1bd16c283a7b84459968892f67f7fad35d63e2fa3aa109a044700400039000809060e82418183040308039e0d885b10db0d974245e1a06b4fa3689ad63c513ed0a2304d36a52d914140855b105a27be9d15acb59ab5d681b5d682c7e3f1586b416bad000002bf19437ccf3e21eda9feddb69c8d6aa7b31f04b4044f8bbf472dab744a2191700ce2e01ec40136302a2d9d2219d718d9716112dd9204d54e09e30e407040c009d0df7b72e0b3bb25892218ff2ee7298585eaf7768cf94e3aa5845577dcfcfcbd17f0de96644b5823db8dfaf796353ab65adb676f9ba309a1bfd51db23e4833603c35e3ef8d2b3dfb6233860d9d5d563bfdbd41fbd44255bda2fe7e316d292f2c3cfb941d46add1df5b82f4d463a775e248730700893b75ad70775d9ba6037fdf30c1d4538b8a812b292771beb8
2026-11-01 11:27:00+00	green	job-29	0	\\x28b52ffd64e3005d0a0046574c3270276d0efcffffffff5f555595defec3a7a50ddbb5f67ae36fa15d2c84074f7189b22c1125e4a3ff86d640fbbc8caa42681247003f0039000a0b088e02428184050388838d0f486310da0f553242799836e0071108452b146ea0a2df019480da5b5aa295c62072465bfb2a586bb5b5d681b5d682c7e3f1586b416bad000002afd7b2ad678f2c7b9a77a70d6363d2e9ec8b8026b1d3e2ee51c3299d627816a60f1683a7344dd394b6747ba056989fe5e1c69d48124c3a258c3a0041020127d0dd7b72d8b3372689227e7787f1144343f55afbbd5ba38c52c2aa3bea7deede0baeb525d8906744bb31efde703e874e4afbec4d6f1419ba0bd51d703e483b583b35e3ee6da73c3b43afe586ce0e279deede907daaa1aa5e5177af56b6741794cf3e5d87316774f796589e72ec7246fbe40d0700893b75ad70775d9ba6037fdf30c1d4538b8a812b2904d1002c
\.


--
-- Data for Name: body_2026110112; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.body_2026110112 ("timestamp", team_id, job_id, chunk, content) FROM stdin;
2026-11-01 12:03:00+00	green	job-41	0	\\x28b52ffd64e3005d0a0046574c3270276d0efcffffffff5f555595defec3a7a50ddbb5f67ae36fa15d7e080f9ee2126559228a3c5a587b6baa7d5e46556120124600400039000a0b080a058402090b0610071b1f90c620b41faa64a5c187591c565af73b7098c5794af3280dbf674920166e0c2267b4b5af82b55662ad7560adb5e0f1783cd65ad05a0b8041afd7b2ad678f2c7b9a77a70d6363d2e9ec2d0093d86971f7a8e1944e313ca87981963e808f9fa33409a525b81f03350e0b680c224930e99430ea000409041401d0dd7b72d8b3372689227e7787f1144343f55afbbd5ba38c52c2aa3bea7deede0baeb525d8906744bb31efde703e059d94f6d99bde28327417d51d703e483b583b35e3ee6da73cfb42afe586ce0e279deede907daaa1aa5e5177af56b6741794cf3e5d0563cee8ee2db13ce5d8e58cf6c91b0700893b75ad70775d9ba6037fdf30c1d4538b8a812b29a2b500c4
2026-11-01 12:12:00+00	green	job-44	0	\\x28b52ffd64e300650a0046974c328027690e33300333001932a16bcdf6b7ddddd8bd5b1bda6f57f66ef6fb7cc13f90ebd51edeb6d9b6a459f3d14d1364e08c484700400039000809060c04830207090612062c1b12c612db0d77ba189927019f5e9ed7bd382496c361e1347159347c0dc3388c25934a7c3b2b504a2d94520794520b2291484429159552010004bf193b7cbf2eddec4adf6e1bca07b5f5eb8b00a6e0da783bd4904697149ad74b44281c04745e749887c50819c6794cb328148b222a09a8ad8ae30e4070408011f1ed5d21f8eb8c2910e4dedba1bca4b030fdde7e2f5f3965a4ace9909b9fb777c3dddb116ce82864fb41dfde903e86a5d6f6d7db6648baf816d321903e4933605cdbf1f6c6747e1d6133761dbf0ea9ad6f7fccbeb4304d9fa4b75f3c3bca0debbe5e33c34129f4f68edcbcd4d62795f8cd1c0700893b75ad70775d9ba6037fdf30c1d4538b8a812b29666e2dcb
2026-11-01 12:21:00+00	green	job-47	0	\\x28b52ffd64e300550a0046174c328027690e33300333001932a16bcdf6b7ddddd19bb436b4dfaeec4d5affe50cff40ae577b785b6bbbb54615ec06093270462446003f0039000809060b04830207090612061b1b128749683754c9cc2caf17c6346b9a04271a0563d67033108806265c031d269133dada5781524aa1943aa0945a108944224a29a8940a0020afd7b2ad5f8f2c3b9a6fa7fde263d2e8eb07018c62a3c6db9f7e13baa4e03cb840563cc6e004e330646f79ac69e7f4819973989260d24871d401080e082c02f0ed1d41ecd71d46791e766f7ff192c2c2f45adbb95ba38c90b2a643ea65bcbd1b5c6b43af1fcf87f663bebddf740b3a29edaf37bd4f64f816d3216f329266b0366ac7dbdb4ef97504bd961b7efd4d1abdfd21fbd2c2347d92de5ead6ce836287f3dba0bc79ccfdb1b6279a9adcb19ad93370700893b75ad70775d9ba6037fdf30c1d4538b8a812b29a821969e
2026-11-01 12:06:00+00	red	job-42	0	\\x28b52ffd64b800d509004616482d5067db1c303333b3987d555c5a622d64fdb3f14d76ef579aeb2420df36ad225933224003d3944bba63115b691941003d0037000a0807121610240e143e248995487e98b13988a7503887690834cc5a308e691cd74038cc5a0d2fde622556121bd2c995c1ee36bb9b60771bec2e80dd557637c041b23eb039679f95363aaf0e5be4a8cf2ef94148cbe8ea08016ba191e3ec0fbf862e314c9649243628e9a68aa228cb8296d1f2980514241860282c203002d4c5ea9c9da308bd7a622dcfd3dcd91fbcc4d0307d4e76ae4e1821b4a8e991591b6767479b93a1c7aff52319d267e7d78e215b4abe3a07d323af1b093b501af1e3ec4c3b5e7d80acb4b173f5d7323a3b24f2a58669fa249d7dd2c85075c876f5a8321eddcfd9196af112538f0d0307005e3b75ad70775d9ba6037fdf3001d5a3918f2d3e03403ff76c
2026-11-01 12:24:00+00	red	job-48	0	\\x28b52ffd64a700ad09008695473270a56d0efcffffffffe7eaffffbdf1118908292d597bddff2f6bd6fe6f77eaab429632450837a08e8e38daa691515518910440003a0036000a068025822565899ec536e54e183d06ca202a40d381729c0872260414e30142ed4007438462f42c934a7c3b1368ad215a6b015a6b05b22ccb5a6b4c6b8d6020b6efde3657123efe7e3386f8de5dc2d995fedd7694136aebdd0d054f832be4ef55476afd6a300cc33403a8ad8de41e085020480b46425a241202934a4ccdfcf87bd70abe7bf4345505a9bf47f9abe1c07e6f5354be724aab71d82b374f7f6f08bcb7add811d2caf684febd23a5244b6dd82b914e4b4730ae2df97b633aef5eb019c37edc3d525bff3e99fdcb8161c7aebf5f3cdbca100bef5eb324a1b4fa7b5b70fe7aee0106004d3b75ad70775d9ba6037fdf3041b0b58906a34a9661
\.


--
-- Data for Name: body_read; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.body_read (read_at, read_by, session_role, team_id, job_id) FROM stdin;
2026-11-23 15:13:30.214618+00	every_reader	postgres	red	job-6
\.


--
-- Data for Name: entry_2026100312; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.entry_2026100312 ("timestamp", first_byte_ms, latency_ms, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, unknown_fields, body_logged, team_id, job_id, owner, api_key, api_key_fingerprint, requested_model, served_model, provider, status, error_code, cost_usd, user_id, session_id, fallback_reason, attempts, tool_calls, metadata, ticket) FROM stdin;
2026-10-03 12:00:00+00	\N	\N	\N	\N	\N	\N	1	t	red	late	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	none
\.


--
-- Data for Name: entry_2026110110; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.entry_2026110110 ("timestamp", first_byte_ms, latency_ms, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, unknown_fields, body_logged, team_id, job_id, owner, api_key, api_key_fingerprint, requested_model, served_model, provider, status, error_code, cost_usd, user_id, session_id, fallback_reason, attempts, tool_calls, metadata, ticket) FROM stdin;
2026-11-01 10:03:00+00	1	10	101	\N	\N	\N	\N	f	blue	job-1	owner 1	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.001	user 1	session 1	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-1","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:30:00+00	10	100	110	\N	\N	\N	\N	f	blue	job-10	owner 0	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.010	user 4	session 1	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-10","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:39:00+00	13	130	113	\N	\N	\N	\N	f	blue	job-13	owner 3	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.013	user 1	session 4	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-13","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:48:00+00	16	160	116	\N	\N	\N	\N	f	blue	job-16	owner 1	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.016	user 4	session 7	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-16","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:57:00+00	19	190	119	\N	\N	\N	\N	f	blue	job-19	owner 4	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.019	user 1	session 1	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-19","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:12:00+00	4	40	104	\N	\N	\N	\N	f	blue	job-4	owner 4	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.004	user 4	session 4	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-4","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:21:00+00	7	70	107	\N	\N	\N	\N	f	blue	job-7	owner 2	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.007	user 1	session 7	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-7","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:33:00+00	11	110	111	\N	\N	\N	\N	t	green	job-11	owner 1	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.011	user 5	session 2	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-11","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:42:00+00	14	140	114	\N	\N	\N	\N	t	green	job-14	owner 4	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.014	user 2	session 5	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-14","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:51:00+00	17	170	117	\N	\N	\N	\N	t	green	job-17	owner 2	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.017	user 5	session 8	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-17","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:06:00+00	2	20	102	\N	\N	\N	\N	t	green	job-2	owner 2	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.002	user 2	session 2	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-2","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:15:00+00	5	50	105	\N	\N	\N	\N	t	green	job-5	owner 0	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.005	user 5	session 5	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-5","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:24:00+00	8	80	108	\N	\N	\N	\N	t	green	job-8	owner 3	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.008	user 2	session 8	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-8","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 10:00:00+00	0	0	100	\N	\N	\N	\N	t	red	job-0	owner 0	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.000	user 0	session 0	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-0","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 10:36:00+00	12	120	112	\N	\N	\N	\N	t	red	job-12	owner 2	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.012	user 0	session 3	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-12","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 10:54:00+00	18	180	118	\N	\N	\N	\N	t	red	job-18	owner 3	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.018	user 0	session 0	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-18","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 10:18:00+00	6	60	106	\N	\N	\N	\N	t	red	job-6	owner 1	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.006	user 0	session 6	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-6","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 10:30:00+00	\N	\N	\N	\N	\N	\N	\N	t	green	one	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	\N	none
2026-11-01 10:45:00+00	15	150	115	\N	\N	\N	\N	t	red	job-15	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.015	erased-73f96bdb069b2ba095006652a94bce52	session 6	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-15","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 10:09:00+00	3	30	103	\N	\N	\N	\N	t	red	job-3	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.003	erased-73f96bdb069b2ba095006652a94bce52	session 3	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-3","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 10:27:00+00	9	90	109	\N	\N	\N	\N	t	red	job-9	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.009	erased-73f96bdb069b2ba095006652a94bce52	session 0	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-9","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
\.


--
-- Data for Name: entry_2026110111; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.entry_2026110111 ("timestamp", first_byte_ms, latency_ms, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, unknown_fields, body_logged, team_id, job_id, owner, api_key, api_key_fingerprint, requested_model, served_model, provider, status, error_code, cost_usd, user_id, session_id, fallback_reason, attempts, tool_calls, metadata, ticket) FROM stdin;
2026-11-01 11:06:00+00	22	220	122	\N	\N	\N	\N	f	blue	job-22	owner 2	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.022	user 4	session 4	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-22","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:15:00+00	25	250	125	\N	\N	\N	\N	f	blue	job-25	owner 0	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.025	user 1	session 7	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-25","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:24:00+00	28	280	128	\N	\N	\N	\N	f	blue	job-28	owner 3	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.028	user 4	session 1	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-28","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:33:00+00	31	310	131	\N	\N	\N	\N	f	blue	job-31	owner 1	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.031	user 1	session 4	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-31","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:42:00+00	34	340	134	\N	\N	\N	\N	f	blue	job-34	owner 4	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.034	user 4	session 7	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-34","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:51:00+00	37	370	137	\N	\N	\N	\N	f	blue	job-37	owner 2	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.037	user 1	session 1	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-37","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:00:00+00	20	200	120	\N	\N	\N	\N	t	green	job-20	owner 0	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.020	user 2	session 2	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-20","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:09:00+00	23	230	123	\N	\N	\N	\N	t	green	job-23	owner 3	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.023	user 5	session 5	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-23","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:18:00+00	26	260	126	\N	\N	\N	\N	t	green	job-26	owner 1	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.026	user 2	session 8	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-26","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:27:00+00	29	290	129	\N	\N	\N	\N	t	green	job-29	owner 4	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.029	user 5	session 2	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-29","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:36:00+00	32	320	132	\N	\N	\N	\N	t	green	job-32	owner 2	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.032	user 2	session 5	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-32","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:45:00+00	35	350	135	\N	\N	\N	\N	t	green	job-35	owner 0	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.035	user 5	session 8	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-35","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:54:00+00	38	380	138	\N	\N	\N	\N	t	green	job-38	owner 3	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.038	user 2	session 2	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-38","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 11:12:00+00	24	240	124	\N	\N	\N	\N	t	red	job-24	owner 4	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.024	user 0	session 6	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-24","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 11:30:00+00	30	300	130	\N	\N	\N	\N	t	red	job-30	owner 0	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.030	user 0	session 3	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-30","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 11:48:00+00	36	360	136	\N	\N	\N	\N	t	red	job-36	owner 1	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.036	user 0	session 0	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-36","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 11:03:00+00	21	210	121	\N	\N	\N	\N	t	red	job-21	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.021	erased-73f96bdb069b2ba095006652a94bce52	session 3	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-21","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 11:21:00+00	27	270	127	\N	\N	\N	\N	t	red	job-27	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.027	erased-73f96bdb069b2ba095006652a94bce52	session 0	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-27","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 11:39:00+00	33	330	133	\N	\N	\N	\N	t	red	job-33	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.033	erased-73f96bdb069b2ba095006652a94bce52	session 6	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-33","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 11:57:00+00	39	390	139	\N	\N	\N	\N	t	red	job-39	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.039	erased-73f96bdb069b2ba095006652a94bce52	session 3	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-39","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
\.


--
-- Data for Name: entry_2026110112; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.entry_2026110112 ("timestamp", first_byte_ms, latency_ms, prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens, unknown_fields, body_logged, team_id, job_id, owner, api_key, api_key_fingerprint, requested_model, served_model, provider, status, error_code, cost_usd, user_id, session_id, fallback_reason, attempts, tool_calls, metadata, ticket) FROM stdin;
2026-11-01 12:00:00+00	40	400	140	\N	\N	\N	\N	f	blue	job-40	owner 0	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.040	user 4	session 4	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-40","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 12:09:00+00	43	430	143	\N	\N	\N	\N	f	blue	job-43	owner 3	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.043	user 1	session 7	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-43","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 12:18:00+00	46	460	146	\N	\N	\N	\N	f	blue	job-46	owner 1	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.046	user 4	session 1	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-46","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 12:27:00+00	49	490	149	\N	\N	\N	\N	f	blue	job-49	owner 4	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.049	user 1	session 4	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-49","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 12:03:00+00	41	410	141	\N	\N	\N	\N	t	green	job-41	owner 1	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.041	user 5	session 5	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-41","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 12:12:00+00	44	440	144	\N	\N	\N	\N	t	green	job-44	owner 4	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.044	user 2	session 8	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-44","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 12:21:00+00	47	470	147	\N	\N	\N	\N	t	green	job-47	owner 2	sk-proj-****	\\xce4e4c64bc892be7f5a3dbc7f1809c130debf3ef8a4b5c7cff8c4c5e45a09cca	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.047	user 5	session 2	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-47","type":"function","function":{"name":"look_up"}}]	\N	none
2026-11-01 12:06:00+00	42	420	142	\N	\N	\N	\N	t	red	job-42	owner 2	sk-proj-****	\\x749580964162b429395bf19055e07d3b9127533b4a9e8206af2bb2a11e6dc4af	gpt-4.1	gpt-4.1-mini	openai	failure	rate_limited	0.042	user 0	session 6	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-42","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 12:24:00+00	48	480	148	\N	\N	\N	\N	t	red	job-48	owner 3	sk-proj-****	\\x73055e2e10312d14d4e958518bdb752e5ed0347eaf6bfb28b062ddde5f401491	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.048	user 0	session 3	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-48","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
2026-11-01 12:15:00+00	45	450	145	\N	\N	\N	\N	t	red	job-45	erased-73f96bdb069b2ba095006652a94bce52	sk-proj-****	\\x5c71c7db3a4ce0e61285fff986af2681dc35e21015441fcfe2601b5fc48a8a4f	gpt-4.1	gpt-4.1-mini	openai	success	\N	0.045	erased-73f96bdb069b2ba095006652a94bce52	session 0	overloaded	[{"model":"gpt-4.1","provider":"openai","status":"failure","error_code":"overloaded"},{"model":"gpt-4.1-mini","provider":"openai","status":"success"}]	[{"id":"call-45","type":"function","function":{"name":"look_up"}}]	{"env":"prod","feature":"f0"}	none
\.


--
-- Data for Name: erasure; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.erasure (erased_at, erased_by, session_role, team_id, action, until, pseudonym, entries, bodies, bytes) FROM stdin;
2026-11-23 15:13:30.20455+00	postgres	postgres	green	purge_bodies	2026-11-01 10:10:00+00	\N	\N	1	322
2026-11-23 15:13:30.206147+00	postgres	postgres	red	erase_user	\N	erased-73f96bdb069b2ba095006652a94bce52	8	8	13051
\.


--
-- Data for Name: installation; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.installation (created_at, partition_interval, key_secret) FROM stdin;
2026-11-23 15:13:30.147996+00	01:00:00	\\x069fd8e94618072742addcec69104b0e1447bf907ddac511b63734fa3b47f28a
\.


--
-- Data for Name: key_format; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.key_format (name, literal_prefix, allowed_characters, min_length, max_length) FROM stdin;
acme service key	acme-key-	A-Za-z0-9_	24	40
\.


--
-- Data for Name: rejected; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.rejected (rejected_at, door, "position", team_id, job_id, field, reason) FROM stdin;
2026-11-23 15:13:30.202682+00	insert_logs	3	red	refused	latency_ms	negative
\.


--
-- Data for Name: team; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.team (team_id, body_logging, redact_bodies, metadata_keys, body_retention, log_retention) FROM stdin;
red	t	\N	{env,feature}	30 days	\N
green	t	f	\N	\N	\N
blue	\N	\N	\N	\N	\N
\.


--
-- Data for Name: team_history; Type: TABLE DATA; Schema: ogw_logs; Owner: -
--

COPY ogw_logs.team_history (changed_at, changed_by, team_id, setting, old_value, new_value) FROM stdin;
2026-11-23 15:13:30.150777+00	postgres	red	body_logging	\N	true
2026-11-23 15:13:30.150941+00	postgres	red	metadata_keys	\N	["env", "feature"]
2026-11-23 15:13:30.150944+00	postgres	red	body_retention	\N	30 days
2026-11-23 15:13:30.1516+00	postgres	green	body_logging	\N	true
2026-11-23 15:13:30.151607+00	postgres	green	redact_bodies	\N	false
2026-11-23 15:13:30.152162+00	postgres	blue	log_retention	\N	1 year
2026-11-23 15:13:30.152842+00	postgres	blue	log_retention	1 year	\N
\.


--
-- Name: body_2026100312_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX body_2026100312_job_id ON ogw_logs.body_2026100312 USING btree (job_id, team_id, chunk);

ALTER TABLE ONLY ogw_logs.body_2026100312 REPLICA IDENTITY USING INDEX body_2026100312_job_id;


--
-- Name: body_2026110110_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX body_2026110110_job_id ON ogw_logs.body_2026110110 USING btree (job_id, team_id, chunk);

ALTER TABLE ONLY ogw_logs.body_2026110110 REPLICA IDENTITY USING INDEX body_2026110110_job_id;


--
-- Name: body_2026110111_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX body_2026110111_job_id ON ogw_logs.body_2026110111 USING btree (job_id, team_id, chunk);

ALTER TABLE ONLY ogw_logs.body_2026110111 REPLICA IDENTITY USING INDEX body_2026110111_job_id;


--
-- Name: body_2026110112_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX body_2026110112_job_id ON ogw_logs.body_2026110112 USING btree (job_id, team_id, chunk);

ALTER TABLE ONLY ogw_logs.body_2026110112 REPLICA IDENTITY USING INDEX body_2026110112_job_id;


--
-- Name: body_read_read_at_idx; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX body_read_read_at_idx ON ogw_logs.body_read USING btree (read_at);


--
-- Name: entry_2026100312_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX entry_2026100312_job_id ON ogw_logs.entry_2026100312 USING btree (job_id, team_id);

ALTER TABLE ONLY ogw_logs.entry_2026100312 REPLICA IDENTITY USING INDEX entry_2026100312_job_id;


--
-- Name: entry_2026100312_timestamp; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026100312_timestamp ON ogw_logs.entry_2026100312 USING btree ("timestamp");


--
-- Name: entry_user_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_user_id ON ONLY ogw_logs.entry USING btree (user_id, "timestamp");


--
-- Name: entry_2026100312_user_id_timestamp_idx; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026100312_user_id_timestamp_idx ON ogw_logs.entry_2026100312 USING btree (user_id, "timestamp");


--
-- Name: entry_2026110110_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX entry_2026110110_job_id ON ogw_logs.entry_2026110110 USING btree (job_id, team_id);

ALTER TABLE ONLY ogw_logs.entry_2026110110 REPLICA IDENTITY USING INDEX entry_2026110110_job_id;


--
-- Name: entry_2026110110_timestamp; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026110110_timestamp ON ogw_logs.entry_2026110110 USING btree ("timestamp");


--
-- Name: entry_2026110110_user_id_timestamp_idx; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026110110_user_id_timestamp_idx ON ogw_logs.entry_2026110110 USING btree (user_id, "timestamp");


--
-- Name: entry_2026110111_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX entry_2026110111_job_id ON ogw_logs.entry_2026110111 USING btree (job_id, team_id);

ALTER TABLE ONLY ogw_logs.entry_2026110111 REPLICA IDENTITY USING INDEX entry_2026110111_job_id;


--
-- Name: entry_2026110111_timestamp; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026110111_timestamp ON ogw_logs.entry_2026110111 USING btree ("timestamp");


--
-- Name: entry_2026110111_user_id_timestamp_idx; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026110111_user_id_timestamp_idx ON ogw_logs.entry_2026110111 USING btree (user_id, "timestamp");


--
-- Name: entry_2026110112_job_id; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE UNIQUE INDEX entry_2026110112_job_id ON ogw_logs.entry_2026110112 USING btree (job_id, team_id);

ALTER TABLE ONLY ogw_logs.entry_2026110112 REPLICA IDENTITY USING INDEX entry_2026110112_job_id;


--
-- Name: entry_2026110112_timestamp; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026110112_timestamp ON ogw_logs.entry_2026110112 USING btree ("timestamp");


--
-- Name: entry_2026110112_user_id_timestamp_idx; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX entry_2026110112_user_id_timestamp_idx ON ogw_logs.entry_2026110112 USING btree (user_id, "timestamp");


--
-- Name: erasure_erased_at_idx; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX erasure_erased_at_idx ON ogw_logs.erasure USING btree (erased_at);


--
-- Name: rejected_rejected_at_idx; Type: INDEX; Schema: ogw_logs; Owner: -
--

CREATE INDEX rejected_rejected_at_idx ON ogw_logs.rejected USING btree (rejected_at);


--
-- Name: entry_2026100312_user_id_timestamp_idx; Type: INDEX ATTACH; Schema: ogw_logs; Owner: -
--

ALTER INDEX ogw_logs.entry_user_id ATTACH PARTITION ogw_logs.entry_2026100312_user_id_timestamp_idx;


--
-- Name: entry_2026110110_user_id_timestamp_idx; Type: INDEX ATTACH; Schema: ogw_logs; Owner: -
--

ALTER INDEX ogw_logs.entry_user_id ATTACH PARTITION ogw_logs.entry_2026110110_user_id_timestamp_idx;


--
-- Name: entry_2026110111_user_id_timestamp_idx; Type: INDEX ATTACH; Schema: ogw_logs; Owner: -
--

ALTER INDEX ogw_logs.entry_user_id ATTACH PARTITION ogw_logs.entry_2026110111_user_id_timestamp_idx;


--
-- Name: entry_2026110112_user_id_timestamp_idx; Type: INDEX ATTACH; Schema: ogw_logs; Owner: -
--

ALTER INDEX ogw_logs.entry_user_id ATTACH PARTITION ogw_logs.entry_2026110112_user_id_timestamp_idx;


--
-- Name: installation settings_changed; Type: TRIGGER; Schema: ogw_logs; Owner: -
--

CREATE TRIGGER settings_changed AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON ogw_logs.installation FOR EACH STATEMENT EXECUTE FUNCTION ogw_logs.settings_changed();


--
-- Name: TRIGGER settings_changed ON installation; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON TRIGGER settings_changed ON ogw_logs.installation IS 'Makes every backend read the settings anew.';


--
-- Name: body_read admin; Type: POLICY; Schema: ogw_logs; Owner: -
--

CREATE POLICY admin ON ogw_logs.body_read FOR SELECT USING ((ogw_logs.administers_all_teams() OR (team_id = ANY (ogw_logs.administered_teams()))));


--
-- Name: POLICY admin ON body_read; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON POLICY admin ON ogw_logs.body_read IS 'A role sees the teams that grant_admin() gave it.';


--
-- Name: erasure admin; Type: POLICY; Schema: ogw_logs; Owner: -
--

CREATE POLICY admin ON ogw_logs.erasure FOR SELECT USING ((ogw_logs.administers_all_teams() OR (team_id = ANY (ogw_logs.administered_teams()))));


--
-- Name: POLICY admin ON erasure; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON POLICY admin ON ogw_logs.erasure IS 'A role sees the teams that grant_admin() gave it.';


--
-- Name: entry analyst; Type: POLICY; Schema: ogw_logs; Owner: -
--

CREATE POLICY analyst ON ogw_logs.entry FOR SELECT TO analyst USING ((status = 'failure'::text));


--
-- Name: body; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.body ENABLE ROW LEVEL SECURITY;

--
-- Name: body_2026100312; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.body_2026100312 ENABLE ROW LEVEL SECURITY;

--
-- Name: body_2026110110; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.body_2026110110 ENABLE ROW LEVEL SECURITY;

--
-- Name: body_2026110111; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.body_2026110111 ENABLE ROW LEVEL SECURITY;

--
-- Name: body_2026110112; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.body_2026110112 ENABLE ROW LEVEL SECURITY;

--
-- Name: body_read; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.body_read ENABLE ROW LEVEL SECURITY;

--
-- Name: entry; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.entry ENABLE ROW LEVEL SECURITY;

--
-- Name: entry_2026100312; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.entry_2026100312 ENABLE ROW LEVEL SECURITY;

--
-- Name: entry_2026110110; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.entry_2026110110 ENABLE ROW LEVEL SECURITY;

--
-- Name: entry_2026110111; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.entry_2026110111 ENABLE ROW LEVEL SECURITY;

--
-- Name: entry_2026110112; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.entry_2026110112 ENABLE ROW LEVEL SECURITY;

--
-- Name: erasure; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.erasure ENABLE ROW LEVEL SECURITY;

--
-- Name: installation; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.installation ENABLE ROW LEVEL SECURITY;

--
-- Name: body reader; Type: POLICY; Schema: ogw_logs; Owner: -
--

CREATE POLICY reader ON ogw_logs.body FOR SELECT USING ((ogw_logs.reads_all_bodies() OR (team_id = ANY (ogw_logs.readable_body_teams()))));


--
-- Name: POLICY reader ON body; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON POLICY reader ON ogw_logs.body IS 'A role sees the bodies of the teams for which grant_reader() gave it bodies.';


--
-- Name: entry reader; Type: POLICY; Schema: ogw_logs; Owner: -
--

CREATE POLICY reader ON ogw_logs.entry FOR SELECT USING ((ogw_logs.reads_all_teams() OR (team_id = ANY (ogw_logs.readable_teams()))));


--
-- Name: POLICY reader ON entry; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON POLICY reader ON ogw_logs.entry IS 'A role sees the teams that grant_reader() gave it.';


--
-- Name: rejected reader; Type: POLICY; Schema: ogw_logs; Owner: -
--

CREATE POLICY reader ON ogw_logs.rejected FOR SELECT USING ((ogw_logs.reads_all_teams() OR (team_id = ANY (ogw_logs.readable_teams()))));


--
-- Name: POLICY reader ON rejected; Type: COMMENT; Schema: ogw_logs; Owner: -
--

COMMENT ON POLICY reader ON ogw_logs.rejected IS 'A role sees the teams that grant_reader() gave it.';


--
-- Name: rejected; Type: ROW SECURITY; Schema: ogw_logs; Owner: -
--

ALTER TABLE ogw_logs.rejected ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA bi; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA bi TO analyst;


--
-- Name: SCHEMA ogw_logs; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA ogw_logs TO gateway;
GRANT USAGE ON SCHEMA ogw_logs TO red_reader;
GRANT USAGE ON SCHEMA ogw_logs TO every_reader;
GRANT USAGE ON SCHEMA ogw_logs TO red_admin;
GRANT USAGE ON SCHEMA ogw_logs TO etl;
GRANT USAGE ON SCHEMA ogw_logs TO auditor;
GRANT USAGE ON SCHEMA ogw_logs TO analyst;


--
-- Name: FUNCTION administered_teams(); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.administered_teams() TO red_admin;
GRANT ALL ON FUNCTION ogw_logs.administered_teams() TO auditor;


--
-- Name: FUNCTION administers_all_teams(); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.administers_all_teams() TO red_admin;
GRANT ALL ON FUNCTION ogw_logs.administers_all_teams() TO auditor;


--
-- Name: FUNCTION clear_team(team_id text, setting text); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.clear_team(team_id text, setting text) TO red_admin;


--
-- Name: FUNCTION erase_user(team_id text, user_id text, OUT entries bigint, OUT bodies bigint, OUT bytes bigint); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.erase_user(team_id text, user_id text, OUT entries bigint, OUT bodies bigint, OUT bytes bigint) TO red_admin;


--
-- Name: FUNCTION get_log(job_id text, team_id text, near timestamp with time zone); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.get_log(job_id text, team_id text, near timestamp with time zone) TO red_reader;
GRANT ALL ON FUNCTION ogw_logs.get_log(job_id text, team_id text, near timestamp with time zone) TO every_reader;


--
-- Name: FUNCTION insert_log(job_id text, team_id text, "timestamp" timestamp with time zone, owner text, api_key text, requested_model text, served_model text, provider text, first_byte_ms integer, latency_ms integer, status text, error_code text, error_message text, prompt_tokens integer, completion_tokens integer, cached_tokens integer, reasoning_tokens integer, cost_usd numeric, user_id text, session_id text, fallback_reason text, attempts text, tool_calls text, input text, output text, metadata text); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.insert_log(job_id text, team_id text, "timestamp" timestamp with time zone, owner text, api_key text, requested_model text, served_model text, provider text, first_byte_ms integer, latency_ms integer, status text, error_code text, error_message text, prompt_tokens integer, completion_tokens integer, cached_tokens integer, reasoning_tokens integer, cost_usd numeric, user_id text, session_id text, fallback_reason text, attempts text, tool_calls text, input text, output text, metadata text) TO gateway;
GRANT ALL ON FUNCTION ogw_logs.insert_log(job_id text, team_id text, "timestamp" timestamp with time zone, owner text, api_key text, requested_model text, served_model text, provider text, first_byte_ms integer, latency_ms integer, status text, error_code text, error_message text, prompt_tokens integer, completion_tokens integer, cached_tokens integer, reasoning_tokens integer, cost_usd numeric, user_id text, session_id text, fallback_reason text, attempts text, tool_calls text, input text, output text, metadata text) TO etl;


--
-- Name: FUNCTION insert_logs(entries text); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.insert_logs(entries text) TO gateway;


--
-- Name: FUNCTION last_batch(); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.last_batch() TO gateway;


--
-- Name: FUNCTION privacy_check(OUT setting text, OUT value text, OUT recommended text, OUT safe boolean, OUT scope text, OUT why text); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.privacy_check(OUT setting text, OUT value text, OUT recommended text, OUT safe boolean, OUT scope text, OUT why text) TO auditor;


--
-- Name: FUNCTION purge_bodies(team_id text, until timestamp with time zone, OUT bodies bigint, OUT bytes bigint); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.purge_bodies(team_id text, until timestamp with time zone, OUT bodies bigint, OUT bytes bigint) TO red_admin;


--
-- Name: FUNCTION readable_body_teams(); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.readable_body_teams() TO red_reader;
GRANT ALL ON FUNCTION ogw_logs.readable_body_teams() TO every_reader;


--
-- Name: FUNCTION readable_teams(); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.readable_teams() TO red_reader;
GRANT ALL ON FUNCTION ogw_logs.readable_teams() TO every_reader;
GRANT ALL ON FUNCTION ogw_logs.readable_teams() TO analyst;


--
-- Name: FUNCTION reads_all_bodies(); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.reads_all_bodies() TO red_reader;
GRANT ALL ON FUNCTION ogw_logs.reads_all_bodies() TO every_reader;


--
-- Name: FUNCTION reads_all_teams(); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.reads_all_teams() TO red_reader;
GRANT ALL ON FUNCTION ogw_logs.reads_all_teams() TO every_reader;
GRANT ALL ON FUNCTION ogw_logs.reads_all_teams() TO analyst;


--
-- Name: FUNCTION redact(body text); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.redact(body text) TO auditor WITH GRANT OPTION;


--
-- Name: FUNCTION search(job_id text, status text, provider text, owner text, model text, api_key text, user_id text, session_id text, since timestamp with time zone, until timestamp with time zone, team_id text, error_code text, fallback_reason text, max_rows integer, before_timestamp timestamp with time zone, before_job_id text, before_team_id text); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.search(job_id text, status text, provider text, owner text, model text, api_key text, user_id text, session_id text, since timestamp with time zone, until timestamp with time zone, team_id text, error_code text, fallback_reason text, max_rows integer, before_timestamp timestamp with time zone, before_job_id text, before_team_id text) TO red_reader;
GRANT ALL ON FUNCTION ogw_logs.search(job_id text, status text, provider text, owner text, model text, api_key text, user_id text, session_id text, since timestamp with time zone, until timestamp with time zone, team_id text, error_code text, fallback_reason text, max_rows integer, before_timestamp timestamp with time zone, before_job_id text, before_team_id text) TO every_reader;


--
-- Name: FUNCTION set_team(team_id text, body_logging boolean, redact_bodies boolean, metadata_keys text[], body_retention interval, log_retention interval); Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT ALL ON FUNCTION ogw_logs.set_team(team_id text, body_logging boolean, redact_bodies boolean, metadata_keys text[], body_retention interval, log_retention interval) TO red_admin;


--
-- Name: TABLE entry; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.entry TO red_reader;
GRANT SELECT ON TABLE ogw_logs.entry TO analyst;


--
-- Name: TABLE logs; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.logs TO red_reader;
GRANT SELECT ON TABLE ogw_logs.logs TO analyst;


--
-- Name: TABLE by_model; Type: ACL; Schema: bi; Owner: -
--

GRANT SELECT ON TABLE bi.by_model TO analyst;


--
-- Name: TABLE attempts; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.attempts TO red_reader;


--
-- Name: TABLE body_read; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.body_read TO red_admin;


--
-- Name: TABLE erasure; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.erasure TO red_admin;
GRANT SELECT ON TABLE ogw_logs.erasure TO auditor;


--
-- Name: TABLE inbox; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT INSERT ON TABLE ogw_logs.inbox TO gateway;


--
-- Name: TABLE rejected; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.rejected TO red_reader;


--
-- Name: TABLE team; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.team TO red_admin;


--
-- Name: TABLE team_history; Type: ACL; Schema: ogw_logs; Owner: -
--

GRANT SELECT ON TABLE ogw_logs.team_history TO red_admin;
GRANT SELECT ON TABLE ogw_logs.team_history TO auditor;


--
-- PostgreSQL database dump complete
--


