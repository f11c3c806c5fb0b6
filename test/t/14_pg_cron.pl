# pg_cron runs maintain() with the statement that docs/operations.md gives, until nothing
# is due, each step in a transaction of its own: over libpq and in its own workers.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($libraries) = run_command([ $ENV{PG_CONFIG} // 'pg_config', '--pkglibdir' ]);
plan skip_all => 'pg_cron is not installed' if !-f "$libraries/pg_cron.so";

my ($schedule) = slurp_file("$FindBin::RealBin/../../docs/operations.md") =~ /^(SELECT cron\.schedule_in_database\(.*?\);)$/ms
  or die 'it schedules nothing';
my $node = start_node('cron', shared_preload_libraries => 'pg_cron', track_commit_timestamp => 'on');
# a job connects to where cron.host says when it is scheduled
$node->append_conf('postgresql.conf', "cron.host = '" . $node->host . "'");
$node->restart;
$node->safe_psql('postgres', 'CREATE EXTENSION pg_cron');

foreach my $workers (qw(off on))
{
	new_database($node, 'logs');
	$node->safe_psql('logs', 'SELECT ogw_logs.create_log()');
	$node->safe_psql('postgres', $schedule);
	is($node->safe_psql('postgres', 'SELECT schedule, database, active FROM cron.job'), '* * * * *|logs|t', "background workers $workers: it is scheduled");

	# nobody waits for the next minute: it begins with the server
	$node->safe_psql('postgres', q{UPDATE cron.job SET schedule = '@reboot'});
	$node->append_conf('postgresql.conf', "cron.use_background_workers = $workers");
	$node->restart;
	$node->poll_query_until('postgres', 'SELECT count(*) = 1 FROM cron.job_run_details WHERE end_time IS NOT NULL') or die 'the job has not run';
	is($node->safe_psql('postgres', 'SELECT status FROM cron.job_run_details'), 'succeeded', 'it runs');
	is($node->safe_psql('logs', q{SELECT count(*), count(DISTINCT pg_xact_commit_timestamp(c.xmin)) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE inhparent = 'ogw_logs.entry'::regclass}),
		'4|4', 'until all partitions are there, each made in a transaction of its own');
	is($node->safe_psql('logs', 'SELECT count(*) FROM ogw_logs.maintain()'), '0', 'and nothing is due');
	$node->safe_psql('postgres', q{SELECT cron.unschedule('ogw_logs'); TRUNCATE cron.job_run_details; DROP DATABASE logs});
}
done_testing();
