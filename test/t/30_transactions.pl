# Transactions that stay open hold up nobody's partition: an open COPY, a prepared
# transaction, a writer whose session is lost, maintain() itself; and maintain() says who
# blocks it. Where no background worker makes partitions, a writer does.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

# a writer that waits in vain is to fail this test, not to stop it
$ENV{PGOPTIONS} = "-c lock_timeout=${PostgreSQL::Test::Utils::timeout_default}s";
my $node = start_node('transactions', max_prepared_transactions => 5, max_worker_processes => 2, track_activities => 'on', log_min_messages => 'warning', log_error_verbosity => 'default');
my $day = 0;

# An entry of a day that no other has.
sub entry
{
	my ($job_id) = @_;

	$day++;
	return "SELECT ogw_logs.insert_log(job_id => '$job_id', team_id => 't', \"timestamp\" => now() - interval '$day days', input => 'b')";
}

# Whether somebody else can do what takes a partition, without waiting.
sub others_go_on
{
	my ($database, $what) = @_;

	is($node->safe_psql($database, "SET lock_timeout = '3s'; " . entry('other' . $day)), 'stored', "$what: another writer has a partition of another day");
	is($node->safe_psql($database, q{SELECT count(*) FROM ogw_logs.maintain()}), '1', "$what: maintain() goes on");
	return;
}

# What maintain() warns of when it does nothing else, with numbers and times left out.
sub warnings_of_maintain
{
	my ($database) = @_;
	my ($out, $err) = ('more', '');

	(undef, $out, $err) = $node->psql($database, q{SELECT * FROM ogw_logs.maintain()}) while $out;
	return join "\n", map { s/pid \d+/pid N/gr =~ s/since [-\d]+ [:\d]+ UTC/since T/gr =~ s/_2\d+/_TIME/gr } $err =~ /(WARNING: .*)/g;
}

# ---- a log's first writer prepares the transaction, and nobody commits it

new_database($node, 'logs');
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('t', body_logging => true)});
$node->safe_psql('logs', 'BEGIN; ' . entry('prepared') . q{; PREPARE TRANSACTION 'forgotten'});
others_go_on('logs', 'a prepared transaction');
is($node->safe_psql('logs', q{SELECT count(*) FROM pg_locks WHERE pid IS NULL AND locktype = 'relation' AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')}),
	'0', 'it keeps no lock that anybody waits for who writes');

# ---- a COPY that stays open, with rows that needed a partition

my $copy = session($node, 'logs');
print { $copy->{in} } qq{COPY ogw_logs.inbox (job_id, team_id, "timestamp", input) FROM STDIN;\n};
my $time = $node->safe_psql('logs', q{SELECT to_char(now() - interval '100 days', 'YYYY-MM-DD HH24:MI')});
print { $copy->{in} } "copy$_\tt\t$time\tb\n" for 1 .. 1500;
$node->poll_query_until('logs', q{SELECT count(*) = 1 FROM ogw_logs.partitions WHERE since <= now() - interval '100 days' AND until > now() - interval '100 days'}) or die 'the COPY makes no partition';
others_go_on('logs', 'an open COPY');
is($node->safe_psql('logs', entry('x') =~ s/'\d+ days'/'100 days'/r), 'stored', 'and who sends to the same day does not wait either');
print { $copy->{in} } "\\.\n";
is(do_it($copy, q{SELECT (ogw_logs.last_batch()).stored;}), "1500\n", 'it comes to its end');

# ---- a writer whose client is gone, and one that is cancelled or ended while it waits for the worker

my $lost = session($node, 'logs');
is(do_it($lost, 'BEGIN; ' . entry('lost') . ';'), "stored\n", 'a writer that does not commit');
kill 'STOP', $lost->{pid};
others_go_on('logs', 'a client that does not answer');
kill 'CONT', $lost->{pid};
do_it($lost, 'ROLLBACK;');

my $dba = session($node, 'logs');
do_it($dba, 'BEGIN; LOCK TABLE ONLY ogw_logs.entry IN SHARE UPDATE EXCLUSIVE MODE;');
my $writer = session($node, 'logs');
like(do_it($writer, q{SET statement_timeout = '300ms'; } . entry('late') . '; RESET statement_timeout;'), qr/^ERROR:  57014$/m, 'statement_timeout ends the wait for the worker');
is($node->safe_psql('logs', q{SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 28520}), '0', 'and its lock is gone');
do_it($writer, 'SET application_name = dying;');
ask($writer, entry('dying') . ';');
$node->poll_query_until('logs', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE application_name = 'dying' AND state = 'active'}) or die 'no writer';
$node->safe_psql('logs', q{SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'dying'});
$node->poll_query_until('logs', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'ogw_logs partition'}) or die 'the worker stays';
pass('and pg_terminate_backend() ends the writer; its worker ends by itself');

# ---- what blocks maintain() is told

my $waiting = session($node, 'logs');
ask($waiting, entry('waiting') . ';');
$node->safe_psql('logs', q{ALTER DATABASE logs SET ogw_logs.partitions_ahead = 20});
like(warnings_of_maintain('logs'), qr/^WARNING:  maintain\(\) could not do its step "make_partition entry_TIME": blocked by pid N since T$/m, 'maintain() warns of whom it waits for');
like($node->safe_psql('logs', q{SELECT detail FROM ogw_logs.maintain(dry_run => true) WHERE action = 'make_partition' LIMIT 1}),
	qr/; blocked by pid \d+ since [-\d]+ [:\d]+ UTC$/, 'and a dry run lists it');
do_it($dba, q{PREPARE TRANSACTION 'locked';});
like(warnings_of_maintain('logs'), qr/blocked by prepared transaction 'locked' since T$/m, 'a prepared transaction too');
$node->safe_psql('logs', q{ROLLBACK PREPARED 'locked'; COMMIT PREPARED 'forgotten'});
is(answer($waiting), "stored\n", 'when that ends, who waited goes on');
maintain_all($node, 'logs');
is(warnings_of_maintain('logs'), '', 'and nothing is told of when nothing is due');

$node->safe_psql('logs', q{ALTER DATABASE logs SET ogw_logs.partitions_ahead = 21});
my $idle = session($node, 'logs');
like(do_it($idle, 'BEGIN; SELECT action FROM ogw_logs.maintain();'), qr/^make_partition$/m, 'maintain() that is not committed');
is($node->safe_psql('logs', entry('beside')), 'stored', 'holds up no writer');
is(warnings_of_maintain('logs'), 'WARNING:  maintain() can do nothing: blocked by pid N since T', 'and other calls tell of it');
do_it($idle, 'COMMIT;');

do_it($idle, 'SET track_activities = off;');
do_it($idle, 'BEGIN; SELECT action FROM ogw_logs.maintain();');
like(warnings_of_maintain('logs'), qr/blocked by pid N, connected since T$/, 'as far as it is known');
do_it($idle, 'COMMIT; RESET track_activities;');

# ---- a snapshot that keeps it from dropping something

is($node->safe_psql('logs', q{SELECT ogw_logs_internal.snapshot_holders(pg_current_xact_id()) IS NULL}), 't', 'nobody has an old snapshot');
do_it($idle, 'BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1;');
like($node->safe_psql('logs', q{SELECT ogw_logs_internal.snapshot_holders(pg_current_xact_id())}), qr/^pid \d+ since [-\d]+ [:\d]+ UTC$/, 'who has one is found');
do_it($idle, 'COMMIT;');

# ---- many at once, with one worker to be had, which then nobody has

my $from = -s $node->logfile;
append_to_file($node->data_dir . '/herd.sql', q{SELECT ogw_logs.insert_log(job_id => 'h' || :client_id, team_id => 't', "timestamp" => now() - interval '200 days', input => 'b')});
$node->command_ok([ 'pgbench', '-n', '-c', 15, '-j', 2, '-t', 1, '-f', $node->data_dir . '/herd.sql', $node->connstr('logs') ], 'fifteen who lack one partition');
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.entry WHERE job_id ~ '^h\d'}), '15', 'all have it');
unlike(substr(slurp_file($node->logfile), $from), qr/no background worker is free|does it itself/, 'by one worker');

$node->append_conf('postgresql.conf', 'max_worker_processes = 0');
$node->restart;
$from = -s $node->logfile;
is(do_it($idle = session($node, 'logs'), 'BEGIN; ' . entry('own') . ';'), "stored\n", 'without a worker the writer makes the partition');
like(substr(slurp_file($node->logfile), $from), qr/LOG:  ogw_logs: no background worker is free for make_body_partition\(\)/, 'the log tells it');
($day += 1, ask($waiting = session($node, 'logs'), entry('behind') . ';'));
$node->poll_query_until('logs', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted}) or die 'nobody waits';
do_it($idle, 'COMMIT;');
is(answer($waiting), "stored\n", 'and who waits for its end goes on');

# ---- as pg_upgrade starts a server, there are no workers

$node->append_conf('postgresql.conf', 'max_worker_processes = 8');
$node->stop;
command_ok([ 'pg_ctl', '-w', '-D', $node->data_dir, '-l', $node->logfile, '-o', '-b', 'start' ], 'started as pg_upgrade does');
isnt(scalar $node->psql('logs', entry('upgrade')), 0, 'a writer is refused a partition, as ever, and waits for nobody');
command_ok([ 'pg_ctl', '-w', '-D', $node->data_dir, 'stop' ], 'and it stops');
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal/, 'no process crashed');
done_testing();
