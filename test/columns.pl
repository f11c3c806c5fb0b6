#!/usr/bin/perl
# Holds the SQL against src/entry/entry_columns.h, the list of the entry's fields and
# columns, and says which place lacks one, has one too many, of another type or in
# another order.
#
#   test/columns.pl      from the project's folder; says what is wrong, line by line
use strict;
use warnings FATAL => 'all';

my $header = slurp('src/entry/entry_columns.h');
my $sql = join '', map { slurp($_) } sort glob('src/*/*.sql');
my %type = (TIMESTAMPTZOID => 'timestamptz', INT4OID => 'integer', INT8OID => 'bigint', TEXTOID => 'text', TEXTARRAYOID => 'text[]',
	BYTEAOID => 'bytea', NUMERICOID => 'numeric', JSONOID => 'json');
my %argument = (KIND_BODY => 'text', KIND_COUNT => 'double precision', KIND_MILLISECONDS => 'double precision', KIND_COST => 'numeric');
my @wrong;

# The fields, and which of them live with the body alone; the columns, as "name type".
my @fields = map { [ split /, */ ] } $header =~ /^\tFIELD\(([^)]*)\)/mg;
my @columns = map { [ split /, */ ] } $header =~ /^\t(?:FIRST|NEXT)\(([^)]*)\)/mg;
die 'src/entry/entry_columns.h has no fields or no columns' if !@fields || !@columns;
my @body_fields = grep { $_->[3] eq 'COLUMN_NONE' } @fields;
my @stored = map { "$_->[1] " . ($type{ $_->[2] } // die "the type $_->[2] is not known here") } @columns;
my @read = map { $_ eq 'api_key_fingerprint bytea' ? 'api_key_fingerprint text' : $_ } @stored;

foreach (@fields, @columns)
{
	push @wrong, "src/entry/entry_columns.h: $_->[0] is not $_->[1] in capitals" if $_->[0] ne uc $_->[1];
}
my %is_column = map { ("COLUMN_$_->[0]" => 1) } @columns;
foreach (@fields)
{
	push @wrong, "src/entry/entry_columns.h: $_->[1] has no column $_->[3]" if $_->[3] ne 'COLUMN_NONE' && !$is_column{ $_->[3] };
}

sub slurp
{
	my ($file) = @_;
	local (@ARGV, $/) = $file;
	return scalar <>;
}

# What stands in the brackets behind a beginning, split at its commas, as "name type".
sub list
{
	my ($what, $begin) = @_;

	$sql =~ /$begin\s*\(\n(.*?)\n\t*\)/s or die "found no $what in src/*/*.sql";
	my @list = split /,\n/, $1;
	foreach (@list)
	{
		s/^\s+|\s+$//g;
		s/^OUT //;
		s/"//g;
		s/ (DEFAULT|COLLATE|NOT NULL).*//;
	}
	return @list;
}

# Notes where two lists differ; in their order too where that is of meaning.
sub compare
{
	my ($what, $ordered, $expected, $found) = @_;
	my %expected = map { $_ => 1 } @$expected;
	my %found = map { $_ => 1 } @$found;
	my $before = @wrong;

	push @wrong, map { "$what lacks $_" } grep { !$found{$_} } @$expected;
	push @wrong, map { "$what has $_, which src/entry/entry_columns.h has not" } grep { !$expected{$_} } @$found;
	push @wrong, "$what: a name stands there twice" if @$found != keys %found;
	push @wrong, "$what: not in the order of src/entry/entry_columns.h"
	  if $ordered && @wrong == $before && "@$expected" ne "@$found";
	return;
}

compare('table ogw_logs.entry', 1, \@stored, [ list('table entry', qr/CREATE TABLE (?:IF NOT EXISTS )?ogw_logs\.entry/) ]);
compare('batch_entry_rows()', 1, \@stored, [ list('batch_entry_rows()', qr/FUNCTION ogw_logs_internal\.batch_entry_rows/) ]);
compare('insert_log()', 1, [ map { "$_->[1] " . ($argument{ $_->[2] } // 'ogw_logs.given_value') } @fields ],
	[ list('insert_log()', qr/FUNCTION ogw_logs\.insert_log/) ]);
compare('type ogw_logs.entry_row', 0, \@read, [ list('type entry_row', qr/CREATE TYPE ogw_logs\.entry_row AS/) ]);
compare('type ogw_logs.log_row', 0, [ @read, map { "$_->[1] text" } @body_fields ],
	[ list('type log_row', qr/CREATE TYPE ogw_logs\.log_row AS/) ]);

# the views' lists have no types
$sql =~ /CREATE (?:OR REPLACE )?VIEW ogw_logs\.inbox [^;]*? AS\s+SELECT (.*?)\s+WHERE/s or die 'found no view inbox';
compare('view ogw_logs.inbox', 1, [ map { "NULL::text AS $_->[1]" } @fields ], [ map { s/"//gr } split /,\s*/, $1 ]);
$sql =~ /CREATE (?:OR REPLACE )?VIEW ogw_logs\.logs [^;]*? AS\s+SELECT (.*?)\s+FROM/s or die 'found no view logs';
(my $logs = $1) =~ s/encode\(e\.api_key_fingerprint, 'hex'\) AS /e./;
compare('view ogw_logs.logs', 0, [ map { "e.$_->[1]" } @columns ], [ map { s/"//gr } split /,\s*/, $logs ]);

# and each column is described
my @described = $sql =~ /COMMENT ON COLUMN ogw_logs\.entry\.("?\w+"?) IS/g;
compare('the comments on the columns of ogw_logs.entry', 0, [ map { $_->[1] } @columns ], [ map { s/"//gr } @described ]);

print "$_\n" foreach @wrong;
printf "%d fields and %d columns stand where they should\n", scalar @fields, scalar @columns if !@wrong;
exit(@wrong ? 1 : 0);
