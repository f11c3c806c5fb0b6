# What is searched: entries over so many daily partitions, the newest of which is
# open, in the log and in a plain partitioned table with six B-trees; and the
# searches, each as a call of ours and as hand-written SQL.
package BenchFill;

use strict;
use warnings FATAL => 'all';
use BenchServer;
use BenchWrite;
use Exporter 'import';
use POSIX 'strftime';

our @EXPORT = qw(fill_search searches index_bytes time_literal $TEAM);

our $TEAM = 'team_00';
my $day = 86400;

# A time as a literal of SQL.
sub time_literal { my ($at) = @_; return sprintf "'%s.%06d+00'", strftime('%Y-%m-%d %H:%M:%S', gmtime int $at), 1e6 * ($at - int $at) }

# The filters: the argument of search(), the condition of hand-written SQL, a
# common value, which one entry in a hundred has at least, and a rare one, which
# twenty have that lie evenly over all partitions.
my @filters = (
	{ name => 'status', common => 'success', rare => 'failure' },
	{ name => 'provider', common => 'openai', rare => 'provider-rare' },
	{ name => 'owner', common => 'owner_0', rare => 'owner_rare' },
	{ name => 'model', where => '(requested_model = %1$s OR served_model = %1$s)', common => 'gpt-4o', rare => 'model-rare' },
	{ name => 'api_key', common => 'sk-ogw-' . '0' x 48, rare => 'sk-ogw-' . 'f' x 48 },
	{ name => 'user_id', common => 'u_common', rare => 'u_rare' },
	{ name => 'session_id', common => 's_common', rare => 's_rare' });

# The columns of entries $from to $to of $total as SQL. Which of them have the rare
# value of a filter depends on where that stands in the list.
sub entries_query
{
	my ($set, $from, $to) = @_;
	my $gap = int($set->{entries} / 20) || 1;
	my $rare = sub { my ($filter) = @_; my ($i) = grep { $filters[$_]{name} eq $filter } 0 .. $#filters; return sprintf 'n %% %d = %d', $gap, (int($gap / 2) + $i) % $gap };
	my $value = sub { my ($filter, $common_if, $else) = @_; my ($f) = grep { $_->{name} eq $filter } @filters;
		return 'CASE WHEN ' . $rare->($filter) . " THEN '$f->{rare}'" . ($common_if ? " WHEN $common_if THEN '$f->{common}'" : '') . " ELSE $else END" };
	my $any_rare = join ' OR ', map { $rare->($_->{name}) } @filters;
	my $model = $value->('model', 'h % 10 < 5', q{(ARRAY['gpt-4o-mini', 'claude-3-7-sonnet', 'claude-3-5-haiku', 'gemini-2.0-flash', 'mistral-large'])[h % 5 + 1]});
	my %columns = (
		job_id => q{'chatcmpl-' || substr(md5(n::text), 1, 29)}, team_id => "CASE WHEN $any_rare THEN '$TEAM' ELSE to_char(h % 23, '\"team_\"FM00') END",
		timestamp => sprintf(q{to_timestamp(%d + (n + 0.5) * %.9f)}, $set->{begin}, $set->{seconds} / $set->{entries}),
		owner => $value->('owner', 'h % 50 = 3', q{'owner_' || h % 115}),
		api_key => $value->('api_key', 'h % 50 = 3', q{'sk-ogw-' || md5((h % 200)::text) || substr(md5('more ' || h % 200), 1, 16)}),
		requested_model => $model, served_model => $model, provider => $value->('provider', 'h % 10 < 6', q{(ARRAY['anthropic', 'google', 'mistral', 'together'])[h % 4 + 1]}),
		first_byte_ms => '150 + h % 97', latency_ms => '400 + h % 9973', status => $value->('status', undef, q{'success'}),
		prompt_tokens => '100 + h % 4001', completion_tokens => '10 + h % 907', cost_usd => '(h % 100000) / 1000000.0',
		user_id => $value->('user_id', 'h % 100 = 7', q{'u' || h % 65000}),
		session_id => $value->('session_id', 'h % 100 = 9', q{'s_' || substr(md5((n / 512 * 64 + n % 64)::text), 1, 16)}));
	my @names = sort keys %columns;

	return (join(', ', map { "\"$_\"" } @names),
		'SELECT ' . join(', ', map { $columns{$_} } @names) . ", h FROM (SELECT n, (n * 2654435761 % 4294967296) / 7 AS h FROM generate_series($from, $to) n) g");
}

# Makes the database with entries over so many days, of which the last, today, is open.
sub fill_search
{
	my ($database, $partitions, $entries) = @_;
	my $today = int(time() / $day) * $day;
	$entries = $partitions * int($entries / $partitions);
	my %set = (database => $database, partitions => $partitions, entries => $entries, begin => $today - ($partitions - 1) * $day, seconds => $partitions * $day, end => $today + $day);
	my $since = strftime('%Y-%m-%d', gmtime $set{begin});
	# nothing is measured yet: a thousand commits need not wait for the disk
	local $ENV{PGOPTIONS} = '-c synchronous_commit=off';

	say_progress('searching: %d entries over %d partitions, as hand-written SQL has them', $entries, $partitions);
	prepare_ours($database, $since, $partitions);
	run_script($database, "$FindBin::RealBin/../bench/shapes/plain.sql");
	# each day by itself: no transaction holds the locks of all
	for (my $n = 0; $n < $partitions + 1; $n += 50)
	{
		my $days = $n + 50 < $partitions + 1 ? 50 : $partitions + 1 - $n;
		sql($database, sprintf(q{SELECT plain.make_partitions('%s', %d, 'none')}, strftime('%Y-%m-%d', gmtime $set{begin} + $n * $day), $days));
	}
	my (@fill, @ours);
	for my $n (0 .. $partitions - 1)
	{
		my ($from, $to) = map { $entries / $partitions * $_ } $n, $n + 1;
		my ($names, $query) = entries_query(\%set, $from, $to - 1);
		my $partition = 'plain.entry_' . strftime('%Y%m%d', gmtime $set{begin} + $n * $day);
		my $selected = $names =~ s/"(\w+)"/e."$1"/gr;
		my $texts = $names =~ s/("\w+")/$1::text/gr;

		push @fill, "INSERT INTO $partition ($names) SELECT $selected FROM ($query) AS e ($names, h)", "SELECT plain.make_indexes('$partition', 'six')";
		push @ours, "INSERT INTO ogw_logs.inbox ($names) SELECT $texts FROM $partition";
	}
	run_statements($database, @fill);
	say_progress('searching: the same, through the inbox');
	run_statements($database, @ours);
	$set{timescale} = has_extension('timescaledb');
	if ($set{timescale})
	{
		run_script($database, "$FindBin::RealBin/../bench/shapes/timescale.sql");
		run_statements($database, map { s/ogw_logs\.inbox/timescale.entry/r =~ s/::text//gr } @ours);
	}
	say_progress('searching: sealing');
	seal($database);
	sql($database, 'VACUUM (ANALYZE)');
	checkpoint();
	$set{stored} = sql($database, 'SELECT count(*) FROM ogw_logs.entry');
	die "bench: $set{stored} of $entries entries were stored\n" if $set{stored} != $entries;
	return \%set;
}

# Runs statements, each a transaction of its own.
sub run_statements
{
	my ($database, @statements) = @_;
	my $file = work_dir() . '/statements.sql';

	open my $out, '>', $file or die $!;
	print $out "SET TimeZone = 'UTC';\n", map { "$_;\n" } @statements;
	close $out or die $!;
	run_script($database, $file);
	unlink $file;
	return;
}

# Seals every partition whose time is over.
sub seal
{
	my ($database) = @_;

	sql($database, 'SET ogw_logs.seal_delay = 0', q{DO $$ BEGIN WHILE EXISTS (SELECT FROM ogw_logs.maintain()) LOOP COMMIT; END LOOP; END $$});
	return;
}

# The conditions on the time, of ours and of hand-written SQL.
sub time_range
{
	my ($from, $seconds) = @_;
	my @range = (time_literal($from), time_literal($from + $seconds));

	return ("since => $range[0], until => $range[1]", "\"timestamp\" >= $range[0] AND \"timestamp\" < $range[1]");
}

# A search in both forms.
sub search_pair
{
	my ($filter, $kind, $range, $arguments, $conditions) = @_;

	my $rest = (@$conditions ? ' WHERE ' . join(' AND ', @$conditions) : '') . ' ORDER BY "timestamp" DESC LIMIT 50';

	return { filter => $filter, kind => $kind, range => $range, arguments => [@$arguments], ours => 'SELECT * FROM ogw_logs.search(' . join(', ', @$arguments) . ')',
		plain => "SELECT * FROM plain.entry$rest", timescale => "SELECT * FROM timescale.entry$rest" };
}

# Every search that is measured: nine filters, a common and a rare value, without
# a range, with a day and with a minute; and get_log() by a job_id alone.
sub searches
{
	my ($set) = @_;
	my $each = $set->{seconds} / $set->{entries};
	my $gap = int($set->{entries} / 20) || 1;
	my @pairs;

	foreach my $i (0 .. $#filters)
	{
		my $filter = $filters[$i];
		# in the middle of a rare value's matches one lies in the range
		my %ends = (common => $set->{end}, rare => $set->{begin} + ((int($gap / 2) + $i) % $gap + 10 * $gap + 0.5) * $each + 1);
		foreach my $kind (qw(common rare))
		{
			my $value = quote($filter->{$kind});
			my ($argument, $condition) = ("$filter->{name} => $value", sprintf($filter->{where} // "$filter->{name} = %1\$s", $value));
			push @pairs, search_pair($filter->{name}, $kind, 'none', [$argument], [$condition]);
			foreach my $range ([ day => $day ], [ minute => 60 ])
			{
				my ($since, $within) = time_range($ends{$kind} - $range->[1], $range->[1]);
				push @pairs, search_pair($filter->{name}, $kind, $range->[0], [ $argument, $since ], [ $condition, $within ]);
			}
		}
	}
	foreach my $kind ([ common => int($set->{entries} * 0.999) ], [ rare => int($set->{entries} * 0.3) ])
	{
		my $job = sql($set->{database}, "SELECT quote_literal('chatcmpl-' || substr(md5('$kind->[1]'), 1, 29))");
		my $at = $set->{begin} + ($kind->[1] + 0.5) * $each;
		push @pairs, search_pair('job_id', $kind->[0], 'none', ["job_id => $job"], ["job_id = $job"]);
		foreach my $range ([ day => $day ], [ minute => 60 ])
		{
			my ($since, $within) = time_range($at - $range->[1] / 2, $range->[1]);
			push @pairs, search_pair('job_id', $kind->[0], $range->[0], [ "job_id => $job", $since ], [ "job_id = $job", $within ]);
		}
		push @pairs, { filter => 'get_log', kind => $kind->[0], range => 'none', ours => "SELECT * FROM ogw_logs.get_log($job)", 
			plain => "SELECT * FROM plain.entry WHERE job_id = $job", timescale => "SELECT * FROM timescale.entry WHERE job_id = $job" };
	}
	push @pairs, search_pair('time', 'common', 'none', [], []);
	foreach my $kind ([ common => $set->{end} ], [ rare => $set->{begin} + $day / 2 ])
	{
		foreach my $range ([ day => $day ], [ minute => 60 ])
		{
			my ($since, $within) = time_range($kind->[1] - $range->[1], $range->[1]);
			push @pairs, search_pair('time', $kind->[0], $range->[0], [$since], [$within]);
		}
	}
	return @pairs;
}

# Every index: bytes an entry, of sealed partitions of the log, of the entry keys, and
# of the plain table; and microseconds an entry that building it takes, as on the
# first of its partitions.
sub index_bytes
{
	my ($set) = @_;
	my @rows;

	foreach my $line (split /\n/, sql($set->{database}, qq{
		WITH partition AS (SELECT CASE WHEN n.nspname = 'plain' THEN 'six B-trees' WHEN c.relname LIKE 'entry\_key%' THEN 'entry keys' ELSE 'log, sealed' END AS what, c.oid
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE c.relispartition AND c.relkind = 'r' AND (n.nspname = 'plain' AND c.relname LIKE 'entry%' OR n.nspname = 'ogw_logs' AND (c.relname LIKE 'entry\_key%' OR c.relname LIKE 'entry%' AND ogw_logs_internal.is_sealed(c.oid::regclass))))
		SELECT l.what, regexp_replace(pg_get_indexdef(i.indexrelid), '^.*USING ', ''), sum(pg_relation_size(i.indexrelid)),
			   CASE l.what WHEN 'log, sealed' THEN (SELECT count(*) FROM ogw_logs.entry e WHERE e."timestamp" < to_timestamp($set->{end} - $day)) ELSE $set->{entries} END,
			   (array_agg(l.oid::regclass ORDER BY pg_relation_size(l.oid) DESC, l.oid))[1]
		  FROM partition l JOIN pg_index i ON i.indrelid = l.oid GROUP BY 1, 2 ORDER BY 1, 3 DESC}))
	{
		my ($what, $definition, $bytes, $entries, $partition) = split /\|/, $line;
		my $build = sql($set->{database}, 'SELECT plain.build_cost(' . quote($partition) . ', ' . quote($definition) . ')');
		push @rows, { what => $what, index => $definition, bytes => $entries ? $bytes / $entries : 0, build => $build };
	}
	return @rows;
}

1;
