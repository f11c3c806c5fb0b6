# Hours in seconds: writers at full speed and readers, on a clock that runs ahead
# so that every few seconds a partition is over, is sealed, loses its bodies and is
# dropped by the background worker. Nothing grows: no process, no table beside the
# log, no file; the disk comes back.
#
# Less than a minute of it, or with OGW_FULL twenty; OGW_SOAK_SECONDS says otherwise.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time sleep);

plan skip_all => 'there is no /proc here' if !-r '/proc/self/smaps_rollup';

my $seconds = $ENV{OGW_SOAK_SECONDS} || (is_full() ? 1200 : 45);
my $seconds_an_hour = 3;
my $hours_kept = 8;
my $node = start_node('soak', max_wal_size => '256MB', checkpoint_timeout => '30s', autovacuum => 'on', autovacuum_naptime => '1s',
	shared_preload_libraries => 'ogw_logs', 'ogw_logs.databases' => 'soak', 'ogw_logs.maintenance_interval' => '1s',
	'ogw_logs.seal_delay' => 0, 'ogw_logs.seal_rate' => 0, 'ogw_logs.retention_delay' => 0, 'ogw_logs.history_retention' => '20s',
	'ogw_logs.rejected_retention' => '10s', 'ogw_logs.body_read_retention' => '10s', max_locks_per_transaction => 128);

new_database($node, 'soak');
# the clock: $seconds_an_hour of ours are an hour of it, and it ends before this week,
# whose partition of job_ids would stay; the epoch's was a Thursday
my $begin = int(time());
my $offset = 3600 * int(($seconds + 120) / $seconds_an_hour + 24 + ($begin - 4 * 86400) % (7 * 86400) / 3600);
$node->safe_psql('soak', qq{
	SELECT ogw_logs.create_log('1 hour'), ogw_logs.set_team('on', body_logging => true), ogw_logs.set_team('short', body_logging => true);
	CREATE FUNCTION clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS
		\$\$ SELECT to_timestamp($begin - $offset + (extract(epoch FROM clock_timestamp()) - $begin) * 3600 / $seconds_an_hour) \$\$;
	CREATE SEQUENCE job;
	CREATE PROCEDURE write(seconds float) LANGUAGE plpgsql AS \$\$
	DECLARE stop timestamptz := clock_timestamp() + seconds * interval '1 second'; BEGIN
		WHILE clock_timestamp() < stop LOOP
			INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", user_id, session_id, latency_ms, input)
			SELECT 'job' || nextval('job'), (ARRAY['on', 'off', 'short'])[1 + n % 3], clock()::text, 'u' || n % 50, 's' || n % 200,
				   CASE n % 100 WHEN 7 THEN 'soon' ELSE '12' END, repeat(md5(n::text), 60)
			  FROM generate_series(1, 500) n;
			COMMIT;
			PERFORM ogw_logs.insert_logs(json_agg(json_build_object('job_id', 'job' || nextval('job'), 'team_id', 'on', 'timestamp', clock()::text, 'output', md5(n::text)))::text)
			   FROM generate_series(1, 100) n;
			COMMIT;
		END LOOP;
	END \$\$;
	CREATE PROCEDURE read(seconds float) LANGUAGE plpgsql AS \$\$
	DECLARE stop timestamptz := clock_timestamp() + seconds * interval '1 second'; BEGIN
		WHILE clock_timestamp() < stop LOOP
			PERFORM ogw_logs.get_log(s.job_id, s.team_id) FROM ogw_logs.search(user_id => 'u' || (random() * 49)::integer, max_rows => 5) s;
			PERFORM ogw_logs.set_team('other', redact_bodies => random() < 0.5);
			COMMIT;
		END LOOP;
	END \$\$});

# Memory of a process that is its own, in kB.
sub memory
{
	my ($pid) = @_;

	open my $in, '<', "/proc/$pid/smaps_rollup" or return;
	return (join('', <$in>) =~ /^Anonymous:\s+(\d+) kB/m)[0];
}

# Bytes of the database's files, without the WAL.
my $dboid = $node->safe_psql('soak', q{SELECT oid FROM pg_database WHERE datname = 'soak'});
my $files = $node->data_dir . "/base/$dboid";
sub disk
{
	my $bytes = 0;
	$bytes += -s $_ // 0 for glob "$files/*";
	return $bytes;
}

my $disk_before = disk();
my @sessions;
foreach my $call ('write', 'write', 'write', 'read')
{
	my %session = (out => '', err => '');
	$session{run} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('soak'),
			'-c', "SET application_name = 'soak $call'", '-c', 'SET client_min_messages = warning', '-c', "SET ogw_logs.max_age = '20000d'", '-c', "CALL $call($seconds)" ],
		'>', \$session{out}, '2>', \$session{err});
	push @sessions, \%session;
}

# The retentions follow the clock, and every second is measured: the memory, and
# the disk for each entry written since the oldest that is kept was, with some
# seconds for maintain() to follow; it is not the writers' speed that counts.
my (%memory, @disk, @written);
while (time() < $begin + $seconds)
{
	my $age = $node->safe_psql('soak', 'SELECT extract(epoch FROM now() - clock())::bigint');
	$node->append_conf('postgresql.conf', 'ogw_logs.log_retention = ' . ($age + 3600 * $hours_kept) . "\n"
		  . 'ogw_logs.body_retention = ' . ($age + 3600 * $hours_kept / 2));
	$node->reload;
	foreach (split /\n/, $node->safe_psql('soak', q{SELECT pid, CASE WHEN backend_type = 'client backend' THEN application_name ELSE backend_type END
		FROM pg_stat_activity WHERE application_name LIKE 'soak %' OR backend_type = 'ogw_logs launcher'}))
	{
		my ($pid, $name) = split /\|/;
		push @{ $memory{"$name ($pid)"} }, memory($pid) // ();
	}
	push @written, [ time(), $node->safe_psql('soak', 'SELECT last_value FROM job') ];
	my ($oldest) = grep { $_->[0] > time() - $hours_kept * $seconds_an_hour - 10 } @written;
	push @disk, disk() / ($written[-1][1] - ($oldest == $written[0] ? 0 : $oldest->[1]));
	sleep 1;
}
foreach my $session (@sessions)
{
	ok($session->{run}->finish, 'a session ends well') or diag $session->{err};
}

# the first third is for caches to fill
sub most { my $most = 0; $most = $_ > $most ? $_ : $most for @_; return $most }
foreach my $name (sort keys %memory)
{
	my @samples = @{ $memory{$name} };
	my ($early, $late) = (most(@samples[ @samples / 3 .. 2 * @samples / 3 ]), most(@samples[ 2 * @samples / 3 .. $#samples ]));

	cmp_ok($late, '<', 1.2 * $early + 1024, "$name: its memory does not grow ($early kB, then $late kB)");
}
my ($early, $late) = (most(@disk[ @disk / 3 .. 2 * @disk / 3 ]), most(@disk[ 2 * @disk / 3 .. $#disk ]));
cmp_ok($late, '<', 1.5 * $early, sprintf 'the disk does not fill (%d bytes for an entry that is kept, then %d)', $early, $late);

my ($sealed, $dropped) = split /\|/, $node->safe_psql('soak', q{SELECT count(*) FILTER (WHERE sealed_at IS NOT NULL), count(*) FILTER (WHERE dropped_at IS NOT NULL) FROM ogw_logs.partition_history});
cmp_ok($dropped, '>', 2, "partitions were dropped meanwhile, $dropped in the last seconds");
like(slurp_file($node->logfile), qr/seal_bodies body_\d+: [1-9]\d* bodies/, 'and bodies were sealed');
# on a busy machine maintain() may be some steps behind
ok($node->poll_query_until('soak', q{SELECT NOT EXISTS (SELECT FROM ogw_logs.rejected WHERE rejected_at < now() - interval '30 seconds')
	AND NOT EXISTS (SELECT FROM ogw_logs.body_read WHERE read_at < now() - interval '30 seconds') AND NOT EXISTS (SELECT FROM ogw_logs.team_history WHERE changed_at < now() - interval '40 seconds')}),
	'rejected, body_read and team_history keep nothing old');
my $counts = $node->safe_psql('soak', 'SELECT count(*) FROM ogw_logs.ingest_count');
cmp_ok($counts, '<', 12000, "ingest_count has $counts rows");
is($node->safe_psql('soak', 'SELECT count(*) FROM ogw_logs.ingest_counts WHERE received <> stored + duplicate + rejected'), '0', 'the ingest counts add up');
is($node->safe_psql('soak', q{SELECT sum(received) = (SELECT last_value FROM job) FROM ogw_logs.ingest_counts}), 't', 'and have all that was sent');

# what is left goes when it is old enough, and its files with it
$node->append_conf('postgresql.conf', "ogw_logs.log_retention = 1\nogw_logs.body_retention = 1\nautovacuum = off");
$node->reload;
$node->poll_query_until('soak', q{SELECT count(*) = 0 FROM ogw_logs.entry}) or die 'not all expired';
$node->poll_query_until('soak', q{SELECT count(*) = 0 FROM ogw_logs.maintain(dry_run => true)}) or die 'maintain() does not come to an end';
$node->safe_psql('soak', 'VACUUM; CHECKPOINT');
my %known = map { $_ => 1 } split /\n/, $node->safe_psql('soak', 'SELECT pg_relation_filenode(oid) FROM pg_class WHERE pg_relation_filenode(oid) IS NOT NULL');
my @left = grep { my ($name) = m{/(\d+)[^/]*$}; defined $name && !$known{$name} && -s $_ } glob "$files/*";
is("@left", '', 'no file is left behind');
cmp_ok(disk(), '<', $disk_before + 30e6, sprintf 'the disk is back (%d MB, %d MB before)', disk() / 1e6, $disk_before / 1e6)
  or diag 'the largest are ' . $node->safe_psql('soak', q{SELECT oid::regclass, relkind, pg_relation_size(oid), reltuples FROM pg_class WHERE relkind IN ('r', 'i', 't') ORDER BY 3 DESC LIMIT 10});
my @complaints = grep { /ERROR|WARNING|FATAL|PANIC/ } split /\n/, slurp_file($node->logfile);
is("@complaints[0 .. ($#complaints < 5 ? $#complaints : 5)]", '', 'and nobody complains');
done_testing();
