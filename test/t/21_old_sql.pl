# A new library with the SQL of 1.0, as it is between the installation of a
# package and ALTER EXTENSION ogw_logs UPDATE: what needs the new SQL says so,
# what does not still works, and nothing crashes. The library has every function
# that the script of any version names.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use OgwUpgrade;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_upgrade_node('old_sql', shared_preload_libraries => 'ogw_logs', 'ogw_logs.maintenance_interval' => '1s');
my $version = current_version($node);
my $project = "$FindBin::RealBin/../..";

# in the scripts that were released and in those that were built
my %symbols;
my @scripts = (glob("$project/released/*.sql"), glob("$project/ogw_logs--*.sql"));
foreach my $script (@scripts)
{
	my $text = slurp_file($script);
	my $functions = () = $text =~ /^LANGUAGE c\b/mg;
	my @named = $text =~ /^AS 'MODULE_PATHNAME', '(\w+)'/mg;
	is(scalar @named, $functions, basename_of($script) . ' names the C function of each function in C');
	$symbols{$_} = 1 foreach @named;
}
cmp_ok(scalar @scripts, '>=', 3, 'scripts are looked at');
$node->safe_psql('postgres', join '', map { "CREATE FUNCTION pg_temp.$_() RETURNS void LANGUAGE c AS '\$libdir/ogw_logs', '$_';\n" } sort keys %symbols);
pass('the library has the ' . scalar(keys %symbols) . ' functions that they name');

old_log($node, 'old');
my $state = log_state($node, 'old');
my $update = qr/this session runs the library of ogw_logs \Q$version\E, but the functions of this database are of version 1\.0\n.*HINT:  ALTER EXTENSION ogw_logs UPDATE/s;

sub says_update
{
	my ($role, $sql, $name) = @_;
	my ($rc, $out, $err) = $node->psql('old', "SET ROLE $role; $sql");

	like($err, $update, "$name says what to do");
	is($out, '', '... and does nothing');
	return;
}

sub still
{
	my ($role, $sql, $expected, $name) = @_;
	my ($rc, $out, $err) = $node->psql('old', "SET ROLE $role; $sql");

	is($out . $err, $expected, "$name still works");
	return;
}

# what writes or reads the log
says_update('gateway', q{SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red')}, 'insert_log()');
says_update('gateway', q{SELECT ogw_logs.insert_logs('[{"job_id":"new","team_id":"red"}]')}, 'insert_logs()');
says_update('gateway', q{INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('new', 'red')}, 'INSERT INTO inbox');
says_update('gateway', qq{COPY ogw_logs.inbox (job_id, team_id) FROM STDIN;\nnew\tred\n\\.\n}, 'COPY inbox');
says_update('red_reader', q{SELECT * FROM ogw_logs.search()}, 'search()');
says_update('red_reader', q{SELECT * FROM ogw_logs.search(job_id => 'job-6', status => 'success', since => '2026-01-01Z')}, 'search() with filters');
says_update('every_reader', q{SELECT * FROM ogw_logs.get_log('job-6')}, 'get_log()');
says_update('red_admin', q{SELECT * FROM ogw_logs.purge_bodies('red')}, 'purge_bodies()');
says_update('red_admin', q{SELECT * FROM ogw_logs.erase_user('red', 'user 3')}, 'erase_user()');
says_update('NONE', q{SELECT ogw_logs.key_fingerprint('k')}, 'key_fingerprint()');

# what does not
still('red_reader', q{SELECT count(*), min(team_id), max(team_id) FROM ogw_logs.logs; SELECT count(*) FROM ogw_logs.attempts; SELECT count(*) FROM ogw_logs.rejected}, "18|red|red\n34\n1", 'a view with its policy');
still('analyst', q{SELECT sum(requests) FROM bi.by_model}, '8', 'a DBA\'s view with a DBA\'s policy');
still('red_admin', q{SELECT ogw_logs.set_team('red', redact_bodies => false); SELECT ogw_logs.clear_team('red', 'redact_bodies'); SELECT count(*) FROM ogw_logs.team_history}, "\n\n5", 'an admin\'s settings');
still('auditor', q{SELECT ogw_logs.redact('OPENAI_API_KEY=sk-proj-' || repeat(md5('1'), 2)); SELECT count(*) > 0 FROM ogw_logs.privacy_check()}, "OPENAI_API_KEY=sk-proj-****\nt", 'redact() and privacy_check()');
still('NONE', q{SELECT ogw_logs.redact_key('sk-proj-abcdefghijklmnop')}, 'sk-****', 'redact_key()');
still('NONE', q{SELECT ogw_logs.grant_reader('etl', 'blue'); SET ROLE etl; SELECT count(*) FROM ogw_logs.logs; RESET ROLE; SELECT ogw_logs.revoke_access('etl')}, "\n17\n", 'grant_reader()');
still('NONE', q{SELECT ogw_logs.create_log(); SELECT ogw_logs.make_partitions('2026-11-01Z', '2026-11-01 03:00Z')}, "\n4", 'create_log()');
still('NONE', q{SELECT action FROM ogw_logs.maintain(dry_run => true) LIMIT 1; SELECT action FROM ogw_logs.maintain()}, "make_partition\nmake_partition", 'maintain()');

# every function there is, by itself
my @functions = split /\n/, $node->safe_psql('old', q{
	SELECT format('SELECT ogw_logs.%I(%s)', p.proname, (SELECT string_agg('NULL::' || t::regtype, ', ') FROM unnest(p.proargtypes) t))
	  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
	 WHERE p.pronamespace = 'ogw_logs'::regnamespace AND l.lanname = 'c'});
cmp_ok(scalar @functions, '>', 20, 'every C function is called');
$node->psql('old', $_) foreach @functions;
$node->psql('old', "SELECT ogw_logs.erase_scalars('{\"a\":\"b\"}', NULL, 'b', 'c', 'd')");
is($node->safe_psql('old', 'SELECT count(*) FROM ogw_logs.team_history'), '9', '... and the server is there');
unlike(slurp_file($node->logfile), qr/was terminated by signal|PANIC|TRAP/, '... and was all the time');
is((split /\n/, log_state($node, 'old'))[0, 1], (split /\n/, $state)[0, 1], '... and entries and bodies are as they were');

# the background worker of this library calls maintain() of whatever version
$node->safe_psql('postgres', "ALTER SYSTEM SET ogw_logs.databases = 'old'");
$node->reload;
$node->poll_query_until('old', 'SELECT count(*) = 0 FROM ogw_logs.maintain(dry_run => true)') or die 'the worker does nothing';
pass('the background worker does what 1.0 has to do');
$node->safe_psql('old', 'ALTER EXTENSION ogw_logs UPDATE');
$node->poll_query_until('old', "SELECT ogw_logs.log_version() = '$version'") or die 'the worker does nothing after the update';
pass('after the update it brings the log up to date');
is($node->safe_psql('old', q{SET ROLE gateway; SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red')}), 'stored', '... and the gateway writes');
done_testing();

# The name of a file without its folder.
sub basename_of { return $_[0] =~ s{.*/}{}r }
