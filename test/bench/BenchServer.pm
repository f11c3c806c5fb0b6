# What the benchmark measures with: databases on the server that libpq's
# environment names, ways to write and to search, and what they cost.
package BenchServer;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';
use File::Temp ();
use FindBin;
use Time::HiRes 'time';

our @EXPORT = qw(say_progress work_dir timings sql sql_as new_database new_role fresh_database drop_databases checkpoint
  copy_files run_script load_lines state_of latencies has_extension set_system sampled cannot_sample quote stop);

my $program = 'bench';
my $work;
my %databases;
my %roles;
my %settings;
my %children;
our @under;					# the program that runs the clients, and its arguments

# The folder for files; gone when the program ends.
sub work_dir
{
	$work //= File::Temp->newdir('ogw_logs_bench.XXXXXX', TMPDIR => 1);
	return "$work";
}

sub say_progress
{
	my $text = sprintf shift, @_;
	my @t = localtime;

	printf STDERR "%02d:%02d:%02d %s\n", @t[ 2, 1, 0 ], $text;
	return;
}

# A text as an SQL literal.
sub quote { my ($text) = @_; $text =~ s/'/''/g; return "'$text'" }

# Stops the program, and what it runs.
sub stop
{
	kill 'TERM', keys %children;
	exit 130;
}

# Runs a program; returns what it prints and whether it succeeded.
sub run_program
{
	my ($user, @command) = @_;
	my $errors = work_dir() . '/stderr';

	local $ENV{PGUSER} = $user if defined $user;
	local $ENV{PGAPPNAME} = $program;
	open my $stderr, '>&', \*STDERR or die $!;
	open STDERR, '>', $errors or die $!;
	my $pid = open my $out, '-|', @command;
	open STDERR, '>&', $stderr or die $!;
	die "$program: $command[0]: $!\n" if !$pid;
	$children{$pid} = 1;
	my $said = do { local $/; <$out> } // '';
	my $good = close $out;
	delete $children{$pid};
	open my $in, '<', $errors or die $!;
	my $complaint = do { local $/; <$in> } // '';
	return ($said, $good, $complaint);
}

# The answer to some SQL, as psql prints it unaligned; an error ends the program.
sub sql_as
{
	my ($user, $database, @statements) = @_;
	my ($out, $good, $error) = run_program($user, 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $database, map { ('-c', $_) } @statements);

	die "$program: $error" if !$good;
	chomp $out;
	return $out;
}
sub sql { return sql_as(undef, @_) }

# Makes an empty database, that is dropped at the end.
sub new_database
{
	my ($name) = @_;

	$databases{$name} = 1;
	sql('postgres', "DROP DATABASE IF EXISTS $name WITH (FORCE)", "CREATE DATABASE $name TEMPLATE template0");
	return $name;
}

# Makes a role that may log in, and is dropped at the end.
sub new_role
{
	my ($name) = @_;

	$roles{$name} = 1;
	sql('postgres', "DROP ROLE IF EXISTS $name", "CREATE ROLE $name LOGIN");
	return $name;
}

# Makes a database as a copy of another, for one measurement, and leaves the server
# at rest. From then on nobody gets into the other: background workers would keep it
# from being copied.
sub fresh_database
{
	my ($template) = @_;

	if ($databases{$template} != 2)
	{
		sql('postgres', "ALTER DATABASE $template ALLOW_CONNECTIONS false", 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ' . quote($template));
		$databases{$template} = 2;
	}
	$databases{bench_run} = 1;
	sql('postgres', 'DROP DATABASE IF EXISTS bench_run WITH (FORCE)', "CREATE DATABASE bench_run TEMPLATE $template", 'CHECKPOINT');
	return 'bench_run';
}
sub checkpoint { sql('postgres', 'CHECKPOINT'); return }

# Drops the databases with these names, or all that were made here.
sub drop_databases
{
	my @names = @_ ? @_ : sort keys %databases;

	foreach my $name (@names)
	{
		sql('postgres', "DROP DATABASE IF EXISTS $name WITH (FORCE)");
		delete $databases{$name};
	}
	return;
}

# Sets what all of the server goes by; undef: as it was, which it is at the end.
sub set_system
{
	my ($name, $value) = @_;

	$settings{$name} = 1;
	sql('postgres', "ALTER SYSTEM " . (defined $value ? "SET $name = " . quote($value) : "RESET $name"), 'SELECT pg_reload_conf()');
	delete $settings{$name} if !defined $value;
	return;
}

sub has_extension
{
	my ($name) = @_;

	return sql('postgres', 'SELECT count(*) FROM pg_available_extensions WHERE name = ' . quote($name)) > 0
	  && sql('postgres', 'SHOW shared_preload_libraries') =~ /\b$name\b/;
}

# Runs programs at once; returns the seconds until the last has ended.
sub seconds_of
{
	my @commands = @_;
	my $errors = work_dir() . '/stderr';
	my $start = time();
	my @pids;

	foreach my $command (@commands)
	{
		my $pid = fork() // die $!;
		if ($pid == 0)
		{
			open STDOUT, '>', '/dev/null' and open STDERR, '>>', $errors and exec @$command;
			require POSIX;
			POSIX::_exit(1);
		}
		push @pids, $pid;
		$children{$pid} = 1;
	}
	my $failed = grep { waitpid($_, 0); $? } @pids;
	delete @children{@pids};
	my $seconds = time() - $start;
	if ($failed)
	{
		open my $in, '<', $errors or die $!;
		die "$program: $commands[0][0] failed: " . do { local $/; <$in> };
	}
	return $seconds;
}

# COPYs files into a table over so many connections, each file a transaction;
# returns the seconds.
sub copy_files
{
	my ($database, $connections, $target, @files) = @_;
	my @share;

	push @{ $share[ $_ % $connections ] }, '-c', "\\copy $target from '$files[$_]'" for 0 .. $#files;
	return seconds_of(map { [ @under, 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $database, @$_ ] } grep { $_ } @share);
}

# Runs a script over one connection; returns the seconds.
sub run_script
{
	my ($database, $file) = @_;

	return seconds_of([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-f', $file ]);
}

# Executes a statement for every line of a file, in pipeline mode; returns the seconds.
sub load_lines
{
	my ($database, $statement, $file, %options) = @_;
	local $ENV{PGDATABASE} = $database;
	my ($out, $good, $error) = run_program(undef, @under, "$FindBin::RealBin/../bench/load", (map { ("--$_", $options{$_}) } sort keys %options), '--statement', $statement, $file);

	die "$program: $error" if !$good;
	return $out + 0;
}

# Where the WAL is and what a database's tables and indexes take, in bytes, those of
# PostgreSQL itself left out; and how many rows a table has.
sub state_of
{
	my ($database, $table) = @_;
	my ($disk, $rows, $wal) = split /\n/, sql($database, q{SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
		WHERE c.relkind IN ('r', 'm') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)},
		"SELECT count(*) FROM $table", q{SELECT pg_current_wal_insert_lsn() - '0/0'});

	return { disk => $disk, rows => $rows, wal => $wal };
}

# Executes statements one after the other over one connection, after the first, which
# does not count; returns the milliseconds of each.
sub timings
{
	my ($database, @statements) = @_;
	my $file = work_dir() . '/timed.sql';

	open my $out, '>', $file or die $!;
	print $out shift @statements, ";\n\\timing on\n", map { "$_;\n" } @statements;
	close $out or die $!;
	my ($said, $good, $error) = run_program(undef, 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $database, '-f', $file);
	die "$program: $error" if !$good;
	return $said =~ /^Time: ([0-9.]+) ms/mg;
}

# Executes queries one after the other; each is [times, role, query], over a
# connection of its own. For each the milliseconds of its executions, the first of
# them its connection's first query at all; or the error with which it was refused.
sub latencies
{
	my ($database, @queries) = @_;
	my $file = work_dir() . '/queries';
	local $ENV{PGDATABASE} = $database;

	open my $in, '>', $file or die $!;
	print $in join("\t", $_->[0], $_->[1] // '', $_->[2]), "\n" foreach @queries;
	close $in or die $!;
	my ($out, $good, $error) = run_program(undef, @under, "$FindBin::RealBin/../bench/latency", $file);
	my @lines = split /\n/, $out;
	die "$program: $error" if !$good || @lines != @queries;
	return map { /^error: (.*)/ ? { error => $1 } : { ms => [ split ' ' ] } } @lines;
}

# What samples a server's processes, those that it starts from now on: its sessions.
sub sampler
{
	my ($file) = @_;
	my ($postmaster) = split /\n/, sql('postgres', q{SELECT pg_read_file('postmaster.pid')});

	return ('perf', 'record', '--quiet', '--pid', $postmaster, '--event', 'cpu-clock', '--freq', '997', '-g', '--output', $file, '--');
}

# Samples what the server does, into a file, while clients run.
sub sampled
{
	my ($file, $code) = @_;
	local @under = sampler($file);

	return $code->();
}

# Why that cannot be done here, or nothing.
sub cannot_sample
{
	return 'perf is not installed' if !grep { -x "$_/perf" } split /:/, $ENV{PATH};
	my (undef, $good) = run_program(undef, sampler(work_dir() . '/perf.data'), 'true');
	return $good ? undef : 'perf may not look at the server: run it as root';
}

END
{
	my $status = $?;
	eval { set_system($_, undef) foreach keys %settings; drop_databases(); sql('postgres', "DROP ROLE IF EXISTS $_") foreach keys %roles; 1 } or print STDERR $@;
	$? = $status;
}

1;
