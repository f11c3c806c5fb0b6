# Entries of real logs with odd values in them, whose fate an oracle in another language
# foretells (test/mutations/oracle.py): which are stored, duplicates or refused, what
# each column and each defect is. All are readable by every function and view, and of
# a team without bodies nothing of a body or a key is on disk.
#
# OGW_ENTRIES is how many (10,000, a million with OGW_FULL), OGW_FIRST the number of the first,
# OGW_SEED the seed. An entry is made of the seed and its number, so one that fails can be
# run again alone, and a million can be run in parts. Of the WAL the last 4 GB are searched.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $python = '/usr/bin/python3';
plan skip_all => 'there is no python3' if !-x $python;

my $seed = $ENV{OGW_SEED} // 20;
my $first = $ENV{OGW_FIRST} // 0;
my $entries = $ENV{OGW_ENTRIES} // (is_full() ? 1_000_000 : 10_000);
my $at_once = 20_000;
my $dir = PostgreSQL::Test::Utils::tempdir();
chmod 0777, $dir;
my $node = start_node('mutations', initdb => ['--wal-segsize=16'], wal_keep_size => '4GB');
new_database($node, 'logs');
$node->safe_psql('postgres', q{ALTER DATABASE logs SET ogw_logs.max_age = '7300d'; ALTER DATABASE logs SET ogw_logs.max_clock_skew = '7300d';
	ALTER DATABASE logs SET ogw_logs.log_body_reads = off});
$node->safe_psql('logs', q{
	SELECT ogw_logs.create_log(), ogw_logs.set_team('on', body_logging => true, redact_bodies => false, metadata_keys => '{env}'), ogw_logs.set_team('off', metadata_keys => '{env}');
	CREATE UNLOGGED TABLE expected (number integer, batch integer, team_id text, job_id text, outcome text, again integer, foretold json);
	CREATE UNLOGGED TABLE answer (batch integer, received bigint, stored bigint, duplicate bigint, rejected bigint)});
diag "seed $seed, entries $first to " . ($first + $entries - 1);

# Has the oracle make entries, and sends them: two batches of three by insert_logs(), one by COPY.
sub send_entries
{
	my ($from, $n) = @_;
	my @logs = map { $_->{file} } grep { $_->{name} ne 'sgd' } data_files();
	my $script = "SET client_min_messages = error;\n";

	system($python, '-B', "$FindBin::RealBin/../mutations/oracle.py", $dir, $seed, $from, $n, $OgwTest::CANARY, @logs) == 0 or die "the oracle ended with $?";
	chmod 0644, glob("$dir/*.json"), glob("$dir/*.copy");
	foreach my $file (sort { ($a =~ /(\d+)\.\w+$/)[0] <=> ($b =~ /(\d+)\.\w+$/)[0] } glob("$dir/[0-9]*"))
	{
		my ($batch, $how) = $file =~ /(\d+)\.(\w+)$/;
		$script .= $how eq 'json' ? "INSERT INTO answer SELECT $batch, a.received, a.stored, a.duplicate, a.rejected FROM ogw_logs.insert_logs(pg_read_file('$file')) a;\n"
		  : "BEGIN; COPY ogw_logs.inbox (job_id, team_id, \"timestamp\", owner, api_key, requested_model, served_model, provider, status, first_byte_ms, latency_ms, cost_usd,"
		  . " user_id, session_id, operation, error_code, finish_reason, fallback_reason, prompt_tokens, completion_tokens, cached_tokens, cache_write_tokens, reasoning_tokens,"
		  . " attempts, tool_calls, metadata, input, output, error_message) FROM '$file';\n"
		  . "INSERT INTO answer SELECT $batch, a.received, a.stored, a.duplicate, a.rejected FROM ogw_logs.last_batch() a; COMMIT;\n";
	}
	$script .= "COPY expected FROM '$dir/expected.copy';\nANALYZE expected;\n";
	$node->safe_psql('logs', $script);
	unlink glob("$dir/*.json"), glob("$dir/*.copy");
	return;
}

# The columns that the oracle tells of, where they are not what it says, and so the defects.
my $differences = q{
	WITH found AS MATERIALIZED (
		SELECT e.number, e.foretold, l.job_id IS NOT NULL AS there, l.defects, l."timestamp", l.cost_usd, to_jsonb(x) AS columns
		  FROM expected e
		  LEFT JOIN LATERAL ogw_logs.get_log(e.job_id, e.team_id) l ON true
		  LEFT JOIN LATERAL (SELECT l.owner, l.requested_model, l.served_model, l.user_id, l.session_id, l.operation, l.error_code, l.finish_reason, l.fallback_reason,
									l.status, l.first_byte_ms, l.latency_ms, l.prompt_tokens, l.completion_tokens, l.cached_tokens, l.cache_write_tokens, l.reasoning_tokens,
									l.input, l.output, l.error_message) x ON true
		 WHERE e.outcome = 'stored')
	SELECT number, 'not there' FROM found WHERE NOT there
	UNION ALL
	SELECT f.number, format('%s is %s, foretold was %s', c.key, coalesce(CASE c.key WHEN 'micros' THEN f."timestamp"::text WHEN 'cost_usd' THEN f.cost_usd::text ELSE left(f.columns ->> c.key, 100) END, 'NULL'),
							coalesce(left(c.value, 100), 'NULL'))
	  FROM found f, json_each_text(f.foretold -> 'columns') c
	 WHERE f.there AND NOT CASE c.key
			WHEN 'micros' THEN CASE WHEN c.value IS NULL THEN f."timestamp" BETWEEN now() - interval '1 day' AND now()
									ELSE f."timestamp" = 'epoch'::timestamptz + c.value::bigint * interval '1 microsecond' END
			WHEN 'cost_usd' THEN f.cost_usd IS NOT DISTINCT FROM c.value::numeric AND coalesce(scale(f.cost_usd) <= 30, true)
			ELSE f.columns ->> c.key IS NOT DISTINCT FROM c.value
				 OR (right(c.value, 1) = '~' AND starts_with(f.columns ->> c.key, c.value) AND substr(f.columns ->> c.key, length(c.value) + 1) ~ '^[0-9a-f]{32}$') END
	UNION ALL
	SELECT f.number, format('the defects are %s, foretold was %s:%s', coalesce(f.defects::text, 'NULL'), d.key, d.value)
	  FROM found f, json_each_text(f.foretold -> 'defects') d
	 WHERE f.there AND coalesce((SELECT array_agg(split_part(x, ':', 2)) FROM unnest(f.defects) x WHERE split_part(x, ':', 1) = d.key), '{}')
					   <> CASE d.value WHEN '' THEN '{}'::text[] ELSE ARRAY[d.value] END
	 ORDER BY 1 LIMIT 30};

my $failed = 0;
for (my $from = $first; $from < $first + $entries && $failed < 3; $from += $at_once)
{
	my $n = $from + $at_once > $first + $entries ? $first + $entries - $from : $at_once;
	my $to = $from + $n - 1;

	$node->safe_psql('logs', 'TRUNCATE expected, answer');
	send_entries($from, $n);
	# what a batch answers: the second of two that are equal is a duplicate, or refused like the first
	is($node->safe_psql('logs', q{
		SELECT string_agg(format('batch %s: answered (%s,%s,%s,%s), foretold (%s,%s,%s,%s)', batch, a.received, a.stored, a.duplicate, a.rejected,
								 e.received, e.stored, e.duplicate, e.rejected), E'\n' ORDER BY batch)
		  FROM answer a FULL JOIN (
			SELECT batch, sum(1 + again) AS received, count(*) FILTER (WHERE outcome = 'stored') AS stored,
				   coalesce(sum(again) FILTER (WHERE outcome = 'stored'), 0) AS duplicate, coalesce(sum(1 + again) FILTER (WHERE outcome = 'rejected'), 0) AS rejected
			  FROM expected GROUP BY batch) e USING (batch)
		 WHERE (a.received, a.stored, a.duplicate, a.rejected) IS DISTINCT FROM (e.received, e.stored, e.duplicate, e.rejected)}), '',
		"$from to $to: each batch counts what it should") or $failed++;
	is($node->safe_psql('logs', $differences), '', "$from to $to: each entry is stored as foretold") or $failed++;
}

# Nobody is refused for anything else, and all adds up.
is($node->safe_psql('logs', q{SELECT string_agg(DISTINCT coalesce(field, 'entry') || ':' || reason, ' ') FROM ogw_logs.rejected
	 WHERE (coalesce(field, 'entry'), reason) NOT IN (('job_id', 'missing'), ('job_id', 'not_a_scalar'), ('team_id', 'missing'), ('team_id', 'not_a_scalar'),
		('entry', 'not_an_object'), ('entry', 'invalid_json'), ('entry', 'not_listed'))}), '', 'entries are refused for the reasons that there are, and no other');
is($node->safe_psql('logs', q{SELECT sum(received) = sum(stored) + sum(duplicate) + sum(rejected) AND sum(stored) = (SELECT count(*) FROM ogw_logs.entry) FROM ogw_logs.ingest_counts}),
	't', 'received = stored + duplicate + rejected');

# Every reader function and view reads every entry; json is fit for PostgreSQL's operators.
my $stored = $node->safe_psql('logs', 'SELECT count(*) FROM ogw_logs.entry');
cmp_ok($stored, '>', $entries * 0.8, 'most are stored');
is($node->safe_psql('logs', q{SELECT count(*), count(metadata ->> 'env') > 0, count(attempts -> 0) > 0, count(tool_calls -> 0) > 0 FROM ogw_logs.logs}), "$stored|t|t|t", 'the view logs');
is($node->safe_psql('logs', q{SELECT count(*) > 0 FROM ogw_logs.attempts a WHERE a::text <> ''}), 't', 'the view attempts');
is($node->safe_psql('logs', q{SELECT count(l::text) FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, e.team_id, e."timestamp") l}), $stored, 'get_log()');
is($node->safe_psql('logs', q{SELECT bool_and(found > 0) FROM (SELECT (SELECT count(l::text) FROM ogw_logs.get_session(s.session_id, s.team_id) l) AS found
	  FROM (SELECT DISTINCT session_id, team_id FROM ogw_logs.entry WHERE session_id <> '' LIMIT 2000) s) n}), 't', 'get_session()');
is($node->safe_psql('logs', q{SELECT count(s::text) FROM ogw_logs.search(max_rows => 100000000) s}), $stored, 'search()');
is($node->safe_psql('logs', q{SELECT count(*) > 0 FROM ogw_logs.search(body_contains => 'and more', max_rows => 100000) s}), 't', 'search() in bodies');
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.verify()}), '0', 'verify() finds nothing wrong');

# Of the team without bodies nothing that was planted is on disk, and of no team a key.
$node->stop;
my $found = scan_disk($node->data_dir, $node->logfile);
is(join(' ', sort grep { /_off_|_key/ } keys %$found), '', 'no body of a team without bodies is on disk, and no key');
ok(scalar(grep { /_on_\d+_input/ } keys %$found), 'those of the other are');

done_testing();
