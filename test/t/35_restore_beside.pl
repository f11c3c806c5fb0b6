# pg_restore with several jobs beside maintain(), as the background worker or pg_cron calls it:
# no error of either, and the log is what it was. Then what a long body needs in memory.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('restore_beside');
my $dir = PostgreSQL::Test::Utils::tempdir();
new_database($node, 'source');
$node->safe_psql('source', q{
	SET ogw_logs.max_age = '20000d';
	SELECT ogw_logs.set_team('red', body_logging => true);
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input)
		SELECT 'j' || n, 'red', now() - n % 20 * interval '1 day', 'body ' || n FROM generate_series(1, 2000) n});
maintain_all($node, 'source', seal_delay => 0);
my $state = q{SELECT md5(string_agg(e::text, ' ' ORDER BY e::text)) FROM ogw_logs.entry e;
	SELECT md5(string_agg(s::text, ' ' ORDER BY s::text)) FROM ogw_logs.segment s;
	SELECT count(*), md5(string_agg(indexrelid::regclass::text, ' ' ORDER BY indexrelid::regclass::text)) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'ogw_logs'::regnamespace;
	SELECT string_agg(format('%s.%s', polrelid::regclass, polname), ' ' ORDER BY polrelid::regclass::text, polname) FROM pg_policy;
	SELECT count(*) FROM ogw_logs.installation};
my $before = $node->safe_psql('source', $state);
$node->command_ok([ 'pg_dump', '-Fd', '-j', 2, '-f', "$dir/dump", $node->connstr('source') ], 'pg_dump -j');

# maintain() as often as it can, from before there is a log until it is whole
foreach my $round (1 .. (is_full() ? 10 : 2))
{
	my $database = "target$round";

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	PostgreSQL::Test::Utils::append_to_file("$dir/beside.sql", q{DO $$ BEGIN
		LOOP
			IF to_regprocedure('ogw_logs.maintain(boolean)') IS NOT NULL THEN PERFORM ogw_logs.maintain(); END IF;
			COMMIT;
			EXIT WHEN to_regclass('public.done') IS NOT NULL;
			PERFORM pg_sleep(0.001);
		END LOOP; END $$;}) if $round == 1;
	run_beside('maintain', "$dir/maintain$round", 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/beside.sql", $node->connstr($database));
	$node->command_ok([ 'pg_restore', '-j', 2, '--exit-on-error', '-d', $node->connstr($database), "$dir/dump" ], "pg_restore -j beside maintain(), round $round");
	is($node->safe_psql($database, $state), $before, 'all is as it was');
	$node->safe_psql($database, 'CREATE TABLE done ()');
	is(exit_status('maintain'), 0, 'maintain() raised no error');
	like(slurp_file("$dir/maintain$round.err"), qr/maintain\(\) does nothing while the log is being restored/, 'it waited');
	is($node->safe_psql($database, q{SET client_min_messages = error; SELECT count(*) FROM ogw_logs.verify()}), 0, 'nothing is damaged');
}

# A body of 40 MB needs once its bytes for what masking leaves of it, and no copy more; nor do
# three of them. (The statement with three makes four copies itself.)
SKIP:
{
	skip 'there is no /proc here', 10 if !-r '/proc/self/status';
	my $peak = q{SELECT (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\s+(\d+)'))[1]::integer / 1024};
	my $mb = 40;

	$node->safe_psql('source', qq{
		CREATE TABLE given (body text);
		ALTER TABLE given ALTER body SET STORAGE EXTERNAL;
		INSERT INTO given SELECT 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCD ' || repeat('sixteen letters ', $mb * 65536);
		SELECT ogw_logs.set_team('plain', body_logging => true, redact_bodies => false)});
	my ($base) = $node->safe_psql('source', "SELECT sum(length(body)) FROM given; SELECT count(*) FROM ogw_logs.search(max_rows => 1); $peak") =~ /(\d+)\z/;
	foreach my $test ([ 'plain', 1, 0 ], [ 'red', 1, 1 ], [ 'plain', 3, 4 ], [ 'red', 3, 7 ])
	{
		my ($team, $fields, $copies) = @$test;
		my $given = join ', ', ('input => body', "output => body || ''", "error_message => body || ' '")[ 0 .. $fields - 1 ];
		my ($answer, $used) = split /\n/, $node->safe_psql('source', "SELECT ogw_logs.insert_log(job_id => 'long$team$fields', team_id => '$team', $given) FROM given; $peak");

		is($answer, 'stored', "$team: $fields long texts are stored");
		cmp_ok($used - $base, '<', ($copies + 0.9) * $mb, "with $copies copies at the most");
	}
	# what an erasure reads of each entry of the user is freed
	$node->safe_psql('source', q{
		SELECT ogw_logs.set_team('robot', metadata_keys => '{env}');
		SELECT ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', 'r' || n, 'team_id', 'robot', 'user_id', 'robot', 'metadata', json_build_object('env', 'prod'),
			'attempts', '[{"model":"a","error_code":"429"},{"model":"b"}]'::json))::text FROM generate_series(1, 20000) n))});
	my ($before, $erased, $after) = split /\n/, $node->safe_psql('source', "SELECT count(*) FROM ogw_logs.erase_user('robot', 'nobody'); $peak; SELECT entries FROM ogw_logs.erase_user('robot', 'robot'); $peak") =~ s/^1\n//r;
	is($erased, 20000, 'all entries of a user are erased');
	# (a sanitizer keeps what was freed)
	cmp_ok($after - $before, '<', $ENV{ASAN_OPTIONS} ? 400 : 20, 'without a kilobyte for each');
}
done_testing();
