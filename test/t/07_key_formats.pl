# Every published key format of the list: keys made up from its expression are
# shown by exactly the prefix that may be kept.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $list = ($ENV{OGW_DATA} // '') . '/key_formats.tsv';
plan skip_all => 'there is no list of key formats (OGW_DATA)' if !-r $list;

my $seed = 1;

# The same numbers each time, whatever perl it is.
sub below
{
	$seed = ($seed * 1103515245 + 12345) % 2**31;
	return int($seed / 2**31 * $_[0]);
}

# Makes a text that an expression matches. It takes what the list uses:
# literals, classes, groups with alternatives, and counts.
sub make_up
{
	my ($rest) = @_;
	my @branches = ([]);

	while (length $$rest && $$rest !~ /^\)/)
	{
		my @choices;
		if ($$rest =~ s/^\|//) { push @branches, []; next; }
		if ($$rest =~ s/^\(\?:|^\(//)
		{
			my $inner = $$rest;
			@choices = map { my $copy = $inner; my $text = make_up(\$copy); $$rest = $copy; $text } 1 .. 8;
			$$rest =~ s/^\)//;
		}
		elsif ($$rest =~ s/^\[(\^?)((?:\\.|[^\]\\])+)\]//)
		{
			my ($not, $class) = ($1, $2);
			@choices = grep { /^[$not$class]$/ } map { chr } ($not ? 97 .. 122 : (9, 32 .. 126));
		}
		elsif ($$rest =~ s/^\\(.)// || $$rest =~ s/^(.)//) { @choices = ($1); }
		my ($least, $most) = (1, 1);
		if ($$rest =~ s/^\{(\d+)(,?)(\d*)\}\??//) { ($least, $most) = ($1, length $3 ? $3 : $2 ? $1 + 9 : $1); }
		elsif ($$rest =~ s/^([?*+])//) { ($least, $most) = $1 eq '?' ? (0, 1) : $1 eq '*' ? (0, 9) : (1, 9); }
		$most = $least + 20 if $most > $least + 20;
		push @{ $branches[-1] }, [ \@choices, $least, $most ];
	}
	my $text = '';
	foreach my $element (@{ $branches[ below(scalar @branches) ] })
	{
		my ($choices, $least, $most) = @$element;
		$text .= $choices->[ below(scalar @$choices) ] for 1 .. $least + below($most - $least + 1);
	}
	return $text;
}

my $node = start_node('formats');
my $dir = PostgreSQL::Test::Utils::tempdir();
new_database($node, 'formats');
open my $in, '<', $list or die $!;
open my $out, '>', "$dir/keys" or die $!;
my $header = <$in>;
my $formats = 0;
while (my $line = <$in>)
{
	my ($provider, $expression, $kept) = split /\t/, $line;

	$formats++;
	for my $n (1 .. 20)
	{
		my $rest = $expression;
		my $key = make_up(\$rest);

		$key =~ /^$expression$/ or die "not made up as it should be: $expression: $key";
		my $shown = substr($key, 0, $kept) . '****';
		s/\\/\\\\/g, s/\t/\\t/g for $key, $shown;
		print $out "$provider\t$key\t$shown\n";
	}
}
close $out;
chmod 0644, "$dir/keys";
chmod 0755, $dir;
$node->safe_psql('formats', "CREATE TABLE keys (provider text, key text, shown text); COPY keys FROM '$dir/keys'");
cmp_ok($formats, '>=', 60, 'the list is read');
is($node->safe_psql('formats', 'SELECT count(*) FROM keys'), 20 * $formats, 'keys are made up');
is($node->safe_psql('formats', 'SELECT provider, left(key, 80), shown, ogw_logs.redact_key(key) FROM keys WHERE ogw_logs.redact_key(key) <> shown ORDER BY 1, 2 LIMIT 5'), '', 'each is shown by its published prefix');
is($node->safe_psql('formats', 'SELECT count(*) FROM keys WHERE ogw_logs.redact_key(ogw_logs.redact_key(key)) <> ogw_logs.redact_key(key)'), '0', 'and stays so');
is($node->safe_psql('formats', 'SELECT count(*) FROM keys WHERE length(ogw_logs.redact_key(key)) > 32'), '0', 'in at most 32 characters');
done_testing();
