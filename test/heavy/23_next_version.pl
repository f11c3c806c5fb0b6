# The version after this one, with a column more in the entry and an argument more of
# insert_log(): logs of this version are updated to it, and dumps of this version
# restore where it is installed. create_log() then gives every role again what
# grant_writer(), grant_reader() and grant_admin() gave it.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use IPC::Open2;
use IO::Handle;
use OgwNext;
use OgwTest;
use OgwUpgrade;
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir();
my $installation = copy_installation("$dir/installation");
my $node = start_upgrade_node('next', install_path => $installation->{path});
my $version = current_version($node);
alarm 5 * $PostgreSQL::Test::Utils::timeout_default;

# two logs of this version, one dumped, and a session that writes it
filled_log($node, 'now');
filled_log($node, 'used');
# and one to which nothing was written yet
new_database($node, 'new');
$node->safe_psql('new', q{SELECT ogw_logs.grant_writer('gateway')});
$node->command_ok([ 'pg_dump', '-f', "$dir/now.sql", $node->connstr('now') ], "a dump under $version");
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/now.dump", $node->connstr('now') ], '... and with -Fc');
my @before = privileges($node, 'now');
my $state = log_state($node, 'now');
my $state_of_used = log_state($node, 'used');
my $pid = open2(my $out, my $in, $node->installed_command('psql'), '-XAtq', '-d', $node->connstr('now'));
$in->autoflush;

# What a statement of that session returns, or the SQLSTATE of its error.
sub run_sql
{
	my ($sql) = @_;
	my $answer = '';

	print $in "$sql\n\\if :ERROR\n\\echo :SQLSTATE\n\\endif\n\\echo that is all\n";
	while (my $line = readline $out)
	{
		return $answer if $line eq "that is all\n";
		$answer .= $line;
	}
	die 'a connection is lost';
}
my $write = q{SELECT ogw_logs.insert_log(job_id => 'session %s', team_id => 'red');};
is(run_sql(sprintf $write, 1), "stored\n", 'a session writes');

# the package is upgraded
my $next = build_next("$dir/next", $version);
my @installed = install_next($installation, "$dir/next");
my @documents = map { s{.*/}{}r } 'README.md', glob("$FindBin::RealBin/../../docs/*.md");
is("@installed", join(' ', sort @documents, 'ogw_logs.control', map { "ogw_logs--$_.sql" } $version, $next, "$version--$next"),
	'make install brings documents and scripts, those of before, too');
is(current_version($node), $next, "$next is installed");
is(run_sql(sprintf $write, 2), "stored\n", 'a session with the library of before still writes');
my ($rc, $stdout, $stderr) = $node->psql('now', sprintf $write, 3);
like($stderr, qr/library of ogw_logs \Q$next\E, but the functions of this database are of version \Q$version\E\n.*HINT:  ALTER EXTENSION ogw_logs UPDATE/s, '... and a new one says what to do');
is($node->safe_psql('now', q{SET ROLE red_reader; SELECT count(*) FROM ogw_logs.logs}), '20', '... and the views read on');

# the log of this version is updated
my $written = log_state($node, 'now');
$node->safe_psql('now', 'ALTER EXTENSION ogw_logs UPDATE');
is(run_sql(sprintf $write, 4), "55000\n", 'the session of before does not write into what it does not know');
is(run_sql(q{SELECT count(*) FROM ogw_logs.search();}), "55000\n", '... nor read');
my ($old_call) = map { /^etl: EXECUTE insert_log(\(.*)/ } @before;
my $new_call = $old_call =~ s/given_value\)$/character varying,given_value)/r;
my ($old_types, $new_types) = map { s/given_value/ogw_logs.given_value/gr } $old_call, $new_call;

# The privileges without insert_log() for some roles.
sub without
{
	my ($privileges, @roles) = @_;
	my $roles = join '|', @roles;

	return [ grep { !/^($roles): EXECUTE insert_log\(/ } @$privileges ];
}

# The privileges as they are when roles have both insert_log() of the next version.
sub with_both
{
	my ($privileges, @roles) = @_;
	my $roles = join '|', @roles;

	return join "\n", sort map { /^($roles): EXECUTE insert_log\(/ ? ($_, s/given_value\)$/character varying,given_value)/r) : $_ } @$privileges;
}
is(join("\n", sort +privileges($node, 'now')), with_both(without(\@before, qw(etl gateway)), 'gateway'), 'the update takes insert_log(), whose arguments change, and nothing else');
is(log_state($node, 'now'), $written, '... and the log is as it was');

# what was given by grant_writer() is given again: by the first write, by maintain(), by hand
is($node->safe_psql('now', q{SET ROLE gateway; SELECT * FROM ogw_logs.insert_logs('[{"job_id":"first","team_id":"red"}]')}), '1|1|0|0', 'the gateway still writes batches');
is(join("\n", sort +privileges($node, 'now')), with_both(without(\@before, 'etl'), 'gateway'), '... and then has insert_log() again, both');
$node->safe_psql('now', "GRANT EXECUTE ON FUNCTION ogw_logs.insert_log$old_types, ogw_logs.insert_log$new_types TO etl");
is(join("\n", sort +privileges($node, 'now')), with_both(\@before, qw(etl gateway)), 'what a DBA gave a DBA gives again, and all privileges are as they were');
$node->safe_psql('new', 'ALTER EXTENSION ogw_logs UPDATE');
$node->safe_psql('new', 'SELECT ogw_logs.create_log()');
is($node->safe_psql('new', 'SET ROLE gateway; ' . sprintf $write, 'first'), 'stored', 'a gateway that has not written yet can write');
$node->safe_psql('used', 'ALTER EXTENSION ogw_logs UPDATE');
is($node->safe_psql('used', 'SELECT action FROM ogw_logs.maintain()'), 'create_log', 'maintain() brings a log up to date');
is(join("\n", sort +privileges($node, 'used')), with_both(without(\@before, 'etl'), 'gateway'), '... with the gateway\'s privileges');
is(log_state($node, 'used'), $state_of_used, '... and the log is as it was');
$node->safe_psql('used', "GRANT EXECUTE ON FUNCTION ogw_logs.insert_log$old_types, ogw_logs.insert_log$new_types TO etl");

# What a log of the next version does.
sub is_next
{
	my ($database) = @_;
	my $as = sub { my ($role, $sql) = @_; return $node->safe_psql($database, "SET ROLE $role; $sql") };

	is($as->('gateway', q{SELECT ogw_logs.insert_log(job_id => 'region', team_id => 'red', region => 'eu-1', input => 'a question')}), 'stored', "$database: insert_log() takes the new argument");
	is($as->('gateway', q{SELECT * FROM ogw_logs.insert_logs('[{"job_id":"region2","team_id":"red","region":"eu-2"}]'); INSERT INTO ogw_logs.inbox (job_id, team_id, region) VALUES ('region3', 'red', 'eu-3')}),
		'1|1|0|0', "$database: so do the other methods");
	is($as->('red_reader', q{SELECT string_agg(region, ' ' ORDER BY region), count(*) - count(region) > 17 FROM ogw_logs.logs; SELECT string_agg(region, ' ' ORDER BY region) FROM ogw_logs.search(since => now() - interval '1 hour')}),
		"eu-1 eu-2 eu-3|t\neu-1 eu-2 eu-3", "$database: it is read");
	is($as->('every_reader', q{SELECT region, input FROM ogw_logs.get_log('region'); SELECT region IS NULL, left(input, 10) FROM ogw_logs.get_log('job-6')}), "eu-1|a question\nt|question 6", "$database: and what has none, too");
	is($as->('gateway', q{SELECT ogw_logs.insert_log(job_id => 'job-9', team_id => 'red', "timestamp" => '2026-11-01 10:27Z')}), 'duplicate', "$database: what was there is known");
	($rc, $stdout, $stderr) = $node->psql($database, q{SET ROLE gateway; SELECT ogw_logs.insert_logs('[]'::json)});
	like($stderr, qr/permission denied/, "$database: what a DBA took stays taken");
	return;
}
is_next('now');

# no call of it is ambiguous, whatever it names and however many arguments it has
my @names = split / /, $node->safe_psql('now', q{SELECT array_to_string(proargnames, ' ') FROM pg_proc WHERE proname = 'insert_log' AND pronargs = 30});
is(scalar @names, 30, 'insert_log() has 30 arguments');
my @calls = map { join(', ', ('NULL') x $_), join(', ', map { "\$$_" } 1 .. $_) } 0 .. 30;
for my $n (0 .. 29)
{
	push @calls, join ', ', map { qq{"$names[$_]" => NULL} } $n .. 29, 0 .. $n - 1 - $n % 3;
	push @calls, join ', ', ('NULL') x $n, map { qq{"$names[$_]" => NULL} } $n .. 29 - $n % 2;
	push @calls, qq{"$names[$n]" => NULL};
	push @calls, join ', ', map { qq{"$names[$_]" => NULL} } grep { $_ != $n } 0 .. 29;
}
($rc, $stdout, $stderr) = $node->psql('now', join('', map { "PREPARE p AS SELECT ogw_logs.insert_log($_); DEALLOCATE p;\n" } @calls), on_error_stop => 0);
is($stderr, '', scalar(@calls) . ' ways to call it find one function each');
is($node->safe_psql('now', q{SET ROLE gateway; SELECT ogw_logs.insert_log('all 29', 'red', NULL, 'someone'} . ', NULL' x 25 . q{); RESET ROLE; SELECT owner FROM ogw_logs.entry WHERE job_id = 'all 29'}),
	"stored\nsomeone", 'the one of before does what it did');

$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/next.dump", $node->connstr('now') ], 'a dump of what was updated');

# a fresh install of it, where both are given as an update gives them
filled_log($node, 'fresh', qr/(?<=ogw_logs.insert_log)(?= TO etl)/ => $new_types);
$node->safe_psql('fresh', "GRANT EXECUTE ON FUNCTION ogw_logs.insert_log$old_types TO etl");
same_objects($node, 'fresh', 'now', "every object is as a fresh install of $next makes it");

# what else the other log does
is_up_to_date($node, 'used', $next);
is_next('used');
same_objects($node, 'fresh', 'used', '... and every object is the same');

# the dumps of this version and of the next
my %restore = (plain => [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/now.sql" ], custom => [ 'pg_restore', '-1', "$dir/now.dump" ], again => [ 'pg_restore', '-1', "$dir/next.dump" ]);
foreach my $database (qw(plain custom again))
{
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->command_ok([ @{ $restore{$database} }, '-d', $node->connstr($database) ], "$database: it restores");
	add_policy($node, $database);
	if ($database eq 'again')
	{
		is(join("\n", privileges($node, $database)), join("\n", privileges($node, 'now')), "$database: with every privilege");
	}
	else
	{
		is(log_state($node, $database), $state, "$database: the log is as it was");
		is(join("\n", sort +privileges($node, $database)), join("\n", sort @before), "$database: so is every privilege");
		is($node->safe_psql($database, $database eq 'plain' ? 'SELECT ogw_logs.create_log()' : 'SELECT action FROM ogw_logs.maintain()'),
			$database eq 'plain' ? '' : 'create_log', "$database: it is brought up to date");
		is(join("\n", sort +privileges($node, $database)), with_both(\@before, 'gateway'), "$database: the gateway has the new insert_log(), too");
		is_next($database);
		$node->safe_psql($database, "GRANT EXECUTE ON FUNCTION ogw_logs.insert_log$new_types TO etl");
	}
	same_objects($node, 'fresh', $database, "$database: every object is the same");
}
close $in;
waitpid $pid, 0;

is(join(' ', uninstall_next("$dir/next")), '', 'what was installed is gone after make uninstall');
done_testing();
