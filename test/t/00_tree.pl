# The tree itself: who includes whom, names, sizes, what the library exports, and
# what META.json tells of it.
use strict;
use warnings FATAL => 'all';
use FindBin;
use JSON::PP ();
use PostgreSQL::Test::Utils;
use Test::More;

my %rule = (
	includes => 'a folder includes from itself and those below it, without a circle',
	columns => 'an entry\'s columns are in SQL as in their list',
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

# in every server encoding the refusal of another than UTF8 has to be read
my $others = `grep -nP '[^\\x00-\\x7F]' src/*.sql src/*/*.sql 2>&1`;
is($? >> 8, 1, 'the install script is ASCII') or diag $others;

my $extension = JSON::PP->new->decode(slurp_file('META.json'))->{provides}{ogw_logs};
my ($version) = slurp_file('ogw_logs.control') =~ /^default_version = '(.*)'$/m;
is($extension->{version}, "$version.0", 'META.json has the version');
like($extension->{file}, qr/\.sql$/, '... a file of SQL, for pgxn load');
ok(-e $extension->{$_}, "... and its $_ is there") foreach qw(file docfile);
done_testing();
