#!/usr/bin/perl
# Measures ogw_logs against what people would use instead, on the server that
# libpq's environment names, and writes one report, as Markdown and as JSON.
# test/bench/bench.sh, or make bench, gives it a server of its own.
#
#   SCALE=1          how much of the data: 1 is 1,000,000 entries written and
#                    10,000,000 searched; 0.01 is a hundredth
#   PARTS='write bodies seal search open profile'
#   CONNECTIONS='1 4 16'      over how many connections is written
#   PARTITIONS='30 365 1000'   over how many partitions is searched
#   REPEAT=5         repetitions, of which medians are taken
#   OUT=FOLDER       where bench.md and bench.json go
#
# What it makes on the server (databases and roles that begin with bench_) is
# gone when it ends, however it ends.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use BenchBeside;
use BenchBodies;
use BenchProfile;
use BenchReport;
use BenchSeal;
use BenchSearch;
use BenchServer;
use BenchWrite;

$SIG{$_} = \&stop foreach qw(INT TERM HUP);
$ENV{PGTZ} = 'UTC';
delete @ENV{qw(PGOPTIONS PGDATABASE)};

my %parts = (write => \&bench_write, bodies => \&bench_bodies, seal => sub { bench_seal(@_); bench_beside(@_) }, search => \&bench_search, open => \&bench_open, profile => \&bench_profile);
my @parts = split ' ', $ENV{PARTS} || 'write bodies seal search open profile';
my %options = (scale => $ENV{SCALE} || 1, repeat => $ENV{REPEAT} || 5,
	connections => [ sort { $a <=> $b } split ' ', $ENV{CONNECTIONS} || '1 4 16' ],
	partitions => [ sort { $a <=> $b } split ' ', $ENV{PARTITIONS} || '30 365 1000' ]);
my $out = $ENV{OUT} || '.';
my $start = time();

foreach my $number ($options{scale}, $options{repeat}, @{ $options{connections} }, @{ $options{partitions} })
{
	die "bench: SCALE, REPEAT, CONNECTIONS and PARTITIONS are numbers above 0\n" if $number !~ /^[0-9.]+$/ || $number <= 0;
}
$parts{$_} or die "bench: there is no part $_; PARTS are write, bodies, seal, search, open and profile\n" foreach @parts;
set_fact(load_at_the_beginning => do { open my $in, '<', '/proc/loadavg'; $in ? (split ' ', <$in>)[0] : '' });
set_fact(scale => $options{scale});
set_fact(repetitions => $options{repeat});
my $report;
foreach my $part (@parts)
{
	$parts{$part}->(%options);
	# a run that is stopped has what it measured
	set_fact(seconds => time() - $start);
	$report = write_report($out);
}
print $report;
