# A dump restores into an empty database, by pg_dump | psql and by
# pg_restore -1: the same rows, settings, fingerprints and search results. So do
# its data alone, a part of it, and one that is made while entries arrive.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('dump');
my $dir = PostgreSQL::Test::Utils::tempdir();

# At full size more partitions are dumped and restored: hours of the first source, days
# of the others.
my $seconds_apart = is_full() ? 150 : 60;
my $hours = 500 * $seconds_apart / 3600;
my $days = is_full() ? 21 : 11;

new_database($node, 'source');
$node->safe_psql('source', qq{
	CREATE ROLE reader_of_red;
	CREATE ROLE admin_of_red;
	SELECT ogw_logs.create_log('1 hour');
	SELECT ogw_logs.set_team('red', body_logging => true, metadata_keys => '{env}', body_retention => '30 days');
	SELECT ogw_logs.grant_reader('reader_of_red', 'red', views => true);
	SELECT ogw_logs.grant_admin('admin_of_red', 'red');
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", api_key, input, metadata, attempts)
	SELECT 'j' || n, (ARRAY['red', 'blue'])[1 + n % 2], to_char(now() AT TIME ZONE 'UTC' - n * interval '$seconds_apart seconds', 'YYYY-MM-DD HH24:MI:SS'),
		   'acme_' || n % 3 || '0123456789abcdef', 'body ' || n, '{"env":"prod","n":1}', '[{"model":"m","error_message":"x"}]'
	  FROM generate_series(1, 500) n;
	SELECT ogw_logs.insert_logs('[{"team_id":"red"}]');
	SELECT ogw_logs.get_log('j4', 'red');
	SELECT ogw_logs.purge_bodies('red', now() - 0.8 * interval '$hours hours');
	SELECT ogw_logs.erase_user('red', 'nobody');
	ALTER TABLE ogw_logs.entry ADD COLUMN dba text DEFAULT 'mine';
	CREATE INDEX dba_index ON ogw_logs.entry (user_id, "timestamp");
	COMMENT ON TABLE ogw_logs.entry IS 'commented by a DBA';
});
# some of its partitions are sealed, others are open
maintain_all($node, 'source', seal_delay => int($hours / 3) * 3600);

# what has to be the same
my $state = q{
	SELECT 'entries', md5(string_agg(e::text, E'\n' ORDER BY e::text)) FROM ogw_logs.entry e
	UNION ALL SELECT 'entry_keys', md5(string_agg(k::text, E'\n' ORDER BY k::text)) FROM ogw_logs.entry_key k
	UNION ALL SELECT 'ingest_counts', string_agg(a::text, E'\n' ORDER BY a::text) FROM ogw_logs.ingest_counts a
	UNION ALL SELECT 'retention', md5(string_agg(r::text, E'\n' ORDER BY r::text)) FROM ogw_logs.retention r
	UNION ALL SELECT 'life', md5(string_agg(h::text, E'\n' ORDER BY h::text)) FROM ogw_logs.partition_history h
	UNION ALL SELECT 'states', string_agg(s.state || s.n, ' ' ORDER BY s.state) FROM (SELECT p.state, count(*) AS n FROM ogw_logs.partitions p GROUP BY 1) s
	UNION ALL SELECT 'indexes', md5(string_agg(format('%s %s', pg_get_indexdef(i.indexrelid), i.indisreplident), E'\n' ORDER BY i.indexrelid::regclass::text)) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'ogw_logs'::regnamespace
	UNION ALL SELECT 'triggers', string_agg(format('%s %s %s %s', t.tgrelid::regclass, t.tgname, t.tgtype, t.tgenabled), ' ' ORDER BY t.tgrelid::regclass::text, t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid AND c.relnamespace = 'ogw_logs'::regnamespace
	UNION ALL SELECT 'bodies', md5(string_agg(b::text, E'\n' ORDER BY b::text)) FROM ogw_logs.body b
	UNION ALL SELECT 'segments', md5(string_agg(s::text, E'\n' ORDER BY s::text)) FROM ogw_logs.segment s
	UNION ALL SELECT 'intervals', md5(string_agg(s::text, E'\n' ORDER BY s::text)) FROM ogw_logs.sealed_interval s
	UNION ALL SELECT 'rejected', md5(string_agg(r::text, E'\n' ORDER BY r::text)) FROM ogw_logs.rejected r
	UNION ALL SELECT 'settings', md5(string_agg(t::text, E'\n' ORDER BY t::text)) FROM ogw_logs.team t
	UNION ALL SELECT 'history', md5(string_agg(h::text, E'\n' ORDER BY h::text)) FROM ogw_logs.team_history h
	UNION ALL SELECT 'access', md5(string_agg(a::text, E'\n' ORDER BY a::text)) FROM ogw_logs.access a
	UNION ALL SELECT 'erasures', count(*) || md5(string_agg(x::text, E'\n' ORDER BY x::text)) FROM ogw_logs.erasure x
	UNION ALL SELECT 'reads', count(*) || md5(string_agg(x::text, E'\n' ORDER BY x::text)) FROM ogw_logs.body_read x WHERE x.job_id = 'j4'
	UNION ALL SELECT 'installation', md5(string_agg(i::text, E'\n' ORDER BY i::text)) FROM ogw_logs.installation i
	UNION ALL SELECT 'fingerprint', ogw_logs.key_fingerprint('k')
	UNION ALL SELECT 'search', md5(string_agg(s::text, E'\n')) FROM ogw_logs.search(api_key => 'acme_10123456789abcdef', max_rows => 1000) s
	UNION ALL SELECT 'get_log', g.input || g.attempts::text || g.metadata::text FROM ogw_logs.get_log('j42') g
	UNION ALL SELECT 'attempts', count(*)::text FROM ogw_logs.attempts
	UNION ALL SELECT 'objects', md5(string_agg(format('%s %s %s %s %s %s', c.relname, c.relkind, c.relrowsecurity, c.relreplident, c.reloptions,
		(SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner)), E'\n' ORDER BY c.relname))
		FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace
	UNION ALL SELECT 'columns', md5(string_agg(format('%s %s %s %s %s', attrelid::regclass, attname, atttypid::regtype, attstorage, attstattarget), E'\n' ORDER BY attrelid::regclass::text, attname))
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'ogw_logs'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL SELECT 'policies', string_agg(format('%s.%s', polrelid::regclass, polname), ' ' ORDER BY polrelid::regclass::text, polname) FROM pg_policy
	UNION ALL SELECT 'comments', count(*)::text FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND c.relnamespace = 'ogw_logs'::regnamespace};
my $before = $node->safe_psql('source', $state);
like($before, qr/^erasures\|2[0-9a-f]{32}\nreads\|1[0-9a-f]{32}$/m, 'something was erased and read');
like($before, qr/^states\|open\d+ sealed\d+$/m, 'there are partitions of either state');
like($before, qr/^\(red,inbox,250,250,0,0,,0,0,0,\)$/m, 'and counts');

# the extension is made by the dump itself, in a database that has nothing
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(plain custom parallel);
$node->command_ok([ 'pg_dump', '-f', "$dir/plain.sql", $node->connstr('source') ], 'pg_dump, plain');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/plain.sql", $node->connstr('plain') ], 'psql restores it');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/custom.dump", $node->connstr('source') ], 'pg_dump -Fc');
$node->command_ok([ 'pg_restore', '-1', '-d', $node->connstr('custom'), "$dir/custom.dump" ], 'pg_restore -1 restores it');
$node->command_ok([ 'pg_dump', '-Fd', '-j', 2, '-f', "$dir/parallel", $node->connstr('source') ], 'pg_dump -Fd -j 2');
$node->command_ok([ 'pg_restore', '-j', 2, '-d', $node->connstr('parallel'), "$dir/parallel" ], 'pg_restore -j 2 restores it');

foreach my $database (qw(plain custom parallel))
{
	is($node->safe_psql($database, $state), $before, "$database: all is as it was");
	is($node->safe_psql($database, q{SELECT sum(pg_relation_size(reltoastrelid)) FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace AND reltoastrelid <> 0}),
		'0', "$database: nothing is in a TOAST table");
	is($node->safe_psql($database, q{SELECT ogw_logs.insert_log(job_id => 'j42', team_id => 'red')}),
		'duplicate', "$database: what was there is known");
	is($node->safe_psql($database, q{SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red', input => 'new')}),
		'stored', "$database: writing goes on");
	is($node->safe_psql($database, q{SELECT input FROM ogw_logs.get_log('new')}), 'new', "$database: with the team's settings");
	is($node->safe_psql($database, q{SELECT ogw_logs.create_log(); SELECT count(*) FROM ogw_logs.installation}), "\n1",
		"$database: create_log() has nothing to do");
	is($node->safe_psql($database, q{SET ROLE reader_of_red; SELECT count(*) = 251, bool_and(team_id = 'red') FROM ogw_logs.logs}), 't|t',
		"$database: readers read what they did");
	is($node->safe_psql($database, q{SET ROLE admin_of_red; SELECT ogw_logs.set_team('red', redact_bodies => false);
		SELECT string_agg(team_id, ' ') FROM ogw_logs.team; SELECT count(*) FROM ogw_logs.erasure}), "\nred\n2", "$database: admins do what they did");
}

# who may not read a team dumps nothing of it, with or without row-level security
$node->safe_psql('source', q{ALTER ROLE reader_of_red LOGIN; CREATE ROLE reads_all LOGIN IN ROLE pg_read_all_data});
foreach my $role (qw(reader_of_red reads_all))
{
	foreach my $options ([], ['--enable-row-security'], [ '--enable-row-security', '--data-only', '-t', 'ogw_logs.entry*' ])
	{
		my ($out, $err);
		IPC::Run::run [ 'pg_dump', @$options, '-d', $node->connstr('source') . " user=$role" ], '>', \$out, '2>', \$err;
		unlike($out . $err, qr/blue/, "pg_dump @$options as $role: no word of another team");
		like($err, qr/row-level security|permission denied/, '... but an error') if $role eq 'reader_of_red' || !@$options;
	}
}

# the data alone, into a log that is there: of two secrets the older one counts
sub same
{
	my ($database, @what) = @_;
	my $after = $node->safe_psql($database, $state);

	foreach my $what (@what)
	{
		my ($expected) = $before =~ /^$what\|((?:\(.*\n?)+|.*)$/m;
		my ($found) = $after =~ /^$what\|((?:\(.*\n?)+|.*)$/m;
		is($found, $expected, "$database: $what");
	}
}
my @data = qw(entries entry_keys bodies segments intervals rejected ingest_counts retention life settings history erasures reads fingerprint search get_log attempts);
my $add_column = q{ALTER TABLE ogw_logs.entry ADD COLUMN dba text DEFAULT 'mine'};
my $make_partitions = qq{SELECT ogw_logs.make_partitions(now() - interval '$hours hours' - interval '1 hour', now() + interval '4 hours')};
$node->command_ok([ 'pg_dump', '-Fc', '--load-via-partition-root', '-f', "$dir/root.dump", $node->connstr('source') ], 'pg_dump --load-via-partition-root');
foreach my $case ([ 'data_only', '1 hour', 'custom', qr/relation "ogw_logs\.\w+_\d+" does not exist/ ],
	[ 'other_interval', '1 day', 'root', qr/no partition of relation "\w+" found for row/ ])
{
	my ($database, $interval, $dump, $error) = @$case;
	my @restore = ('pg_restore', '-1', '--data-only', '-d', $node->connstr($database), "$dir/$dump.dump");

	new_database($node, $database);
	$node->safe_psql($database, "SELECT ogw_logs.create_log('$interval'); SELECT ogw_logs.key_fingerprint('k'); $add_column");
	$node->command_fails_like(\@restore, $error, "$database: nothing is restored where there is no partition");
	$node->safe_psql($database, $make_partitions);
	$node->command_ok(\@restore, "$database: pg_restore --data-only");
	same($database, @data);
	is($node->safe_psql($database, q{SELECT ogw_logs.insert_log(job_id => 'j42', team_id => 'red'); SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red', input => 'new'); SELECT input FROM ogw_logs.get_log('new')}),
		"duplicate\nstored\nnew", "$database: what was there is known, and writing goes on");
	maintain_all($node, $database);
	is($node->safe_psql($database, q{SELECT count(*) FROM ogw_logs.entry}), '501', "$database: maintain() takes nothing away");
}

# Sealed bodies, some of them still there unsealed, that come into partitions of
# another length, or the same: each is read, found, and erased, wherever it lies; what
# comes late is taken; nothing of it expires before its time.
my $n = ($days - 1) + 60;
my $of_u1 = ($days - 1) / 2 + 31;
my $with_late = $n + 1;
my $left = $with_late - $of_u1;
foreach my $case ([ '1 month', '1 day' ], [ '1 day', '1 month' ], [ '1 day', '1 day' ])
{
	my ($from, $to) = @$case;
	my $what = "from $from to $to";
	my ($source, $target) = map { s/\W/_/gr } "sealed $from", "sealed $from $to";
	my $settings = q{SET ogw_logs.max_age = '20000d'; SET ogw_logs.log_body_reads = off; };
	my $readable = q{SELECT count(*), count(*) FILTER (WHERE g.input = 'text ' || e.job_id) FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, e.team_id) g;};
	my $found = q{SELECT count(*) FROM ogw_logs.search(body_contains => 'text', max_rows => 1000); SELECT count(*) FROM ogw_logs.search(body_contains => 'text', since => '2026-06-05 11:00Z', until => '2026-06-05 12:00Z', max_rows => 1000);};

	if ($node->safe_psql('postgres', "SELECT count(*) FROM pg_database WHERE datname = '$source'") eq '0')
	{
		new_database($node, $source);
		# on one day by hours, as a live one has them, of which small ones are merged
		$node->safe_psql($source, $settings . qq{SELECT ogw_logs.create_log('$from'), ogw_logs.set_team('red', body_logging => true);
			SELECT ogw_logs_internal.make_partition('2026-06-05Z');
			SELECT ogw_logs_internal.attach_partition('body', '20260605' || h, timestamptz '2026-06-05Z' + h * interval '1 hour', timestamptz '2026-06-05Z' + (h + 1) * interval '1 hour') FROM generate_series(10, 12) h;
			INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input)
			SELECT 'day' || n, 'red', '2026-06-' || lpad(n::text, 2, '0') || 'T10:00:00Z', 's' || n % 3, 'u' || n % 2, 'text day' || n FROM generate_series(1, $days) n WHERE n <> 5
			UNION ALL SELECT 'hour' || n, 'red', '2026-06-05T1' || n % 2 || ':' || n || ':00Z', 's' || n % 3, 'u' || n / 2 % 2, 'text hour' || n FROM generate_series(10, 59) n});
		maintain_all($node, $source, seal_delay => 0);
		# sealed, and not dropped yet
		$node->safe_psql($source, $settings . q{INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", session_id, user_id, input) SELECT 'both' || n, 'red', '2026-06-05T12:' || n || ':00Z', 's', 'u' || n % 2, 'text both' || n FROM generate_series(10, 19) n;
			SELECT ogw_logs_internal.seal_bodies(l.partition, l.since, l.until) FROM ogw_logs_internal.own_partitions('body') l WHERE l.until < '2026-07-01Z'});
		is($node->safe_psql($source, "$settings$readable"), "$n|$n", "$from: all is read");
		is($node->safe_psql($source, "$settings$found"), "$n\n25", "$from: and found");
		$node->command_ok([ 'pg_dump', '-Fc', '--load-via-partition-root', '-f', "$dir/$source", $node->connstr($source) ], "$from: is dumped");
	}
	new_database($node, $target);
	$node->safe_psql($target, "SELECT ogw_logs.create_log('$to'); SELECT ogw_logs.make_partitions('2026-05-31Z', timestamptz '2026-06-04Z' + interval '$days days')");
	$node->command_ok([ 'pg_restore', '-1', '--data-only', '-d', $node->connstr($target), "$dir/$source" ], "$what: is restored");
	foreach my $when ('before maintain()', 'after maintain()')
	{
		is($node->safe_psql($target, "$settings$readable"), "$n|$n", "$what, $when: all is read");
		is($node->safe_psql($target, "$settings$found"), "$n\n25", "$what, $when: and found");
		maintain_all($node, $target, seal_delay => 0);
	}
	is($node->safe_psql($target, 'SELECT count(*) FROM ogw_logs.verify()'), '0', "$what: nothing is damaged");
	is($node->safe_psql($target, $settings . q{SELECT ogw_logs.insert_log(job_id => 'late', team_id => 'red', "timestamp" => '2026-06-05 13:00Z', user_id => 'u0', input => 'text late')}), 'stored', "$what: what comes late is taken");
	is($node->safe_psql($target, "$settings$readable"), "$with_late|$with_late", "$what: and read");
	maintain_all($node, $target, seal_delay => 0);
	is($node->safe_psql($target, "$settings$readable"), "$with_late|$with_late", "$what: sealed, too");
	is($node->safe_psql($target, $settings . q{SELECT entries, bodies FROM ogw_logs.erase_user('red', 'u1')}), "$of_u1|$of_u1", "$what: a user is erased");
	is($node->safe_psql($target, "$settings$readable"), "$with_late|$left", "$what: with all bodies, and no other is");
	is($node->safe_psql($target, "$settings$found") =~ s/\n.*//r, $left, "$what: nor found");
	my $since = $node->safe_psql($target, q{SELECT extract(day FROM now() - timestamptz '2026-06-10Z')});
	maintain_all($node, $target, retention_delay => 0, log_retention => 86400 * $since);
	is($node->safe_psql($target, "$settings SELECT count(*) FILTER (WHERE g.input IS NULL AND e.user_id = 'u0') FROM ogw_logs.entry e LEFT JOIN ogw_logs.get_log(e.job_id, e.team_id) g ON true"), '0', "$what: no entry loses its body before its time");
	is($node->safe_psql($target, $settings . q{SELECT bodies > 0 FROM ogw_logs.purge_bodies('red', 'infinity'); SELECT (SELECT count(*) FROM ogw_logs.segment) + (SELECT count(*) FROM ogw_logs.body)}), "t\n0", "$what: and all can be purged");
}

# a part of it: the schema; all but the bodies; the entries alone
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(schema_only_ours no_bodies entries_only);
$node->command_ok([ 'pg_dump', '-Fc', '-e', 'ogw_logs', '-n', 'ogw_logs', '-f', "$dir/schema.dump", $node->connstr('source') ], 'pg_dump of the schema');
$node->command_ok([ 'pg_restore', '-1', '-d', $node->connstr('schema_only_ours'), "$dir/schema.dump" ], 'is restored');
is($node->safe_psql('schema_only_ours', $state), $before, 'as it was');
$node->command_ok([ 'pg_dump', '-Fc', '--exclude-table-data', 'ogw_logs.body_2*', '--exclude-table-data', 'ogw_logs.segment_2*', '-f', "$dir/no_bodies.dump", $node->connstr('source') ], 'pg_dump without bodies');
$node->command_ok([ 'pg_restore', '-1', '-d', $node->connstr('no_bodies'), "$dir/no_bodies.dump" ], 'is restored');
same('no_bodies', grep { !/bodies|segments|get_log/ } @data);
is($node->safe_psql('no_bodies', q{SELECT (SELECT count(*) FROM ogw_logs.body) + (SELECT count(*) FROM ogw_logs.segment); SELECT job_id, body_state, input IS NULL, attempts FROM ogw_logs.get_log('j42');
	SELECT ogw_logs.insert_log(job_id => 'j42', team_id => 'red', input => 'again'); SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red', input => 'new'); SELECT input FROM ogw_logs.get_log('new')}),
	qq{0\nj42|gone|t|[{"model":"m"}]\nduplicate\nstored\nnew}, 'get_log() gives what there is');
$node->command_ok([ 'pg_dump', '-Fc', '-t', 'ogw_logs.entry*', '-f', "$dir/entries.dump", $node->connstr('source') ], 'pg_dump of the entries');
$node->safe_psql('entries_only', 'CREATE EXTENSION ogw_logs');
$node->command_ok([ 'pg_restore', '-1', '-d', $node->connstr('entries_only'), "$dir/entries.dump" ], 'is restored');
is($node->safe_psql('entries_only', q{SELECT ogw_logs.insert_log(job_id => 'j42', team_id => 'red'); SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red'); SELECT job_id FROM ogw_logs.get_log('j42')}),
	"duplicate\nstored\nj42", 'the rest of the log is made anew, and what was there is known');
same('entries_only', 'attempts');

# under another owner
$node->safe_psql('postgres', 'CREATE ROLE other_owner SUPERUSER; CREATE ROLE no_owner; CREATE DATABASE other_owner');
$node->command_ok([ 'pg_restore', '-1', '--no-owner', '--role', 'other_owner', '-d', $node->connstr('other_owner'), "$dir/custom.dump" ], 'pg_restore --no-owner --role');
is($node->safe_psql('other_owner', q{SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'ogw_logs'::regnamespace; SELECT extowner::regrole FROM pg_extension WHERE extname = 'ogw_logs'}),
	"other_owner\nother_owner", 'all is the other owner\'s');
same('other_owner', @data);
is($node->safe_psql('other_owner', q{SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red', input => 'new'); SELECT input FROM ogw_logs.get_log('new')}), "stored\nnew", 'and is used');
$node->safe_psql('other_owner', 'ALTER TABLE ogw_logs.entry OWNER TO no_owner');
my (undef, undef, $refused) = $node->psql('other_owner', q{SELECT ogw_logs.insert_log(job_id => 'new-2', team_id => 'red')});
like($refused, qr/table ogw_logs.entry has another owner than the extension.*\nHINT:  ALTER TABLE ogw_logs.entry OWNER TO/, 'a table of one who owns nothing else is refused');

# made while eight connections write: what is in it belongs together
SKIP:
{
	skip 'there is no gateway (GATEWAY)', 1 if !$ENV{GATEWAY};
	new_database($node, 'busy');
	my $load = start_load($node, 'busy');
	my %restore = (custom => [], parallel => [ '-j', 2 ]);

	$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/busy_custom", $node->connstr('busy') ], 'pg_dump while they write');
	$node->command_ok([ 'pg_dump', '-Fd', '-j', 3, '-f', "$dir/busy_parallel", $node->connstr('busy') ], 'pg_dump -j while they write');
	stop_load($load);
	foreach my $how (sort keys %restore)
	{
		$node->safe_psql('postgres', "CREATE DATABASE busy_$how");
		$node->command_ok([ 'pg_restore', @{ $restore{$how} }, '-d', $node->connstr("busy_$how"), "$dir/busy_$how" ], 'is restored');
		load_is_whole($node, "busy_$how");
	}
}

# the extension gone and dumped without it, the log is still whole
$node->safe_psql('plain', 'DROP EXTENSION ogw_logs CASCADE');
$node->safe_psql('postgres', 'CREATE DATABASE orphan');
$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/orphan.dump", $node->connstr('plain') ], 'pg_dump without the extension');
$node->command_ok([ 'pg_restore', '-1', '-d', $node->connstr('orphan'), "$dir/orphan.dump" ], 'pg_restore without the extension');
$node->safe_psql('orphan', 'CREATE EXTENSION ogw_logs; SELECT ogw_logs.create_log()');
is($node->safe_psql('orphan', q{SELECT count(*) FROM ogw_logs.search(max_rows => 1000)}), '501', 'CREATE EXTENSION and create_log() find it');
my ($policies) = $before =~ /^policies\|(.*)$/m;
is($node->safe_psql('orphan', q{SELECT string_agg(format('%s.%s', polrelid::regclass, polname), ' ' ORDER BY polrelid::regclass::text, polname) FROM pg_policy}),
	$policies, 'and make its policies again');
done_testing();
