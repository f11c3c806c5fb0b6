# Searching: every filter over few and many partitions, and in an open one, as
# the owner and as a team's reader, at rest and while others write.
package BenchSearch;

use strict;
use warnings FATAL => 'all';
use BenchFill;
use BenchReport;
use BenchServer;
use Exporter 'import';
use POSIX ();

our @EXPORT = qw(bench_search bench_open);

my $most = 60;				# executions of a search in a repetition, at most
my $budget_ms = 250;		# and for so long, about
my @kinds = ('ours', 'plain');

# Holds the answers of ours and of hand-written SQL against each other.
sub compare_answers
{
	my ($set, @pairs) = @_;

	my @different = split /\n/, sql($set->{database}, map { my $p = $_;
		my ($ours, $plain) = map { "(SELECT string_agg(job_id, ',' ORDER BY job_id) FROM ($p->{$_}) q)" } @kinds;
		'SELECT ' . quote(name_of($p)) . " WHERE $ours IS DISTINCT FROM $plain" } @pairs);

	die "bench: search() and hand-written SQL find other entries: @different\n" if @different;
	return;
}

# How often a search is executed in its next repetition.
sub times_of
{
	my ($got) = @_;

	return 4 if !$got->{p50};
	return $got->{p50}[-1] * $most > $budget_ms ? 3 + int($budget_ms / $got->{p50}[-1]) : $most + 2;
}

# Measures pairs of searches once more: ours and the other, one after the other.
# Of each the first execution is a fresh connection's, the second is left out.
sub measure_pairs
{
	my ($set, $user, $which, @pairs) = @_;
	my @got = grep { !$_->[1]{error} } map { my $p = $_; map { [ $p->{$_}, $p->{got}{$_} //= { fresh => [], all => [] }, $user->{$_} ] } @$which } @pairs;
	my @runs = latencies($set->{database}, map { [ times_of($_->[1]), $_->[2], $_->[0] ] } @got);

	foreach my $i (0 .. $#got)
	{
		my $got = $got[$i][1];
		if ($runs[$i]{error}) { $got->{error} = $runs[$i]{error}; next }
		my ($fresh, undef, @warm) = @{ $runs[$i]{ms} };
		push @{ $got->{fresh} }, $fresh;
		push @{ $got->{p50} }, median(@warm);
		push @{ $got->{all} }, @warm;
	}
	return;
}

# The most locks that one of some searches holds.
sub count_locks
{
	my ($set, @queries) = @_;
	my @counts = split /\n/, sql($set->{database}, map { "BEGIN; CREATE TEMP TABLE t ON COMMIT DROP AS SELECT 1 FROM ($_) q; SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid(); COMMIT" } @queries);

	return (sort { $b <=> $a } @counts)[0];
}

sub name_of { my ($p) = @_; return "$p->{filter}, $p->{kind}" . ($p->{range} eq 'none' ? '' : ", a $p->{range}") }

# Puts the measurements of pairs into a table.
sub add_details
{
	my ($table, $set, @pairs) = @_;

	foreach my $p (@pairs)
	{
		my @cells;
		foreach my $kind (@kinds, $p->{got}{timescale} ? 'timescale' : ())
		{
			my $got = $p->{got}{$kind};
			my $title = $p->{title}{$kind} // $kind;
			push @cells, "$title p50 ms" => $got->{error} // median(@{ $got->{p50} }), "$title p99 ms" => percentile(99, @{ $got->{all} }), "$title fresh ms" => median(@{ $got->{fresh} });
		}
		my @ratios = ratios(map { $p->{got}{$_}{p50} // [] } @kinds);
		add_detail($table, partitions => $set->{partitions}, filter => $p->{filter}, value => $p->{kind}, range => $p->{range}, @cells, ratio => median(@ratios));
	}
	return;
}

# Adds the row of a target that holds for all of some searches: that of the worst.
sub add_worst
{
	my ($part, $what, $target, $unit, $values, @pairs) = @_;
	my (@worst, $name);
	my $missed = 0;
	my ($limit) = $target =~ /([0-9.]+)/;

	foreach my $p (@pairs)
	{
		my @values = $values->($p);
		next if !@values;
		$missed++ if median(@values) > $limit;
		($name, @worst) = (name_of($p), @values) if !@worst || median(@values) > median(@worst);
	}
	if (@worst) { add_target($part, $what, $target, $unit, \@worst, "the worst of " . @pairs . " is $name; $missed miss it") }
	else { add_missing($part, $what, $target, $unit, 'nothing to compare with') }
	return;
}

my $p50 = sub { @{ $_[0]{got}{ours}{p50} // [] } };
my $fresh = sub { @{ $_[0]{got}{ours}{fresh} // [] } };
my $ratio = sub { ratios(map { $_[0]{got}{$_}{p50} // [] } @kinds) };

# Runs all searches of a set so often, each in turn.
sub measure_all
{
	my ($set, $what, $repeat, $user, $which, @pairs) = @_;

	foreach my $repetition (1 .. $repeat)
	{
		say_progress('searching: %d partitions, %s, repetition %d of %d', $set->{partitions}, $what, $repetition, $repeat);
		measure_pairs($set, $user, $which, @pairs);
	}
	return @pairs;
}

# The same searches as a team's reader and as the owner, who names the team.
sub bench_reader
{
	my ($set, $repeat, @pairs) = @_;
	my $reader = new_role('bench_reader');
	my @as_reader;

	sql($set->{database}, "SELECT ogw_logs.grant_reader('$reader', '$TEAM', views => true)");
	foreach my $p (grep { $_->{arguments} && $_->{range} ne 'day' } @pairs)
	{
		my $owner = 'SELECT * FROM ogw_logs.search(' . join(', ', @{ $p->{arguments} }, "team_id => '$TEAM'") . ')';
		push @as_reader, { %$p, plain => $owner, title => { ours => 'reader', plain => 'owner' }, got => {} };
	}
	measure_all($set, 'as a team\'s reader', $repeat, { ours => $reader }, \@kinds, @as_reader);
	add_details('Searching as a team\'s reader, and as the owner for that team', $set, @as_reader);
	add_worst('searching', "a team's reader / the owner, $set->{partitions} partitions, p50", '<= 1.3', 'x', $ratio, @as_reader);
	return;
}

# Starts four connections that write, 2,000 entries a second together, into the log
# or into the plain table; returns the process.
sub start_writers
{
	my ($set, $kind) = @_;
	my $script = work_dir() . '/writers.sql';
	my $rows = q{FROM generate_series(1, 100) n};

	open my $out, '>', $script or die $!;
	print $out $kind eq 'ours'
	  ? "SELECT ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', gen_random_uuid(), 'timestamp', now(), 'team_id', 'team_' || n % 23, 'user_id', 'u' || n, 'session_id', 's' || n, 'status', 'success'))::text $rows));\n"
	  : "INSERT INTO plain.entry (job_id, \"timestamp\", team_id, user_id, session_id, status) SELECT gen_random_uuid(), now(), 'team_' || n % 23, 'u' || n, 's' || n, 'success' $rows;\n";
	close $out or die $!;
	my $pid = fork() // die $!;
	if ($pid == 0)
	{
		open STDOUT, '>', '/dev/null' and open STDERR, '>', '/dev/null'
		  and exec 'pgbench', '-n', '-c', 4, '-R', 20, '-T', 86400, '-f', $script, $set->{database};
		POSIX::_exit(1);
	}
	return $pid;
}

# Searches while four connections write.
sub bench_while_writing
{
	my ($set, $repeat, @pairs) = @_;
	my @chosen = map { { %$_, got => {} } } grep { $_->{range} eq 'none' } @pairs;

	foreach my $repetition (1 .. $repeat)
	{
		say_progress('searching: %d partitions, while 4 connections write, repetition %d of %d', $set->{partitions}, $repetition, $repeat);
		foreach my $kind (@kinds)
		{
			my $pid = start_writers($set, $kind);
			measure_pairs($set, {}, [$kind], @chosen);
			my $alive = kill 'TERM', $pid;
			waitpid $pid, 0;
			die "bench: the writers had stopped\n" if !$alive || $? >> 8;
		}
	}
	add_details('Searching while 4 connections write 2,000 entries a second', $set, @chosen);
	add_worst('searching', "while 4 connections write / hand-written SQL, $set->{partitions} partitions, p50", '<= 1', 'x', $ratio, @chosen);
	return;
}

# The filter that an index is there for, by its first column; an index of ours
# for another reason than that of the six has its own line.
my %pays = ('"timestamp"' => 'time, and the order of every page', team_id => 'team_id, readers of one team', user_id => 'user_id', session_id => 'session_id', owner => 'owner',
	api_key_fingerprint => 'api_key', api_key => 'api_key', job_id => 'job_id, get_log, duplicates', key => 'job_id, get_log, duplicates', status => 'status', provider => 'provider', requested_model => 'model', served_model => 'model');

# Bytes of the indexes, how long each takes to be built in bulk, and which filter
# it is there for.
sub bench_indexes
{
	my ($set) = @_;
	my %bytes = ('six B-trees' => 0, 'entry keys' => 0, 'log, sealed' => 0);

	foreach my $row (index_bytes($set))
	{
		my ($first) = $row->{index} =~ /\((?:lower\()?("?\w+"?)/;
		my $is_gin = $row->{index} =~ /^gin/;
		my $pays = $is_gin ? 'every filter but the time and job_id' : $row->{index} eq 'btree (team_id)' ? 'no filter: retention of one team' : $pays{ $first // '' } // '';
		$bytes{ $row->{what} } += $row->{bytes};
		add_detail('Indexes', partitions => $set->{partitions}, of => $row->{what}, index => $is_gin ? 'gin (hashes of all values)' : $row->{index}, 'bytes an entry' => $row->{bytes},
			'microseconds an entry, in bulk' => $row->{build}, 'there for' => $pays);
	}
	my ($what, $target) = ("all indexes of a sealed entry / six B-trees, $set->{partitions} partitions", '<= 0.5');
	if ($bytes{'log, sealed'}) { add_target('indexes', $what, $target, 'x', [ ($bytes{'log, sealed'} + $bytes{'entry keys'}) / $bytes{'six B-trees'} ],
		sprintf '%.0f and %.0f bytes', $bytes{'log, sealed'} + $bytes{'entry keys'}, $bytes{'six B-trees'}) }
	else { add_missing('indexes', $what, $target, 'x', 'no partition is sealed') }
	return;
}

# The targets that are about the most partitions, and about few against many.
sub add_targets
{
	my ($many, $few, @sets) = @_;
	my $pick = sub { my ($set, $kind, $range) = @_; return grep { $_->{kind} eq $kind && ($range eq '' || $_->{range} eq $range) && $_->{filter} ne 'get_log' } @{ $set->{pairs} } };
	my $at = "$many->{partitions} partitions";
	my %few = map { (name_of($_) => $_) } @{ $few->{pairs} };

	add_worst('searching', "common values, no range, $at, p50", '<= 2', 'ms', $p50, $pick->($many, 'common', 'none'));
	add_worst('searching', "common values, a minute, $at, p50", '<= 1', 'ms', $p50, $pick->($many, 'common', 'minute'));
	add_worst('searching', "rare values, $at, p50", '<= 15', 'ms', $p50, $pick->($many, 'rare', ''));
	add_worst('searching', "get_log by job_id alone, $at, p50", '<= 3', 'ms', $p50, grep { $_->{filter} eq 'get_log' } @{ $many->{pairs} });
	# no job_id is common: each is one entry's, wherever that stands
	add_worst('searching', "common values, $at / $few->{partitions}, p50", '<= 2', 'x',
		sub { ratios($_[0]{got}{ours}{p50} // [], $few{ name_of($_[0]) }{got}{ours}{p50} // []) }, grep { $_->{filter} ne 'job_id' } $pick->($many, 'common', 'none'));
	add_worst('searching', "fresh connection, common values, $at", '<= 25', 'ms', $fresh, $pick->($many, 'common', ''));
	add_worst('searching', "fresh connection, rare values, $at", '<= 150', 'ms', $fresh, $pick->($many, 'rare', ''));
	add_worst('searching', "every form / hand-written SQL, $_->{partitions} partitions, p50", '<= 1', 'x', $ratio, @{ $_->{pairs} }) foreach @sets;
	add_target('searching', "locks of a search, no range, $at", '<= 6400', 'locks', [ $many->{locks} ],
		'default max_locks_per_transaction × default max_connections');
	return;
}

sub bench_search
{
	my (%options) = @_;
	my $entries = int(10_000_000 * $options{scale});
	my @sets;

	foreach my $partitions (@{ $options{partitions} })
	{
		my $last = $partitions == $options{partitions}[-1];
		my $set = fill_search('bench_search', $partitions, $entries < 20 * $partitions ? 20 * $partitions : $entries);
		my @pairs = searches($set);

		push @sets, $set;
		compare_answers($set, @pairs);
		$set->{locks} = count_locks($set, map { $_->{ours} } grep { $_->{range} eq 'none' } @pairs);
		$set->{pairs} = [ measure_all($set, 'at rest', $options{repeat}, {}, [ @kinds, $set->{timescale} ? 'timescale' : () ], @pairs) ];
		add_details('Searching', $set, @pairs);
		bench_indexes($set);
		bench_reader($set, $options{repeat}, @pairs) if $last;
		bench_while_writing($set, $options{repeat}, @pairs) if $last;
		drop_databases('bench_search');
	}
	add_targets($sets[-1], $sets[0], @sets);
	set_fact('entries searched' => join(', ', map { "$_->{entries} in $_->{partitions} partitions" } @sets));
	return;
}

# One partition that is open, alone.
sub bench_open
{
	my (%options) = @_;
	my $entries = int(1_000_000 * $options{scale});
	my $set = fill_search('bench_open', 1, $entries < 1000 ? 1000 : $entries);
	my @pairs = searches($set);

	compare_answers($set, @pairs);
	measure_all($set, 'open', $options{repeat}, {}, [ @kinds, $set->{timescale} ? 'timescale' : () ], @pairs);
	add_details('An open partition', $set, @pairs);
	add_worst('open partition', 'every filter, p50', '<= 10', 'ms', $p50, @pairs);
	add_worst('open partition', 'every form / hand-written SQL, p50', '<= 1', 'x', $ratio, @pairs);
	set_fact('entries in the open partition' => $set->{entries});
	drop_databases('bench_open');
	return;
}

1;
