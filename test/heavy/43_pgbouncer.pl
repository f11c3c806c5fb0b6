# Behind PgBouncer in transaction mode a gateway learns what became of what it sent, and
# never of what another client sent: where it asks in the transaction that sent it. Clients
# send at the same time, over fewer connections to the server than they are.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin';
plan skip_all => 'there is no pgbouncer here' if !$pgbouncer;

my ($clients, $rounds) = is_full() ? (12, 200) : (6, 30);
my $node = start_node('bouncer', track_activities => 'on');
my $dir = PostgreSQL::Test::Utils::tempdir();
my $port = PostgreSQL::Test::Cluster::get_free_port();

new_database($node, 'logs');
$node->safe_psql('logs', q{CREATE ROLE gateway LOGIN; SELECT ogw_logs.grant_writer('gateway')});
append_to_file("$dir/users", qq{"gateway" ""\n});
append_to_file("$dir/ini", join "\n", '[databases]', 'logs = host=' . $node->host . ' port=' . $node->port . ' dbname=logs', '[pgbouncer]',
	'listen_addr =', "listen_port = $port", "unix_socket_dir = $dir", 'auth_type = any', "auth_file = $dir/users",
	'pool_mode = transaction', 'default_pool_size = 2', 'max_client_conn = 100', 'logfile =', '');
# in auth_type any it logs in as one user, as is written in the line of the database
my $ini = slurp_file("$dir/ini") =~ s/(dbname=logs)/$1 user=gateway/r;
unlink "$dir/ini";
append_to_file("$dir/ini", $ini);
chmod 0777, $dir;
run_beside('pgbouncer', "$dir/pgbouncer", $pgbouncer, $> == 0 ? ('-u', 'nobody') : (), "$dir/ini");
my $through = "host=$dir port=$port dbname=logs user=gateway";
wait_until('pgbouncer is there', sub { system("psql -XAtqc 'SELECT 1' '$through' >$dir/try 2>&1") == 0 });

# what one client sends: a COPY of so many rows, so many of them without a team, and then
# the question, in one transaction
sub rows
{
	my ($client, $round) = @_;
	my ($good, $bad) = (1 + ($client * 7 + $round) % 5, ($client + $round) % 4);

	return ($good, $bad, join '', map { "c$client-$round-$_\t" . ($_ <= $good ? 'red' : '\N') . "\n" } 1 .. $good + $bad);
}

my ($refused, $calls, @wanted) = (0, 0);
foreach my $client (1 .. $clients)
{
	my $script = "SET client_min_messages = error;\n";

	foreach my $round (1 .. $rounds)
	{
		my ($good, $bad, $rows) = rows($client, $round);

		$script .= "BEGIN;\nCOPY ogw_logs.inbox (job_id, team_id) FROM STDIN;\n$rows\\.\n"
		  . "SELECT l.received, l.stored, l.duplicate, l.rejected, json_array_length(l.details -> 'listed')"
		  . " FROM ogw_logs.last_batch(details => true) l;\nCOMMIT;\n";
		push @{ $wanted[$client] }, join '|', $good + $bad, $good, 0, $bad, $bad;
		$refused += $bad;
		$calls++ if $bad;
	}
	append_to_file("$dir/client$client.sql", $script);
}
run_beside("client$_", "$dir/client$_", 'psql', '-XAtq', '-f', "$dir/client$_.sql", $through) for 1 .. $clients;
is(join(' ', map { exit_status("client$_") } 1 .. $clients), join(' ', (0) x $clients), 'all clients end well');
foreach my $client (1 .. $clients)
{
	is(slurp_file("$dir/client$client.out"), join("\n", @{ $wanted[$client] }, ''), "client $client learns what became of its own");
}
cmp_ok($node->safe_psql('logs', q{SELECT count(*) FROM pg_stat_activity WHERE usename = 'gateway'}), '<=', 2, 'over two connections');

is(`psql -XAtqc 'SELECT count(*), count(DISTINCT batch_id) FROM ogw_logs.rejected' '$through'`, "$refused|$calls\n", 'and has all of its rows in rejected, call by call');

# insert_logs() answers itself, whatever is between
is(join(' ', map { `psql -XAtqc "SELECT received, rejected, details -> 'not_listed' FROM ogw_logs.insert_logs('[{\\"job_id\\":\\"i$_\\",\\"team_id\\":\\"red\\"},1]', details => true)" '$through' 2>$dir/try` =~ s/\n//r } 1 .. 5),
	join(' ', ('2|1|0') x 5), 'insert_logs() tells it with its answer');

# a transaction that failed leaves nothing to the next client of its connection
foreach my $failed ("BEGIN;\nCOPY ogw_logs.inbox (job_id, team_id) FROM STDIN;\nf1\tred\n\\.\nROLLBACK;\n",
	"COPY ogw_logs.inbox (job_id, team_id) FROM STDIN;\nf1\tred\nf2\tred\ttoo many\n\\.\n")
{
	unlink "$dir/failed.sql";
	append_to_file("$dir/failed.sql", $failed . "SELECT ogw_logs.last_batch();\n");
	my @said = `psql -XAtq -f $dir/failed.sql '$through application_name=alone' 2>$dir/try`;

	is($said[-1], "(0,0,0,0)\n", 'what failed leaves no counts');
}
kill_beside('pgbouncer');
done_testing();
