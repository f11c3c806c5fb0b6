# The benchmark, cut down to seconds: its table is complete, whatever the times
# are, and it leaves nothing on the server.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use IPC::Run ();
use JSON::PP ();
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('bench', max_connections => 60, autovacuum => 'on', shared_preload_libraries => 'ogw_logs');
my $bench = "$FindBin::RealBin/../bench";
my $out = PostgreSQL::Test::Utils::tempdir();
my $left = q{SELECT string_agg(name, ' ' ORDER BY name) FROM (SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles UNION ALL SELECT name || current_setting(name) FROM pg_settings WHERE source <> 'client') n};
my $before = $node->safe_psql('postgres', $left);

is(system('make', '-s', '-C', $bench), 0, 'its programs are built');

# Runs it with some settings; returns whether it succeeded, and what it printed.
sub bench
{
	my (%settings) = @_;
	my ($printed, $progress) = ('', '');
	local @ENV{qw(PGHOST PGPORT TMPDIR OUT), keys %settings} = ($node->host, $node->port, $out, $out, values %settings);
	my $good = IPC::Run::run [ $^X, "$bench/bench.pl" ], '>', \$printed, '2>', \$progress;

	diag $progress if !$good && !$settings{PARTS};
	return ($good, $printed, $progress);
}

my ($good, $printed) = bench(SCALE => 0.0001, CONNECTIONS => '1 2', PARTITIONS => '2 3', REPEAT => 1);
ok($good, 'it runs to its end');
is($printed, slurp_file("$out/bench.md"), 'what it prints is its Markdown');
my $report = JSON::PP->new->decode(slurp_file("$out/bench.json"));

my %rows;
$rows{ $_->{part} }++ foreach @{ $report->{targets} };
is_deeply(\%rows, { writing => 14, bodies => 12, sealing => 14, searching => 12, indexes => 2, 'open partition' => 2 }, 'every target has its row');
is_deeply([ grep { !defined $_->{measured} || $_->{measured} <= 0 || $_->{least} > $_->{most} || !defined $_->{met} } @{ $report->{targets} } ],
	[], 'and was measured');
is(scalar(() = $printed =~ /^\| [^|]+ \| [^|]+ \| [<>]= /mg), scalar @{ $report->{targets} }, 'in the Markdown, too');

my %tables = map { ($_->{title} => scalar @{ $_->{rows} }) } @{ $report->{details} };
is($tables{'Writing metadata'}, 20 + 2 * ($printed =~ /TimescaleDB/ ? 1 : 0), 'ten ways to write, over few and many connections');
is($tables{'Writing with bodies'}, 18, 'six ways to write three logs');
is($tables{'Sealing bodies'}, 3, 'three logs are sealed');
is($tables{'Searching'}, 110, 'fifty-five searches, over few and many partitions');
is($tables{'An open partition'}, 55, 'and in an open one');
ok($tables{'Where time goes'} || $report->{facts}{'where time goes'} =~ /^not sampled: perf/, 'where time goes, or why that is not told');
my @empty;
foreach my $table (@{ $report->{details} })
{
	foreach my $row (@{ $table->{rows} })
	{
		push @empty, map { "$table->{title}: $_: " . ($row->{$_} // 'nothing') } grep { /ms$|\/s$|MB$|bytes|seconds|ratio/ && ($row->{$_} // '') !~ /^[0-9.e-]*[1-9][0-9.e-]*$/ } keys %$row;
	}
}
is("@empty", '', 'all numbers are there');
ok(!(grep { !defined || $_ eq '' } map { $report->{facts}{$_} } qw(date machine postgresql ogw_logs settings scale repetitions)), 'the machine, the versions and the settings, too');

my (undef, undef, $complaint) = bench(PARTS => 'wrong');
like($complaint, qr/there is no part wrong/, 'a part that there is not is refused');
is($node->safe_psql('postgres', $left), $before, 'databases, roles and settings are as before');
is(join(' ', glob "$out/ogw_logs_bench*"), '', 'and no files are left');
done_testing();
