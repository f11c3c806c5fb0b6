# The owner of the log's tables alters them in any way that PostgreSQL lets them: then every
# reader, writer and maintain() does its work, or says in a decent error what is in the
# way. None crashes, and none gives what is not there: where a search answers, its rows are
# those of a plain query with casts.
#
# OGW_SEED=N draws other alterations, OGW_ROUNDS=N so many rounds. Unless OGW_FULL is set,
# the rounds are few, and the same ones each time.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $seed = $ENV{OGW_SEED} // 20261130;
my $rounds = $ENV{OGW_ROUNDS} // (is_full() ? 400 : 25);
my $sql = "$FindBin::RealBin/sql";

diag "OGW_SEED=$seed";

my $node = start_node('altered', log_min_messages => 'warning', restart_after_crash => 'on', max_worker_processes => 0,
	max_locks_per_transaction => 200, checkpoint_timeout => '1h');
$node->safe_psql('postgres', "CREATE ROLE altered_$_") foreach qw(reader writer admin other dba);
$node->safe_psql('postgres', 'CREATE DATABASE altered_log');
my $prelude = slurp_file("$FindBin::RealBin/../prelude.sql") =~ s/\b(?=maintain_all\(|wait_for_snapshots\()/pg_temp./gr;
my $fill = slurp_file("$sql/altered_log.sql");
$node->safe_psql('altered_log', $prelude . $fill);

my @tables = split ' ', $node->safe_psql('altered_log', q{SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1});
my @partitions = split ' ', $node->safe_psql('altered_log', q{SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relispartition AND c.relkind = 'r' ORDER BY 1});
my %columns;
foreach (split /\n/, $node->safe_psql('altered_log', q{SELECT c.relname, string_agg(a.attname, ' ' ORDER BY a.attnum) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY 1}))
{
	my ($table, $names) = split /\|/;
	$columns{$table} = [ split ' ', $names ];
}

my @types = ('text', 'varchar(300)', 'text COLLATE "POSIX"', 'text COLLATE public.other', 'public.words', 'public.document', 'public.moment', 'json', 'jsonb', 'bytea', 'smallint',
	'integer', 'bigint', 'real', 'float8', 'numeric', 'numeric(12,1)', 'boolean', 'timestamp', 'timestamptz(0)', 'date', 'interval', 'uuid', 'name', 'char(40)', 'oid', 'text[]', 'xid8');

# A number below another, and one of a list.
sub any { return int rand shift }
sub one { return $_[ any(scalar @_) ] }

# What can be done to a table, as SQL; T is its name, C one of its columns, D another.
my @operations = (
	([ 24, sub { "SELECT public.loosen(); SELECT public.retype('T', 'C', '" . one(@types) . "'); SELECT public.retype('T', 'D', '" . one(@types) . "');" } ]),
	[ 8, sub { "SELECT public.retype('T', 'C', '" . one(@types) . "');" } ],
	[ 2, sub { 'ALTER TABLE T DROP COLUMN C CASCADE;' } ],
	[ 2, sub { "ALTER TABLE T DROP COLUMN C CASCADE; ALTER TABLE T ADD COLUMN C " . one(@types) . ';' } ],
	[ 2, sub { 'ALTER TABLE T ADD COLUMN dba ' . one(@types) . one('', ' DEFAULT NULL') . ';' } ],
	[ 1, sub { "ALTER TABLE T ADD COLUMN dba text DEFAULT 'x' NOT NULL;" } ],
	[ 1, sub { 'ALTER TABLE T ADD COLUMN dba integer GENERATED ALWAYS AS (1) STORED;' } ],
	[ 1, sub { 'ALTER TABLE T ADD COLUMN dba integer GENERATED ALWAYS AS IDENTITY;' } ],
	[ 1, sub { "ALTER TABLE T ALTER COLUMN C SET DEFAULT NULL;" } ],
	[ 2, sub { 'ALTER TABLE T ALTER COLUMN C SET NOT NULL;' } ],
	[ 2, sub { 'ALTER TABLE T ALTER COLUMN C DROP NOT NULL; UPDATE T SET C = NULL;' } ],
	[ 1, sub { 'ALTER TABLE T ADD CHECK (C IS NOT NULL) NOT VALID;' } ],
	[ 1, sub { "ALTER TABLE T ADD CHECK (C::text <> 'w1') NOT VALID;" } ],
	[ 1, sub { "DO \$\$ DECLARE k record; BEGIN FOR k IN SELECT conname FROM pg_constraint WHERE conrelid = 'T'::regclass LOOP EXECUTE format('ALTER TABLE T DROP CONSTRAINT %I CASCADE', k.conname); END LOOP; END \$\$;" } ],
	[ 1, sub { 'CREATE TABLE public.parent (id text PRIMARY KEY); ALTER TABLE T ADD FOREIGN KEY (C) REFERENCES public.parent NOT VALID;' } ],
	[ 1, sub { 'CREATE RULE dba AS ON ' . one('INSERT', 'UPDATE', 'DELETE') . ' TO T DO ' . one('INSTEAD NOTHING', 'ALSO SELECT 1', 'INSTEAD SELECT 1') . ';' } ],
	[ 1, sub { 'CREATE FUNCTION public.dba() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN ' . one('NEW', 'NULL') . '; END $$; CREATE TRIGGER dba ' . one('BEFORE', 'AFTER') . ' INSERT OR UPDATE ON T FOR EACH ROW EXECUTE FUNCTION public.dba();' } ],
	[ 1, sub { 'ALTER TABLE T DISABLE TRIGGER ALL;' } ],
	[ 1, sub { 'ALTER TABLE T ALTER COLUMN C SET STORAGE ' . one(qw(PLAIN EXTERNAL EXTENDED MAIN)) . '; ALTER TABLE T ALTER COLUMN D SET COMPRESSION ' . one(qw(pglz lz4)) . ';' } ],
	[ 2, sub { 'ALTER TABLE T RENAME COLUMN C TO dba;' } ],
	[ 1, sub { 'ALTER TABLE T RENAME COLUMN C TO dba; ALTER TABLE T RENAME COLUMN D TO C; ALTER TABLE T RENAME COLUMN dba TO D;' } ],
	[ 1, sub { 'ALTER TABLE T RENAME TO dba;' } ],
	[ 1, sub { 'ALTER TABLE T SET SCHEMA public;' } ],
	[ 1, sub { 'DROP TABLE T CASCADE;' } ],
	[ 1, sub { 'TRUNCATE T;' } ],
	[ 1, sub { 'ALTER TABLE T RENAME TO dba; CREATE VIEW T AS SELECT * FROM ogw_logs.dba;' } ],
	[ 1, sub { 'ALTER TABLE T RENAME TO dba; CREATE TABLE T (LIKE ogw_logs.dba); INSERT INTO T SELECT * FROM ogw_logs.dba;' } ],
	[ 1, sub { 'ALTER TABLE T RENAME TO dba; CREATE TABLE T (LIKE ogw_logs.dba) PARTITION BY LIST (C);' } ],
	[ 1, sub { 'ALTER TABLE T RENAME TO dba; CREATE TABLE T (LIKE ogw_logs.dba) PARTITION BY RANGE (C); CREATE TABLE public.part PARTITION OF T DEFAULT; INSERT INTO T SELECT * FROM ogw_logs.dba;' } ],
	[ 1, sub { 'ALTER TABLE T RENAME TO dba; CREATE ' . one('SEQUENCE T;', 'TYPE T AS (a integer);', 'INDEX T ON ogw_logs.dba (C);', 'MATERIALIZED VIEW T AS SELECT * FROM ogw_logs.dba;') =~ s/INDEX T/INDEX N/r } ],
	[ 1, sub { 'ALTER TABLE T FORCE ROW LEVEL SECURITY; ALTER TABLE T OWNER TO altered_dba;' } ],
	[ 1, sub { 'ALTER TABLE T ' . one('FORCE', 'NO FORCE', 'DISABLE') . ' ROW LEVEL SECURITY;' } ],
	[ 1, sub { 'CREATE POLICY dba ON T AS RESTRICTIVE USING (false);' } ],
	[ 1, sub { 'ALTER TABLE T SET UNLOGGED;' } ],
	[ 1, sub { "DO \$\$ DECLARE i record; BEGIN FOR i IN SELECT x.relname FROM pg_index k JOIN pg_class x ON x.oid = k.indexrelid WHERE k.indrelid = 'T'::regclass LOOP BEGIN EXECUTE format('CLUSTER T USING %I', i.relname); EXCEPTION WHEN OTHERS THEN NULL; END; EXECUTE format('REINDEX INDEX ogw_logs.%I', i.relname); END LOOP; END \$\$;" } ],
	[ 2, sub { "DO \$\$ DECLARE i record; BEGIN FOR i IN SELECT x.relname FROM pg_index k JOIN pg_class x ON x.oid = k.indexrelid WHERE k.indrelid = 'T'::regclass LOOP BEGIN EXECUTE format('DROP INDEX ogw_logs.%I CASCADE', i.relname); EXCEPTION WHEN OTHERS THEN NULL; END; BEGIN " . one('NULL;', "EXECUTE format('CREATE INDEX %I ON T (C)', i.relname);", "EXECUTE format('CREATE INDEX %I ON T (C DESC, D)', i.relname);", "EXECUTE format('CREATE INDEX %I ON T USING hash (C)', i.relname);", "EXECUTE format('CREATE INDEX %I ON T USING brin (C)', i.relname);", "EXECUTE format('CREATE INDEX %I ON T (C) WHERE C IS NULL', i.relname);", "EXECUTE format('CREATE INDEX %I ON T ((C::text || D::text))', i.relname);") . ' EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$;' } ],
	[ 1, sub { 'CREATE UNIQUE INDEX ON T (C, D);' } ]);

# The same for a partition alone: it is taken out of its table, altered, and put back.
my $detach = q{DO $$ DECLARE p text := (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = 'T'::regclass); b text := (SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = 'T'::regclass);
BEGIN EXECUTE format('ALTER TABLE %s DETACH PARTITION T', p); WHAT EXECUTE format('ALTER TABLE %s ATTACH PARTITION T %s', p, b); END $$;};
my @inside = ('ALTER TABLE T DROP COLUMN C; ALTER TABLE T ADD COLUMN C text COLLATE "C";', 'ALTER TABLE T ALTER COLUMN C DROP NOT NULL;', 'TRUNCATE T;', 'ALTER TABLE T ADD COLUMN IF NOT EXISTS dba text;',
	"PERFORM public.retype('T', 'C', 'jsonb');", 'ALTER TABLE T RENAME TO dba; ALTER TABLE ogw_logs.dba RENAME TO N;', 'CREATE TABLE public.kept (LIKE T INCLUDING ALL); INSERT INTO public.kept SELECT * FROM T;');

# Draws an operation, as SQL.
sub operation
{
	my ($table, $sum, $text) = (undef, 0);
	if (any(8) == 0)
	{
		$table = one(@partitions);
		$text = any(4) ? $detach =~ s/WHAT/one(@inside)/er : undef;
	}
	else
	{
		# those of entries and bodies most of all
		$table = any(2) ? one(qw(entry entry entry body segment entry_key)) : one(@tables);
	}
	if (!defined $text)
	{
		$sum += $_->[0] foreach @operations;
		my $at = any($sum);
		foreach (@operations)
		{
			last if !$_;
			$at -= $_->[0];
			if ($at < 0) { $text = $_->[1]->(); last }
		}
	}
	my ($one, $other) = (one(@{ $columns{$table} }), one(@{ $columns{$table} }));
	$text =~ s/\bT\b/ogw_logs.$table/g;
	$text =~ s/\bN\b/$table/g;
	$text =~ s/'C'/'$one'/g;
	$text =~ s/'D'/'$other'/g;
	$text =~ s/(?<!")\bC\b(?!")/"$one"/g;
	$text =~ s/(?<!")\bD\b(?!")/"$other"/g;
	return $text;
}

# Runs SQL in a database, and returns what it says on both ways.
sub run_sql
{
	my ($database, $text) = @_;
	my ($out, $err) = ('', '');
	local $ENV{PGOPTIONS} = '-c client_min_messages=warning -c lc_messages=C';
	IPC::Run::run [ $node->installed_command('psql'), '-XqAt', '-v', 'VERBOSITY=verbose', '-d', $node->connstr($database) ], '<', \$text, '>', \$out, '2>', \$err;
	return ($out, $err);
}

# What a round has done wrong: of the answers, of the errors, and of the server.
sub wrongs
{
	my ($operations, $out, $err, $log) = @_;
	# by entry_key an entry is found by its job_id alone: what is not there is not found
	my @wrong = grep { /DIFFERENT|GARBAGE|LEAK|LEFT after|ANSWERED/ && !($operations =~ /entry_key/ && /where q\.job_id/) } split /\n/, $out;
	my $damages = $operations =~ /content|key_secret|"(?:chunk|since|pass|first_\w+)"/ || $operations =~ /(?:body|segment)\w* (?:RENAME COLUMN|DROP COLUMN)/;

	my $call = 'start';
	foreach (split /(?=^psql:[^\n]*|^(?:ERROR|WARNING|FATAL|PANIC):  |^\@\@ )/m, $err)
	{
		if (/^\@\@ (.*)/) { $call = $1; next }
		my ($level, $state) = /^(?:psql:\S* )?(ERROR|WARNING|FATAL|PANIC):  (\w{5}): /;
		if (!defined $level) { push @wrong, "$call: $_" if /\S/ && /server closed|connection|could not/; next }
		push @wrong, "$call: $_" if $state =~ /^(?:XX000|57014|57P0\d|55P03)/ || ($state =~ /^XX/ && !$damages);
		push @wrong, "$call names nothing: $_" if !/ogw_logs|altered_|public\.|(?:table|relation|step) "/ && $state !~ /^(?:22|23|42501)/;
	}
	push @wrong, 'the script does not come to its end' if $err !~ /^\@\@ end/m;
	push @wrong, $log =~ /((?:TRAP|PANIC|terminated by signal|AddressSanitizer|runtime error)[^\n]*)/ if $log =~ /TRAP|PANIC|terminated by signal|AddressSanitizer|runtime error/;
	return @wrong;
}

my $calls = slurp_file("$sql/altered_calls.sql");
my $log_at = 0;
foreach my $round (1 .. $rounds)
{
	# a round can be drawn by itself
	srand $seed * 1000 + $round;
	my $operations = join "\n", map { operation() } 1 .. 1 + any(3);
	my $database = "altered_$round";

	next if defined $ENV{OGW_ONLY} && $ENV{OGW_ONLY} != $round;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE altered_log" . ($node->pg_version >= 15 ? ' STRATEGY wal_log' : ''));
	my ($done, $refused) = run_sql($database, $operations);
	my ($out, $err) = run_sql($database, (any(2) ? "\\warn \@\@ create_log first\nSELECT ogw_logs.create_log();\n" : '') . $calls);
	$node->poll_query_until('postgres', 'SELECT true') or die 'the server is gone';
	my $log = slurp_file($node->logfile, $log_at);
	$log_at += length $log;
	my @wrong = wrongs($operations, $out, $err, $log);
	ok(!@wrong, "round $round") or diag("OGW_SEED=$seed OGW_ONLY=$round\n$operations\n$done\nrefused: $refused\n" . join "\n", @wrong);
	diag "$operations\n$done\n$refused\n$out\n$err" if defined $ENV{OGW_ONLY};
	$node->safe_psql('postgres', "DROP DATABASE $database");
}
$node->stop;
done_testing();
