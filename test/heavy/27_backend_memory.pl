# What a backend keeps of the bodies that it has read: within a transaction the segment that
# was read last, with the texts of all its bodies; behind it none, whether it ended well or
# not, and none after an erasure.  And a body that is too long to be compressed at once.
use strict;
use warnings FATAL => 'all';
no warnings 'portable';    # addresses have 64 bits
use FindBin;
use lib "$FindBin::RealBin/../t";
use Digest::MD5 qw(md5_hex);
use OgwTest;
use Test::More;

my $node = start_node('backend_memory');
my $n = 400;
new_database($node, 'logs');
$node->safe_psql('logs', qq{
	SET ogw_logs.max_age = '20000d';
	SELECT ogw_logs.set_team('red', body_logging => true, redact_bodies => false);
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
		SELECT 'job-' || n, 'red', '2026-06-01T10:00:00Z', 'session', 'user-' || n, 'plaintext-' || md5(n::text) || repeat(' word' || n, 200) FROM generate_series(1, $n) n});
maintain_all($node, 'logs', seal_delay => 0);
is($node->safe_psql('logs', 'SELECT count(*) FROM ogw_logs.body'), 0, 'all bodies are sealed');

# Begins a session, of whose backend the memory is read.
sub begin_session
{
	my $session = session($node, 'logs');

	($session->{backend}) = do_it($session, 'SELECT pg_backend_pid();') =~ /^(\d+)$/m;
	return $session;
}

# How many of the bodies are in the private memory of a session's backend, in whole or in
# part, but for the first. Where they were opened there are pieces of what they do not have
# in common, so this looks for any 16 digits of that.
my $piece = 16;
my %body_of;
foreach my $body (2 .. $n)
{
	my $digits = md5_hex($body);

	$body_of{substr $digits, $_, $piece} = $body foreach 0 .. length($digits) - $piece;
}
sub bodies_in_memory
{
	my ($session) = @_;
	my $pid = $session->{backend};
	my %found;

	open my $maps, '<', "/proc/$pid/maps" or return;
	open my $mem, '<:raw', "/proc/$pid/mem" or return;
	while (my $line = readline $maps)
	{
		my ($from, $to) = $line =~ /^([0-9a-f]+)-([0-9a-f]+) rw.p/ or next;
		my $left = hex($to) - hex $from;

		sysseek $mem, hex $from, 0 or next;
		while ($left > 0 && (my $read = sysread $mem, my $bytes, $left < 1 << 24 ? $left : 1 << 24))
		{
			while ($bytes =~ /([0-9a-f]{$piece,})/g)
			{
				my $digits = $1;

				foreach (0 .. length($digits) - $piece)
				{
					my $body = $body_of{substr $digits, $_, $piece};

					$found{$body} = 1 if defined $body;
				}
			}
			$left -= $read;
		}
	}
	return scalar keys %found;
}

my $get = "SELECT length(input) FROM ogw_logs.get_log('job-1');\n";
my $session = begin_session();
do_it($session, "BEGIN; $get");
my $in_transaction = bodies_in_memory($session);
SKIP:
{
	skip 'the memory of a backend cannot be read here', 10 if !defined $in_transaction;

	cmp_ok($in_transaction, '>', $n / 2, 'within the transaction the segment is kept');
	do_it($session, 'COMMIT;');
	is(bodies_in_memory($session), 0, 'behind it nothing is');

	foreach my $case (
		[ $get, 'a statement of its own' ],
		[ "BEGIN; $get ROLLBACK;", 'ROLLBACK' ],
		[ "BEGIN; $get SELECT 1 / 0;", 'an error, before ROLLBACK' ],
		[ "BEGIN; SAVEPOINT s; $get ROLLBACK TO s; COMMIT;", 'a savepoint' ],
		[ "SET ogw_logs.log_body_reads = off; SELECT count(*) FROM ogw_logs.search(body_contains => 'word77 ');", 'a search of bodies' ],
		[ "SET ogw_logs.log_body_reads = off; SELECT count(*) FROM ogw_logs.search(body_contains => 'Word77 ', ignore_case => true);", 'a search whatever the case' ],
		[ 'SELECT count(*) FROM ogw_logs.verify();', 'a check of all bodies' ])
	{
		my ($sql, $what) = @$case;
		my $other = begin_session();

		do_it($other, $sql);
		my $left = bodies_in_memory($other);
		note "$what: $left of $n";
		is($left, 0, "$what: nothing is kept");
		close $other->{in};
	}
	# an erasure wipes what its own session has kept, before its transaction ends
	do_it($session, "BEGIN; $get");
	do_it($session, "SELECT entries FROM ogw_logs.erase_user('red', 'user-7');");
	my $left = bodies_in_memory($session);
	note "erasure: $left of $n";
	is($left, 0, 'an erasure: nothing is kept');
	do_it($session, 'COMMIT;');
}
close $session->{in};

# a long body goes through libzstd in steps, unsealed and sealed
my $long = q{(SELECT string_agg(encode(sha512(i::text::bytea), 'hex'), '') FROM generate_series(1, 400000) i)};
my $same = qq{SELECT length(input), input = $long FROM ogw_logs.get_log('long')};
$node->safe_psql('logs', qq{SET ogw_logs.max_age = '20000d'; SELECT ogw_logs.insert_log(job_id => 'long', team_id => 'red', "timestamp" => '2026-06-01 10:00Z', input => $long)});
is($node->safe_psql('logs', $same), '51200000|t', 'a long body is read as it was given');
maintain_all($node, 'logs', seal_delay => 0);
is($node->safe_psql('logs', "SELECT count(*) FROM ogw_logs.body; $same"), "0\n51200000|t", 'and sealed, too');
done_testing();
