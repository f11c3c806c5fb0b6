#!/usr/bin/perl
# Reads the includes of src/ and fails where a file includes from a folder above its
# own, where files include each other in a circle, or where the folder of a file is
# not among those of the Makefile. A .c and the .h of its name count as one.
#
#   test/includes.pl      from the project's folder; says what is wrong, line by line
use strict;
use warnings FATAL => 'all';

my $makefile = do { local (@ARGV, $/) = 'Makefile'; <> };
my ($folders) = $makefile =~ /^FOLDERS = (.*)$/m or die 'the Makefile has no FOLDERS';
my @folders = split ' ', $folders;
my %floor = map { $folders[$_] => $_ } 0 .. $#folders;
$floor{'.'} = @folders;
my (%includes, @wrong);

foreach my $file (sort glob('src/*.[ch] src/*/*.[ch]'))
{
	my ($folder, $name) = $file =~ m{^src/(?:(.*)/)?(.*)\.[ch]$};
	$folder //= '.';
	my $unit = "$folder/$name";
	my $line = 0;

	push @wrong, "$file: folder $folder is not in the Makefile's FOLDERS" and next if !defined $floor{$folder};
	open my $in, '<', $file or die "$file: $!";
	while (<$in>)
	{
		$line++;
		next if !m{^\s*#\s*include\s+"([^"]+)\.h"};
		my $header = $1;
		if (!-e "src/$header.h")
		{
			push @wrong, "$file:$line: write the folder before \"$header.h\"" if grep { -e "src/$_/$header.h" } @folders;
			next;
		}
		my ($to) = $header =~ m{^(.*)/} ? $1 : '.';
		push @wrong, "$file:$line: src/$folder may not include from src/$to, which is above it" if $floor{$to} > $floor{$folder};
		$includes{$unit}{$header =~ m{/} ? $header : "./$header"} = "$file:$line" if $unit ne $header;
	}
	close $in;
}

# Goes down from a unit; a unit that is met again on the way closes a circle.
my (%done, @way);
sub visit
{
	my ($unit) = @_;
	my @circle = @way;

	shift @circle while @circle && $circle[0] ne $unit;
	push @wrong, 'a circle: ' . join(' -> ', @circle, $unit) if @circle;
	return if @circle || $done{$unit}++;
	push @way, $unit;
	visit($_) foreach sort keys %{ $includes{$unit} // {} };
	pop @way;
	return;
}
visit($_) foreach sort keys %includes;

die 'no include was read' if !%includes && !@wrong;
print "$_\n" foreach @wrong;
printf "%d files include as they may\n", scalar keys %includes if !@wrong;
exit(@wrong ? 1 : 0);
