#!/usr/bin/perl
# Fails where the library exports anything but what PostgreSQL calls: its functions,
# by PG_FUNCTION_INFO_V1, and the entry points of the library and its workers.
#
#   test/exports.pl [LIBRARY]      from the project's folder, after a build
use strict;
use warnings FATAL => 'all';

my $library = $ARGV[0] // 'ogw_logs.so';
my %entry_points = map { $_ => 1 } qw(_PG_init Pg_magic_func ogw_autonomous_main ogw_launcher_main ogw_worker_main);

foreach my $file (glob 'src/*.c src/*/*.c')
{
	open my $in, '<', $file or die "$file: $!";
	while (<$in>)
	{
		@entry_points{ $1, "pg_finfo_$1" } = (1, 1) if /^PG_FUNCTION_INFO_V1\((\w+)\)/;
	}
	close $in;
}
my @exported = map { /^\S+ [A-Z] (\w+)/ ? $1 : () } `nm -D --defined-only '$library'`;
my @wrong = grep { !$entry_points{$_} } @exported;
die "$library exports nothing" if !@exported;
print "$_ is exported\n" foreach @wrong;
exit(@wrong ? 1 : 0);
