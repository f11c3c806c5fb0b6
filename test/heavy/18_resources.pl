# What is cut off in the middle or runs short ends in a clear error, the server
# lives, and nothing is half stored: an entry is there with its body and counted,
# or nothing of it is. 24_full_disk.pl does the same on a full disk.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes 'time';

# As many locks and connections as can be had for little.
my $node = start_node('resources', log_min_messages => 'warning', log_error_verbosity => 'default', track_activities => 'on', autovacuum => 'on',
	max_connections => 12, max_locks_per_transaction => 20, max_worker_processes => 0, max_wal_senders => 0);
my $dir = PostgreSQL::Test::Utils::tempdir();

$SIG{PIPE} = 'IGNORE';    # sessions end with their connections
alarm 4 * $PostgreSQL::Test::Utils::timeout_default;

# When all entries come, so that no partition is over meanwhile.
my $noon = POSIX::strftime('%Y-%m-%dT12:00:00Z', gmtime(time() - 86400));

# A log with its partition.
sub new_log
{
	my ($database) = @_;

	new_database($node, $database);
	$node->safe_psql($database, q{SELECT ogw_logs.set_team('t', body_logging => true), ogw_logs.insert_log(job_id => 'first', team_id => 't', "timestamp" => '} . $noon . q{', input => 'x')});
	return;
}

# What writes entries by each method whose job_ids begin with a word: two full
# batches and a part of one, where the method has batches.
my @methods = qw(insert_log insert_logs inbox COPY);
my %n = (insert_log => 1, insert_logs => 2500, inbox => 2500, COPY => 1100);
my %write = (
	insert_log => sub { my ($word) = @_; return "SELECT ogw_logs.insert_log(job_id => '$word', team_id => 't', \"timestamp\" => '$noon', input => repeat('$word', 1000));" },
	insert_logs => sub { my ($word) = @_; return "SELECT ogw_logs.insert_logs((SELECT json_agg(json_build_object('job_id', '$word' || n, 'team_id', 't', 'timestamp', '$noon', 'input', repeat(md5(n::text), 60)))::text FROM generate_series(1, $n{insert_logs}) n));" },
	inbox => sub { my ($word) = @_; return "INSERT INTO ogw_logs.inbox (job_id, team_id, \"timestamp\", input) SELECT '$word' || n, 't', '$noon', repeat(md5(n::text), 60) FROM generate_series(1, $n{inbox}) n;" },
	# what is left behind a batch that waits has to fit the buffers on the way
	COPY => sub { my ($word) = @_; return "COPY ogw_logs.inbox (job_id, team_id, \"timestamp\", input) FROM STDIN;\n" . join('', map { "$word$_\tt\t$noon\tbody $_\n" } 1 .. $n{COPY}) . '\.' });

# How many entries there are whose job_ids begin with a word.
sub there { my ($database, $word) = @_; return $node->safe_psql($database, "SELECT count(*) FROM ogw_logs.entry WHERE job_id LIKE '$word%'") }

# The errors among what a session said.
sub errors { my ($said) = @_; return join ' ', $said =~ /^(?:psql:\S+ )?(?:ERROR|FATAL):  (\S+)$/mg }

# What a session says until its connection ends.
sub last_words { my ($session) = @_; close $session->{in}; my $said = join '', readline $session->{out}; waitpid $session->{pid}, 0; return $said }

# The process that serves a session, and its end.
sub pid_of { my ($session) = @_; my ($pid) = do_it($session, 'SELECT pg_backend_pid();') =~ /(\d+)/; return $pid }
sub wait_for_end { my ($pid) = @_; $node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = $pid") or die "session $pid does not end"; return }

# ---- calls that are stopped: before the bodies are written, and before the call is counted

new_log('stopped');
my $holder = session($node, 'stopped');
my %at = (
	bodies => $node->safe_psql('stopped', "SELECT partition FROM ogw_logs_internal.partitions_of('body') WHERE since <= '$noon' AND '$noon' < until"),
	ingest_count => 'ogw_logs.ingest_count');
my %stop = (
	lock_timeout => { before => "SET lock_timeout = '1ms';", error => '55P03' },
	statement_timeout => { before => "SET statement_timeout = '1s';", error => '57014' },
	cancel => { by => 'SELECT pg_cancel_backend(%d)', error => '57014' },
	terminate => { by => 'SELECT pg_terminate_backend(%d)', error => '57P01', ends => 1 });

foreach my $method (@methods)
{
	foreach my $test (map { my $at = $_; map { [ $at, $_ ] } sort keys %stop } sort keys %at)
	{
		my ($at, $stop) = @$test;
		my %how = %{ $stop{$stop} };
		my $session = session($node, 'stopped');
		my $pid = pid_of($session);
		my $word = lc "$method-$at-$stop-";
		my $said;

		do_it($holder, "BEGIN; LOCK TABLE $at{$at} IN SHARE MODE;");
		do_it($session, $how{before}) if $how{before};
		ask($session, $write{$method}->($word));
		if ($how{by})
		{
			$node->poll_query_until('stopped', "SELECT count(*) = 1 FROM pg_locks WHERE pid = $pid AND relation = '$at{$at}'::regclass AND NOT granted") or die "$word: does not wait";
			$node->safe_psql('stopped', sprintf $how{by}, $pid);
		}
		$said = $how{ends} ? last_words($session) : answer($session);
		do_it($holder, 'COMMIT;');
		wait_for_end($pid) if $how{ends};
		is(errors($said) . ' ' . there('stopped', $word), "$how{error} 0", "$method, $stop before its $at: an error, and nothing is stored");
		next if $how{ends};

		# the session goes on, in a transaction where it happened, too
		do_it($session, 'RESET lock_timeout; RESET statement_timeout; BEGIN; SAVEPOINT s;');
		do_it($holder, "BEGIN; LOCK TABLE $at{$at} IN SHARE MODE;");
		$said = do_it($session, "SET LOCAL lock_timeout = '1ms'; " . $write{$method}->($word));
		do_it($holder, 'COMMIT;');
		$said .= do_it($session, "ROLLBACK TO s;\n" . $write{$method}->($word) . "\nCOMMIT;");
		is(errors($said) . ' ' . there('stopped', $word), "55P03 $n{$method}", "$method, $stop before its $at: then a savepoint's error, and then it is stored");
		last_words($session);
	}
}
is(disagreements($node, 'stopped'), '', 'each of them is whole');

# One session whose calls are stopped wherever they are, while the settings change.
my $session = session($node, 'stopped');
my ($n_stopped, $n_done) = (0, 0);
foreach my $method (qw(insert_logs inbox))
{
	my $from = time();
	do_it($session, 'SET statement_timeout = 0; ' . $write{$method}->("storm-$method-"));
	my $ms = 1000 * (time() - $from);

	foreach my $step (1 .. 30)
	{
		do_it($holder, "SELECT ogw_logs.set_team('t', metadata_keys => '{k$step}');");
		do_it($session, 'SET statement_timeout = ' . (1 + int($ms * $step / 25)) . ';');
		my $stopped = errors(do_it($session, $write{$method}->("storm-$method-$step-")));

		die $stopped if $stopped !~ /^(57014)?$/;
		if ($stopped) { $n_stopped++ }
		else { $n_done++ }
	}
}
note "$n_stopped calls were stopped, $n_done not";
cmp_ok($n_stopped, '>', 0, 'calls were stopped somewhere');
is(there('stopped', 'storm-'), 2500 * (2 + $n_done), 'and those that were not are stored');
is(disagreements($node, 'stopped'), '', 'each of them is whole');

# A transaction that its writer forgets.
my $forgotten = pid_of($session);
# (psql, when it is slow, tells of the end with the answer before it)
my $said = do_it($session, 'SET statement_timeout = 0; BEGIN; ' . $write{insert_log}->('forgotten') . " SET idle_in_transaction_session_timeout = '20ms';");
wait_for_end($forgotten);
ask($session, 'COMMIT;');
is(errors($said . last_words($session)) . ' ' . there('stopped', 'forgotten'), '25P03 0', 'a transaction that is forgotten stores nothing');

# ---- connections that are cut

new_log('cut');

# A connection whose bytes are ours, and the process that serves it.
sub raw_session
{
	my $socket = $node->raw_connect();
	my $startup = pack('N', 196608) . join('', map { "$_\0" } user => scalar getpwuid($>), database => 'cut', '');
	my $said = '';

	print { $socket } pack('N', 4 + length $startup) . $startup;
	$socket->flush;
	until ($said =~ /Z\0\0\0\x05I$/) { sysread($socket, $said, 1000, length $said) or die 'no connection' }
	my ($pid) = $said =~ /K\0\0\0\x0c(.{4})/s or die 'no process';
	return ($socket, unpack('N', $pid));
}
sub message { my ($type, $content) = @_; return $type . pack('N', 4 + length $content) . $content }

# In the middle of a COPY whose first rows are written, and of one of its messages.
foreach my $rest ('', substr(message('d', "cut-copy-never\tt\t$noon\tbody\n"), 0, 15))
{
	my ($socket, $pid) = raw_session();

	print { $socket } message('Q', "COPY ogw_logs.inbox (job_id, team_id, \"timestamp\", input) FROM STDIN\0"),
	  (map { message('d', "cut-copy-$_\tt\t$noon\tbody $_\n") } 1 .. 1500), $rest;
	$socket->flush;
	$node->poll_query_until('cut', "SELECT count(*) > 0 FROM pg_locks WHERE pid = $pid AND relation IN (SELECT partition FROM ogw_logs_internal.partitions_of('body'))") or die 'nothing is written yet';
	close $socket;
	wait_for_end($pid);
}
is(there('cut', 'cut-copy'), '0', 'a COPY whose connection is cut stores nothing');

# In the middle of calls that are sent without waiting for an answer, each for
# itself or in one transaction, and of the last one's message.
foreach my $begin ('', 'BEGIN')
{
	my ($socket, $pid) = raw_session();
	my $word = 'cut-pipeline' . lc "$begin-";
	my $call = sub { my ($sql) = @_; return message('P', "\0$sql\0" . pack('n', 0)) . message('B', "\0\0" . pack('nnn', 0, 0, 0)) . message('E', "\0" . pack('N', 0)) };
	my $insert = sub { my ($i) = @_; return $call->("SELECT ogw_logs.insert_log(job_id => '$word$i', team_id => 't', \"timestamp\" => '$noon', input => 'body')") };

	print { $socket } $begin ? $call->($begin) : '', (map { $insert->($_) . ($begin ? '' : message('S', '')) } 1 .. 100), substr($insert->(101), 0, 40);
	$socket->flush;
	close $socket;
	wait_for_end($pid);
	cmp_ok(there('cut', $word), '<=', $begin ? 0 : 100, "a pipeline that is cut, $begin: what was whole at the most");
}
is(disagreements($node, 'cut'), '', 'each of them is whole');

# The gateway is killed in the middle, and sends all of it again.
my $n_log = 6000;
open my $out, '>', "$dir/log.ndjson" or die $!;
printf $out qq({"job_id":"gateway-%d","team_id":"t","timestamp":"$noon","input":"%s"}\n), $_, "body $_ " x 200 foreach 1 .. $n_log;
close $out;
foreach my $method ($ENV{GATEWAY} ? qw(single batch copy) : ())
{
	my @command = ('--quiet', '--method', $method, '--connections', 4, '--batch', 100, '--acks', "$dir/$method.acks", '--conninfo', $node->connstr($method));

	new_log($method);
	append_to_file("$dir/$method.acks", '');
	run_beside('gateway', "$dir/$method", $ENV{GATEWAY}, @command, "$dir/log.ndjson");
	wait_until("$method: acknowledgements", sub { -s "$dir/$method.acks" > 0 });
	kill_beside('gateway');
	$node->poll_query_until($method, q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'ogw_gateway'}) or die 'its sessions do not end';
	my $stored = there($method, 'gateway');
	cmp_ok($stored, '<', $n_log, "$method: the gateway is killed in the middle");
	is(disagreements($node, $method), '', "$method: what it stored is whole");
	is(replay($node, $method, "$dir/log.ndjson", '--method', $method), counts($n_log, $n_log - $stored, $stored, 0), "$method: all of it is sent again, and the rest is stored");

	# more connections than there are: who has none waits for one
	is(replay($node, $method, "$dir/log.ndjson", '--method', $method, '--connections', 30, '--batch', 20), counts($n_log, 0, $n_log, 0), "$method: more connections than there are");
	is(disagreements($node, $method), '', "$method: each is whole");
}
like(slurp_file($node->logfile), qr/FATAL:  (sorry, too many clients already|remaining connection slots)/, 'and some were refused') if $ENV{GATEWAY};

# ---- memory and temporary files

new_log('lean');
$node->safe_psql('lean', q{ALTER DATABASE lean SET work_mem = '64kB'; ALTER DATABASE lean SET maintenance_work_mem = '1MB'; ALTER DATABASE lean SET hash_mem_multiplier = 1});
is(errors(do_it($session = session($node, 'lean'), join("\n", map { $write{$_}->("lean-$_-") } @methods))), '', 'every method works with the least memory');
is(there('lean', 'lean-'), 2500 + 2500 + 1100 + 1, 'and stores');
is(do_it($session, q{SELECT count(*), sum(length(l.input)) > 9000000 FROM ogw_logs.search(max_rows => 10000) s, ogw_logs.get_log(s.job_id, s.team_id, s."timestamp") l;}), "6102|t\n", 'search() and get_log() find');
do_it($session, 'SET temp_file_limit = 0;');
is(errors(do_it($session, $write{$_}->("limited-$_-"))), $_ eq 'insert_log' ? '' : '53400', "$_ without temporary files") foreach qw(insert_log insert_logs inbox);
is(errors(do_it($session, 'SELECT count(*) FROM ogw_logs.search(max_rows => 10000);')), '53400', 'search() without temporary files');
is(there('lean', 'limited-'), 1, 'what needs none is stored');
# the longest text there can be
is(errors(do_it($session, q{SELECT ogw_logs.insert_log(job_id => 'longest', team_id => 't', input => repeat('x', 1073741819));})), '', 'a body of 1 GB is left out');
is(there('lean', 'longest'), 1, 'and its entry is there');
do_it($session, 'RESET temp_file_limit;');
is(disagreements($node, 'lean'), '', 'each is whole');

# A process that may have only so much memory more: the error is always the one
# that says so, and the session goes on.
SKIP:
{
	skip 'there is no prlimit here', 2 if system('prlimit --as >/dev/null 2>&1') != 0;
	my %said;
	# made before: md5() has another error for it
	do_it($session, q{CREATE TABLE large AS SELECT string_agg(md5(n::text), '') AS text FROM generate_series(1, 20000) n;});
	do_it($session, q{SELECT ogw_logs.insert_log(job_id => 'large', team_id => 't', input => (SELECT text FROM large));});
	foreach my $step (0 .. 45)
	{
		my $limited = session($node, 'lean');
		my $pid = pid_of($limited);

		do_it($limited, q{SELECT ogw_logs.insert_log(job_id => 'first', team_id => 't');});
		my ($kb) = slurp_file("/proc/$pid/status") =~ /^VmSize:\s+(\d+)/m;
		system('prlimit', '--pid', $pid, '--as=' . 1024 * ($kb + 100 * $step)) == 0 or die "prlimit: $?";
		foreach my $call ("insert_log(job_id => 'large$step', team_id => 't', input => (SELECT text FROM large))", "get_log('large', 't')")
		{
			$said{ errors(do_it($limited, "SELECT 1 FROM ogw_logs.$call l;")) || 'done' }++;
		}
		is(do_it($limited, 'SELECT 1;'), "1\n", "$step: the session goes on") if $step == 0;
		last_words($limited);
	}
	is(join(' ', sort keys %said), '53200 done', 'too little memory is told as that');
}
is(disagreements($node, 'lean'), '', 'each is whole');
like(do_it($session, q{SELECT * FROM ogw_logs.erase_user('t', 'nobody'); SELECT bodies FROM ogw_logs.purge_bodies('t', 'infinity');}), qr/^\d{4}$/m, 'erasing works with the least memory');

# ---- locks: twelve a connection, and hundreds of partitions

new_database($node, 'locks');
$node->safe_psql('locks', q{SELECT ogw_logs.create_log('1 hour'), ogw_logs.set_team('t', body_logging => true), ogw_logs.make_partitions(now() - interval '1 hour', now() + interval '3 hours')});
$node->safe_psql('locks', "SELECT ogw_logs.make_partitions(now() - interval '$_ hours', now() - interval '@{[ $_ - 9 ]} hours')") foreach map { 1 + 10 * $_ } 1 .. 40;
my $n_partitions = $node->safe_psql('locks', q{SELECT count(*) FROM pg_inherits});
my $entries = q{(SELECT json_agg(json_build_object('job_id', 'wide' || n, 'team_id', 't', 'user_id', 'u', 'timestamp', now() - n * interval '1 hour', 'input', 'body'))::text FROM generate_series(%d, %d) n)};
$session = session($node, 'locks');
$node->safe_psql('locks', sprintf "SELECT ogw_logs.insert_logs($entries)", 1, 10);
foreach my $test (
	[ 'entries of many partitions', sprintf "ogw_logs.insert_logs($entries)", 1, 300 ],
	[ 'entries of many new partitions', sprintf "ogw_logs.insert_logs($entries)", 1001, 1090 ],
	[ 'making many partitions', q{ogw_logs.make_partitions(now() - interval '2000 hours', now() - interval '1801 hours')} ],
	[ 'the view without a time', 'count(*) FROM ogw_logs.logs' ],
	[ 'erase_user()', q{ogw_logs.erase_user('t', 'u')} ],
	[ 'purge_bodies()', q{ogw_logs.purge_bodies('t', 'infinity')} ])
{
	my ($what, $call) = @$test;

	is(errors(do_it($session, "SELECT $call;")), '53200', "$what: too many locks");
	is(do_it($session, qq{SELECT ogw_logs.insert_log(job_id => '$what', team_id => 't', input => 'x');}), "stored\n", "$what: then there are enough again");
}
is($node->safe_psql('locks', 'SELECT count(*) FROM pg_inherits'), $n_partitions, 'no partition is half made');
foreach my $search ("search(user_id => 'nobody')", "search(job_id => 'nobody')", "search(status => 'failure', max_rows => 1000000)", "get_log('nobody')")
{
	is(do_it($session, "SELECT count(*) FROM ogw_logs.$search;"), "0\n", "$search goes through all of them with few locks");
}
is(do_it($session, q{SELECT count(*), count(*) FILTER (WHERE user_id = 'u') FROM ogw_logs.search(since => now() - interval '15 hours');}), "16|10\n", 'search() with a time finds all, and nobody is erased');
last_words($session);

unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:|terminated by signal|XX000/, 'no process of the server died');
done_testing();
