# The tree itself: who includes whom, names, sizes, and what the library exports.
use strict;
use warnings FATAL => 'all';
use FindBin;
use PostgreSQL::Test::Utils;
use Test::More;

my %rule = (
	includes => 'a folder includes from itself and those below it, without a circle',
	names => 'names are the terms of PostgreSQL and of the glossary',
	sizes => 'files and functions are short, and functions commented',
	exports => 'nothing but entry points is exported');

chdir "$FindBin::RealBin/../.." or die "chdir: $!";
foreach my $test (sort keys %rule)
{
	SKIP:
	{
		skip 'the library is built elsewhere', 1 if $test eq 'exports' && !-e 'ogw_logs.so';
		my $said = `$^X test/$test.pl 2>&1`;
		is($?, 0, $rule{$test}) or diag $said;
	}
}
done_testing();
