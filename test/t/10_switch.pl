# A team's bodies are switched off while sessions write: what was sent after
# set_team() returned is in no file of the server, in whatever transaction, and
# what was stored with its body before is there byte for byte.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('switch', track_activities => 'on');
new_database($node, 'logs');
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('t', body_logging => true), ogw_logs.set_team('other', body_logging => true)});

alarm 3 * $PostgreSQL::Test::Utils::timeout_default;
sub write_one { my ($name, $team) = @_; return "SELECT ogw_logs.insert_log(job_id => '$name', team_id => '" . ($team // 't') . "', input => '" . canary($name) . " whole');" }

# All of them have the team's settings at hand.
my %s = map { $_ => session($node, 'logs') } qw(holder snapshot savepoint batch copying admin writer1 writer2 writer3);
my @before = grep { $_ ne 'admin' } sort keys %s;
do_it($s{$_}, write_one("before_$_")) for @before;

# Open transactions: one that has written a body; ones with an old snapshot, in
# a savepoint, prepared to send a batch; a COPY whose rows were not written yet.
do_it($s{holder}, 'BEGIN; ' . write_one('holder_open'));
do_it($s{snapshot}, 'BEGIN ISOLATION LEVEL REPEATABLE READ; ' . write_one('snapshot_other', 'other'));
do_it($s{savepoint}, 'BEGIN; SAVEPOINT s; ' . write_one('savepoint_other', 'other'));
do_it($s{batch}, q{BEGIN; PREPARE b AS SELECT ogw_logs.insert_logs($1::text);} . write_one('batch_other', 'other'));
print { $s{copying}{in} } "COPY ogw_logs.inbox (job_id, team_id, input) FROM STDIN;\n"
  . join('', map { "copying_$_\tt\t" . canary("copying_$_") . "\n" } 1 .. 500);
$node->poll_query_until('logs', q{SELECT count(*) = 1 FROM pg_stat_progress_copy WHERE tuples_processed > 0}) or die 'the COPY is not under way';

# Three that write on and on, each entry in a transaction of its own.
my $n_during = 1000;
foreach my $writer (qw(writer1 writer2 writer3))
{
	ask($s{$writer}, join("\n", map { write_one("during_${writer}_$_") } 1 .. $n_during));
}

readline $s{writer1}{out} for 1 .. 50;

# The switch waits for the one that has written a body; it returns once that is over.
ask($s{admin}, q{SELECT ogw_logs.set_team('t', body_logging => false);});
$node->poll_query_until('logs', q{SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND mode = 'ExclusiveLock'}) or die 'the switch does not wait';
do_it($s{holder}, write_one('holder_waited_for') . ' COMMIT;');
answer($s{admin});

# From here on nothing may be stored.
do_it($s{snapshot}, write_one('after_snapshot') . ' COMMIT;');
do_it($s{savepoint}, write_one('after_savepoint') . ' RELEASE s; COMMIT;');
do_it($s{batch}, sprintf(q~EXECUTE b('[{"job_id":"after_batch","team_id":"t","input":"%s"}]'); COMMIT;~, canary('after_batch')));
do_it($s{copying}, join('', map { "after_copying_$_\tt\t" . canary("after_copying_$_") . "\n" } 1 .. 800) . '\.');
answer($s{$_}) for qw(writer1 writer2 writer3);
do_it($s{$_}, write_one("after_$_")) for qw(writer1 writer2 writer3 holder);
foreach my $session (values %s) { close $session->{in}; waitpid $session->{pid}, 0 }

# What became of each entry.
my %body = map { split /\|/ } split /\n/, $node->safe_psql('logs', q{SELECT job_id, body_state FROM ogw_logs.entry});
my @stored = grep { $body{$_} eq 'stored' } sort keys %body;
is(scalar(keys %body), 8 + 3 + 2 + 3 * $n_during + 1300 + 3 + 4, 'every entry is there');
is(join(' ', grep { $body{$_} ne 'stored' } (map { "before_$_" } @before), qw(holder_open holder_waited_for snapshot_other savepoint_other batch_other)),
	'', 'what came before has its body');
is(join(' ', grep { /after|copying_/ && !/^before/ && $body{$_} ne 'off' } keys %body), '', 'what came after has none, nor what was not written yet');
foreach my $writer (qw(writer1 writer2 writer3))
{
	like(join('', map { $body{"during_${writer}_$_"} eq 'stored' ? 1 : 0 } 1 .. $n_during), qr/^1*0*$/, 'once off, they stay off');
}
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, e.team_id) g WHERE e.body_state = 'stored' AND g.input ~ '^q7ZkVw3_.* whole$' AND strpos(g.input, e.job_id) > 0}),
	scalar(@stored), 'and each body is whole');
note scalar(@stored) . ' entries of ' . scalar(keys %body) . ' have a body';
$node->stop;
my $found = scan_disk($node->data_dir, $node->logfile);
my %stored = map { canary($_) => 1 } @stored;
# in compressed bytes as they are, the end of a word can be missing
is(join(' ', grep { my $begin = s/_[0-9a-f]*$/_/r; !$stored{$_} && !grep { index($_, $begin) == 0 } keys %stored } sort keys %$found),
	'', 'no other word is in any file of the server');
is(join(' ', grep { !$found->{$_} } sort keys %stored), '', 'these are');
done_testing();
