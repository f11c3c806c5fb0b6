# The regression tests under settings that a user may have, all of them at once, give the same
# answers as without: each file of sql/ is compared with its expected output, but for the order
# of rows that a test's own query has not asked for. Left as they are: settings by which psql
# or a test's own statement would say something else (how times, intervals, bytes and literals
# are written), or raise an error, and whether an index is used, which some tests ask; those,
# and the extremes of these here, test/heavy/28_settings.pl tries over a log of its own. In the
# short form, some files.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";
my $regress = $ENV{PG_REGRESS};
plan skip_all => 'PG_REGRESS does not name pg_regress' if !$regress || !-x $regress;

my %hostile = (
	# what an index, a sort or a join gives, and in which order it comes
	gin_fuzzy_search_limit => 1, gin_pending_list_limit => 64, synchronize_seqscans => 'off',
	enable_hashagg => 'off', enable_hashjoin => 'off', enable_sort => 'off', enable_material => 'off', enable_memoize => 'off',
	enable_indexonlyscan => 'off', enable_incremental_sort => 'off', enable_gathermerge => 'off',
	enable_partitionwise_join => 'on', enable_partitionwise_aggregate => 'on',
	from_collapse_limit => 1, join_collapse_limit => 1, geqo_threshold => 2, random_page_cost => 0, effective_cache_size => 1,
	default_statistics_target => 1, plan_cache_mode => 'force_generic_plan', cursor_tuple_fraction => '0.0001',
	recursive_worktable_factor => '0.001', constraint_exclusion => 'off',
	work_mem => 64, hash_mem_multiplier => 1, maintenance_work_mem => 1024, temp_buffers => 100, logical_decoding_work_mem => 64,
	# what a statement means, or writes
	array_nulls => 'off', transform_null_equals => 'on', backslash_quote => 'on',
	extra_float_digits => -15, xmloption => 'document', xmlbinary => 'hex', default_transaction_deferrable => 'on',
	default_toast_compression => 'pglz', vacuum_freeze_min_age => 0, vacuum_freeze_table_age => 0, commit_siblings => 0);

# Some that read, write, seal, expire and erase; 01 makes the log that the next ones share.
my @files = map { s{^.*/|\.sql$}{}gr } sort glob("$top/sql/*.sql");
@files = grep { /^(?:01|02|03|04|07|09|12|13|35|36)_/ } @files if !is_full();

my $node = start_node('hostile', max_locks_per_transaction => 128);
my %known = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', 'SELECT name FROM pg_settings');
my $dir = PostgreSQL::Test::Utils::tempdir();
{
	local $ENV{PGOPTIONS} = join ' ', map { "-c $_=$hostile{$_}" } grep { $known{$_} } sort keys %hostile;
	IPC::Run::run [ $regress, "--inputdir=$top", "--outputdir=$dir", '--bindir=' . $node->config_data('--bindir'), '--encoding=UTF8',
		'--dbname=contrib_regression', '--host=' . $node->host, '--port=' . $node->port, @files ], '>', "$dir/log", '2>', "$dir/err";
}
my $log = slurp_file("$dir/log");
sub sorted_lines { return join "\n", sort split /\n/, slurp_file($_[0]) }
my $same = 1;
foreach my $file (@files)
{
	my $is_same = $log =~ /^(?:ok \d+ +- $file\b|test $file +\.\.\. ok\b)/m
	  || -e "$dir/results/$file.out" && sorted_lines("$dir/results/$file.out") eq sorted_lines("$top/expected/$file.out");
	ok($is_same, $file);
	$same &&= $is_same;
}
diag substr(slurp_file("$dir/regression.diffs"), 0, 20000) if !$same && -s "$dir/regression.diffs";
done_testing();
