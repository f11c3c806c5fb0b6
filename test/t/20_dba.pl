# What a DBA does with any database: a base backup while entries arrive, REINDEX
# CONCURRENTLY, VACUUM FULL, CLUSTER, tablespaces, databases of another encoding,
# locale or with settings of their own, a database as a template.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

plan skip_all => 'there is no gateway (GATEWAY)' if !$ENV{GATEWAY};

# errors are in the log, with all they say
my $node = start_node('dba', streaming => 1, log_min_messages => 'warning', log_error_verbosity => 'default');
my $dir = PostgreSQL::Test::Utils::tempdir();

# All that the log is used for works in a database; returns how it is found there.
sub use_it
{
	my ($node, $database, $name) = @_;

	maintain_all($node, $database, seal_delay => 0);
	return $node->safe_psql($database, qq{
		SELECT ogw_logs.set_team('red', body_logging => true, metadata_keys => ARRAY['env']);
		SELECT ogw_logs.insert_log(job_id => '$name-1', team_id => 'red', api_key => 'acme_0123456789abcdef', cost_usd => 0.1,
			"timestamp" => timestamptz '$name 23:30:00Z', metadata => '{"env":"prod","n":1}', attempts => '[{"model":"m","error_message":"x"}]', input => \$\${"a":"\\u00fc"}\$\$);
		SELECT * FROM ogw_logs.insert_logs('[{"job_id":"$name-2","team_id":"red","timestamp":"$name 23:59:59Z","input":"two"},{"job_id":"$name-1","team_id":"red"},{"team_id":"red"}]');
		INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", output) VALUES ('$name-3', 'red', '$name 00:00:00', 'three'), ('$name-2', 'red', '$name 12:00:00', 'two');
		SELECT * FROM ogw_logs.last_batch();
		SELECT job_id, cost_usd, metadata FROM ogw_logs.search(api_key => 'acme_0123456789abcdef', since => timestamptz '$name 00:00:00Z', until => timestamptz '$name 23:59:00Z');
		SELECT input, attempts, metadata FROM ogw_logs.get_log('$name-1', 'red');
		SELECT e.relname, b.relname FROM ogw_logs.entry l JOIN pg_class e ON e.oid = l.tableoid JOIN ogw_logs.body c USING (team_id, job_id) JOIN pg_class b ON b.oid = c.tableoid
		 WHERE job_id IN ('$name-1', '$name-3') ORDER BY job_id});
}
sub as_used
{
	my ($name) = @_;
	my $partition = $name =~ s/-//gr;

	return qq{\nstored\n3|1|1|1\n2|1|1|0\n$name-1|0.1|{"env":"prod"}\n{"a":"\\u00fc"}|[{"model":"m","error_message":"x"}]|{"env":"prod","n":1}\n}
	  . join("\n", ("entry_$partition|body_$partition") x 2);
}
my @today = gmtime(time() - 86400 * 2);
my $day = sprintf '%04d-%02d-%02d', $today[5] + 1900, $today[4] + 1, $today[3];

# A base backup while eight connections write.
new_database($node, 'logs');
my $load = start_load($node, 'logs');
my @acked = split /\n/, slurp_file($load->{acks});
$node->backup('under_load');
my $backup = $node->backup_dir . '/under_load';
command_ok([ 'pg_verifybackup', '-s', $backup ], 'the backup is whole');

# Everything is built anew while they write: the partitions keep their indexes,
# their names and what a subscriber knows them by.
my $indexes = q{
	SELECT c.relname, c.relreplident, x.relname, i.indisunique, i.indisprimary, i.indisreplident, i.indisvalid
	  FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
	 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relname = ANY (string_to_array('%s', ' ')) ORDER BY 1, 3};
my $tables = $node->safe_psql('logs', q{SELECT string_agg(relname, ' ') FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace AND relkind IN ('r', 'p')});
my $before = $node->safe_psql('logs', sprintf $indexes, $tables);
my ($partition, $body) = $node->safe_psql('logs', q{SELECT e.tableoid::regclass, b.tableoid::regclass FROM ogw_logs.entry e JOIN ogw_logs.body b USING (team_id, job_id) LIMIT 1}) =~ /(.*)\|(.*)/;
my $job_index = $node->safe_psql('logs', q{SELECT indexrelid::regclass FROM pg_index WHERE indrelid = (SELECT min(partition::oid) FROM ogw_logs_internal.partitions_of('entry_key'))});
foreach my $sql ('REINDEX SCHEMA CONCURRENTLY ogw_logs', 'REINDEX TABLE CONCURRENTLY ogw_logs.entry_key', "REINDEX INDEX CONCURRENTLY $job_index",
	'VACUUM FULL ogw_logs.entry, ogw_logs.body, ogw_logs.entry_key', 'VACUUM FULL ogw_logs.ingest_count, ogw_logs.installation, ogw_logs.team, ogw_logs.access',
	"CLUSTER $partition USING ${partition}_timestamp", "CLUSTER $body USING ${body}_key", "REINDEX TABLE $body", 'VACUUM (FREEZE, ANALYZE)')
{
	my ($status, $error);
	# (CONCURRENTLY locks the partitions of a table in SHARE mode, one after the other, before it
	# begins, which can be a deadlock with who writes into several)
	foreach (1 .. 5)
	{
		($status, undef, $error) = $node->psql('logs', $sql =~ s/ogw_logs\.(\w+) USING ogw_logs\./ogw_logs.$1 USING /r);
		last if $sql !~ /TABLE CONCURRENTLY/ || $error !~ /deadlock detected/;
	}
	is("$status$error", '0', "$sql while they write");
}
my $n = stop_load($load);
is($node->safe_psql('logs', sprintf $indexes, $tables), $before, 'every index has its name, and is what it was');
load_is_whole($node, 'logs');
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.entry}), $n, 'all of it');
is(use_it($node, 'logs', $day), as_used($day), 'and all is used');
$node->command_ok([ 'pg_amcheck', '--install-missing', '--heapallindexed', '-d', 'logs' ], 'amcheck finds nothing');

# The copy starts, has what was acknowledged before it began, and goes on.
my $copy = PostgreSQL::Test::Cluster->new('copy');
$copy->init_from_backup($node, 'under_load');
$copy->start;
append_to_file("$dir/acked", join '', map { "$_\n" } @acked);
chmod 0644, "$dir/acked";
cmp_ok(scalar(@acked), '>', 0, 'entries were acknowledged before the backup began');
is($copy->safe_psql('logs', qq{CREATE TEMP TABLE acked (team_id text, job_id text); COPY acked FROM '$dir/acked';
	SELECT count(*) FROM acked a WHERE NOT EXISTS (SELECT FROM ogw_logs.entry e WHERE e.job_id = a.job_id AND e.team_id = a.team_id)}), '0', 'the copy has them all');
load_is_whole($copy, 'logs');
$copy->command_ok([ 'pg_amcheck', '--install-missing', '--heapallindexed', '-d', 'logs' ], 'amcheck finds nothing there');
is(use_it($copy, 'logs', $day), as_used($day), 'the copy is used');
$copy->stop;

# Tablespaces: a partition is where its table is said to be, whatever the session says.
foreach my $tablespace (qw(cheap other new))
{
	mkdir "$dir/$tablespace";
	$node->safe_psql('postgres', "CREATE TABLESPACE $tablespace LOCATION '$dir/$tablespace'");
}
my $where = q{SELECT c.relname, coalesce(t.spcname, '-') FROM pg_class c LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
	WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'i') AND c.relname ~ '2026070[123]|20260629|2026060[12]' ORDER BY 1};
my $old = q{SET default_tablespace = other; SET ogw_logs.max_age = '20000d';};
new_database($node, 'spaces');
$node->safe_psql('spaces', qq{$old
	SELECT ogw_logs.set_team('red', body_logging => true);
	SELECT ogw_logs.insert_log(job_id => 'before', team_id => 'red', "timestamp" => '2026-07-01Z', input => 'x');
	ALTER TABLE ogw_logs.body SET TABLESPACE cheap;
	SELECT ogw_logs.insert_log(job_id => 'cheap', team_id => 'red', "timestamp" => '2026-07-02Z', input => 'x');
	ALTER TABLE ogw_logs.entry SET TABLESPACE cheap;
	ALTER TABLE ogw_logs.entry_key SET TABLESPACE other;
	ALTER TABLE ogw_logs.body SET TABLESPACE pg_default;
	SELECT ogw_logs.insert_log(job_id => team, team_id => team, "timestamp" => '2026-06-02Z', input => 'x') FROM unnest(ARRAY['red', 'short']) team});
is($node->safe_psql('spaces', $where), join("\n", qw(body_20260602|- body_20260602_key|- body_20260701|- body_20260701_key|-
	body_20260702|cheap body_20260702_key|cheap entry_20260602|cheap entry_20260602_summary|cheap entry_20260602_timestamp|cheap entry_20260701|- entry_20260701_summary|- entry_20260701_timestamp|-
	entry_20260702|- entry_20260702_summary|- entry_20260702_timestamp|- entry_key_20260601|other entry_key_20260601_key|other entry_key_20260629|- entry_key_20260629_key|-)), 'a new partition is where its table is');
$node->safe_psql('spaces', q{SET default_tablespace = other; ALTER TABLE ogw_logs.entry_20260701 SET TABLESPACE cheap});
$node->safe_psql('spaces', "ALTER DATABASE spaces SET default_tablespace = other; ALTER TABLE ogw_logs.segment SET TABLESPACE cheap");
maintain_all($node, 'spaces');
# where a partition and its indexes are
my $indexes_too = q{SELECT DISTINCT c.relname, coalesce(s.spcname, '-'), coalesce(t.spcname, '-') FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
	LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace LEFT JOIN pg_tablespace t ON t.oid = x.reltablespace
	WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relname ~ '^(entry|body|segment)_20260[67]' ORDER BY 1, 2, 3};
is($node->safe_psql('spaces', q{SELECT state, count(*) FROM ogw_logs.partitions WHERE since < now() - interval '1 day' GROUP BY 1}), 'sealed|3', 'they are sealed');
my @of_bodies = map { "segment_2026$_|cheap|cheap" } qw(0602 0701 0702);
is($node->safe_psql('spaces', $indexes_too), join("\n", qw(
	entry_20260602|cheap|cheap entry_20260701|cheap|- entry_20260701|cheap|cheap entry_20260702|-|-), @of_bodies), 'with new indexes where the partitions are');
my $oid = $node->safe_psql('spaces', q{SELECT 'ogw_logs.entry_20260602'::regclass::oid});
$node->safe_psql('spaces', q{ALTER INDEX ogw_logs.entry_20260602_filter SET TABLESPACE other;
	ALTER TABLE ogw_logs.entry SET TABLESPACE pg_default; SELECT ogw_logs.set_team('short', log_retention => '1 hour'); SELECT ogw_logs.maintain(dry_run => true)});
maintain_all($node, 'spaces');
is($node->safe_psql('spaces', qq{SELECT count(*) FROM ogw_logs.entry WHERE team_id = 'short'; SELECT 'ogw_logs.entry_20260602'::regclass = $oid}), "0\nf", 'one is written anew');
is($node->safe_psql('spaces', $indexes_too), join("\n", qw(
	entry_20260602|cheap|cheap entry_20260602|cheap|other entry_20260701|cheap|- entry_20260701|cheap|cheap entry_20260702|-|-), @of_bodies), 'to where it was, and each index');
$node->safe_psql('spaces', 'ALTER TABLE ogw_logs.entry SET TABLESPACE cheap');
my $places = $node->safe_psql('spaces', $where);
my $parents = q{SELECT c.relname, t.spcname FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.relkind = 'p' ORDER BY 1};
$node->safe_psql('postgres', 'CREATE DATABASE spaces_again');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/spaces.dump", $node->connstr('spaces') ], 'it is dumped');
$node->command_ok([ 'pg_restore', '-1', '-d', $node->connstr('spaces_again'), "$dir/spaces.dump" ], 'and restored');
is($node->safe_psql('spaces_again', $where), $places, 'each to its tablespace');
is($node->safe_psql('spaces_again', $parents), "entry|cheap\nentry_key|other\nsegment|cheap", 'and the tables, too');
$node->safe_psql('postgres', 'ALTER DATABASE spaces SET TABLESPACE new');
is(use_it($node, 'spaces', $day), as_used($day), 'a database that was moved is used');
$node->safe_psql('postgres', 'DROP DATABASE spaces');
$node->safe_psql('spaces_again', q{ALTER TABLE ogw_logs.entry SET TABLESPACE pg_default; ALTER TABLE ogw_logs.entry_key SET TABLESPACE pg_default;
	ALTER TABLE ALL IN TABLESPACE cheap SET TABLESPACE pg_default; ALTER TABLE ALL IN TABLESPACE other SET TABLESPACE pg_default;
	ALTER INDEX ALL IN TABLESPACE cheap SET TABLESPACE pg_default; ALTER INDEX ALL IN TABLESPACE other SET TABLESPACE pg_default});
$node->safe_psql('postgres', "DROP TABLESPACE $_") for qw(cheap other new);
is(use_it($node, 'spaces_again', $day), as_used($day), 'and one from which tablespaces were taken away');

# Another encoding is refused at once, in words that every encoding has.
foreach my $encoding (qw(LATIN1 SQL_ASCII EUC_JP))
{
	$node->safe_psql('postgres', "CREATE DATABASE \"$encoding\" ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	my (undef, undef, $error) = $node->psql($encoding, 'CREATE EXTENSION ogw_logs');
	like($error, qr/ERROR:  ogw_logs needs a database whose encoding is UTF8\nHINT:  Make one with CREATE DATABASE/, "$encoding is refused");
	is($node->safe_psql($encoding, q{SELECT count(*) FROM pg_extension WHERE extname = 'ogw_logs'}), '0', '... and nothing is left');
}
$node->command_fails_like([ 'pg_restore', '-1', '-d', $node->connstr('LATIN1'), "$dir/spaces.dump" ], qr/ogw_logs needs a database whose encoding is UTF8/, 'so is a dump');

# A client of another encoding is not.
is($node->safe_psql('logs', qq{SET client_encoding = 'LATIN1';
	SELECT ogw_logs.insert_log(job_id => 'gr\xfcn-1', team_id => 'red', input => '\xe4');
	SELECT (ogw_logs.insert_logs('[{"job_id":"gr\xfcn-2","team_id":"red","input":"\xe4"}]')).stored;
	INSERT INTO ogw_logs.inbox (job_id, team_id, input) VALUES ('gr\xfcn-3', 'red', '\xe4');
	SELECT input FROM ogw_logs.get_log('gr\xfcn-1');
	SET client_encoding = 'UTF8';
	SELECT g.job_id, g.input FROM ogw_logs.search(team_id => 'red') s, ogw_logs.get_log(s.job_id) g WHERE s.job_id LIKE 'gr%' ORDER BY 1}),
	"stored\n1\n\xe4\n" . join("\n", map { "gr\xc3\xbcn-$_|\xc3\xa4" } 1 .. 3), 'what a client writes in LATIN1 others read in UTF-8');

# Another locale, and settings that a database can have of its own.
my %defaults = (TimeZone => 'Asia/Kolkata', DateStyle => 'SQL, DMY', IntervalStyle => 'sql_standard', bytea_output => 'escape', extra_float_digits => -15,
	xmloption => 'document', row_security => 'off', search_path => 'ogw_logs, public', quote_all_identifiers => 'on', transform_null_equals => 'on', array_nulls => 'off',
	default_toast_compression => 'pglz', check_function_bodies => 'off', client_min_messages => 'warning',
	standard_conforming_strings => 'off', escape_string_warning => 'off', 'plpgsql.variable_conflict' => 'use_column', session_preload_libraries => 'ogw_logs',
	enable_partition_pruning => 'off', plan_cache_mode => 'force_generic_plan');
my %known = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', q{LOAD 'plpgsql'; SELECT name FROM pg_settings});
my @databases = ('defaults');
$node->safe_psql('postgres', 'CREATE DATABASE defaults');
# a PostgreSQL can be built without ICU
if ($node->safe_psql('postgres', q{SELECT count(*) FROM pg_collation WHERE collprovider = 'i'}) > 0)
{
	$node->safe_psql('postgres', q{CREATE DATABASE turkish LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' TEMPLATE template0});
	push @databases, 'turkish';
}
foreach my $name (grep { $known{$_} } sort keys %defaults)
{
	my ($status) = $node->psql('postgres', "ALTER DATABASE defaults SET $name = " . ($name eq 'search_path' ? $defaults{$name} : "'$defaults{$name}'"));
	# 19 has it always on
	is($status, 0, "a database with $name = $defaults{$name}") if $name ne 'standard_conforming_strings';
}
foreach my $database (@databases)
{
	$node->safe_psql($database, 'CREATE EXTENSION ogw_logs');
	is(use_it($node, $database, $day), as_used($day), "$database: all is used");
	maintain_all($node, $database, seal_delay => 0);
	is($node->safe_psql($database, q{SELECT count(*) > 4, bool_and(date_trunc('day', since AT TIME ZONE 'UTC') = since AT TIME ZONE 'UTC' AND until = since + interval '1 day') FROM ogw_logs_internal.partitions_of('entry')}),
		't|t', "$database: the partitions are days in UTC");
	is($node->safe_psql($database, q{INSERT INTO ogw_logs.key_format VALUES ('site', 'site_', 'a-z', 8, 40); SELECT ogw_logs.redact('site_abcdefghi')}), 'site_****', "$database: a key format of the site");
	my (undef, undef, $error) = $node->psql($database, q{INSERT INTO ogw_logs.key_format VALUES ('site2', E'site\\\\_', 'a-z', 8, 40)});
	like($error, qr/violates check constraint/, "$database: a backslash in a format is refused");
	$node->safe_psql('postgres', "CREATE DATABASE ${database}_again");
	$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/$database.dump", $node->connstr($database) ], "$database: it is dumped");
	$node->command_ok([ 'pg_restore', '-1', '-d', $node->connstr("${database}_again"), "$dir/$database.dump" ], "$database: and restored");
	my $state = q{SET bytea_output = 'hex'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET extra_float_digits = 1; SET row_security = on; SELECT * FROM ogw_logs.entry ORDER BY job_id; SELECT * FROM ogw_logs.body ORDER BY job_id; SELECT * FROM ogw_logs.segment ORDER BY since, team_id, first_session, first_timestamp, first_job, chunk; SELECT * FROM ogw_logs.entry_key ORDER BY key};
	is($node->safe_psql("${database}_again", $state), $node->safe_psql($database, $state), "$database: as it was");
}

# A database as a template.
$node->safe_psql('postgres', 'CREATE DATABASE clone TEMPLATE logs');
is($node->safe_psql('clone', q{SELECT ogw_logs.insert_log(job_id => 'load-1', team_id => 'team_1'); SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red', input => 'new');
	SELECT input FROM ogw_logs.get_log('new')}), "duplicate\nstored\nnew", 'a clone knows what is there, and is written');
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.search(job_id => 'new')}), '0', 'what the log itself does not notice');
maintain_all($node, 'clone', seal_delay => 0);
load_is_whole($node, 'clone');

# While a transaction writes in another database, snapshots are as old as that everywhere:
# bodies are sealed, and stay unsealed as well till it is over.
new_database($node, 'alone');
my $elsewhere = session($node, 'postgres');
is(do_it($elsewhere, 'BEGIN; SELECT pg_current_xact_id() IS NOT NULL;'), "t\n", 'somebody writes in another database');
$node->safe_psql('alone', q{SELECT ogw_logs.set_team('red', body_logging => true); SELECT ogw_logs.insert_log(job_id => 'old', team_id => 'red', "timestamp" => now() - interval '2 days', input => 'old')});
maintain_all($node, 'alone', seal_delay => 0);
my $alone = q{SELECT (SELECT count(*) FROM ogw_logs.body), (SELECT count(*) FROM ogw_logs.segment), (SELECT input FROM ogw_logs.get_log('old'))};
is($node->safe_psql('alone', $alone), '1|1|old', 'bodies are sealed, and maintain() comes to an end');
do_it($elsewhere, 'COMMIT;');
maintain_all($node, 'alone', seal_delay => 0);
is($node->safe_psql('alone', $alone), '0|1|old', 'and when it is over the unsealed ones are dropped');
done_testing();
