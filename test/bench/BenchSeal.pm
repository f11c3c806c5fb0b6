# Sealing logs with bodies: how long it takes, what the bodies take on disk then,
# how long it takes to open one, and to search them all.
package BenchSeal;

use strict;
use warnings FATAL => 'all';
use BenchBodies;
use BenchData;
use BenchReport;
use BenchServer;
use Exporter 'import';

our @EXPORT = qw(bench_seal make_log);

# What all bodies of a log may take at most when they are sealed, in MB: of the whole
# logs, as the growth of the database against the same load with bodies off.
my %target = (tau => 0.75, lmcache => 1.0, sgd => 7.0);

# Entries that are opened for a median.
my $opened = 500;

# Makes a database with a log of many teams, that log bodies or do not.
sub make_log
{
	my ($name, $on) = @_;

	new_database($name);
	sql($name, 'CREATE EXTENSION ogw_logs', 'SELECT ogw_logs.create_log()',
		"SELECT ogw_logs.set_team(format('team_%s', to_char(n, 'FM00')), body_logging => $on) FROM generate_series(0, 99) n");
	return;
}

# Does all that is due, in one session as the background worker does; returns the seconds
# of each kind of step, to the end of its commit.
sub maintain_all
{
	my ($database) = @_;

	return { map { split /\|/ } split /\n/, sql($database, 'CREATE TEMP TABLE step (action text, seconds float8)', q{DO $$
		DECLARE
			begun timestamptz;
			done text;
		BEGIN
			LOOP
				begun := clock_timestamp();
				SELECT m.action INTO done FROM ogw_logs.maintain() m;
				EXIT WHEN done IS NULL;
				COMMIT;
				INSERT INTO step VALUES (done, extract(epoch FROM clock_timestamp() - begun));
				COMMIT;
			END LOOP;
		END $$}, 'SELECT action, sum(seconds) FROM step GROUP BY action') };
}

# The bytes of a database, after its load and all that is due.
sub size_of
{
	my ($database) = @_;

	sql($database, 'CHECKPOINT');
	return sql($database, "SELECT pg_database_size('$database')");
}

# The p50 in ms of opening entries, over one connection, each of another job_id.
sub p50_of_opening
{
	my ($database) = @_;
	my @jobs = split /\n/, sql($database, "SELECT quote_literal(job_id) || ', ' || quote_literal(team_id) FROM ogw_logs.entry WHERE body_state = 'stored' ORDER BY md5(job_id) LIMIT $opened");

	return median(timings($database, 'SET ogw_logs.log_body_reads = off', map { "SELECT count(*) FROM ogw_logs.get_log($_)" } @jobs));
}

# MB of text a second that are searched for what stands nowhere, over one connection.
sub rate_of_searching
{
	my ($database, $text_bytes, $ignore_case) = @_;
	my @searches = map { "SELECT count(*) FROM ogw_logs.search(body_contains => 'stands nowhere $_', ignore_case => $ignore_case)" } 1 .. 5;

	return $text_bytes / 1e3 / median(timings($database, 'SET ogw_logs.log_body_reads = off', @searches));
}

# The p50 in ms of opening sealed bodies of 1 MB, of base64, which hardly compresses.
sub p50_of_large
{
	make_log('bench_seal_large', 'true');
	sql('bench_seal_large', "INSERT INTO ogw_logs.inbox (job_id, team_id, \"timestamp\", input)"
		. " SELECT 'large' || n, 'team_00', '2026-10-01T10:00:' || to_char(n, 'FM00') || 'Z', (SELECT string_agg(encode(sha512((n || ' ' || i)::bytea), 'base64'), '') FROM generate_series(1, 11500) i) FROM generate_series(1, 20) n");
	maintain_all('bench_seal_large');
	return p50_of_opening('bench_seal_large');
}

# What libzstd alone does with a log, packed as segments are: MB a second packed, and opened.
sub zstd_alone
{
	my ($file) = @_;
	my $said = `zstd -q -b3 -i1 --long=21 -B2MB '$file' 2>&1` // '';

	return $said =~ /([0-9.]+) MB\/s,?\s+([0-9.]+) MB\/s/ ? ($1, $2) : (undef, undef);
}

sub bench_seal
{
	my (%options) = @_;

	foreach my $log (make_bodies($options{scale}))
	{
		my $batches = make_batches($log);
		my (@rate, @growth, @unsealed_ms, @sealed_ms, @searched, @folded, @packed, @opened, %detail);

		foreach my $repetition (1 .. $options{repeat})
		{
			say_progress('sealing: %s, repetition %d of %d', $log->{name}, $repetition, $options{repeat});
			my %size;
			foreach my $on (qw(true false))
			{
				my $database = "bench_seal_$on";

				make_log($database, $on);
				load_lines($database, 'SELECT ogw_logs.insert_logs($1::text)', $batches, window => 1);
				$detail{unsealed} = sql($database, "SELECT coalesce(sum(pg_total_relation_size(partition)), 0) FROM ogw_logs_internal.partitions_of('body')") if $on eq 'true';
				push @unsealed_ms, p50_of_opening($database) if $on eq 'true';
				my $seconds = maintain_all($database);
				$size{$on} = size_of($database);
				next if $on eq 'false';
				@detail{qw(text stored bodies)} = split /\|/, sql($database, 'SELECT sum(text_bytes), sum(stored_bytes), sum(bodies) FROM ogw_logs.sealed_interval');
				$detail{disk} = sql($database, "SELECT sum(pg_total_relation_size(partition)) FROM ogw_logs_internal.partitions_of('segment')");
				push @rate, $detail{text} / 1e6 / $seconds->{seal_bodies};
				push @sealed_ms, p50_of_opening($database);
				push @searched, rate_of_searching($database, $detail{text}, 'false');
				push @folded, rate_of_searching($database, $detail{text}, 'true');
			}
			my ($packed, $opened) = zstd_alone($log->{file});
			push @packed, $packed // ();
			push @opened, $opened // ();
			push @growth, ($size{true} - $size{false}) / 1e6;
		}
		add_target('sealing', "$log->{name}: sealing, MB of text a second", '>= 200', 'MB/s', \@rate);
		add_target('sealing', "$log->{name}: growth of the database by all bodies", "<= $target{ $log->{name} }", 'MB', \@growth);
		add_target('sealing', "$log->{name}: get_log() of a sealed body, p50", '<= 2', 'ms', \@sealed_ms);
		add_target('sealing', "$log->{name}: search(body_contains => ...), MB of text a second", '>= 1000', 'MB/s', \@searched);
		add_detail('Sealing bodies', log => $log->{name} . ($log->{real} ? '' : ' (made up)'), bodies => $detail{bodies}, 'text MB' => $detail{text} / 1e6,
			'unsealed MB' => $detail{unsealed} / 1e6, 'segments MB' => $detail{stored} / 1e6, 'on disk MB' => $detail{disk} / 1e6,
			'database grows by MB' => median(@growth), 'MB/s' => median(@rate), 'get_log unsealed, ms' => median(@unsealed_ms), 'get_log sealed, ms' => median(@sealed_ms),
			'searched MB/s' => median(@searched), 'ignoring case' => median(@folded),
			@packed ? ('zstd alone packs MB/s' => median(@packed), 'and opens MB/s' => median(@opened)) : ());
		unlink $batches;
	}
	say_progress('sealing: bodies of 1 MB');
	add_target('sealing', 'get_log() of a sealed body of 1 MB, p50', '<= 10', 'ms', [ map { p50_of_large() } 1 .. $options{repeat} ]);
	drop_databases();
	return;
}

1;
