# The statements in README.md and docs/ work as they are written, in a fresh session of a
# server that preloads nothing: each block of SQL, the statements of each transcript, each
# statement within a sentence, and each setting of the reference by ALTER SYSTEM and ALTER
# DATABASE. A block has a database of its own, with what a reader would have. What is not
# run is listed here, with the reason; a line of this list that fits nothing fails, too.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# How what is not run begins, and why it is not.
my @not_run = (
	[ 'SELECT cron.schedule_in_database(', 'it needs pg_cron: 14_pg_cron.pl' ],
	[ "shared_preload_libraries = 'ogw_logs'", 'no SQL: 13_worker.pl' ],
	[ '* * * * *  psql -Xqd logs', 'no SQL: 13_worker.pl runs it' ],
	[ "CREATE EXTENSION ogw_logs;\nSELECT ogw_logs.create_log('1 day');    -- the publisher's interval", 'a subscriber: 19_replicas.pl' ],
	[ 'ALTER PUBLICATION request_log ADD TABLE', 'a publisher: 19_replicas.pl' ],
	[ 'SELECT attempt, model, provider, status, error_code, latency_ms', 'a part of it is left out (...)' ],
	[ 'SELECT ogw_logs.redact(', 'a part of its key is left out (...), so it is no key: sql/18_redact.sql' ],
	[ 'DROP EXTENSION ogw_logs', 'it refuses, as the sentence says: sql/10_drop_extension.sql' ],
	[ 'COPY ogw_logs.inbox (', 'a part of it is left out (...)' ],
	[ "BEGIN;\nCOPY ogw_logs.inbox (", 'the lines that COPY reads are left out: 44_details.pl' ],
	[ 'INSERT INTO ogw_logs.inbox SELECT', 'a part of it is left out (...)' ],
	[ 'INSERT INTO ogw_logs.inbox', 'the beginning of a statement' ],
	[ 'SELECT (ogw_logs.insert_logs($1)).*', 'what not to write' ],
	[ 'EXPLAIN ANALYZE SELECT', 'a part of it is left out (...)' ]);
my %used;

# Fences of these languages have no SQL.
my %other = map { $_ => 1 } qw(sh);
my $verb = qr/ALTER|ANALYZE|CHECKPOINT|COPY|CREATE|DELETE|DROP|EXPLAIN|GRANT|INSERT|LOAD|REINDEX|REVOKE|SELECT|SET|TRUNCATE|UPDATE|VACUUM|WITH/;

# A server as initdb makes it, but for its speed; the dates of the documents are no matter of today.
my $node = PostgreSQL::Test::Cluster->new('docs');
$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ], allows_streaming => 'logical');
$node->append_conf('postgresql.conf', "fsync = off\njit = off\nautovacuum = off\nogw_logs.max_age = '20000d'\nogw_logs.max_clock_skew = '20000d'\n");
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE gateway LOGIN; CREATE ROLE oncall LOGIN; CREATE ROLE team_red_bi LOGIN; CREATE ROLE team_red_web LOGIN;
	CREATE ROLE team_red_lead LOGIN; CREATE ROLE scheduler LOGIN; CREATE ROLE monitor LOGIN;
	SET allow_in_place_tablespaces = on;
	CREATE TABLESPACE cheap LOCATION ''});

# What a reader has: a log with some entries, one of them with a body, and partitions of
# the days that are named.
new_database($node, 'prepared');
$node->safe_psql('prepared', q{
	SELECT ogw_logs.create_log(), ogw_logs.set_team('red', body_logging => true, metadata_keys => '{env}'), ogw_logs.set_team('support', body_logging => true);
	SELECT ogw_logs.insert_log(job_id => 'chatcmpl-1', team_id => 'red', "timestamp" => '2026-10-01 10:42:17.123456Z', requested_model => 'gpt-4.1',
		status => 'success', user_id => 'user-4711', session_id => 'session-17', input => '{"messages": [{"content": "connection reset"}]}', output => '{}');
	SELECT ogw_logs.insert_log(job_id => 'x' || n, team_id => 'support', "timestamp" => '2026-11-23 09:23:00Z', status => 'failure', input => 'connection reset')
	  FROM generate_series(1, 3) n;
	SELECT ogw_logs_internal.make_segment_partition('2026-11-23Z')});

# The statements of a text that begin a line, each to its semicolon at the end of a line.
sub statements { my ($text) = @_; return $text =~ /^((?:$verb)\b.*?;)[^\S\n]*(?:--[^\n]*)?$/msg }

# The number of the line of a position.
sub line_of { my ($text, $position) = @_; return 1 + substr($text, 0, $position) =~ tr/\n//; }

# What of a document is to be run, in its order: pairs of a line number and SQL.
sub blocks_of
{
	my ($text) = @_;
	my @blocks;

	while ($text =~ /^( *)```(\w*)\n(.*?)^\1```/msg)
	{
		my ($indent, $language, $block) = ($1, $2, $3);
		my $line = line_of($text, $-[0]);

		$block =~ s/^$indent//mg;
		next if $other{$language};
		# a transcript has answers; what has no statement is no transcript
		push @blocks, [ $line, $_ ] foreach $language eq 'sql' ? $block : (statements($block), grep { /^(?:shared_preload|\* \* \*)/ } $block);
	}
	# within a sentence: a statement that names something of ours, or has an end
	my $prose = $text =~ s{^( *)```.*?^\1```}{$& =~ tr/\n//cdr}gemsr;
	while ($prose =~ /`([^`]+)`/g)
	{
		my ($line, $code) = (line_of($prose, $-[0]), $1 =~ s/\s+/ /gr);
		push @blocks, [ $line, $code ] if $code =~ /^(?:$verb)\b.*(?:\bogw_logs\b|;$)/;
	}
	return sort { $a->[0] <=> $b->[0] } @blocks;
}

# Why a block is not run, or undef.
sub reason
{
	my ($block) = @_;
	my ($known) = grep { index($block, $_->[0]) == 0 } @not_run;

	$used{ $known->[0] } = 1 if $known;
	return $known ? $known->[1] : undef;
}

# Runs a block in a session of its own; and in a database of its own, unless the one
# before it only read.
my $is_as_prepared = 0;
sub run_block
{
	my ($where, $block) = @_;
	my $is_new = $block =~ /^CREATE EXTENSION/;

	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS logs; CREATE DATABASE logs TEMPLATE ' . ($is_new ? 'template0' : 'prepared')) if $is_new || !$is_as_prepared;
	$is_as_prepared = !$is_new && $block =~ /^(?:SELECT|LOAD)\b/ && $block !~ /(?:clear|create|erase|grant|insert|purge|remove|set)_|maintain\(|\\gexec|^(?!SELECT|LOAD)[A-Z]+ /m;
	# a reader of that block has this partition
	$node->safe_psql('logs', q{SELECT ogw_logs.make_partitions('2026-10-01Z', '2026-10-01Z')}) if $block =~ /entry_20261001/;
	my ($status, undef, $err) = $node->psql('logs', $block, on_error_stop => 1);
	is($status, 0, "$where runs") or diag "$block\n$err";
	unlike($err, qr/^(?:psql:\S+ )?(?:WARNING|ERROR|FATAL)/m, "$where: without a warning");
	return;
}

my $root = "$FindBin::RealBin/../..";
foreach my $file ('README.md', map { s{.*/docs/}{docs/}r } sort glob("$root/docs/*.md"))
{
	foreach (blocks_of(slurp_file("$root/$file")))
	{
		my ($line, $block) = @$_;
		my $why = reason($block);

		note "$file:$line is not run: $why" if defined $why;
		run_block("$file:$line", $block) if !defined $why;
	}
}
is_deeply([ grep { !$used{$_} } map { $_->[0] } @not_run ], [], 'what is listed as not run is there');

# What the reference says of each setting: its name, and its default as it is written.
$node->safe_psql('postgres', 'ALTER SYSTEM RESET ALL; ALTER ROLE gateway RESET ALL; DROP DATABASE IF EXISTS logs; CREATE DATABASE logs TEMPLATE prepared');
my ($table) = slurp_file("$root/docs/reference.md") =~ /^\| setting \| default \|.*?\n((?:\|.*\n)+)/m or die 'found no table of settings';
my @settings = $table =~ /^\| `(ogw_logs\.\w+)`( \*)? \| (?:`([^`]*)`|(none)) \|/mg;
my (%documented, %is_the_servers);
while (my ($name, $is_the_servers, $default, $none) = splice @settings, 0, 4)
{
	$documented{$name} = $none ? '' : $default;
	$is_the_servers{$name} = 1 if $is_the_servers;
	my $by_system = "LOAD 'ogw_logs';\nALTER SYSTEM SET $name = '$documented{$name}';";
	is($node->psql('logs', $by_system, on_error_stop => 1), 0, "ALTER SYSTEM SET $name, after LOAD");
	is($node->psql('logs', "ALTER DATABASE logs SET $name = '$documented{$name}'", on_error_stop => 1), 0, "ALTER DATABASE SET $name") if !$is_the_servers;
}
is($node->safe_psql('logs', q{LOAD 'ogw_logs'; SELECT string_agg(name, ' ' ORDER BY name) FROM pg_settings WHERE name LIKE 'ogw\_logs.%'}),
	join(' ', sort keys %documented), 'the reference has all settings');
$node->safe_psql('postgres', 'ALTER SYSTEM RESET ALL');
$node->safe_psql('logs', 'ALTER DATABASE logs RESET ALL');
$node->reload;
is($node->safe_psql('logs', "LOAD 'ogw_logs';" . join('', map { "SET $_ = '$documented{$_}';" } grep { !$is_the_servers{$_} } sort keys %documented)
	  . q{SELECT name FROM pg_settings WHERE name LIKE 'ogw\_logs.%' AND setting <> boot_val}), '', 'and their defaults');

# the arguments of insert_log() are listed as they are
my ($arguments) = slurp_file("$root/docs/reference.md") =~ /^The arguments of `insert_log\(\)`.*?in this order:\s+(.*?)\. /ms;
is(join(' ', $arguments =~ /`(\w+)`/g), $node->safe_psql('logs', q{SELECT array_to_string(proargnames, ' ') FROM pg_proc WHERE oid = 'ogw_logs.insert_log'::regproc}),
	'docs/reference.md lists the arguments of insert_log()');

# What ALTER DATABASE takes in such a session, and the setting does not, is no default.
$node->safe_psql('logs', q{ALTER DATABASE logs SET ogw_logs.log_retention = '365 days'});
my ($status, $out, $err) = $node->psql('logs', 'SELECT count(*) FROM ogw_logs.maintain()');
like($err, qr/WARNING:  settings cannot be read: ogw_logs\.log_retention$/m, 'maintain() says that it cannot read it');
like($err, qr/deletes nothing: setting ogw_logs\.log_retention cannot be read$/m, 'and deletes nothing');
isnt($node->psql('logs', "LOAD 'ogw_logs'; ALTER DATABASE logs SET ogw_logs.log_retention = '365 days'", on_error_stop => 1), 0, 'after LOAD it is refused at once');

# as the same in postgresql.conf, where the library is not preloaded
$node->safe_psql('logs', 'ALTER DATABASE logs RESET ALL');
$node->append_conf('postgresql.conf', "ogw_logs.body_retention = 'a year'\n");
$node->reload;
is($node->safe_psql('logs', 'SELECT ogw_logs_internal.unreadable_settings()'), '{ogw_logs.body_retention}', 'a line of postgresql.conf alike');
is($node->safe_psql('logs', q{SET ogw_logs.body_retention = '30d'; SELECT ogw_logs_internal.unreadable_settings()}), '{}', 'but for a session that has said better');

$node->stop;
done_testing();
