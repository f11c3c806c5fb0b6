# A disk runs full: under the tables while each method writes, while bodies are sealed,
# while a partition, a log and the indexes of a sealed partition are made, and under the WAL. What was
# acknowledged is there, nothing is half stored, no file is left behind, and once
# there is room the gateway goes on by itself.
use strict;
use warnings FATAL => 'all';
use File::Path 'remove_tree';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;

my $disk = $ENV{OGW_SMALL_DISK};
plan skip_all => 'no small disk can be mounted here (OGW_SMALL_DISK)' if !$disk;
plan skip_all => 'there is no gateway (GATEWAY)' if !$ENV{GATEWAY};

my $dir = PostgreSQL::Test::Utils::tempdir();
alarm 4 * $PostgreSQL::Test::Utils::timeout_default;

# Fills the disk but for some bytes, and makes room again.
sub fill
{
	my ($bytes_left) = @_;

	open my $file, '>>', "$disk/filler" or die $!;
	foreach my $block (65536, 4096) { 1 while defined syswrite $file, "\0" x $block }
	truncate $file, (-s $file) - $bytes_left or die $! if $bytes_left;
	close $file;
	return;
}
sub make_room { unlink "$disk/filler" or die $!; return }

# The SQLSTATEs of a session's errors and warnings.
sub complaints { my ($said) = @_; return join ' ', $said =~ /^(?:psql:\S+ )?(?:ERROR|WARNING):  (\S+)$/mg }

# A log for each method, of a day and with bodies that do not get smaller.
my $n = 2000;
my $noon = POSIX::strftime('%Y-%m-%dT12:00:00Z', gmtime(time() - 86400));
my %log = map { $_ => "$dir/$_.ndjson" } qw(single batch copy);
srand 1;
foreach my $method (sort keys %log)
{
	open my $out, '>', $log{$method} or die $!;
	foreach my $i (1 .. $n)
	{
		my $body = join '', map { ('a' .. 'z', 'A' .. 'Z', 0 .. 9)[ rand 62 ] } 1 .. 3000;
		print $out qq({"job_id":"$method-$i","team_id":"t","timestamp":"$noon","input":"$body"}\n);
	}
	close $out;
}

# Starts the gateway over four connections, and it has to end well.
sub start_gateway
{
	my ($node, $database, $method) = @_;

	run_beside('gateway', "$dir/$method", $ENV{GATEWAY}, '--quiet', '--method', $method, '--connections', 4, '--batch', 50, '--retries', 600,
		'--acks', "$dir/$method.acks", '--conninfo', $node->connstr($database), $log{$method});
	return;
}
sub gateway_ends
{
	my ($node, $database, $method) = @_;

	is(exit_status('gateway'), 0, "$method: once there is room, the gateway ends well") or diag slurp_file("$dir/$method.err");
	like(slurp_file("$dir/$method.out"), qr/^received $n .* rejected 0$/m, "$method: all is answered");
	is($node->safe_psql($database, "SELECT count(*), count(*) FILTER (WHERE body_state = 'stored') FROM ogw_logs.entry WHERE job_id LIKE '$method-%'"), "$n|$n", "$method: all is there");
	is(scalar(() = slurp_file("$dir/$method.acks") =~ /\n/g), $n, "$method: and acknowledged");
	is(disagreements($node, $database), '', "$method: each is whole");
	return;
}

# ---- under the tables

{
	mkdir "$disk/tables" or die $!;
	my $node = start_node('tables', log_min_messages => 'warning', log_error_verbosity => 'default');
	$node->safe_psql('postgres', "CREATE TABLESPACE small LOCATION '$disk/tables'");
	$node->safe_psql('postgres', "CREATE DATABASE $_ TABLESPACE small") foreach qw(logs young);
	$node->safe_psql($_, 'CREATE EXTENSION ogw_logs') foreach qw(logs young);
	$node->safe_psql('logs', qq{SELECT ogw_logs.set_team('t', body_logging => true), ogw_logs.create_log(); SELECT * FROM ogw_logs.maintain();
		SELECT ogw_logs.insert_log(job_id => 'first', team_id => 't', "timestamp" => '$noon', user_id => 'u', input => 'x')});

	foreach my $method (qw(single batch copy))
	{
		fill(2_000_000);
		start_gateway($node, 'logs', $method);
		wait_until("$method: the disk is full", sub { slurp_file("$dir/$method.err") =~ /53100: could not extend file/ || !runs('gateway') });
		ok(runs('gateway'), "$method: the gateway waits for room");
		cmp_ok($node->safe_psql('logs', "SELECT count(*) FROM ogw_logs.search(max_rows => 100000) WHERE job_id LIKE '$method-%'"), '<', $n, "$method: a part is stored, and is found");
		is(disagreements($node, 'logs'), '', "$method: and is whole");
		make_room();
		gateway_ends($node, 'logs', $method);
	}

	# what seals bodies: unsealed they stay until all are in segments
	my $session = session($node, 'logs');
	my $seal = q{SELECT count(ogw_logs_internal.seal_bodies(l.partition, l.since, l.until)) FROM ogw_logs_internal.own_partitions('body') l WHERE l.until < now();};
	my $unsealed = $node->safe_psql('logs', q{SELECT count(DISTINCT job_id) FROM ogw_logs.body});
	is($unsealed, 3 * $n + 1, 'no body was sealed yet');
	$node->safe_psql('logs', q{SELECT ogw_logs_internal.make_segment_partition(l.since) FROM ogw_logs_internal.own_partitions('body') l WHERE l.until < now()});
	foreach my $bytes_left (0, 3_000_000)
	{
		fill($bytes_left);
		is(complaints(do_it($session, $seal)), '53100', "with $bytes_left bytes left bodies are not sealed");
		is(do_it($session, q{SELECT count(DISTINCT job_id) FROM ogw_logs.body; SELECT count(*) FROM ogw_logs.segment; SELECT count(*) FROM ogw_logs.sealed_interval;}), "$unsealed\n0\n0\n", 'and stay unsealed');
		is(do_it($session, q{BEGIN READ ONLY; SELECT input FROM ogw_logs.get_log('first', 't'); COMMIT;}), "x\n", 'and are read');
		make_room();
	}

	# what makes tables and indexes
	my $young = session($node, 'young');
	my $first = q{(SELECT partition FROM ogw_logs_internal.partitions_of('entry') ORDER BY since LIMIT 1)};
	my $far = q{now() - interval '100 days'};
	my $insert = qq{SELECT ogw_logs.insert_log(job_id => 'late', team_id => 't', "timestamp" => $far, input => 'x');};
	fill(0);
	is(complaints(do_it($session, "SELECT ogw_logs_internal.make_partition($far);")), '53100', 'no partition can be made');
	is(complaints(do_it($session, $insert)), '53100', 'nor written into');
	is(complaints(do_it($young, $insert)), '53100', 'nor a log be made');
	# whether the ingest counts have room for their sums is up to their last page
	like(do_it($session, 'SET ogw_logs.seal_delay = 0; SELECT * FROM ogw_logs.maintain();'), qr/^(WARNING:  53100\n)+(add_up_ingest_counts\|.*\n)?$/, 'maintain() warns of what it cannot do, and ends well');
	is(do_it($session, "SELECT ogw_logs_internal.is_sealed($first);"), "f\n", 'the partition is not sealed');
	is(do_it($session, q{BEGIN READ ONLY; SELECT input FROM ogw_logs.get_log('first', 't'); COMMIT;}), "x\n", 'a body can be read');
	make_room();
	is($node->safe_psql('young', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace AND relname IN ('entry', 'installation')}), '0', 'no log is half made');
	is($node->safe_psql('logs', "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relname ~ (ogw_logs_internal.partition_suffix(($far) AT TIME ZONE 'UTC', '1 day') || '\$')"), '0', 'no partition is half made');
	is(do_it($_, $insert), "stored\n", 'with room it is written') foreach $session, $young;
	# the bodies of yesterday's noon are in one interval with its last minute, which may be less than the usual delay ago
	maintain_all($node, 'logs', seal_delay => 0);
	is(do_it($session, "SELECT ogw_logs_internal.is_sealed($first);"), "t\n", 'and sealed');
	is(do_it($session, q{SELECT count(*) FROM ogw_logs.body; SELECT sum(bodies) FROM ogw_logs.sealed_interval;}), sprintf("0\n%d\n", $unsealed + 1), 'and so are all bodies');
	is(disagreements($node, $_), '', "$_: each is whole") foreach qw(logs young);

	# what expires makes room
	fill(0);
	like(do_it($session, q{SET ogw_logs.retention_delay = 0; SET ogw_logs.log_retention = '30d'; SELECT * FROM ogw_logs.maintain();}), qr/^(WARNING:  53100\n)*expire_bodies\|/, 'on a full disk what expires is dropped');
	make_room();

	# every file belongs to a relation
	foreach my $database (qw(logs young))
	{
		my ($folder) = $node->data_dir . '/' . $node->safe_psql($database, q{CHECKPOINT; SELECT pg_relation_filepath('pg_class')}) =~ s{[^/]+$}{}r;
		my %known = map { $_ => 1 } split /\n/, $node->safe_psql($database, 'SELECT pg_relation_filenode(oid) FROM pg_class WHERE pg_relation_filenode(oid) IS NOT NULL');
		my @files = grep { m{/(\d+)[^/]*$} } glob "$folder*";
		cmp_ok(scalar(@files), '>', 300, "$database: its files are found");
		is(join(' ', grep { m{/(\d+)[^/]*$} && !$known{$1} } @files), '', "$database: and none is left behind");
	}
	unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:|terminated by signal/, 'the server never went down');
	$node->stop;
	remove_tree("$disk/tables");
}

# ---- under the WAL: the server stops, and recovers when there is room

{
	# all WAL is kept
	my $node = start_node('wal', log_min_messages => 'warning', log_error_verbosity => 'default', initdb => [ '-X', "$disk/wal", '--wal-segsize=1' ],
		wal_level => 'replica', wal_keep_size => '1GB', min_wal_size => '2MB', max_wal_size => '20MB');

	new_database($node, 'wal');
	$node->safe_psql('wal', q{SELECT ogw_logs.set_team('t', body_logging => true)});
	foreach my $method (qw(single batch copy))
	{
		my $log = $node->logfile;
		my $seen = -s $log;

		unlink "$dir/$method.acks";
		fill(2_500_000);
		start_gateway($node, 'wal', $method);
		wait_until("$method: the disk is full", sub { slurp_file($log, $seen) =~ /PANIC:  could not write to file .*No space left on device/ || !runs('gateway') });
		ok(runs('gateway'), "$method: the gateway waits for the server");
		wait_until("$method: the server is down", sub { !-e $node->data_dir . '/postmaster.pid' });
		make_room();
		$node->stop('fast', fail_ok => 1);    # it is
		$node->start;
		gateway_ends($node, 'wal', $method);
	}
}
done_testing();
