# What the tests of upgrades share: a log as it is in use, what it does when it is
# brought up to date, and the comparison of every object of two databases.
package OgwUpgrade;

use strict;
use warnings FATAL => 'all';
use feature 'state';
use Exporter 'import';
use FindBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_upgrade_node filled_log add_policy run_file is_up_to_date objects same_objects log_state privileges current_version);

# A server with the roles that fill.sql gives rights to. Entries may be of any age.
sub start_upgrade_node
{
	my ($name, %settings) = @_;
	my $node = start_node($name, 'ogw_logs.max_age' => '24855d', %settings);

	run_file($node, 'postgres', 'roles.sql');
	return $node;
}

# Runs a file of test/t/sql in a database, with something in it replaced.
sub run_file
{
	my ($node, $database, $file, $pattern, $by) = @_;
	my $sql = slurp_file("$FindBin::RealBin/../t/sql/$file");

	die "$pattern is not in $file" if $pattern && $sql !~ s/$pattern/$by/;
	return $node->safe_psql($database, $sql);
}

# Makes a database with a log as it is in use, and a DBA's policy on a table of the
# extension, which pg_dump leaves out.
sub filled_log
{
	my ($node, $database, @replaced) = @_;

	new_database($node, $database);
	run_file($node, $database, 'fill.sql', @replaced);
	add_policy($node, $database);
	return;
}
sub add_policy
{
	my ($node, $database) = @_;

	$node->safe_psql($database, 'CREATE POLICY auditor ON ogw_logs.team_history FOR SELECT TO auditor USING (true)');
	return;
}

# The version that CREATE EXTENSION installs.
sub current_version
{
	my ($node) = @_;

	return $node->safe_psql('postgres', q{SELECT default_version FROM pg_available_extensions WHERE name = 'ogw_logs'});
}

# Every object of the extension and in its schemas, a property a line. Left out
# are the partitions but those of one time, which no version before made, and the
# column that a DBA added: it came before an update's or after.
sub objects
{
	my ($node, $database) = @_;
	my @lines = split /\n/, run_file($node, $database, 'objects.sql');

	s/, ticket\b// foreach @lines;
	return grep { !/_(\d{8}|\d{10})(?!\d)/ || /_203105/ } @lines;
}

# Compares every object of two databases.
sub same_objects
{
	my ($node, $one, $other, $name) = @_;
	# a partition of each table, made by this version, is compared, too
	my %lines;
	state %known;

	foreach my $database ($one, $other)
	{
		# the one to compare with stays as it is
		$lines{$one} = $known{ $node->name . $one } and next if $database eq $one && $known{ $node->name . $one };
		$node->safe_psql($database, q{SELECT ogw_logs_internal.make_body_partition('2031-05-06 10:00Z'), ogw_logs_internal.make_segment_partition('2031-05-06 10:00Z')});
		$lines{$database} = { map { $_ => 1 } objects($node, $database) };
	}
	$known{ $node->name . $one } = $lines{$one};
	my @missing = grep { !$lines{$other}{$_} } sort keys %{ $lines{$one} };
	my @added = grep { !$lines{$one}{$_} } sort keys %{ $lines{$other} };
	cmp_ok(scalar keys %{ $lines{$one} }, '>', 1000, "$name: objects are compared");
	is(join("\n", (map { "only in $one: $_" } @missing), (map { "only in $other: $_" } @added)), '', $name);
	return;
}

# What an upgrade may not change: the log as it was written, and its settings. A next
# version's column is no part of it.
sub log_state
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, q{
		SET timezone = 'UTC';
		SELECT 'entries', count(*), md5(string_agg((to_jsonb(e) - '{region}'::text[])::text, E'\n' ORDER BY e.team_id, e.job_id)) FROM ogw_logs.entry e
		UNION ALL SELECT 'bodies', count(*), md5(string_agg(to_jsonb(b)::text, E'\n' ORDER BY b.team_id, b.job_id, b.chunk)) FROM ogw_logs.body b
		UNION ALL SELECT 'entry keys', count(*), md5(string_agg(to_jsonb(k)::text, E'\n' ORDER BY k."timestamp", k.key)) FROM ogw_logs.entry_key k
		UNION ALL SELECT 'ingest counts', count(*), md5(string_agg(to_jsonb(c)::text, E'\n' ORDER BY c.team_id, c.method)) FROM ogw_logs.ingest_counts c
		UNION ALL SELECT 'rejected', count(*), md5(string_agg(to_jsonb(r)::text, E'\n' ORDER BY r.job_id)) FROM ogw_logs.rejected r
		UNION ALL SELECT 'erasures', count(*), md5(string_agg(to_jsonb(x)::text, E'\n' ORDER BY x.erased_at)) FROM ogw_logs.erasure x
		UNION ALL SELECT 'reads', count(*), md5(string_agg(to_jsonb(x)::text, E'\n' ORDER BY x.read_at)) FROM ogw_logs.body_read x
		UNION ALL SELECT 'installation', count(*), md5(string_agg((to_jsonb(i) - '{log_version}'::text[])::text, '')) FROM ogw_logs.installation i
		UNION ALL SELECT 'teams', count(*), md5(string_agg(to_jsonb(t)::text, E'\n' ORDER BY t.team_id)) FROM ogw_logs.team t
		UNION ALL SELECT 'history', count(*), md5(string_agg(to_jsonb(h)::text, E'\n' ORDER BY h.changed_at, h.setting)) FROM ogw_logs.team_history h
		UNION ALL SELECT 'access', count(*), md5(string_agg(to_jsonb(a)::text, E'\n' ORDER BY a.role_name, a.privilege)) FROM ogw_logs.access a
		UNION ALL SELECT 'formats', count(*), md5(string_agg(to_jsonb(f)::text, E'\n' ORDER BY f.name)) FROM ogw_logs.key_format f});
}

# What each role that is no superuser may do with what is in the schemas.
sub privileges
{
	my ($node, $database) = @_;

	return split /\n/, $node->safe_psql($database, q{
		SELECT format('%s: %s %s', r.rolname, x.privilege, o.object)
		  FROM pg_roles r
		 CROSS JOIN LATERAL (
			SELECT 'EXECUTE', p.oid::regprocedure::text FROM pg_proc p
			 WHERE p.pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
			UNION ALL
			SELECT 'EXECUTE WITH GRANT OPTION', p.oid::regprocedure::text FROM pg_proc p
			 WHERE p.pronamespace IN ('ogw_logs'::regnamespace, 'ogw_logs_internal'::regnamespace) AND has_function_privilege(r.oid, p.oid, 'EXECUTE WITH GRANT OPTION')
			UNION ALL
			SELECT v, c.oid::regclass::text FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) v
			 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege(r.oid, c.oid, v)
			UNION ALL
			SELECT 'USAGE', t.oid::regtype::text FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
			 WHERE t.typnamespace = 'ogw_logs'::regnamespace AND has_type_privilege(r.oid, t.oid, 'USAGE')
			UNION ALL
			SELECT v, 'schema ' || n FROM unnest(ARRAY['USAGE', 'CREATE']) v, unnest(ARRAY['ogw_logs', 'ogw_logs_internal']) n
			 WHERE has_schema_privilege(r.oid, n, v)
		 ) x (privilege, object)
		 CROSS JOIN LATERAL (SELECT replace(x.object, 'ogw_logs.', '')) o (object)
		 WHERE NOT r.rolsuper AND r.rolname !~ '^pg_'
		 ORDER BY 1});
}

# Tests what a filled log does that was brought up to date: who writes writes, who
# reads reads, and what was there is known.
sub is_up_to_date
{
	my ($node, $database, $version) = @_;
	my $as = sub { my ($role, $sql) = @_; return $node->psql($database, "SET timezone = 'UTC'; SET ROLE $role; $sql", on_error_stop => 1) };
	my $says = sub {
		my ($role, $sql, $expected, $name) = @_;
		my ($rc, $out, $err) = $as->($role, $sql);
		is($out . ($err =~ /ERROR:  (.*)/ ? $1 : ''), $expected, "$database: $name");
	};
	my $at = q{"timestamp" => '2026-11-01 10:18Z'};

	$says->('gateway', q{SELECT ogw_logs.insert_log(job_id => 'first', team_id => 'red', input => 'first question')}, 'stored', 'the gateway writes at once');
	is($node->safe_psql($database, 'SELECT log_version FROM ogw_logs.installation'), $version, "$database: ... and the log is of this version");
	$says->('gateway', qq{SELECT ogw_logs.insert_log(job_id => 'job-6', team_id => 'red', $at)}, 'duplicate', 'what was there is known to insert_log()');
	$says->('gateway', qq{SELECT ogw_logs.insert_log(job_id => 'job-6', team_id => 'red', "timestamp" => '2026-11-05Z')}, 'duplicate', '... whatever its time');
	$says->('gateway', q{SELECT * FROM ogw_logs.insert_logs('[{"job_id":"job-7","team_id":"blue","timestamp":"2026-11-01T10:21:00Z"},{"job_id":"second","team_id":"blue"}]')},
		'2|1|1|0', '... to insert_logs()');
	$says->('gateway', q{INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp") VALUES ('late', 'red', '2026-10-03T12:00:00Z'), ('third', 'green', NULL);
		SELECT * FROM ogw_logs.last_batch()}, '2|1|1|0', '... and to inbox');
	$says->('gateway', q{SELECT ogw_logs.insert_logs('[]'::json)}, 'permission denied for function insert_logs', 'what a DBA took stays taken');
	$says->('etl', q{SELECT ogw_logs.insert_log(job_id => 'fourth', team_id => 'blue')}, 'stored', 'what a DBA gave stays given');
	$says->('etl', q{SELECT ogw_logs.insert_logs('[]'::text)}, 'permission denied for function insert_logs', '... and no more');
	$says->('every_reader', q{SELECT substr(input, 1, 10), output LIKE 'answer 6 with OPENAI_API_KEY=sk-proj-%', json_array_length(attempts), error_code, secrets_masked FROM ogw_logs.get_log('job-6')},
		'question 6|t|2||1', 'get_log() finds an entry and its body');
	$says->('every_reader', q{SELECT length(input) FROM ogw_logs.get_log('job-23', near => '2026-11-01 11:00Z')}, '19810', '... of several pieces');
	$says->('every_reader', q{SELECT count(*), count(input) FROM ogw_logs.get_log('job-3')}, '1|0', '... but none that was erased');
	$says->('every_reader', q{SELECT input FROM ogw_logs.get_log('first')}, 'first question', '... and a new one');
	$says->('every_reader', q{SELECT count(*) FROM ogw_logs.search(api_key => 'sk-proj-' || repeat(md5('2'), 2), max_rows => 100)}, '12', 'a whole key finds its entries');
	$says->('every_reader', q{SELECT count(*) FROM ogw_logs.logs}, 'permission denied for view logs', 'a reader without views has none');
	$says->('red_reader', q{SELECT count(*), min(team_id), max(team_id), max(e.ticket) FROM ogw_logs.logs JOIN ogw_logs.entry e USING (team_id, job_id)}, '19|red|red|none', 'a team\'s reader sees the team');
	$says->('red_reader', q{SELECT job_id FROM ogw_logs.search(until => '2026-11-01Z')}, 'late', '... and searches it');
	$says->('red_reader', q{SELECT count(input) FROM ogw_logs.get_log('job-6')}, '0', '... without bodies');
	$says->('red_reader', q{SELECT team_id, sum(received), sum(stored) FROM ogw_logs.ingest_counts GROUP BY team_id}, 'red|24|19', '... and what was received of it');
	$says->('red_admin', q{SELECT ogw_logs.set_team('red', metadata_keys => '{env}'); SELECT count(*) FROM ogw_logs.team; SELECT bodies FROM ogw_logs.purge_bodies('red', '2026-11-01 10:01Z');
		SELECT count(*) >= 2 FROM ogw_logs.body_read}, "\n1\n2\nt", 'an admin administers');
	$says->('red_admin', q{SELECT ogw_logs.set_team('blue', body_logging => true)}, 'the current role is no admin of this team', '... the own team');
	$says->('auditor', q{SELECT count(DISTINCT team_id) FROM ogw_logs.team_history; SELECT count(*) > 10 FROM ogw_logs.privacy_check()}, "3\nt", 'an auditor audits');
	$says->('analyst', q{SELECT count(*) FROM ogw_logs.logs; SELECT sum(requests) FROM bi.by_model}, "8\n8", 'a DBA\'s policy and views work');
	is($node->safe_psql($database, q{SELECT count(*) FROM bi.failures}), '8', "$database: ... over search() as well");
	is($node->safe_psql($database, q{SELECT indexdef LIKE '%(user_id, "timestamp")' FROM pg_indexes WHERE indexname = 'entry_user_id';
		SELECT col_description('ogw_logs.entry'::regclass, 3)}), "t\nDescribed by a DBA.", "$database: ... and the index and the description are there");
	is($node->safe_psql($database, q{SELECT count(*) > 0 FROM ogw_logs.maintain(dry_run => true)}), 't', "$database: there is something to maintain");
	my $steps = 0;
	while ($node->safe_psql($database, 'SELECT * FROM ogw_logs.maintain()'))
	{
		die 'maintain() does not end' if ++$steps > 500;
	}
	is($node->safe_psql($database, q{SELECT count(*) FROM ogw_logs.maintain(dry_run => true)}), '0', "$database: maintain() does it");
	is($node->safe_psql($database, q{SELECT ogw_logs.create_log(); SELECT count(*), max(log_version) FROM ogw_logs.installation}), "\n1|$version", "$database: create_log() has nothing to do");
	is($node->safe_psql($database, q{SELECT coalesce(sum(pg_relation_size(reltoastrelid)), 0) FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace AND reltoastrelid <> 0}),
		'0', "$database: nothing is in a TOAST table");
	is($node->safe_psql($database, q{SELECT count(*) > 1, count(*) FILTER (WHERE reltoastrelid <> 0) FROM pg_class WHERE relname LIKE 'entry_key_2%' AND relkind = 'r'}),
		't|0', "$database: ... and what the update made has none");
	return;
}

1;
