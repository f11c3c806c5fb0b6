# What the TAP tests share: a server, connections, the gateway, and a dump that
# can be searched although bodies are compressed in it.
package OgwTest;

use strict;
use warnings FATAL => 'all';
use Digest::MD5 'md5_hex';
use Exporter 'import';
use FindBin;
use IO::Handle;
use IPC::Open2;
use IPC::Run ();
use POSIX ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes ();

# make installcheck leaves both to us: where the gateway is, which it has built, and
# what sessions of its regression tests begin with.
BEGIN
{
	my $gateway = "$FindBin::RealBin/../gateway/gateway";

	$ENV{GATEWAY} //= $gateway if -x $gateway;
	delete $ENV{PGOPTIONS};
}

our @EXPORT = qw(is_full start_node new_database prelude maintain_all replay start_load stop_load load_is_whole
  data_files read_entries searchable_dump grep_files counts canary scan_disk wait_until session ask answer do_it
  run_beside runs exit_status kill_beside disagreements);

# How the words begin that are planted, to be looked for later.
our $CANARY = 'q7ZkVw3';

# The settings that privacy_check() recommends and that are not PostgreSQL's own
# (11_privacy_check.pl holds the two together).
my %recommended = (
	log_statement => 'none', log_min_messages => 'log', log_min_error_statement => 'panic',
	log_error_verbosity => 'terse', log_parameter_max_length => 0, track_activities => 'off');

# Whether all is run at full size, as make check-world does.
sub is_full { return $ENV{OGW_FULL} ? 1 : 0 }

# Starts a server of its own, with these settings unless others are given; initdb
# is a list of options for it, install_path another installation, streaming what
# allows_streaming is for init(). Autovacuum is off unless it is given: a step of
# maintain() that meets its lock is put off to a later call.
sub start_node
{
	my ($name, %settings) = @_;
	my $install_path = delete $settings{install_path};
	my $node = PostgreSQL::Test::Cluster->new($name, $install_path ? (install_path => $install_path) : ());

	my $initdb = delete $settings{initdb} // [];
	my $streaming = delete $settings{streaming};
	%settings = (%recommended, fsync => 'off', jit => 'off', autovacuum => 'off', max_wal_size => '4GB', %settings);
	$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8', @$initdb ], allows_streaming => $streaming);
	$node->append_conf('postgresql.conf', "$_ = '$settings{$_}'") for sort keys %settings;
	$node->start;
	return $node;
}

# Makes a database with the extension in it.
sub new_database
{
	my ($node, $database) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION ogw_logs');
	return;
}

# What test/prelude.sql makes, for one session alone: in pg_temp.
sub prelude
{
	my $sql = slurp_file("$FindBin::RealBin/../prelude.sql");
	my $made = join '|', $sql =~ /^CREATE (?:FUNCTION|PROCEDURE) (\w+)/mg;

	return $sql =~ s/\b(?=(?:$made)\()/pg_temp./gr;
}

# Does all that is due, under some settings of ogw_logs, by maintain_all() of
# test/prelude.sql. It waits for nobody's snapshot.
sub maintain_all
{
	my ($node, $database, %settings) = @_;

	$node->safe_psql($database, join '', prelude(), (map { "SET ogw_logs.$_ = $settings{$_};\n" } sort keys %settings),
		"SET test.waits = off;\nCALL pg_temp.maintain_all();\n");
	return;
}

# Replays a log with the gateway; returns its closing line.
sub replay
{
	my ($node, $database, $file, @options) = @_;
	my $zstd = $file =~ /\.zst$/ ? [ 'zstd', '-dc', $file ] : [ 'cat', $file ];
	my ($out, $err) = ('', '');

	IPC::Run::run $zstd, '|', [ $ENV{GATEWAY}, '--quiet', '--conninfo',
		$node->connstr($database) . ' user=' . ($ENV{PGUSER} // getpwuid($>)), @options, '-' ],
	  '>', \$out, '2>', \$err
	  or diag "gateway: $err";
	my ($counts) = $out =~ /^(received .*)$/m;
	return $counts // "no answer: $err";
}

# Sends entries over eight connections until stop_load(): those of team_1 have
# bodies, every tenth is sent twice, and they are dated over three days. What was
# stored is listed in the file $load->{acks}.
sub start_load
{
	my ($node, $database, @options) = @_;
	my $dir = PostgreSQL::Test::Utils::tempdir();
	my %load = (acks => "$dir/acks", stop => "$dir/stop", given => "$dir/given", out => '', err => '');
	my $entries = q{
		for ($n = 0; !-e $ARGV[0]; $n++)
		{
			my @t = gmtime(time() - $n * 7919 % 259200);
			my $line = sprintf qq({"job_id":"load-%d","team_id":"team_%d","timestamp":"%04d-%02d-%02dT%02d:%02d:%02dZ","user_id":"u%d","input":"%s %d"}\n),
			  $n, $n % 3, $t[5] + 1900, $t[4] + 1, @t[ 3, 2, 1, 0 ], $n % 50, 'x' x ($n % 500), $n;
			print $line or last;
			print $line if $n % 10 == 0;
		}
		open my $given, '>', $ARGV[1];
		print $given $n;
		close $given;
	};

	$node->safe_psql($database, q{SELECT ogw_logs.set_team('team_1', body_logging => true)});
	$load{run} = IPC::Run::start([ $^X, '-e', $entries, $load{stop}, $load{given} ], '|',
		[ $ENV{GATEWAY}, '--quiet', '--connections', 8, '--batch', 50, '--rate', 2000, '--acks', $load{acks},
			'--conninfo', $node->connstr($database) . ' user=' . ($ENV{PGUSER} // getpwuid($>)), @options, '-' ],
		'>', \$load{out}, '2>', \$load{err});
	$node->poll_query_until($database, q{SELECT ogw_logs.count_logs(at_most => 1001) > 1000}) or die 'nothing is sent';
	return \%load;
}

# Ends it; returns how many entries were sent, twice or once. All of them must
# have been stored.
sub stop_load
{
	my ($load) = @_;

	ok($load->{run}->pumpable, 'entries were sent all the while');
	append_to_file($load->{stop}, '');
	ok($load->{run}->finish, 'and to the end') or diag $load->{err};
	my $n = slurp_file($load->{given});
	my $again = int(($n + 9) / 10);
	like($load->{out}, qr/^\Q${\counts($n + $again, $n, $again, 0)}\E$/m, 'each was stored once');
	return $n;
}

# Whether what start_load() sent and is in a database belongs together: each entry
# once, with its job_id, its body where its team wants one, and counted.
sub load_is_whole
{
	my ($node, $database) = @_;

	is($node->safe_psql($database, q{
		SET ogw_logs.log_body_reads = off;
		SELECT count(*) > 0, count(*) = count(DISTINCT (e.team_id, e.job_id)), count(*) = (SELECT count(*) FROM ogw_logs.entry_key j WHERE NOT EXISTS (SELECT FROM ogw_logs.entry o WHERE o.job_id NOT LIKE 'load-%' AND ogw_logs_internal.dedup_key(o.job_id, o.team_id) = j.key)),
			   count(*) FILTER (WHERE NOT EXISTS (SELECT FROM ogw_logs.entry_key j WHERE j.key = ogw_logs_internal.dedup_key(e.job_id, e.team_id) AND j."timestamp" = e."timestamp")),
			   count(*) FILTER (WHERE (e.team_id = 'team_1') <> EXISTS (SELECT FROM ogw_logs.get_log(e.job_id, e.team_id, e."timestamp") l WHERE l.input IS NOT NULL)),
			   count(*) - (SELECT sum(stored) FROM ogw_logs.ingest_counts WHERE team_id LIKE 'team\_%')
		  FROM ogw_logs.entry e WHERE e.job_id LIKE 'load-%'}), 't|t|t|0|0|0', "$database: what was sent is whole");
	return;
}

# The line of counts that the gateway ends with.
sub counts
{
	return sprintf 'received %d stored %d duplicate %d rejected %d', @_;
}

# The logs to replay, with the number of their entries; none where they are not there.
sub data_files
{
	my %entries = (tau => 2454, lmcache => 1619, sgd => 43175);

	return () if !$ENV{OGW_DATA};
	return map { { name => $_, entries => $entries{$_}, file => "$ENV{OGW_DATA}/$_.ndjson.zst" } }
	  grep { -r "$ENV{OGW_DATA}/$_.ndjson.zst" } sort keys %entries;
}

# The lines of a log.
sub read_entries
{
	my ($file) = @_;

	open my $in, '-|', 'zstd', '-dc', $file or die "zstd: $!";
	my @lines = <$in>;
	close $in or die "zstd: $?";
	return @lines;
}

# A file with a dump of a database and, behind it, every body in it
# decompressed: the bytes of a body are found in it if they are in the dump.
sub searchable_dump
{
	my ($node, $database, $path) = @_;
	my $compressed = "$path.zst";
	my %pieces;

	$node->command_ok([ 'pg_dump', '-f', $path, $node->connstr($database) ], "$database is dumped");
	open my $dump, '<:raw', $path or die "$path: $!";
	while (my $line = <$dump>)
	{
		# a row of ogw_logs.body as COPY writes it: whose it is, its number and a piece of a zstd frame
		$pieces{$1}[$2] = $3 if $line =~ /^((?:[^\t]+\t){3})(\d+)\t\\\\x([0-9a-f]+)$/;
	}
	close $dump;
	open my $out, '>:raw', $compressed or die "$compressed: $!";
	print $out pack('H*', join('', @$_)) for values %pieces;
	close $out;
	system("zstd -dc -q '$compressed' >> '$path'") == 0 or die "zstd: $?" if %pieces;
	unlink $compressed;
	return scalar keys %pieces;
}

# A word to plant, of letters, digits and underscores: another one for each name.
sub canary
{
	my $name = join('_', @_);

	return join('_', $CANARY, $name, substr(md5_hex($name), 0, 8));
}

# Where planted words stand in files or below folders, however compressed: for
# each word a list of "FILE HOW", as test/disk/disk_scan.c has it.
sub scan_disk
{
	my @paths = @_;
	my ($out, $err) = ('', '');
	my %found;

	system('make', '-s', '-C', "$FindBin::RealBin/../disk") == 0 or die "disk_scan cannot be built: $?";
	IPC::Run::run [ "$FindBin::RealBin/../disk/disk_scan", '-e', $CANARY, @paths ], '>', \$out, '2>', \$err;
	die "disk_scan: $err" if $? >> 8 > 1 || $err;
	foreach (split /\n/, $out)
	{
		my ($word, $file, $how) = split /\t/, $_, -1;
		push @{ $found{$word} }, "$file $how";
	}
	return \%found;
}

# Waits until something is true; dies where it does not become so.
sub wait_until
{
	my ($what, $is_true) = @_;
	my $end = time() + $PostgreSQL::Test::Utils::timeout_default;

	until ($is_true->())
	{
		die "waited in vain: $what" if time() > $end;
		Time::HiRes::usleep(2000);
	}
	return;
}

# A connection that is told what to do; the end of an answer is a line of its own.
sub session
{
	my ($node, $database) = @_;
	my $pid = open2(my $out, my $in, 'sh', '-c', 'exec psql -XAtq -v VERBOSITY=sqlstate -d "$1" 2>&1', '-', $node->connstr($database));

	$in->autoflush;
	return { pid => $pid, in => $in, out => $out };
}

# Tells a session what to do.
sub ask { my ($s, $sql) = @_; print { $s->{in} } "$sql\n\\echo that is all\n"; return }

# What a session says to it; dies where its connection is lost meanwhile.
sub answer
{
	my ($s) = @_;
	my $said = '';

	while (my $line = readline $s->{out})
	{
		return $said if $line eq "that is all\n";
		$said .= $line;
	}
	die "a connection is lost: $said";
}

# Both.
sub do_it { ask(@_); return answer($_[0]) }

# Programs that run beside the test, and how they ended.
my (%beside, %ended);

# Starts a program under a name, in a process group of its own; what it prints is
# in two files, PATH.out and PATH.err.
sub run_beside
{
	my ($name, $path, @command) = @_;
	open my $out, '>', "$path.out" or die $!;
	open my $err, '>', "$path.err" or die $!;
	my $pid = fork() // die $!;

	if ($pid == 0)
	{
		setpgrp;
		open STDOUT, '>&', $out and open STDERR, '>&', $err and exec @command;
		POSIX::_exit(1);
	}
	setpgrp $pid, 0;    # whoever is first
	$beside{$name} = $pid;
	delete $ended{$name};
	return;
}

# Whether it runs; what it exited with, once it does not.
sub runs
{
	my ($name) = @_;

	return 0 if !$beside{$name} || defined $ended{$name};
	return 1 if waitpid($beside{$name}, POSIX::WNOHANG()) == 0;
	$ended{$name} = $?;
	return 0;
}
sub exit_status { my ($name) = @_; wait_until("$name ends", sub { !runs($name) }); return $ended{$name} }

# Kills it, with all that it started.
sub kill_beside { my ($name) = @_; kill 'KILL', -$beside{$name} if runs($name); return exit_status($name) }

END
{
	my $exit = $?;
	kill_beside($_) foreach keys %beside;
	$? = $exit;
}

# Where the tables of a log do not agree with each other: nothing where an entry
# has its key and its body and its place in the ingest counts, and none of these is
# there without it.
sub disagreements
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, q{
		SET ogw_logs.log_body_reads = off;
		WITH e AS (SELECT "timestamp", team_id, job_id, ogw_logs_internal.dedup_key(job_id, team_id) AS key, body_state FROM ogw_logs.entry),
			 k AS (SELECT "timestamp", key FROM ogw_logs.entry_key),
			 b AS (SELECT DISTINCT "timestamp", team_id, job_id FROM ogw_logs.body),
			 sealed AS MATERIALIZED (SELECT e.* FROM e LEFT JOIN b USING ("timestamp", team_id, job_id) WHERE e.body_state = 'stored' AND b.job_id IS NULL)
		SELECT d.what || ': ' || d.n FROM (
			SELECT 'entries or keys alone', count(*) FROM e FULL JOIN k USING ("timestamp", key) WHERE e.job_id IS NULL OR k."timestamp" IS NULL
			UNION ALL
			SELECT 'entries that are there twice', count(*) - count(DISTINCT (team_id, job_id)) FROM e
			UNION ALL
			SELECT 'bodies alone', count(*) FROM b LEFT JOIN e USING ("timestamp", team_id, job_id) WHERE e.body_state IS DISTINCT FROM 'stored'
			UNION ALL
			-- unsealed, or sealed
			SELECT 'entries whose body is missing', count(*) FROM sealed e
			 WHERE NOT EXISTS (SELECT FROM ogw_logs.get_log(e.job_id, e.team_id, e."timestamp") l WHERE coalesce(l.input, l.output, l.error_message) IS NOT NULL)
			UNION ALL
			SELECT 'ingest counts that do not add up', count(*) FROM ogw_logs.ingest_counts WHERE received <> stored + duplicate + rejected
			UNION ALL
			SELECT 'ingest counts without their entries', count(*)
			  FROM (SELECT team_id, sum(stored) AS n FROM ogw_logs.ingest_counts GROUP BY team_id HAVING sum(stored) > 0) a
			  FULL JOIN (SELECT team_id, count(*) AS n FROM e GROUP BY team_id) t USING (team_id, n) WHERE a IS NULL OR t IS NULL
			UNION ALL
			SELECT 'refusals that are not noted', coalesce((SELECT sum(rejected) FROM ogw_logs.ingest_counts), 0) - (SELECT count(*) FROM ogw_logs.rejected)
		) AS d (what, n) WHERE d.n <> 0});
}

# The files below a folder in which a pattern of grep -E stands.
sub grep_files
{
	my ($pattern, @paths) = @_;
	my @found = `grep -raElZ -- '$pattern' @paths`;

	return map { split /\0/ } @found;
}

1;
