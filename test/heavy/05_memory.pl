# What a writer or a reader needs does not grow with what passes through: a
# backend's memory stays far below the bytes of a large COPY, INSERT, array of
# entries, search, and get_log() of a job_id that many teams have; a batch of bytes needs
# itself and little more; and sealing needs 64 MB and twice the largest body, whatever it
# seals.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'there is no /proc here' if !-r '/proc/self/status';

my $node = start_node('memory');
new_database($node, 'logs');
$node->safe_psql('logs', q{
	SELECT ogw_logs.set_team('on', body_logging => true);
	CREATE TABLE given (n integer, body text);
	ALTER TABLE given ALTER body SET STORAGE EXTERNAL;
	INSERT INTO given SELECT n, repeat(md5(n::text), 3125) FROM generate_series(1, 3000) n;
	SELECT ogw_logs.set_team('on-' || n, body_logging => true, redact_bodies => false) FROM generate_series(1, 30) n;
	SELECT ogw_logs.insert_log(job_id => 'same', team_id => 'on-' || n, input => repeat('sixteen letters ', 625000)) FROM generate_series(1, 30) n});

# The most memory, in MB, that the backend of one session ever had.
my $peak = q{SELECT (regexp_match(pg_read_file('/proc/self/status'), 'VmHWM:\s+(\d+)'))[1]::integer / 1024};
my $dir = PostgreSQL::Test::Utils::tempdir();
chmod 0777, $dir;
$node->safe_psql('logs', "COPY (SELECT 'copy-' || n, 'on', body FROM given) TO '$dir/rows'");

foreach my $test (
	[ 'COPY', "COPY ogw_logs.inbox (job_id, team_id, input) FROM '$dir/rows'", 'SELECT ogw_logs.last_batch()', '(3000,3000,0,0)' ],
	[ 'COPY, bodies off', "COPY ogw_logs.inbox (job_id, owner, input) FROM '$dir/rows'", 'SELECT ogw_logs.last_batch()', '(3000,0,0,3000)' ],
	[ 'INSERT', q{INSERT INTO ogw_logs.inbox (job_id, team_id, input) SELECT 'insert-' || n, 'on', body FROM given}, 'SELECT ogw_logs.last_batch()', '(3000,3000,0,0)' ],
	[ 'insert_log', q{SELECT ogw_logs.insert_log(job_id => 'single-' || n, team_id => 'on', input => body) FROM given WHERE n <= 1000}, q{SELECT 1}, '1' ],
	[ 'search', q{CREATE TEMP TABLE found AS SELECT * FROM ogw_logs.search(max_rows => 2147483647)}, 'SELECT count(*) FROM found', '7030' ],
	[ 'get_log', 'SELECT 1', q{SELECT count(input) FROM ogw_logs.get_log('same')}, '30' ])
{
	my ($name, $run, $ask, $answer) = @$test;
	my $out = $node->safe_psql('logs', "$run; $ask; $peak");
	my @lines = split /\n/, $out;

	is($lines[-2], $answer, "$name: all is taken");
	cmp_ok($lines[-1], '<', 160, "$name: in less than 160 MB, of 300 that passed");
}

# Bytes are read where they are: a batch of them, with one in each entry that is no UTF-8,
# needs little more than itself.
my $mb = is_full() ? 900 : 200;
open my $lines, '>:raw', "$dir/lines" or die $!;
printf {$lines} qq({"job_id":"bytes-%d","team_id":"on","input":"%s\xff"}\n), $_, 'x' x 10_000 for 1 .. $mb * 100;
close $lines or die $!;
my @bytes = split /\n/, $node->safe_psql('logs', "SELECT ogw_logs.insert_logs(pg_read_binary_file('$dir/lines')); $peak");
is($bytes[0], sprintf('(%d,%d,0,0)', $mb * 100, $mb * 100), 'bytes: all is taken');
cmp_ok($bytes[1], '<', $mb + 160, "bytes: in less than 160 MB more than the $mb that they are");

# Sealing: 100,000 sessions of one request, some large bodies that do not get
# smaller, and 1,000 teams; then late bodies, and merging what that leaves.
my $sealing = start_node('sealing', shared_buffers => '8MB');
my $largest = 10;    # MB
new_database($sealing, 'logs');
$sealing->safe_psql('logs', qq{
	SET ogw_logs.max_age = '20000d';
	SELECT ogw_logs.set_team('on-' || n, body_logging => true, redact_bodies => false) FROM generate_series(0, 999) n;
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input)
		SELECT 'job-' || n, 'on-' || CASE WHEN n % 10 = 0 THEN n / 10 % 1000 ELSE 0 END, '2026-06-01T10:00:00Z', 'session-' || n, 'hello ' || n FROM generate_series(1, 100000) n;
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input)
		SELECT 'large-' || n, 'on-' || n, '2026-06-01T11:00:00Z', 'large', (SELECT left(string_agg(encode(sha512((n || ' ' || i)::bytea), 'base64'), ''), $largest * 1024 * 1024) FROM generate_series(1, $largest * 12000) i)
		  FROM generate_series(1, 6) n});
my $base = $sealing->safe_psql('logs', "SELECT count(*) FROM ogw_logs.maintain(dry_run => true) WHERE action = 'seal_bodies'; $peak");
like($base, qr/^1\n/, 'bodies are to be sealed');
my $maintain = q{DO $$
	DECLARE done text; BEGIN LOOP SELECT m.action INTO done FROM ogw_logs.maintain() m; COMMIT; EXIT WHEN done IS NULL; END LOOP; END $$};
foreach my $pass (1, 2)
{
	my @lines = split /\n/, $sealing->safe_psql('logs', "SET ogw_logs.seal_delay = 0; $maintain; SELECT count(*) FROM ogw_logs.body; SELECT sum(bodies) FROM ogw_logs.sealed_interval; $peak");

	is("@lines[0, 1]", '0 ' . (100000 + 6 + 5000 * ($pass - 1)), "pass $pass: all bodies are sealed");
	cmp_ok($lines[2] - (split /\n/, $base)[1], '<', 64 + 2 * $largest, "pass $pass: in less than 64 MB and twice the largest body");
	$sealing->safe_psql('logs', q{SET ogw_logs.max_age = '20000d'; INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, input)
		SELECT 'late-' || n, 'on-' || n % 1000, '2026-06-01T10:00:00Z', 'session-' || n, 'late ' || n FROM generate_series(1, 5000) n}) if $pass == 1;
}
is($sealing->safe_psql('logs', q{SET ogw_logs.log_body_reads = off; SELECT count(*) FROM generate_series(1, 100000, 997) n, ogw_logs.get_log('job-' || n) g WHERE g.input = 'hello ' || n;
	SELECT count(*) FROM generate_series(1, 5000, 97) n, ogw_logs.get_log('late-' || n) g WHERE g.input = 'late ' || n;
	SELECT string_agg(octet_length(g.input)::text, ' ') FROM generate_series(1, 6) n, ogw_logs.get_log('large-' || n) g}),
	"101\n52\n" . join(' ', ($largest * 1024 * 1024) x 6), 'and read as they were given');

# Erasing a user where intervals overlap, so that each body is looked for everywhere, behind
# the others of its segment, which is 1.5 MB and stays.
new_database($sealing, 'laps');
$sealing->safe_psql('laps', q{
	SET ogw_logs.max_age = '20000d';
	SELECT ogw_logs.set_team('on', body_logging => true, redact_bodies => false);
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
		SELECT 'job-' || n, 'on', '2026-06-01T10:00:00Z', 'session', 'user-' || n % 2, (SELECT string_agg(encode(sha512((n || ' ' || i)::bytea), 'base64'), '') FROM generate_series(1, 50) i)
		  FROM generate_series(1, 400) n});
maintain_all($sealing, 'laps', seal_delay => 0);
my @laps = split /\n/, $sealing->safe_psql('laps', qq{
	INSERT INTO ogw_logs.sealed_interval (since, until, sealed) VALUES ('2026-06-01 09:30Z', '2026-06-01 10:30Z', true), ('2026-06-01 10:00Z', '2026-06-01 11:00Z', true);
	SELECT count(*) FROM ogw_logs.sealed_interval WHERE since >= '2026-06-01Z'; $peak;
	SELECT entries, bodies FROM ogw_logs.erase_user('on', 'user-1'); $peak});
is("@laps[0, 2]", '3 200|200', 'a user is erased where intervals overlap');
cmp_ok($laps[3] - $laps[1], '<', 40, 'in less than 40 MB');
done_testing();
