# ALTER EXTENSION ogw_logs UPDATE from 1.0 with live data: nothing of it changes,
# no privilege is lost or gained, and after the next write every object is as a
# fresh install makes it.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use OgwUpgrade;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_upgrade_node('upgrade');
my $version = current_version($node);
isnt($version, '1.0', "this is $version, and 1.0 is history");

# the same log, made by this version
new_database($node, 'fresh');
run_file($node, 'fresh', 'fill.sql');
$node->safe_psql('fresh', 'CREATE POLICY auditor ON ogw_logs.team_history FOR SELECT TO auditor USING (true)');

# an update that is taken back leaves 1.0
old_log($node, 'upgraded');
my $state = log_state($node, 'upgraded');
like($state, qr/^entries\|52\|.*^bodies\|\d\d\|.*^rejected\|1\|.*^erasures\|2\|.*^reads\|1\|.*^teams\|3\|.*^history\|7\|.*^access\|4\|.*^formats\|1\|/ms, 'the log of 1.0 has all there is');
my @objects = objects($node, 'upgraded');
my @before = privileges($node, 'upgraded');
$node->safe_psql('upgraded', 'BEGIN; ALTER EXTENSION ogw_logs UPDATE; SELECT ogw_logs.create_log(); ROLLBACK');
is(join("\n", objects($node, 'upgraded')), join("\n", @objects), 'an update that is rolled back leaves every object as it was');

# what somebody else could have put into the schema would run with the owner's rights
$node->safe_psql('upgraded', 'GRANT CREATE ON SCHEMA ogw_logs TO etl');
my ($rc, $out, $err) = $node->psql('upgraded', 'ALTER EXTENSION ogw_logs UPDATE');
like($err, qr/schema ogw_logs is not yours alone\n.*HINT: .*nobody else may have CREATE on it/s, 'an update asks for a schema of its own, as the installation did');
$node->safe_psql('upgraded', 'REVOKE CREATE ON SCHEMA ogw_logs FROM etl');

# a role that is gone is no obstacle, and nobody is given what comes
$node->safe_psql('upgraded', q{
	INSERT INTO ogw_logs.access VALUES ('gone', 'write', NULL, false);
	ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO etl;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO etl;
	ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO etl});
$node->safe_psql('upgraded', 'ALTER EXTENSION ogw_logs UPDATE');
$node->safe_psql('upgraded', q{DELETE FROM ogw_logs.access WHERE role_name = 'gone'});
is($node->safe_psql('upgraded', q{SELECT extversion FROM pg_extension WHERE extname = 'ogw_logs'}), $version, "ALTER EXTENSION ogw_logs UPDATE makes it $version");
is(log_state($node, 'upgraded'), $state, '... and changes nothing of the log');
# who reads may read a conversation, too
my @new = map { ("$_: EXECUTE get_session(text,text,timestamp with time zone,timestamp with time zone,integer)",
	"$_: EXECUTE search(body_text,text,text,text,text,text,text,text,text,timestamp with time zone,timestamp with time zone,text,text,text,integer,timestamp with time zone,text,text,boolean)") } qw(every_reader red_reader);
is(join("\n", privileges($node, 'upgraded')), join("\n", sort @before, @new), '... nor of any privilege');

# before the log itself is brought up to date
($rc, $out, $err) = $node->psql('upgraded', q{SET ROLE red_reader; SELECT ogw_logs.search()});
like($err, qr/tables of the log are not of version \Q$version\E\n.*HINT:.*create_log\(\)/s, 'search() says what to do until then');
is($node->safe_psql('upgraded', q{SET ROLE red_reader; SELECT count(*) FROM ogw_logs.logs}), '18', '... and the views read on');
is($node->safe_psql('upgraded', q{SELECT count(*) > 0 FROM ogw_logs.maintain(dry_run => true)}), 't', '... and maintain() says what is due');

# it is, by the first write
is_new_log($node, 'upgraded', $version);
$node->safe_psql('upgraded', q{
	ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM etl;
	ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM etl;
	ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM etl});
my %before = map { $_ => 1 } @before;
my %after = map { $_ => 1 } privileges($node, 'upgraded');
is(join("\n", grep { !$after{$_} } @before), '', 'no privilege is lost');
is(join("\n", grep { !$before{$_} } sort keys %after), join("\n", @new, 'red_reader: SELECT account', 'red_reader: SELECT accounts'), 'and only what comes with a privilege is gained');
same_objects($node, 'fresh', 'upgraded', 'every object is as a fresh install makes it');

# several sessions write at the same moment after an update
old_log($node, 'at_once');
$node->safe_psql('at_once', 'ALTER EXTENSION ogw_logs UPDATE');
my @writers = map {
	my ($n, $answer) = ($_, '');
	{ answer => \$answer, run => IPC::Run::start([ 'psql', '-XAt', '-d', $node->connstr('at_once'), '-c',
		"SELECT ogw_logs.insert_log(job_id => 'at once $n', team_id => 'red')" ], '>', \$answer) }
} 1 .. 6;
$_->{run}->finish foreach @writers;
is(join('', map { ${ $_->{answer} } } @writers), "stored\n" x 6, 'six sessions that write first all write');
is($node->safe_psql('at_once', q{SELECT count(*) FROM ogw_logs.installation; SELECT count(*) FROM ogw_logs.job}), "1\n58", '... and the log is made once');

# whoever runs the update: what it makes is the extension's owner's
old_log($node, 'another');
$node->safe_psql('another', q{CREATE ROLE another SUPERUSER; SET ROLE another; ALTER EXTENSION ogw_logs UPDATE});
$node->safe_psql('another', 'SELECT ogw_logs.create_log()');
same_objects($node, 'fresh', 'another', 'the same where another superuser runs the update');

# what nobody can say to PostgreSQL once more
($rc, $out, $err) = $node->psql('upgraded', 'ALTER EXTENSION ogw_logs UPDATE');
is("$rc $err", qq{0 psql:<stdin>:1: NOTICE:  version "$version" of extension "ogw_logs" is already installed}, 'a second update has nothing to do');
done_testing();
