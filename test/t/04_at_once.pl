# Eight connections send the same log at once into an empty database: each
# entry is stored exactly once, without a deadlock or an error. Nor does one get
# in the way of sessions that begin while partitions are made.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'there is no gateway (GATEWAY)' if !$ENV{GATEWAY};

# errors are in the log, with all they say
my $node = start_node('at_once', log_min_messages => 'warning', log_error_verbosity => 'default', autovacuum => 'on');
my $dir = PostgreSQL::Test::Utils::tempdir();
my $log = "$dir/log.ndjson";
my $n = is_full() ? 6000 : 1000;

# over three days, so that partitions are raced for too
open my $out, '>', $log or die $!;
for my $i (1 .. $n)
{
	my @t = gmtime(time() - 86400 * 3 * ($n - $i) / $n);
	printf $out qq({"job_id":"j%d","team_id":"t%d","timestamp":"%04d-%02d-%02dT%02d:%02d:%02dZ","input":"%s %d"}\n),
	  $i * 7919 % $n, $i % 5, $t[5] + 1900, $t[4] + 1, @t[ 3, 2, 1, 0 ], 'x' x ($i % 300), $i;
}
close $out;

foreach my $method (qw(single batch copy))
{
	my @gateways;

	new_database($node, $method);
	$node->safe_psql($method, q{SELECT ogw_logs.set_team('t1', body_logging => true), ogw_logs.set_team('t2', body_logging => true)});
	for my $g (1 .. 8)
	{
		my %g = (out => '', err => '');
		# half of them send it in smaller batches
		$g{run} = IPC::Run::start([ $ENV{GATEWAY}, '--quiet', '--method', $method, '--batch', $g % 2 ? 1000 : 130,
				'--conninfo', $node->connstr($method), '--acks', "$dir/$method.acks.$g", $log ],
			'>', \$g{out}, '2>', \$g{err});
		push @gateways, \%g;
	}
	my %sum = (received => 0, stored => 0, duplicate => 0, rejected => 0);
	foreach my $g (@gateways)
	{
		ok($g->{run}->finish, "$method: a gateway ends well") or diag $g->{err};
		my %counts = $g->{out} =~ /(received|stored|duplicate|rejected) (\d+)/g;
		$sum{$_} += $counts{$_} // 0 for keys %sum;
		is($counts{received}, $n, "$method: all is answered");
		is($counts{stored} + $counts{duplicate} + $counts{rejected}, $n, "$method: and adds up");
	}
	is("$sum{stored} $sum{duplicate} $sum{rejected}", $n . ' ' . 7 * $n . ' 0', "$method: each entry is stored once");
	is($node->safe_psql($method, q{SELECT count(*), count(DISTINCT (team_id, job_id)) FROM ogw_logs.entry}), "$n|$n", "$method: and is there once");
	is($node->safe_psql($method, q{SELECT count(*), count(DISTINCT (team_id, job_id)) FROM ogw_logs.body}), join('|', ($n * 2 / 5) x 2), "$method: with its body");
	is($node->safe_psql($method, q{SELECT count(*) FROM ogw_logs.installation}), '1', "$method: in one log");
}

# Eight sessions at a time that end with their entry need the same new partition;
# they read which there are while one of them makes it.
new_database($node, 'begin');
$node->safe_psql('begin', q{SELECT ogw_logs.create_log('1 hour'), ogw_logs.make_partitions(now() - interval '200 days', now() - interval '192 days'); CREATE SEQUENCE turn});
append_to_file("$dir/begin.sql", q{SELECT ogw_logs.insert_log(job_id => 'c' || n, team_id => 't', "timestamp" => now() - interval '100 days' + make_interval(hours => n::integer / 8)) FROM nextval('turn') n;});
$node->command_ok([ 'pgbench', '-n', '-C', '-c', 8, '-j', 8, '-t', 40, '-f', "$dir/begin.sql", $node->connstr('begin') ], 'sessions that begin find a partition that was just made');
is($node->safe_psql('begin', q{SELECT count(*) FROM ogw_logs.entry}), '320', 'and write into it');

my $server_log = slurp_file($node->logfile);
unlike($server_log, qr/deadlock detected/, 'no deadlock');
unlike($server_log, qr/ERROR|PANIC|FATAL/, 'no error');
done_testing();
