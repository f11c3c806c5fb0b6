# Real logs by each of the three methods: each entry once, every body exact, and
# nothing of a body or a key where it may not be. The largest log, ten times the
# others, is for OGW_FULL.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
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

# The logs as they were given, to compare with.
$node->safe_psql($_, 'CREATE TABLE given (line json)') for qw(single batch copy);
foreach my $log (@files)
{
	foreach my $method (qw(single batch copy))
	{
		next if $log->{name} eq 'sgd' && $method ne 'copy';
		my $plain = "$dir/$log->{name}.ndjson";
		system("zstd -dcq '$log->{file}' > '$plain'") == 0 or die "zstd: $?" if !-e $plain;
		chmod 0644, $plain;
		$node->safe_psql($method, "COPY given FROM '$plain' (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')");
	}
}
foreach my $method (qw(single batch copy))
{
	my $result = $node->safe_psql($method, q{
		SELECT count(*) > 1000, count(*) FILTER (WHERE
				   g.input IS DISTINCT FROM line ->> 'input' OR g.output IS DISTINCT FROM line ->> 'output'
				OR g.cost_usd IS DISTINCT FROM (line ->> 'cost_usd')::numeric
				OR g.latency_ms IS DISTINCT FROM (line ->> 'latency_ms')::integer
				OR g.session_id IS DISTINCT FROM line ->> 'session_id'
				OR replace(g.attempts::text, 'sk-****', line ->> 'api_key') IS DISTINCT FROM line ->> 'attempts'
				OR g.tool_calls::text IS DISTINCT FROM line ->> 'tool_calls')
		  FROM given
		  LEFT JOIN LATERAL ogw_logs.get_log(line ->> 'job_id', line ->> 'team_id', (line ->> 'timestamp')::timestamptz) g ON true
		 WHERE right(line ->> 'team_id', 2)::integer % 2 = 0});
	is($result, 't|0', "$method: with bodies on every body is exact");
	is($node->safe_psql($method, q{
		SELECT count(*), count(g.input), count(g.output), count(g.error_message), bool_or(g.attempts::text LIKE '%error_message%'),
			   bool_or(g.tool_calls::text LIKE '%arguments%'), bool_or(g.body_logged)
		  FROM (SELECT * FROM given WHERE right(line ->> 'team_id', 2)::integer % 2 = 1 LIMIT 1500) o,
			   ogw_logs.get_log(line ->> 'job_id', line ->> 'team_id', (line ->> 'timestamp')::timestamptz) g}),
		'1500|0|0|0|f|f|f', "$method: with bodies off there is none");
	is($node->safe_psql($method, q{
		SELECT count(*) FROM given LEFT JOIN ogw_logs.entry e
			ON e."timestamp" = (line ->> 'timestamp')::timestamptz AND e.job_id = line ->> 'job_id' AND e.team_id = line ->> 'team_id'
		 WHERE (e.owner, e.requested_model, e.provider, e.status, e.user_id) IS DISTINCT FROM
			   (line ->> 'owner', line ->> 'requested_model', line ->> 'provider', line ->> 'status', line ->> 'user_id')
			OR e.served_model IS DISTINCT FROM line ->> 'served_model' OR e.error_code IS DISTINCT FROM line ->> 'error_code'
			OR e.fallback_reason IS DISTINCT FROM CASE WHEN json_array_length(line -> 'attempts') > 1 THEN line #>> '{attempts,0,error_code}' END}),
		'0', "$method: every entry's metadata is exact");

	# the response's id stands in the output: unique to the entry, in or out of the dump
	$node->safe_psql($method, 'DROP TABLE given');
	searchable_dump($node, $method, "$dir/$method.sql");
	my %ids;
	my %keys;
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
