# What a writer or a reader needs does not grow with what passes through: a
# backend's memory stays far below the bytes of a large COPY, INSERT, array of
# entries, search, and get_log() of a job_id that many teams have.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'there is no /proc here' if !-r '/proc/self/status';

my $node = start_node('memory');
new_database($node, 'logs');
$node->safe_psql('logs', q{
	SELECT ogw_logs.set_team('on', body_logging => true);
	CREATE TABLE raw AS SELECT n, repeat(md5(n::text), 3125) AS body FROM generate_series(1, 3000) n;
	SELECT ogw_logs.set_team('on-' || n, body_logging => true, redact_bodies => false) FROM generate_series(1, 30) n;
	SELECT ogw_logs.insert_log(job_id => 'same', team_id => 'on-' || n, input => repeat('sixteen letters ', 625000)) FROM generate_series(1, 30) n});

# The most memory, in MB, that the backend of one session ever had.
my $peak = q{SELECT (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\s+(\d+)'))[1]::integer / 1024};
my $dir = PostgreSQL::Test::Utils::tempdir();
chmod 0777, $dir;
$node->safe_psql('logs', "COPY (SELECT 'copy-' || n, 'on', body FROM raw) TO '$dir/rows'");

foreach my $test (
	[ 'COPY', "COPY ogw_logs.inbox (job_id, team_id, input) FROM '$dir/rows'", 'SELECT ogw_logs.last_batch()', '(3000,3000,0,0)' ],
	[ 'COPY, bodies off', "COPY ogw_logs.inbox (job_id, owner, input) FROM '$dir/rows'", 'SELECT ogw_logs.last_batch()', '(3000,0,0,3000)' ],
	[ 'INSERT', q{INSERT INTO ogw_logs.inbox (job_id, team_id, input) SELECT 'insert-' || n, 'on', body FROM raw}, 'SELECT ogw_logs.last_batch()', '(3000,3000,0,0)' ],
	[ 'insert_log', q{SELECT ogw_logs.insert_log(job_id => 'single-' || n, team_id => 'on', input => body) FROM raw WHERE n <= 1000}, q{SELECT 1}, '1' ],
	[ 'search', q{CREATE TEMP TABLE found AS SELECT * FROM ogw_logs.search(max_rows => 2147483647)}, 'SELECT count(*) FROM found', '7030' ],
	[ 'get_log', 'SELECT 1', q{SELECT count(input) FROM ogw_logs.get_log('same')}, '30' ])
{
	my ($name, $run, $ask, $answer) = @$test;
	my $out = $node->safe_psql('logs', "$run; $ask; $peak");
	my @lines = split /\n/, $out;

	is($lines[-2], $answer, "$name: all is taken");
	cmp_ok($lines[-1], '<', 160, "$name: in less than 160 MB, of 300 that passed");
}
done_testing();
