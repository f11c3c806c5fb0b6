#
# make_log_text.pl
#		Random numbers, texts with slots, JSON and times for make_log.pl.
#
use strict;
use warnings;

our (%option, %WORDS);
our $state;    # of the random numbers being drawn

# Starts the stream of random numbers that belongs to a purpose and an index.
sub stream
{
	my ($purpose, $index) = @_;
	$state = ($option{seed} * 65_599 + $purpose * 7_919) & 0xffffffff;
	$state ^= ($index * 2_654_435_761) & 0xffffffff;
	$state ||= 1;
	draw(2) for 1 .. 8;
	return;
}

# Draws a whole number below n: xorshift with 32 bits.
sub draw
{
	my ($n) = @_;
	$state ^= ($state << 13) & 0xffffffff;
	$state ^= $state >> 17;
	$state ^= ($state << 5) & 0xffffffff;
	return $state % $n;
}

# Draws one of a list.
sub pick
{
	my ($list) = @_;
	return $list->[ draw(scalar @$list) ];
}

# Draws so many hexadecimal digits.
sub hex_digits
{
	my ($n) = @_;
	return join '', map { sprintf '%x', draw(65_536) >> 12 } 1 .. $n;
}

# Fills the {slots} of a text: numbers, and words that have slots themselves.
sub fill
{
	my ($text) = @_;
	1 while $text =~ s/\{(\w+)\}/fill_slot($1)/ge;
	return $text;
}

# Draws what stands in a slot.
sub fill_slot
{
	my ($slot) = @_;
	return 10_000 + draw(90_000) if $slot eq 'number';
	return 1 + draw(40)          if $slot eq 'small';
	return hex_digits(12)        if $slot eq 'hex';
	return sprintf('%d.%02d', 5 + draw(400), draw(100)) if $slot eq 'amount';
	return sprintf('2026-%02d-%02d', 1 + draw(12), 1 + draw(28))
	  if $slot eq 'date';
	return pick($WORDS{$slot} // die "no words for {$slot}\n");
}

# Draws several lines and fills them.
sub fill_lines
{
	my ($lines, $least, $spread) = @_;
	return join "\n", map { fill(pick($lines)) } 1 .. $least + draw($spread);
}

# Writes a text as a JSON string; undef is null.
sub quote
{
	my ($text) = @_;
	return 'null' unless defined $text;
	$text =~ s/(["\\])/\\$1/g;
	$text =~ s/\n/\\n/g;
	$text =~ s/\t/\\t/g;
	return "\"$text\"";
}

# Writes a list of names and values, the values JSON already, as an object.
sub object
{
	my @members = @_;
	my @pairs;
	while (my ($name, $value) = splice @members, 0, 2)
	{
		push @pairs, "\"$name\":" . ($value // 'null');
	}
	return '{' . join(',', @pairs) . '}';
}

# Seconds since 1970 of a time in UTC.
sub parse_time
{
	my ($text) = @_;
	my ($y, $m, $d, $hour, $minute, $second) =
	  $text =~ /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/
	  or die "--start has to look like 2026-01-31T10:00:00Z\n";
	($y, $m) = ($y - 1, $m + 12) if $m < 3;
	my $days = 365 * $y + int($y / 4) - int($y / 100) + int($y / 400) +
	  int((153 * ($m - 3) + 2) / 5) + $d - 719_469;
	return (($days * 24 + $hour) * 60 + $minute) * 60 + $second;
}

# The time in UTC of seconds since 1970, down to the second.
sub format_time
{
	my ($seconds) = @_;
	my ($second, $minute, $hour, $d, $m, $y) = gmtime $seconds;
	return sprintf '%04d-%02d-%02dT%02d:%02d:%02d', $y + 1900, $m + 1, $d,
	  $hour, $minute, $second;
}

1;
