# Where time goes: what the server's processors do while it is written by each
# method, and searched, as Linux's perf samples it.
package BenchProfile;

use strict;
use warnings FATAL => 'all';
use BenchBodies;
use BenchData;
use BenchFill;
use BenchReport;
use BenchServer;
use BenchWrite;
use Exporter 'import';
use POSIX 'strftime';

our @EXPORT = qw(bench_profile);

# Costs, and what tells them in a stack, whose innermost function comes first: a
# sample belongs to the first cost in the list that its stack matches.
my @of_any = (
	[ 'a session\'s beginning and end' => qr/InitPostgres|_PG_init|BackendStartup|Fork|proc_exit|load_external/ ],
	[ 'messages from and to the client' => qr/pq_get|secure_|printtup|OutputFunctionCall|_send\b|sendmsg|recvmsg/ ],
	[ 'parsing, planning and executing the call' => qr/PostgresMain/ ]);
my @of_writing = (
	[ 'compressing bodies' => qr/body_pack|\(libzstd/ ],
	[ 'SHA-256: the key of an entry, the fingerprint of an API key' => qr/\bdedup_key\b|api_key_fingerprint|\(libcrypto/ ],
	[ 'the index of entry_key' => qr/btinsert.*batch_insert_keys|duplicate_scan|duplicates_/ ],
	[ 'the rows of entry_key' => qr/batch_insert_keys/ ],
	[ 'the entries\' indexes' => qr/(?:btinsert|brininsert).*batch_insert_entries/ ],
	[ 'the entries\' rows' => qr/batch_insert_entries/ ],
	[ 'the bodies\' rows and index' => qr/batch_insert_bodies/ ],
	[ 'the statements behind a batch' => qr/run_statement|spi_run|SPI_execute/ ],
	[ 'ingest counts' => qr/ingest_count|batch_insert_counts/ ],
	[ 'looking for secrets' => qr/mask_secrets|redact/ ],
	[ 'reading JSON' => qr/json_/ ],
	[ 'making entries of it' => qr/batch_add|entry_build|add_element/ ],
	[ 'sorting, partitions, the rest of a batch' => qr/batch_|receive_|ogw_insert_log/ ],
	[ 'COPY: lines to columns' => qr/NextCopyFrom/ ],
	[ 'COPY: a row to the trigger' => qr/CopyFrom/ ],
	[ 'the commit' => qr/CommitTransaction/ ],
	@of_any);
my @of_searching = (
	[ 'statements of ours' => qr/SPI_/ ],
	[ 'partition descriptors' => qr/PartitionDesc/ ],
	[ 'whose log it is' => qr/access_rights|log_exists/ ],
	[ 'opening, locking and closing tables and indexes' => qr/relation_open|index_open|table_open|LockRelationOid|RelationIdGetRelation|index_close|relation_close|table_close|UnlockRelation|LockRelease|get_relname_relid|SearchSysCache|SearchCatCache/ ],
	[ 'the index of entry_key' => qr/job_times|btgetbitmap/ ],
	[ 'the index of all values' => qr/filter_index_find/ ],
	[ 'the index by time' => qr/(?:_bt_|btget|index_getnext_tid|index_beginscan|index_rescan).*scan_backward/ ],
	[ 'looking at entries' => qr/check_row|scan_backward|pages_read/ ],
	[ 'the answer' => qr/emit_rows|put_log_row|tuplestore/ ],
	[ 'going through the partitions' => qr/search_partitions|search_partition|ogw_search|ogw_get_log/ ],
	@of_any);

# Runs something while the server is sampled; returns how often each stack of a
# session was seen.
sub stacks_of
{
	my ($code) = @_;
	my $file = work_dir() . '/perf.data';
	my %stacks;

	sampled($file, $code);
	open my $in, '-|', 'perf', 'script', '-i', $file, '-F', 'comm,ip,sym,dso' or die "perf: $!";
	local $/ = '';
	while (my $sample = <$in>)
	{
		my @functions = map { /^\s+[0-9a-f]+ (\S+) \((?:.*\/)?(lib\w+)?/ ? $1 . ($2 ? "($2)" : '') : () } split /\n/, $sample;
		my $stack = join ';', @functions;
		$stacks{$stack}++ if @functions && $stack !~ /AutoVacWorkerMain|BackgroundWorkerMain|StartBackgroundWorker/;
	}
	close $in;
	unlink $file;
	return \%stacks;
}

# Adds what something costs to the table, the largest first.
sub add_costs
{
	my ($what, $costs, $stacks) = @_;
	my ($all, %count) = (0);

	foreach my $stack (keys %$stacks)
	{
		my ($cost) = map { $_->[0] } grep { $stack =~ $_->[1] } @$costs;
		$count{ $cost // 'what no stack tells' } += $stacks->{$stack};
		$all += $stacks->{$stack};
	}
	foreach my $cost (sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count)
	{
		my $percent = 100 * $count{$cost} / $all;
		add_detail('Where time goes', 'while' => $what, cost => $cost, percent => sprintf('%.0f', $percent), samples => $count{$cost}) if $percent >= 2;
	}
	return;
}

# By each method, metadata; and bodies by the one that is fastest for them.
sub profile_writing
{
	my ($scale) = @_;
	my $begin = int(time() / 86400) * 86400 - 86400;
	my %count = map { my $n = int($_->[1] * $scale); ($_->[0] => $n < 200 ? 200 : $n) } [ batches => 300_000 ], [ many => 60_000 ], [ few => 3_000 ];
	my $files = make_metadata(\%count, $begin);

	prepare_ours('bench_ours', strftime('%Y-%m-%d', gmtime $begin), 3);
	foreach my $method (grep { $_->{database} eq 'bench_ours' } contenders())
	{
		say_progress('profile: %s', $method->{what});
		my $database = fresh_database('bench_ours');
		add_costs($method->{what}, \@of_writing, stacks_of(sub { write_all($method, $database, 1, $files) }));
	}
	prepare_for_bodies('bench_bodies');
	foreach my $log (make_bodies($scale))
	{
		say_progress('profile: insert_logs, bodies of %s', $log->{name});
		my $database = fresh_database('bench_bodies');
		my $batches = make_batches($log);
		add_costs("insert_logs, bodies of $log->{name}", \@of_writing,
			stacks_of(sub { load_lines($database, 'SELECT ogw_logs.insert_logs($1::text)', $batches, window => 1) }));
		unlink $batches;
	}
	drop_databases();
	return;
}

# Searches without a range, over many partitions: on a warm connection for about so
# many ms each, and on many fresh ones.
sub profile_searching
{
	my ($scale, $partitions, $ms) = @_;
	my $entries = int(1_000_000 * $scale);
	my $set = fill_search('bench_search', $partitions, $entries < 20 * $partitions ? 20 * $partitions : $entries);
	my @pairs = grep { $_->{range} eq 'none' } searches($set);

	foreach my $kind (qw(common rare))
	{
		my %queries = (search => [ map { $_->{ours} } grep { $_->{kind} eq $kind && $_->{filter} !~ /^(?:get_log|job_id)$/ } @pairs ],
			get_log => [ map { $_->{ours} } grep { $_->{kind} eq $kind && $_->{filter} eq 'get_log' } @pairs ]);
		foreach my $call (sort keys %queries)
		{
			my @queries = @{ $queries{$call} };
			my $name = $call eq 'search' ? "search, $kind values, $partitions partitions" : "get_log, of a $kind day, $partitions partitions";
			my @took = map { $_->{ms}[-1] } latencies($set->{database}, map { [ 5, undef, $_ ] } @queries);
			say_progress('profile: %s', $name);
			add_costs($name, \@of_searching, stacks_of(sub { latencies($set->{database}, map { [ 5 + int($ms / $took[$_]), undef, $queries[$_] ] } 0 .. $#queries) }));
			add_costs("$name, fresh connections", \@of_searching, stacks_of(sub { latencies($set->{database}, map { my $query = $_; map { [ 1, undef, $query ] } 1 .. 30 } @queries) }));
		}
	}
	drop_databases('bench_search');
	return;
}

sub bench_profile
{
	my (%options) = @_;

	if (my $why = cannot_sample())
	{
		say_progress('profile: left out, %s', $why);
		set_fact('where time goes' => "not sampled: $why");
		return;
	}
	profile_writing($options{scale});
	profile_searching($options{scale}, $options{partitions}[-1], 20 + 480 * $options{scale});
	return;
}

1;
