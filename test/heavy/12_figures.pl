# What the scanner finds of published test vectors, and what it touches by
# mistake there and in real bodies: no worse than docs/benchmark.md says.
use strict;
use warnings FATAL => 'all';
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'there are no test vectors (OGW_DATA)' if !-r (($ENV{OGW_DATA} // '') . '/secrets_cases.jsonl');

my $dir = "$FindBin::RealBin/../redact";
my %figure;

is(system('make', '-s', '-C', $dir), 0, 'the scanner is built');
foreach my $line (`perl '$dir/figures.pl' '$ENV{OGW_DATA}'`)
{
	$figure{$1} = $2 / $3 if $line =~ /^(.*): (\d+) of (\d+) /;
	$figure{wrong} = $1 if $line =~ /^All bodies: .* ([0-9.]+) in 10 MB/;
}
is($figure{'... of those with a listed format'}, 1, 'every secret with a listed format is redacted, whole');
cmp_ok($figure{'Secrets redacted whole'}, '>=', 0.90, 'and most of the others');
cmp_ok($figure{'Texts without a secret that are touched'}, '<=', 0.05, 'few texts without a secret are touched');
cmp_ok($figure{wrong}, '<=', 1, 'and hardly a place in real bodies');
done_testing();
