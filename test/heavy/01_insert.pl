# Real logs by each of the three methods: each entry once, every body exact, and
# nothing of a body or a key where it may not be. The largest log, ten times the
# others, is for OGW_FULL.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my @files = grep { is_full() || $_->{name} ne 'sgd' } data_files();
plan skip_all => 'there are no logs to replay (OGW_DATA)' if !@files;
plan skip_all => 'there is no gateway (GATEWAY)' if !$ENV{GATEWAY};

# errors are in the log, with all they say
my $node = start_node('methods', log_min_messages => 'warning', log_error_verbosity => 'default');
my $dir = PostgreSQL::Test::Utils::tempdir();

foreach my $method (qw(single batch copy))
{
	new_database($node, $method);

	# teams with an even number have bodies on
	$node->safe_psql($method, q{
		SELECT ogw_logs.set_team('team_' || lpad(n::text, 2, '0'), body_logging => n % 2 = 0, redact_bodies => false)
		  FROM generate_series(0, 30) n});
	my @given = grep { $_->{name} ne 'sgd' || $method eq 'copy' } @files;    # large: once is enough
	foreach my $log (@given)
	{
		my $n = $log->{entries};

		is(replay($node, $method, $log->{file}, '--method', $method, '--connections', 4),
			counts($n, $n, 0, 0), "$method: $log->{name} is stored");
	}
	foreach my $log (@given)
	{
		is(replay($node, $method, $log->{file}, '--method', $method, '--connections', 3),
			counts($log->{entries}, 0, $log->{entries}, 0), "$method: $log->{name} again, and nothing is stored");
	}
}

# The keys stand in error messages of the logs, too.
$node->stop;
is(join(' ', grep_files('sk-ogw-[0-9a-f]{8,}', $node->data_dir, $node->logfile)), '',
	'no key is in a file of the server, its WAL or its log');
$node->start;

# The response's id stands in the output: unique to the entry, in or out of the dump.
my (%ids, %keys);
foreach my $log (grep { $_->{name} ne 'sgd' } @files)
{
	foreach (read_entries($log->{file}))
	{
		my ($id) = /"job_id":"([^"]+)"/;
		my ($team) = /"team_id":"team_(\d+)"/;
		my ($key) = /"api_key":"([^"]+)"/;
		$keys{$key} = 1;
		$ids{$id} = $team if index($_, "\"output\":\"{\\\"id\\\":\\\"$id\\\"") >= 0;
	}
}

# The logs as they were given, to compare with, each entry parsed once.
foreach my $method (qw(single batch copy))
{
	$node->safe_psql($method, q{
		CREATE TABLE given (job_id text, team_id text, "timestamp" timestamptz, owner text, api_key text, requested_model text, served_model text,
			provider text, status text, error_code text, user_id text, session_id text, latency_ms integer, cost_usd numeric,
			input text, output text, attempts json, tool_calls json);
		ALTER TABLE given ALTER input SET STORAGE EXTERNAL, ALTER output SET STORAGE EXTERNAL, ALTER attempts SET STORAGE EXTERNAL});
	foreach my $log (@files)
	{
		next if $log->{name} eq 'sgd' && $method ne 'copy';
		my $plain = "$dir/$log->{name}.ndjson";
		system("zstd -dcq '$log->{file}' > '$plain'") == 0 or die "zstd: $?" if !-e $plain;
		chmod 0644, $plain;
		$node->safe_psql($method, qq{
			CREATE TEMP TABLE lines (line json);
			COPY lines FROM '$plain' (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02');
			INSERT INTO given SELECT g.* FROM lines, json_populate_record(NULL::given, line) g});
	}
	my $result = $node->safe_psql($method, q{
		SELECT count(*) > 1000, count(*) FILTER (WHERE
				   (l.input, l.output, l.cost_usd, l.latency_ms, l.session_id) IS DISTINCT FROM
				   (g.input, g.output, g.cost_usd, g.latency_ms, g.session_id)
				OR replace(l.attempts::text, 'sk-****', g.api_key) IS DISTINCT FROM g.attempts::text
				OR l.tool_calls::text IS DISTINCT FROM g.tool_calls::text)
		  FROM given g
		  LEFT JOIN LATERAL ogw_logs.get_log(g.job_id, g.team_id, g."timestamp") l ON true
		 WHERE right(g.team_id, 2)::integer % 2 = 0});
	is($result, 't|0', "$method: with bodies on every body is exact");
	is($node->safe_psql($method, q{
		SELECT count(*), count(l.input), count(l.output), count(l.error_message), bool_or(l.attempts::text LIKE '%error_message%'),
			   bool_or(l.tool_calls::text LIKE '%arguments%'), bool_or(l.body_state = 'stored')
		  FROM (SELECT * FROM given WHERE right(team_id, 2)::integer % 2 = 1 LIMIT 1500) g,
			   ogw_logs.get_log(g.job_id, g.team_id, g."timestamp") l}),
		'1500|0|0|0|f|f|f', "$method: with bodies off there is none");
	is($node->safe_psql($method, q{
		SELECT count(*) FROM given g LEFT JOIN ogw_logs.entry e USING ("timestamp", job_id, team_id)
		 WHERE (e.owner, e.requested_model, e.served_model, e.provider, e.status, e.error_code, e.user_id) IS DISTINCT FROM
			   (g.owner, g.requested_model, g.served_model, g.provider, g.status, g.error_code, g.user_id)
			OR e.fallback_reason IS DISTINCT FROM CASE WHEN json_array_length(g.attempts) > 1 THEN g.attempts #>> '{0,error_code}' END}),
		'0', "$method: every entry's metadata is exact");

	$node->safe_psql($method, 'DROP TABLE given');
	searchable_dump($node, $method, "$dir/$method.sql");
	my $text = slurp_file("$dir/$method.sql");
	my %found = map { $_ => 1 } $text =~ /\{"id":"([^"]+)"/g;
	is(scalar(grep { $ids{$_} % 2 == 0 && !$found{$_} } keys %ids), 0, "$method: each output of the teams with bodies on is in the dump");
	is(scalar(grep { $ids{$_} % 2 == 1 && $found{$_} } keys %ids), 0, "$method: no output of the teams with bodies off is in the dump");
	my %found_keys = map { $_ => 1 } $text =~ /(sk-ogw-[0-9a-f]{8,})/g;
	is(scalar(grep { $found_keys{$_} } keys %keys), 0, "$method: no key is in the dump");
	is(scalar(keys %found_keys), 0, "$method: nor a part of one");
	unlink "$dir/$method.sql";
}

done_testing();
