# Writing metadata by each method, over 1, 4 and 16 connections, against COPY into
# plain tables and against single INSERTs into LiteLLM's shape.
package BenchWrite;

use strict;
use warnings FATAL => 'all';
use BenchData;
use BenchReport;
use BenchServer;
use Exporter 'import';

our @EXPORT = qw(bench_write prepare_ours contenders write_all);

my @connections;
my $columns = join ', ', map { "\"$_\"" } @COLUMNS;

# What is compared: how it is called in the report, the database it starts from,
# and how it is written; COPY into a target, or a statement for every line.
sub contenders
{
	my $arguments = join ', ', map { "\"$COLUMNS[$_]\" => \$" . ($_ + 1) } 0 .. $#COLUMNS;
	my $litellm = q{INSERT INTO "LiteLLM_SpendLogs" (request_id, team_id, "startTime", "user", api_key, model, model_group, custom_llm_provider,
		"completionStartTime", request_duration_ms, status, prompt_tokens, completion_tokens, spend, end_user, session_id, call_type, total_tokens, "endTime")
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, CAST($3 AS timestamp) + CAST($9 AS integer) * interval '1 millisecond', $10, $11,
			CAST($12 AS integer), CAST($13 AS integer), CAST($14 AS double precision), $15, $16, 'acompletion', CAST($12 AS integer) + CAST($13 AS integer),
			CAST($3 AS timestamp) + CAST($10 AS integer) * interval '1 millisecond') ON CONFLICT DO NOTHING};
	my $ours = "SELECT ogw_logs.insert_log($arguments)";
	my @contenders = (
		{ name => 'ceiling', what => 'COPY into the table with a unique index alone', database => 'bench_unique', copy => "plain.entry ($columns)" },
		{ name => 'none', what => 'COPY into the table without indexes', database => 'bench_none', copy => "plain.entry ($columns)" },
		{ name => 'timestamp', what => 'COPY into the table with an index on "timestamp" alone', database => 'bench_timestamp', copy => "plain.entry ($columns)" },
		{ name => 'six', what => 'COPY into the table with six B-trees', database => 'bench_six', copy => "plain.entry ($columns)" },
		{ name => 'copy', what => 'COPY into inbox', database => 'bench_ours', copy => "ogw_logs.inbox ($columns)" },
		{ name => 'batch', what => 'insert_logs, 1,000 entries a call', database => 'bench_ours', file => 'batches', statement => 'SELECT ogw_logs.insert_logs($1::text)', window => 1 },
		{ name => 'single', what => 'insert_log, pipelined, a commit each', database => 'bench_ours', file => 'few', statement => $ours },
		{ name => 'litellm', what => 'INSERT into LiteLLM\'s table, pipelined, a commit each', database => 'bench_litellm', file => 'few', statement => $litellm },
		{ name => 'single100', what => 'insert_log, pipelined, a commit per 100', database => 'bench_ours', file => 'many', statement => $ours, commit => 100 },
		{ name => 'litellm100', what => 'INSERT into LiteLLM\'s table, pipelined, a commit per 100', database => 'bench_litellm', file => 'many', statement => $litellm, commit => 100 });

	push @contenders, { name => 'timescale', what => 'COPY into a TimescaleDB hypertable with six B-trees', database => 'bench_timescale', copy => "timescale.entry ($columns)" }
	  if has_extension('timescaledb');
	return @contenders;
}

# Makes a database with the log in it, and partitions for so many days; whatever
# the clock says, the data are taken.
sub prepare_ours
{
	my ($database, $since, $days) = @_;

	new_database($database);
	sql($database, 'CREATE EXTENSION ogw_logs',
		"ALTER DATABASE $database SET ogw_logs.max_age = '2000000000s'", "ALTER DATABASE $database SET ogw_logs.max_clock_skew = '2000000000s'");
	sql($database, "SELECT ogw_logs.create_log('1 day')");
	1 until sql($database, "SELECT ogw_logs.make_partitions('$since 00:00Z', timestamptz '$since 00:00Z' + interval '$days days' - interval '1 second')") == 0;
	return;
}

# Makes the databases that each measurement starts from.
sub prepare
{
	my ($since) = @_;
	my $shapes = "$FindBin::RealBin/shapes";
	my %shapes = (bench_litellm => ['litellm'], map { ("bench_$_" => ['plain']) } qw(none timestamp unique six));

	$shapes{bench_timescale} = [ 'plain', 'timescale' ] if has_extension('timescaledb');
	foreach my $database (sort keys %shapes)
	{
		new_database($database);
		run_script($database, "$shapes/$_.sql") foreach @{ $shapes{$database} };
		sql($database, "SELECT plain.make_partitions('$since', 3, '$1')") if $database =~ /^bench_(none|timestamp|unique|six)$/;
	}
	prepare_ours('bench_ours', $since, 3);
	return;
}

# The table that a contender's entries end in.
my %tables = (bench_ours => 'ogw_logs.entry', bench_litellm => '"LiteLLM_SpendLogs"', bench_timescale => 'timescale.entry');

# Writes the data into a database; returns the seconds.
sub write_all
{
	my ($contender, $database, $connections, $files) = @_;

	return $contender->{copy} ? copy_files($database, $connections, $contender->{copy}, @{ $files->{parts} })
	  : load_lines($database, $contender->{statement}, $files->{ $contender->{file} }, connections => $connections,
		commit => $contender->{commit} // 1, window => $contender->{window} // 64);
}

# The same, from where a database begins; returns entries a second, and bytes of WAL and on disk an entry.
sub measure
{
	my ($contender, $connections, $files, $count) = @_;
	my $n = $count->{ $contender->{file} // 'batches' };
	my $table = $tables{ $contender->{database} } // 'plain.entry';
	my $database = fresh_database($contender->{database});
	my $before = state_of($database, $table);
	my $seconds = write_all($contender, $database, $connections, $files);
	my $after = state_of($database, $table);

	die "bench: $contender->{name}: $after->{rows} of $n entries are there\n" if $after->{rows} != $n;
	return { rate => $n / $seconds, map { ($_ => ($after->{$_} - $before->{$_}) / $n) } qw(wal disk) };
}

# Adds the rows of the table that the targets are about.
sub add_targets
{
	my ($results) = @_;
	my $rates = sub { my ($name, $c) = @_; return [ map { $_->{rate} } @{ $results->{"$name $c"} } ] };
	my @compare = ([ 'copy', 'ceiling', 'COPY into inbox / COPY with a unique index alone', '>= 0.7' ],
		[ 'copy', 'six', 'COPY into inbox / COPY with six B-trees', '>= 2.5' ],
		[ 'batch', 'ceiling', 'insert_logs of 1,000 / COPY with a unique index alone', '>= 0.4' ],
		[ 'single', 'litellm', 'insert_log / INSERT into LiteLLM\'s table, pipelined, a commit each', '>= 1' ],
		[ 'single100', 'litellm100', 'insert_log / INSERT into LiteLLM\'s table, pipelined, a commit per 100', '>= 1' ]);

	foreach my $row (@compare)
	{
		my ($ours, $other, $what, $target) = @$row;
		foreach my $c (@connections)
		{
			my $connections = $c == 1 ? '1 connection' : "$c connections";
			add_target('writing', "$what, $connections", $target, 'x', [ ratios($rates->($ours, $c), $rates->($other, $c)) ]);
		}
	}
	my ($most, $fewer) = reverse @connections;
	return if !$fewer;
	add_target('writing', "$_->[1], $most connections / $fewer", '>= 0.9', 'x', [ ratios($rates->($_->[0], $most), $rates->($_->[0], $fewer)) ])
	  foreach [ 'copy', 'COPY into inbox' ], [ 'batch', 'insert_logs of 1,000' ], [ 'single', 'insert_log, a commit each' ], [ 'single100', 'insert_log, a commit per 100' ];
	return;
}

# All of it; $begin is the day of the first entry, as seconds.
sub bench_write
{
	my (%options) = @_;
	my $begin = int(time() / 86400) * 86400 - 86400;
	my %count = (batches => int(1_000_000 * $options{scale}), many => int(100_000 * $options{scale}), few => int(3_000 * $options{scale}));
	my (%results, @contenders);

	@connections = @{ $options{connections} };
	$count{$_} = $count{$_} < 200 ? 200 : $count{$_} foreach keys %count;
	say_progress('writing: making %d entries', $count{batches});
	my $files = make_metadata(\%count, $begin);
	prepare(POSIX::strftime('%Y-%m-%d', gmtime $begin));
	@contenders = contenders();
	foreach my $repetition (1 .. $options{repeat})
	{
		foreach my $c (@connections)
		{
			say_progress('writing: repetition %d of %d, %d connections', $repetition, $options{repeat}, $c);
			push @{ $results{"$_->{name} $c"} }, measure($_, $c, $files, \%count) foreach @contenders;
		}
	}
	foreach my $c (@connections)
	{
		foreach my $contender (@contenders)
		{
			my @runs = @{ $results{"$contender->{name} $c"} };
			my @rates = sort { $a <=> $b } map { $_->{rate} } @runs;

			add_detail('Writing metadata', what => $contender->{what}, connections => $c, 'entries/s' => median(@rates),
				least => $rates[0], most => $rates[-1], 'WAL bytes an entry' => median(map { $_->{wal} } @runs), 'bytes on disk an entry' => median(map { $_->{disk} } @runs));
		}
	}
	foreach my $index ([ timestamp => '"timestamp"' ], [ ceiling => 'unique (job_id, team_id)' ], [ six => 'six B-trees' ])
	{
		my %cost = map { my $key = $_; ($key => [ map { my $name = $_; median(map { $_->{$key} } @{ $results{"$name $connections[0]"} }) } 'none', $index->[0] ]) } qw(rate disk);
		my ($none, $with) = map { 1e6 / $_ } @{ $cost{rate} };
		add_detail('What an index costs who writes', index => $index->[1], 'microseconds an entry' => $with - $none, 'of COPY without' => $none,
			'bytes an entry, as COPY leaves it' => $cost{disk}[1] - $cost{disk}[0]);
	}
	add_targets(\%results);
	set_fact('entries written' => "$count{batches} by COPY and in batches, $count{many} singly with a commit per 100, $count{few} with a commit each");
	drop_databases();
	return;
}

1;
