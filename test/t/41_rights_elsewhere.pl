# A dump carries rights to another server, each to the role of its name there: not to a
# role that has the number of one that is gone, not to one that has a name that was given
# up, and not to one that is made later. A role that is not there keeps nothing else from
# being restored.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $source = start_node('rights_source');
my $target = start_node('rights_target');
my $dir = PostgreSQL::Test::Utils::tempdir();
my $odd = q{O'Odd "role" %I};
my $odd_role = q{"O'Odd ""role"" %I"};

new_database($source, 'logs');
$source->safe_psql('logs', qq{
	CREATE ROLE gone; CREATE ROLE ended; CREATE ROLE blue_only; CREATE ROLE boss; CREATE ROLE lead; CREATE ROLE oncall; CREATE ROLE monitor; CREATE ROLE $odd_role;
	SELECT ogw_logs.create_log();
	SELECT ogw_logs.set_team('red', body_logging => true), ogw_logs.set_team('blue', body_logging => true);
	SELECT ogw_logs.insert_log(job_id => t, team_id => t, "timestamp" => now() - interval '1 hour', input => 'body of ' || t) FROM unnest(ARRAY['red', 'blue']) t;
	SELECT ogw_logs.grant_reader(r, bodies => true), ogw_logs.grant_admin(r) FROM unnest(ARRAY['gone', 'ended', 'boss', 'oncall']::name[]) r;
	SELECT ogw_logs.grant_reader('blue_only', 'blue'), ogw_logs.grant_reader('lead', 'blue', views => true);
	SELECT ogw_logs.grant_reader(r, 'red', bodies => true, views => true) FROM pg_roles, LATERAL (SELECT rolname AS r) x WHERE rolname LIKE '%Odd%';
	SELECT ogw_logs.grant_monitor('monitor')});
my $gone = $source->safe_psql('logs', q{SELECT oid FROM pg_roles WHERE rolname = 'gone'});
$source->safe_psql('logs', q{DROP OWNED BY gone; DROP ROLE gone; DROP OWNED BY ended;
	ALTER ROLE boss RENAME TO boss_old; ALTER ROLE lead RENAME TO boss});

# there a role has the number of the one that is gone, and one has it for its name
$target->safe_psql('postgres', qq{
	DO \$\$ BEGIN
		LOOP
			CREATE ROLE same_number;
			EXIT WHEN (SELECT oid >= $gone FROM pg_roles WHERE rolname = 'same_number');
			DROP ROLE same_number;
		END LOOP;
	END \$\$});
is($target->safe_psql('postgres', q{SELECT oid FROM pg_roles WHERE rolname = 'same_number'}), $gone, 'a role has the number of one that is gone elsewhere');
$target->safe_psql('postgres', qq{CREATE ROLE "$gone"; CREATE ROLE gone; CREATE ROLE ended; CREATE ROLE blue_only; CREATE ROLE boss_old; CREATE ROLE boss; CREATE ROLE lead; CREATE ROLE monitor; CREATE ROLE $odd_role});

# What each role finds and administers, as 'red blue|body of red|red'; '!' is refused.
sub sees
{
	my ($node, $database, @roles) = @_;
	return join "\n", map {
		my $role = $node->safe_psql('postgres', "SELECT quote_ident(\$x\$$_\$x\$)");
		"$_: " . $node->safe_psql($database, qq{
			CREATE FUNCTION pg_temp.sees(OUT teams text, OUT bodies text, OUT purges text) LANGUAGE plpgsql AS \$\$
			BEGIN
				BEGIN
					teams := (SELECT string_agg(s.team_id, ' ' ORDER BY s.team_id) FROM ogw_logs.search() s);
					bodies := (SELECT string_agg(g.input, ' ' ORDER BY g.input) FROM unnest(ARRAY['red', 'blue']) j, ogw_logs.get_log(j) g);
				EXCEPTION WHEN insufficient_privilege THEN teams := '!'; END;
				BEGIN
					PERFORM ogw_logs.purge_bodies('red', '-infinity');
					purges := 'red';
				EXCEPTION WHEN insufficient_privilege THEN purges := '!'; END;
			END \$\$;
			SET ROLE $role; SELECT * FROM pg_temp.sees()})
	} @roles;
}
my $rights = q{SELECT role, privilege, team_id, bodies FROM ogw_logs.access WHERE role::text <> '' ORDER BY role::text, privilege, team_id};
my @carried = ('blue_only', 'boss_old', 'boss', $odd);
my @nobody = ('same_number', $gone, 'gone', 'ended', 'lead');
my $expected = "blue_only: blue||!\nboss_old: blue red|body of blue body of red|red\nboss: blue||!\n$odd: red|body of red|!";
my $nothing = join "\n", map { "$_: !||!" } @nobody;
is(sees($source, 'logs', @carried), $expected, 'what the roles have where they are');

$source->command_ok([ 'pg_dump', '-f', "$dir/plain.sql", $source->connstr('logs') ], 'pg_dump, plain');
$source->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/custom.dump", $source->connstr('logs') ], 'pg_dump -Fc');

# one role is not there
$target->safe_psql('postgres', 'CREATE DATABASE missing');
my ($out, $err);
IPC::Run::run [ 'psql', '-X', '-q', '-f', "$dir/plain.sql", $target->connstr('missing') ], '>', \$out, '2>', \$err;
like($err, qr/WARNING:  a role that has rights in ogw_logs.access is not on this server: its rights do not count/, 'a warning says that a role is not there');
is(join("\n", grep { !/"oncall" does not exist/ } $err =~ /^.*ERROR:.*$/mg), '', 'and no error is of anything else');
is(sees($target, 'missing', @carried), $expected, 'the others have their rights');
is(sees($target, 'missing', @nobody), $nothing, 'and nobody else has any');
$target->safe_psql('missing', q{CREATE ROLE oncall});
is(sees($target, 'missing', 'oncall'), 'oncall: !||!', 'nor has the role that is made later');
$target->safe_psql('missing', q{SELECT ogw_logs.grant_reader('oncall', 'blue')});
is(sees($target, 'missing', 'oncall'), 'oncall: blue||!', 'but for what it is given there');
is($target->safe_psql('missing', q{SET ROLE monitor; SELECT count(*) FROM ogw_logs.ingest_counts; SELECT count(*) > 0 FROM ogw_logs.partitions}), "2\nt", 'a monitor is one');
$target->safe_psql('missing', q{SELECT ogw_logs.grant_reader('gone', 'blue'), ogw_logs.grant_reader('ended', 'blue')});
is(sees($target, 'missing', 'gone', 'ended'), "gone: blue||!\nended: blue||!", 'roles whose rights had ended have what they are given, and no more');
$target->safe_psql('missing', 'DROP OWNED BY oncall, gone, ended');
$target->safe_psql('postgres', 'DROP ROLE oncall');

# without the grants a restore is whole where a role is not there; and no right counts
$target->safe_psql('postgres', 'CREATE DATABASE no_acl');
$target->command_ok([ 'pg_restore', '-1', '--no-acl', '-d', $target->connstr('no_acl'), "$dir/custom.dump" ], 'pg_restore -1 --no-acl, where a role is not there');
$target->safe_psql('no_acl', 'GRANT USAGE ON SCHEMA ogw_logs TO boss_old; GRANT EXECUTE ON FUNCTION ogw_logs.search, ogw_logs.get_log, ogw_logs.purge_bodies TO boss_old');
is(sees($target, 'no_acl', 'boss_old'), 'boss_old: ||!', 'without the grants no right counts');
$target->safe_psql('no_acl', q{SELECT ogw_logs.grant_reader('boss_old', 'blue')});
is(sees($target, 'no_acl', 'boss_old'), 'boss_old: blue||!', 'nor comes one back with the next grant');

# every role is there
$target->safe_psql('postgres', 'CREATE ROLE oncall; CREATE DATABASE whole');
$target->command_ok([ 'pg_restore', '-1', '-d', $target->connstr('whole'), "$dir/custom.dump" ], 'pg_restore -1, where every role is there');
is(sees($target, 'whole', @carried, 'oncall'), "$expected\noncall: blue red|body of blue body of red|red", 'all have their rights');
is(sees($target, 'whole', @nobody), $nothing, 'and nobody else has any');
is($target->safe_psql('whole', $rights), $source->safe_psql('logs', $rights), 'the rows are the same');

# the data alone, into a log where roles have rights already, the same and others
new_database($target, 'data_only');
$target->safe_psql('data_only', q{SELECT ogw_logs.create_log(), ogw_logs.make_partitions(now() - interval '2 hours', now());
	SELECT ogw_logs.grant_reader('boss_old', bodies => true), ogw_logs.grant_reader('blue_only', 'red')});
$target->command_ok([ 'pg_restore', '-1', '--data-only', '-d', $target->connstr('data_only'), "$dir/custom.dump" ], 'pg_restore --data-only');
is(sees($target, 'data_only', 'blue_only', 'boss_old', 'boss', @nobody),
	"blue_only: blue red||!\nboss_old: blue red|body of blue body of red|!\nboss: !||!\n$nothing", 'rights come to those that are there, and to no role that has none');
$target->safe_psql('data_only', q{SELECT ogw_logs.revoke_access('boss_old')});
is(sees($target, 'data_only', 'boss_old'), 'boss_old: !||!', 'and are taken back whole');
done_testing();
