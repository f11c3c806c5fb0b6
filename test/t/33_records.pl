# INSERT INTO inbox ... RETURNING: what PostgreSQL keeps of it to the statement's end has
# nothing of a body or a key, in no temporary file either.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('records', work_mem => '64kB');
my $temporary = $node->data_dir . '/base/pgsql_tmp';
my $key = 'sk-proj-' . 'KEYCANARY' x 8;

new_database($node, 'logs');
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('on', body_logging => true)});

# a body of 5 MB, and behind it an entry at which the statement stays for a while
sub insert_slowly
{
	my ($name, $team) = @_;

	return qq{INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", api_key, input, error_message)
		SELECT '$name' || n, '$team', '2026-06-01T10:00:00Z', '$key', repeat('BODYCANARY ', 450000), 'BODYCANARY'
		  FROM generate_series(1, 2) n
		RETURNING *, CASE WHEN job_id = '${name}2' THEN pg_sleep(20) END;};
}

$node->safe_psql('logs', q{SET ogw_logs.max_age = '20000d'; SELECT ogw_logs.make_partitions('2026-06-01Z', '2026-06-01Z')});
foreach my $team ('off', 'on')
{
	my $session = session($node, 'logs');
	my $pid = do_it($session, 'SELECT pg_backend_pid();') =~ s/\s//gr;

	do_it($session, q{SET ogw_logs.max_age = '20000d';});
	ask($session, insert_slowly($team, $team));
	wait_until("$team: the statement is at its second entry", sub {
		$node->safe_psql('postgres', "SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = $pid") eq 't'
	});
	is(join(' ', -d $temporary ? grep_files('CANARY', $temporary) : ()), '', "$team: no temporary file has it");
	$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid)");
	answer($session);
	close $session->{in};
}

# nor is any temporary file written, whatever a client asks to have back
my $before = $node->safe_psql('logs', 'SELECT pg_stat_force_next_flush() IS NOT NULL, temp_bytes FROM pg_stat_database WHERE datname = current_database()');
like($node->safe_psql('logs', q{SET ogw_logs.max_age = '20000d'; INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", api_key, input)
	SELECT 'j' || n, 'off', '2026-06-01T10:00:00Z', '} . $key . q{', repeat('BODYCANARY ', 450000) FROM generate_series(1, 2) n RETURNING *}),
	qr/^j1\|off\|2026-06-01 .*\|+\nj2\|off\|2026-06-01 .*\|+$/, 'what comes back is which entry it is');
is($node->safe_psql('logs', 'SELECT pg_stat_force_next_flush() IS NOT NULL, temp_bytes FROM pg_stat_database WHERE datname = current_database()'),
	$before, 'and no temporary file was written');

done_testing();
