#!/usr/bin/perl
# Fails where a file of src/ or test/ has more than 450 lines (expected output may),
# where a function in C has more than 80, and where one has no comment above it.
#
#   test/sizes.pl      from the project's folder; says FILE:LINE and what is wrong
use strict;
use warnings FATAL => 'all';
use List::Util 'max';

my ($most_lines, $most_of_function) = (450, 80);
my (@wrong, $functions);

foreach my $file (split /\n/, `find src test sql -type f ! -path '*/node_modules/*' ! -path '*/expected/*' ! -name '*.o' ! -name '*.bc' -exec grep -Il '' {} + | sort`)
{
	open my $in, '<', $file or die "$file: $!";
	chomp(my @lines = <$in>);
	close $in;

	push @wrong, sprintf '%s: %d lines', $file, scalar @lines if @lines > $most_lines;
	functions($file, @lines) if $file =~ /\.[ch]$/;
}
die 'no function was found' if !$functions;
print "$_\n" foreach @wrong;
exit(@wrong ? 1 : 0);

# Looks at the functions of a file: their bodies are between braces that begin a line.
sub functions
{
	my ($file, @lines) = @_;

	foreach my $open (grep { $lines[$_] eq '{' } 0 .. $#lines)
	{
		my ($first, $last) = ($open, $open);

		# its head has no blank line in it, and follows a comment, a macro or another's end
		$first-- while $first > 0 && $lines[ $first - 1 ] !~ m{^$|\*/$|^[#\}]|;$|^//|^PG_FUNCTION_INFO_V1};
		my $head = join ' ', @lines[ $first .. $open - 1 ];
		next if $head !~ /(\w+)\(/ || $head =~ /^typedef|=\s*$/;
		my $name = $1;
		$functions++;
		$last++ while $last < $#lines && $lines[$last] !~ /^\}/;
		my $n = $last - $first + 1;
		push @wrong, sprintf '%s:%d: %s() has %d lines', $file, $first + 1, $name, $n if $n > $most_of_function;

		# a comment may stand above the versions of a function that #if chooses from
		my $above = $first - 1;
		if (grep { /^#else/ } @lines[ max(0, $above - 4) .. $above ])
		{
			$above-- while $above > 0 && $lines[$above] !~ /^#if/;
		}
		$above-- while $above > 0 && $lines[$above] =~ /^(?:#|typedef|PG_FUNCTION_INFO_V1)/;
		push @wrong, sprintf '%s:%d: %s() has no comment above it', $file, $first + 1, $name if $above < 0 || $lines[$above] !~ m{\*/$|^//};
	}
	return;
}
