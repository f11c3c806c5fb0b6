# What writers at full speed lose while the background worker seals bodies, at its
# default rate: the same entries written beside it, and before and after, when it rests.
package BenchBeside;

use strict;
use warnings FATAL => 'all';
use BenchBodies;
use BenchData;
use BenchReport;
use BenchSeal;
use BenchServer;
use Exporter 'import';

our @EXPORT = qw(bench_beside);

my $database = 'bench_beside';
my $what = 'bodies written while the background worker seals / while it rests';
my $target = '>= 0.9';

# Over so many connections both cores are busy.
my $connections = 4;

# The batches of a log with other job_ids, and dated now.
sub batches_of_now
{
	my ($batches, $prefix) = @_;
	my $file = work_dir() . "/$prefix.batches";

	open my $in, '<', $batches or die $!;
	open my $out, '>', $file or die $!;
	while (my $line = <$in>)
	{
		$line =~ s/"job_id":\s*"/"job_id":"$prefix-/g;
		$line =~ s/"timestamp":\s*"[^"]*",?//g;
		print $out $line;
	}
	close $out or die $!;
	return $file;
}

# Writes them; returns the seconds.
sub write_now
{
	my ($batches, $prefix) = @_;
	my $file = batches_of_now($batches, $prefix);
	my $seconds = load_lines($database, 'SELECT ogw_logs.insert_logs($1::text)', $file, connections => $connections, window => 1);

	unlink $file;
	return $seconds;
}

# Does what is due before bodies are sealed.
sub maintain_till_sealing
{
	while ((sql($database, 'SELECT action FROM ogw_logs.maintain(dry_run => true) LIMIT 1') || 'seal_bodies') ne 'seal_bodies')
	{
		sql($database, 'SELECT FROM ogw_logs.maintain()');
	}
	return;
}

# How many bytes of text are sealed.
sub sealed { return sql($database, 'SELECT coalesce(sum(text_bytes), 0) FROM ogw_logs.sealed_interval') }

# Has the background worker look after the database, and waits until it does.
sub begin_sealing
{
	set_system('ogw_logs.maintenance_interval', '1s');
	set_system('ogw_logs.databases', $database);
	foreach (1 .. 300)
	{
		return if sql('postgres', q{SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
			WHERE a.backend_type = 'ogw_logs maintenance' AND l.mode = 'RowExclusiveLock'}) || sealed();
		select undef, undef, undef, 0.1;
	}
	die "bench: the background worker does nothing\n";
}

sub bench_beside
{
	my (%options) = @_;
	my ($log) = grep { $_->{name} eq 'sgd' } make_bodies($options{scale});
	my $all_the_time = 0;
	my %seconds;

	if (sql('postgres', 'SHOW shared_preload_libraries') !~ /\bogw_logs\b/)
	{
		add_missing('sealing', $what, $target, 'x', 'ogw_logs is not in shared_preload_libraries');
		return;
	}
	my $batches = make_batches($log);
	foreach my $repetition (1 .. $options{repeat})
	{
		say_progress('beside sealing: repetition %d of %d', $repetition, $options{repeat});
		make_log($database, 'true');
		load_lines($database, 'SELECT ogw_logs.insert_logs($1::text)', $batches, window => 1);
		maintain_till_sealing();
		checkpoint();
		push @{ $seconds{before} }, write_now($batches, 'before');
		begin_sealing();
		push @{ $seconds{beside} }, write_now($batches, 'beside');
		# a step shows what it has sealed when it ends
		$all_the_time++ if !sealed();
		set_system('ogw_logs.databases', undef);
		1 while sql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'ogw_logs maintenance'});
		push @{ $seconds{after} }, write_now($batches, 'after');
	}
	my @ratio = map { ($seconds{before}[$_] + $seconds{after}[$_]) / 2 / $seconds{beside}[$_] } 0 .. $options{repeat} - 1;
	add_target('sealing', $what, $target, 'x', \@ratio);
	add_detail('Writing beside the background worker', log => $log->{name} . ($log->{real} ? '' : ' (made up)'), connections => $connections,
		map({ ("seconds, $_" => median(@{ $seconds{$_} })) } qw(before beside after)), 'sealing to the end' => "$all_the_time of $options{repeat}");
	unlink $batches;
	drop_databases();
	return;
}

1;
