# The outcome: one table of what was aimed at, tables with the measurements, on
# which machine and with which settings; as Markdown and as JSON.
package BenchReport;

use strict;
use warnings FATAL => 'all';
use BenchServer;
use Exporter 'import';
use JSON::PP ();
use POSIX qw(strftime uname);

our @EXPORT = qw(median percentile ratios add_target add_missing add_detail set_fact write_report);

my (@targets, @details, %facts);

sub percentile
{
	my ($p, @values) = @_;
	my @sorted = sort { $a <=> $b } @values;
	my $i = int($p / 100 * @sorted);

	return @sorted ? $sorted[ $i > $#sorted ? $#sorted : $i ] : undef;
}

sub median
{
	my @sorted = sort { $a <=> $b } @_;

	return @sorted % 2 ? $sorted[ @sorted / 2 ] : @sorted ? ($sorted[ @sorted / 2 - 1 ] + $sorted[ @sorted / 2 ]) / 2 : undef;
}

# What one is of the other, repetition by repetition.
sub ratios
{
	my ($one, $other) = @_;

	return map { $one->[$_] / $other->[$_] } grep { $other->[$_] } 0 .. ($#$one < $#$other ? $#$one : $#$other);
}

# A number with three digits that mean something.
sub show
{
	my ($number) = @_;

	return '' if !defined $number;
	return $number if $number !~ /^-?[0-9.]*\.[0-9]*(e[-+]?\d+)?$/;
	return sprintf '%.0f', $number if abs($number) >= 100;
	return sprintf '%.*f', abs($number) >= 10 ? 1 : abs($number) >= 0.1 ? 2 : 3, $number;
}

# A row of the table: the values of the repetitions, of which the median counts,
# and the target, as '>= 0.7' or '<= 15'. The unit is x for a ratio.
sub add_target
{
	my ($part, $what, $target, $unit, $values, $note) = @_;
	my $median = median(@$values);
	my ($operator, $limit) = split ' ', $target;

	push @targets, { part => $part, what => $what, target => $target, unit => $unit, measured => $median,
		least => (sort { $a <=> $b } @$values)[0], most => (sort { $b <=> $a } @$values)[0], repetitions => scalar @$values,
		met => ($operator eq '>=' ? $median >= $limit : $median <= $limit) ? JSON::PP::true() : JSON::PP::false(), note => $note // '' };
	return;
}

# A row that could not be measured, and why.
sub add_missing
{
	my ($part, $what, $target, $unit, $why) = @_;

	push @targets, { part => $part, what => $what, target => $target, unit => $unit, measured => undef, least => undef, most => undef,
		repetitions => 0, met => undef, note => $why };
	return;
}

# A row of a table with measurements; its columns are name => value, name => value.
sub add_detail
{
	my ($table, @columns) = @_;
	my ($found) = grep { $_->{title} eq $table } @details;
	my @names = map { $columns[ 2 * $_ ] } 0 .. @columns / 2 - 1;

	push @details, $found = { title => $table, columns => \@names, rows => [] } if !$found;
	push @{ $found->{rows} }, {@columns};
	return;
}

sub set_fact { my ($name, $value) = @_; $facts{$name} = $value; return }

# The first match in a file.
sub find_in
{
	my ($file, $pattern) = @_;

	open my $in, '<', $file or return '';
	return (join('', <$in>) =~ $pattern)[0] // '';
}

# The machine, the versions, and the settings that are not PostgreSQL's defaults.
sub describe
{
	my ($system, undef, $release, undef, $hardware) = uname();
	my $memory = find_in('/proc/meminfo', qr/^MemTotal: +(\d+) kB/m) || 0;

	set_fact(date => strftime('%Y-%m-%d %H:%M UTC', gmtime));
	set_fact(machine => sprintf '%d × %s, %.0f GB, %s %s %s', scalar(() = find_in('/proc/cpuinfo', qr/(.*)/s) =~ /^processor/mg) || 1,
		find_in('/proc/cpuinfo', qr/^model name\s*: (.*)$/m) || 'processor', $memory / 1048576, $system, $release, $hardware);
	set_fact(load_at_the_end => (split ' ', find_in('/proc/loadavg', qr/(.*)/))[0] // '');
	set_fact(postgresql => sql('postgres', 'SHOW server_version'));
	set_fact(ogw_logs => sql('postgres', q{SELECT default_version FROM pg_available_extensions WHERE name = 'ogw_logs'}));
	set_fact(settings => sql('postgres', q{SELECT string_agg(name || ' = ' || current_setting(name), ', ' ORDER BY name) FROM pg_settings
		WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'max_connections', 'max_locks_per_transaction', 'shared_buffers',
			'max_wal_size', 'checkpoint_timeout', 'work_mem', 'maintenance_work_mem', 'jit', 'default_toast_compression', 'shared_preload_libraries')}));
	return;
}

# A table in Markdown.
sub markdown_table
{
	my ($columns, @rows) = @_;
	my @lines = ('| ' . join(' | ', @$columns) . ' |', '|' . '---|' x @$columns);

	push @lines, map { my $row = $_; '| ' . join(' | ', map { my $cell = show($_); $cell =~ s/\|/\\|/g; $cell } @$row) . ' |' } @rows;
	return join("\n", @lines) . "\n";
}

sub markdown
{
	my $text = "# ogw_logs: benchmark\n\n";

	$text .= "- $_: $facts{$_}\n" for sort keys %facts;
	$text .= "\nMeasured is the median of the repetitions, with the least and the most; x is a ratio, taken repetition by repetition.\n\n";
	$text .= markdown_table([ 'part', 'what', 'target', 'measured', 'spread', 'met' ], map {
		[ $_->{part}, $_->{what} . ($_->{note} ne '' ? " ($_->{note})" : ''), "$_->{target} $_->{unit}",
			defined $_->{measured} ? show($_->{measured}) . " $_->{unit}" : 'not measured',
			defined $_->{measured} ? show($_->{least}) . ' to ' . show($_->{most}) : '',
			!defined $_->{met} ? '' : $_->{met} ? 'yes' : '**no**' ] } @targets);
	foreach my $table (@details)
	{
		$text .= "\n## $table->{title}\n\n";
		$text .= markdown_table($table->{columns}, map { my $row = $_; [ map { $row->{$_} } @{ $table->{columns} } ] } @{ $table->{rows} });
	}
	return $text;
}

# Writes both forms into a folder; returns the Markdown.
sub write_report
{
	my ($folder) = @_;

	describe();
	my $markdown = markdown();
	my %contents = ('bench.md' => $markdown,
		'bench.json' => JSON::PP->new->canonical->pretty->encode({ facts => \%facts, targets => \@targets, details => \@details }));
	foreach my $name (sort keys %contents)
	{
		open my $out, '>:raw', "$folder/$name" or die "bench: $folder/$name: $!\n";
		print $out $contents{$name};
		close $out or die $!;
	}
	return $markdown;
}

1;
