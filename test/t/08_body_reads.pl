# Who opens a body stands in the server's log: after a ROLLBACK, in a read-only
# transaction and on a standby, where no row of a table can say so; and no name
# makes a line of its own there, and nothing of a body comes with it.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('primary');
$node->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);

# so that a LOG line would have its statement with it
$node->append_conf('postgresql.conf', "log_statement = none\nlog_min_error_statement = log\nfsync = off\n");
$node->start;
new_database($node, 'logs');
my $job_id = "job\nLOG:  forged \x7f\xc2\x85\xe2\x80\xa8 \"end";
$node->safe_psql('logs', qq{
	CREATE ROLE reader;
	SELECT ogw_logs.set_team('red', body_logging => true), ogw_logs.grant_reader('reader', 'red', bodies => true, views => true);
	SELECT ogw_logs.insert_log(job_id => '$job_id', team_id => 'red', session_id => 'talk', input => 'secret-input', output => 'secret-output', error_message => 'secret-message')});
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);

# Runs a statement; returns the lines of the log that it added and that tell of a body.
sub lines_of
{
	my ($where, $sql) = @_;
	my $before = -s $where->logfile;

	is($where->safe_psql('logs', $sql), 'secret-input', 'the body is read');
	my $added = substr slurp_file($where->logfile), $before;
	unlike($added, qr/secret-/, 'and nothing of the body is in the log');
	unlike($added, qr/^LOG:  forged|STATEMENT:/m, 'no line is forged, and no statement is with it');
	return grep { /returned a body/ } split /\n/, $added;
}

my ($user) = $node->safe_psql('logs', 'SELECT session_user');
my $line = '{"role":"reader","session_role":"' . $user . '","team_id":"red",'
  . '"job_id":"job\nLOG:  forged \u007f\u0085\u2028 \"end"}';
my $get = "SET LOCAL ROLE reader; SELECT input FROM ogw_logs.get_log('$job_id')";
my $talk = "SET LOCAL ROLE reader; SELECT input FROM ogw_logs.get_session('talk')";
my $messages = "SET LOCAL ROLE reader; SELECT text FROM ogw_logs.messages('$job_id') WHERE part_of = 'input'";
foreach my $case (
	[ $node, "BEGIN; $get; COMMIT", 'a transaction' ],
	[ $node, "BEGIN; $get; ROLLBACK", 'ROLLBACK' ],
	[ $node, "BEGIN; SAVEPOINT s; $get; ROLLBACK TO s; COMMIT", 'ROLLBACK TO SAVEPOINT' ],
	[ $node, "BEGIN READ ONLY; $get; COMMIT", 'a read-only transaction' ],
	[ $standby, "BEGIN; $get; COMMIT", 'a hot standby' ],
	[ $node, "BEGIN; $talk; ROLLBACK", 'a session', 'get_session' ],
	[ $node, "BEGIN; $messages; ROLLBACK", 'a conversation', 'messages' ],
	[ $standby, "BEGIN; $messages; COMMIT", 'a conversation on a standby', 'messages' ])
{
	my ($where, $sql, $what, $function) = @$case;
	$function //= 'get_log';
	my @lines = lines_of($where, $sql);
	is(scalar(@lines), 1, "$what: one line");
	like($lines[0], qr/LOG:  ogw_logs\.$function\(\) returned a body: \Q$line\E$/, "$what: who and what");
}
is($node->safe_psql('logs', 'SELECT count(*), min(read_by) FROM ogw_logs.body_read'), '1|reader',
	'the table has those that were committed');

# a search for a text in bodies has a line before it looks, and one for each body that it
# finds, whatever becomes of it
my $look = q{SET LOCAL ROLE reader; SELECT count(*) FROM ogw_logs.search(body_contains => 'secret-inp');};
foreach my $case ([ "BEGIN; $look ROLLBACK", 1, 1 ], [ "BEGIN; SAVEPOINT s; " . ($look =~ s{count\(\*\)}{1 / (count(*) - 1)}r) . ' ROLLBACK', 1, 1 ], [ "BEGIN; SET LOCAL ogw_logs.log_body_reads = off; $look ROLLBACK", 0, 0 ])
{
	my ($sql, $looked, $found) = @$case;
	my $before = -s $node->logfile;
	$node->psql('logs', $sql);
	my $added = substr slurp_file($node->logfile), $before;
	is(scalar(() = $added =~ /LOG:  ogw_logs\.search\(\) looks for a text in bodies: \{"role":"reader","session_role":"\Q$user\E"\}$/mg), $looked, "a search: $looked line");
	is(scalar(() = $added =~ /LOG:  ogw_logs\.search\(\) found a text in a body: \Q$line\E$/mg), $found, "and $found of what it found");
	unlike($added, qr/secret-/, 'and nothing of the text is in the log');
}

# switched off there is no line; a refused one has none either
is(scalar(lines_of($node, "SET ogw_logs.log_body_reads = off; BEGIN; $get; COMMIT")), 0, 'off: no line');
$node->safe_psql('logs', "SELECT ogw_logs.grant_reader('reader', 'red', bodies => false, views => true)");
my $size = -s $node->logfile;
is($node->safe_psql('logs', "BEGIN; $get; COMMIT"), '', 'without the right there is no body');
unlike(substr(slurp_file($node->logfile), $size), qr/returned a body/, 'and no line');
done_testing();
