# A dump that was taken under 1.0 restores where this version is installed, by
# psql and by pg_restore, and the next write brings the log up to date.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use OgwUpgrade;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_upgrade_node('old_dump');
my $version = current_version($node);
my $dir = PostgreSQL::Test::Utils::tempdir();

new_database($node, 'fresh');
run_file($node, 'fresh', 'fill.sql');
old_log($node, 'old');
my $state = log_state($node, 'old');

# by today's pg_dump, and as the one of that time wrote it
my %restore = (
	plain => [ [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain.sql" ] ],
	one_transaction => [ [ 'psql', '-Xq', '-1', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain.sql" ] ],
	of_that_time => [ [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$FindBin::RealBin/../upgrade/1.0.sql" ] ],
	custom => [ [ 'pg_restore', '-1', "$dir/custom.dump" ] ],
	parallel => [ [ 'pg_restore', '-e', '-j', 2, "$dir/parallel" ] ],
	data_last => [ [ 'pg_restore', '-1', '--section=pre-data', '--section=post-data', "$dir/custom.dump" ],
		[ 'pg_restore', '-1', '--section=data', "$dir/custom.dump" ] ]);
$node->command_ok([ 'pg_dump', '-f', "$dir/plain.sql", $node->connstr('old') ], 'pg_dump under 1.0, plain');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/custom.dump", $node->connstr('old') ], 'pg_dump -Fc');
$node->command_ok([ 'pg_dump', '-Fd', '-j', 2, '-f', "$dir/parallel", $node->connstr('old') ], 'pg_dump -Fd -j 2');

my @privileges = privileges($node, 'old');
foreach my $database (sort keys %restore)
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	foreach my $command (@{ $restore{$database} })
	{
		$node->command_ok([ @$command, '-d', $node->connstr($database) ], "$database: @$command[0 .. 1] restores");
	}
	is($node->safe_psql($database, q{SELECT extversion FROM pg_extension WHERE extname = 'ogw_logs'}), $version, "$database: it is $version");
	is(log_state($node, $database), $state, "$database: the log is as it was");
	# who reads may read a conversation, too
	my @new = map { ("$_: EXECUTE get_session(text,text,timestamp with time zone,timestamp with time zone,integer)",
	"$_: EXECUTE search(body_text,text,text,text,text,text,text,text,text,timestamp with time zone,timestamp with time zone,text,text,text,integer,timestamp with time zone,text,text,boolean)") } qw(every_reader red_reader);
	is(join("\n", privileges($node, $database)), join("\n", sort @privileges, @new), "$database: so is every privilege");
	# policies on members of the extension are not in a dump
	$node->safe_psql($database, 'CREATE POLICY auditor ON ogw_logs.team_history FOR SELECT TO auditor USING (true)');
	if ($database eq 'custom')
	{
		is_new_log($node, $database, $version);
	}
	else
	{
		is($node->safe_psql($database, q{SET ROLE gateway; SELECT ogw_logs.insert_log(job_id => 'job-6', team_id => 'red', "timestamp" => '2026-11-01 10:18Z')}),
			'duplicate', "$database: the first write knows what was there");
	}
	$node->safe_psql($database, 'DROP POLICY auditor ON ogw_logs.team_history');
	same_objects($node, 'fresh', $database, "$database: every object is as a fresh install makes it");
}

# a role that is not there any more is left out, as with any dump
my $dump = sql_file('1.0.sql') =~ s/^(?:GRANT|CREATE POLICY) .*\betl\b.*\n//mgr =~ s/^gateway\twrite\t\\N\tf\n/gone\twrite\t\\N\tf\n$&/mr;
$node->safe_psql('postgres', 'CREATE DATABASE gone');
$node->safe_psql('gone', $dump);
is($node->safe_psql('gone', q{SELECT count(*) FROM ogw_logs.access WHERE role_name = 'gone'}), '1', 'a grant to a role that is gone is no obstacle');
done_testing();
