# With bodies off, what was planted in bodies, errors, tool arguments, metadata
# and keys is in no file of the server, however compressed and whatever went
# wrong on the way. The same load with bodies on is found, in tables and in the
# WAL, but for the keys; and so is what PostgreSQL compresses on its own.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $dir = PostgreSQL::Test::Utils::tempdir();
chmod 0777, $dir;
srand 9;
my $node = start_node('disk', initdb => ['--wal-segsize=1']);

# every segment is kept to be searched
$node->append_conf('postgresql.conf', "restart_after_crash = on\nwal_keep_size = 4GB\n");
$node->restart;
new_database($node, 'logs');
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('off', metadata_keys => '{env,long}'), ogw_logs.set_team('on', true, metadata_keys => '{env,long}')});
$node->safe_psql('logs', q{SELECT ogw_logs.create_log(); ALTER TABLE ogw_logs.entry ADD CONSTRAINT dba CHECK (latency_ms <> 13);
	CREATE TABLE own (n int UNIQUE)});

# A text with a word at its begin, in its middle and at its end: short, compressed
# to very little, compressed to half, or not compressible at all.
sub noise { return join('', map { chr(97 + rand 26) } 1 .. $_[0]) }
sub around
{
	my ($word, $size) = @_;
	my $filler = $size == 0 ? noise(40) : $size == 1 ? 'the same line again ' x 150
	  : $size == 2 ? join('', map { my $twice = noise(40); "$twice $twice " } 1 .. 1500) : noise(150_000);

	return "$word $filler $word $filler $word";
}

# Where words are planted.
my @places = qw(input output error attempt attempt_field argument note long);

# The fields of an entry with a word of its own in every place, and a key. The
# sizes differ from place to place, and from method to method.
my $turn = 0;
sub entry
{
	my ($team, $method, %more) = @_;
	my $key = 'sk-proj-' . canary($team, $method, 'key') . 'x' x 30;
	my $sizes = delete $more{sizes} // 4;
	my $size = $turn++;
	my %text = map { $_ => around(canary($team, $method, $_), $size++ % $sizes) } @places;
	my $dots = '.' x 200;

	return { team_id => $team, job_id => "$team $method", api_key => $key, input => $text{input},
		output => qq({"content":"$text{output}"}), error_message => "$text{error} of $key",
		attempts => qq([{"model":"m","status":"failure","error_code":"e","error_message":"$text{attempt} $key"},{"model":"n","x":"$text{attempt_field}"}]),
		tool_calls => qq([{"id":"c","type":"function","function":{"name":"f","arguments":"$text{argument}"}}]),
		metadata => qq({"env":"prod","note":"$text{note}","long":"$text{long} $dots","key":"$key"}),
		user_id => "user of $key", %more };
}

# An entry as an object of JSON.
sub json
{
	my ($entry) = @_;
	my %json = map { $_ => $entry->{$_} =~ s/(["\\])/\\$1/gr } keys %$entry;

	return '{' . join(',', map { /attempts|tool_calls|metadata/ ? qq("$_":$entry->{$_}) : qq("$_":"$json{$_}") } sort keys %json) . '}';
}

# The values of an entry, each written by a function, in the order of their names.
sub values_of
{
	my ($entry, $separator, $write) = @_;

	return join($separator, map { $write->($entry->{$_}, $_) } sort keys %$entry);
}
sub literal { return "\$q\$$_[0]\$q\$" }
sub columns { return '(' . join(', ', sort keys %{ $_[0] }) . ')' }

# The statement that sends an entry as rows 1 to 1,100, with an expression of n
# for latency_ms: it is written at the 1,001st row, and at its end. The values
# are no part of the statement, as if they were bound.
sub many
{
	my ($team, $method, $latency) = @_;
	my $entry = entry($team, $method, sizes => 1);
	my @columns = grep { $_ ne 'job_id' } sort keys %$entry;
	my $columns = join(', ', @columns);

	append_to_file("$dir/$team.$method", json($entry));
	chmod 0644, "$dir/$team.$method";
	return "WITH v AS MATERIALIZED (SELECT " . join(', ', map { "j ->> '$_' AS $_" } @columns)
	  . " FROM (SELECT pg_read_file('$dir/$team.$method')::json AS j) f) INSERT INTO ogw_logs.inbox (job_id, latency_ms, $columns)"
	  . " SELECT '$team $method ' || n, $latency, $columns FROM v, generate_series(1, 1100) n;\n";
}

# Starts psql with a script; returns it with its output and its errors.
my $scripts = 0;
sub start_script
{
	my ($script) = @_;
	my ($out, $err) = ('', '');
	my $file = "$dir/" . ++$scripts . '.sql';

	append_to_file($file, $script);
	return (IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('logs'), '-f', $file ], '>', \$out, '2>', \$err), \$out, \$err);
}
sub run_script
{
	my ($psql, $out, $err) = start_script(@_);

	$psql->finish;
	return ($$out, $$err);
}

# Loads entries of a team by every method, and breaks what can be broken.
my @committed = qw(single batch copy literal literals inbox text csv binary many);
my @undone = qw(rollback savepoint check unique);
sub load
{
	my ($team) = @_;
	my $script = '';
	my ($e, $out, $err);

	# the gateway's three methods, whose values are bound
	foreach my $method (qw(single batch copy))
	{
		$e = entry($team, $method);
		$e->{unknown_field} = canary($team, $method, 'unknown') if $method eq 'batch';
		append_to_file("$dir/$team.$method", json($e) . "\n");
		is(replay($node, 'logs', "$dir/$team.$method", '--method', $method), counts(1, 1, 0, 0), "$team: $method");
	}
	# the same with literals, and what COPY can read
	$e = entry($team, 'literal');
	$script .= 'SELECT ogw_logs.insert_log(' . values_of($e, ', ', sub { "$_[1] => " . literal($_[0]) }) . ");\n";
	$script .= 'SELECT ogw_logs.insert_logs(' . literal('[' . json(entry($team, 'literals')) . ']') . "::json);\n";
	$e = entry($team, 'inbox');
	$script .= 'INSERT INTO ogw_logs.inbox ' . columns($e) . ' VALUES (' . values_of($e, ', ', \&literal) . ");\n";
	$e = entry($team, 'text');
	$script .= 'COPY ogw_logs.inbox ' . columns($e) . " FROM STDIN;\n" . values_of($e, "\t", sub { $_[0] =~ s/\\/\\\\/gr }) . "\n\\.\n";
	$e = entry($team, 'csv');
	$script .= 'COPY ogw_logs.inbox ' . columns($e) . " FROM STDIN (FORMAT csv);\n"
	  . values_of($e, ',', sub { '"' . $_[0] =~ s/"/""/gr . '"' }) . "\n\\.\n";
	$e = entry($team, 'binary');
	$script .= 'COPY (SELECT ' . values_of($e, ', ', \&literal) . ") TO '$dir/$team.binary' (FORMAT binary);\n"
	  . 'COPY ogw_logs.inbox ' . columns($e) . " FROM '$dir/$team.binary' (FORMAT binary);\n";
	$script .= many($team, 'many', 'n + 100');
	is((run_script($script))[1], '', "$team: the other methods");

	# a DBA's constraint, in a batch and alone; refused values; a unique violation
	$script = many($team, 'check', 'CASE n WHEN 1050 THEN 13 END');
	$e = entry($team, 'check_single', latency_ms => 13);
	$script .= 'SELECT ogw_logs.insert_log(' . values_of($e, ', ', sub { "$_[1] => " . literal($_[0]) }) . ");\n";
	$script .= 'SELECT ogw_logs.insert_logs(' . literal('[' . join(',', map { json($_) }
		entry($team, 'refused_status', status => canary($team, 'status')), entry($team, 'refused_attempts', attempts => '"[' . canary($team, 'attempts') . '"'),
		entry($team, 'refused_time', timestamp => canary($team, 'time'))) . ',' . canary($team, 'no_json')) . ");\n";
	$script .= 'BEGIN; ' . many($team, 'unique', 'n + 100') . "INSERT INTO own VALUES (1), (1); COMMIT;\n";
	# what is taken back, or cancelled
	$script .= 'BEGIN; ' . many($team, 'rollback', 'n + 100') . "ROLLBACK;\n";
	$script .= 'BEGIN; SAVEPOINT s; ' . many($team, 'savepoint', 'n + 100') . "ROLLBACK TO s; COMMIT;\n";
	$script .= many($team, 'cancel', 'CASE n WHEN 1050 THEN pg_cancel_backend(pg_backend_pid())::int END');
	$script .= "SET statement_timeout = '1s';" . many($team, 'timeout', 'CASE n WHEN 1050 THEN length(pg_sleep(60)::text) END');
	($out, $err) = run_script($script);
	is(() = $err =~ /ERROR/g, 5, "$team: five statements fail") or diag $err;
	like($err, qr/violates check constraint.*violates unique constraint.*user request.*statement timeout/s, "$team: as they should");
	unlike($err, qr/$OgwTest::CANARY/, "$team: and quote nothing");
	like($out, qr/\(4,3,0,1\)/, "$team: what is wrong is left out, and what is no entry refused");

	# a backend that is terminated, and one that is killed
	($out, $err) = run_script(many($team, 'terminate', 'CASE n WHEN 1050 THEN pg_terminate_backend(pg_backend_pid())::int END'));
	like($err, qr/terminating connection/, "$team: a backend is terminated");
	my ($psql) = start_script(many($team, 'kill', 'CASE n WHEN 1050 THEN length(pg_sleep(600)::text) END'));
	$node->poll_query_until('logs', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'}) or die 'the statement is not asleep';
	my $log_end = -s $node->logfile;
	kill 'KILL', $node->safe_psql('logs', q{SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'});
	$psql->finish;
	$node->wait_for_log(qr/database system is ready to accept connections/, $log_end);
	return;
}

# All words of a team in some methods, and the places where each was found.
sub words { my ($team, @methods) = @_; return map { my $d = $_; map { canary($team, $d, $_) } @places } @methods }
sub ways { my ($found, $word, $file) = @_; return grep { /$file/ } @{ $found->{$word} // [] } }

# Bodies off: nothing.
load('off');
is($node->safe_psql('logs', q{SELECT count(*), count(*) FILTER (WHERE body_state = 'stored') FROM ogw_logs.entry WHERE team_id = 'off'}), '1112|0', 'the entries are there, without a body');
$node->safe_psql('logs', 'CHECKPOINT');
$node->stop;
my $found = scan_disk($node->data_dir, $node->logfile);
is(join(' ', sort keys %$found), '', 'nothing planted is in any file of the server') or diag explain $found;

# Bodies on: everything but the keys.
$node->start;
load('on');
$node->safe_psql('logs', 'CHECKPOINT');

# What PostgreSQL compresses, moves out of line and leaves behind on its own.
my %kinds = (inline_pglz => [ 'STORAGE MAIN COMPRESSION pglz', 1, 'pglz' ], external_pglz => [ 'COMPRESSION pglz', 2, 'chunks > pglz' ],
	external_plain => [ 'STORAGE EXTERNAL', 3, 'chunks' ]);
if ($node->safe_psql('logs', q{SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'}) eq 't')
{
	$kinds{inline_lz4} = [ 'STORAGE MAIN COMPRESSION lz4', 1, 'lz4' ];
	$kinds{external_lz4} = [ 'COMPRESSION lz4', 2, 'chunks > lz4' ];
}
foreach my $kind (sort keys %kinds)
{
	my ($type, $size) = @{ $kinds{$kind} };

	$node->safe_psql('logs', "CREATE TABLE $kind (v text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);"
		  . ($type =~ /STORAGE (\w+)/ ? "ALTER TABLE $kind ALTER v SET STORAGE $1;" : '')
		  . ($type =~ /COMPRESSION (\w+)/ ? "ALTER TABLE $kind ALTER v SET COMPRESSION $1;" : '')
		  . "INSERT INTO $kind VALUES (" . literal(around(canary('control', $kind), $size)) . '), ('
		  . literal(around(canary('deleted', $kind), $size)) . "); DELETE FROM $kind WHERE v LIKE '%deleted%'");
}
# a body in the server's log, as bytea is written
$node->safe_psql('logs', q{DO $$ BEGIN RAISE LOG 'a body: %', (SELECT string_agg(content, '' ORDER BY chunk) FROM ogw_logs.body WHERE job_id = 'on single'); END $$});

# Images of pages in the WAL, and nothing else of these pages: for each method
# the segments that were written while the rows were deleted. One word stands
# where PostgreSQL cuts a value into chunks, at 1,996 bytes.
my %images;
foreach my $method (grep { !/^(on|off)$/ } split /,/, $node->safe_psql('logs', q{SELECT array_to_string(enumvals, ',') FROM pg_settings WHERE name = 'wal_compression'}))
{
	my @segments = split /\n/, $node->safe_psql('logs', "SET wal_compression = $method;
		CREATE TABLE image_$method (v text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
		ALTER TABLE image_$method ALTER v SET STORAGE EXTERNAL;
		INSERT INTO image_$method VALUES (" . literal(around(canary('image', $method), 0)) . '), ('
		  . literal('x' x 1990 . canary('cut', $method) . ' y' x 3000) . ");
		CHECKPOINT; DO 'BEGIN PERFORM pg_switch_wal(); END';
		INSERT INTO own VALUES (length('$method') * 100 + ascii('$method')); SELECT pg_walfile_name(pg_current_wal_insert_lsn());
		DELETE FROM image_$method; SELECT pg_walfile_name(pg_current_wal_insert_lsn());
		DO 'BEGIN PERFORM pg_switch_wal(); END'");
	$images{$method} = [ map { $node->data_dir . "/pg_wal/$_" } grep { $_ ge $segments[0] && $_ le $segments[-1] } slurp_dir($node->data_dir . '/pg_wal') ];
}
$node->stop;

$found = scan_disk($node->data_dir, $node->logfile);
is(join(' ', grep { /_key_|_off_/ } sort keys %$found), '', 'with bodies on no key is found, and still nothing of the other team');
is(join(' ', grep { !ways($found, $_, qr{/base/}) } words('on', @committed)), '', 'each word is found in the tables');
is(join(' ', grep { !ways($found, $_, qr{/pg_wal/}) } words('on', @committed, @undone)), '', 'and in the WAL, also of transactions that were taken back');
is(scalar(ways($found, canary('on', 'batch', 'unknown'), qr{/base/.* chunks > zstd$})), 1, 'a field of another name, too');
ok(ways($found, canary('on', 'single', 'input'), qr{\.log hex > zstd$}), 'and a body that is in the log');
foreach my $kind (sort keys %kinds)
{
	ok(scalar(ways($found, canary($_, $kind), qr{/base/\S+ $kinds{$kind}[2]$})), "$_ $kind is found in its table") for qw(control deleted);
	ok(scalar(ways($found, canary('control', $kind), qr{/pg_wal/\S+ WAL > $kinds{$kind}[2]$})), "and in the WAL");
}
foreach my $method (sort keys %images)
{
	my $image = scan_disk(@{ $images{$method} });

	ok(scalar(ways($image, canary('image', $method), qr{ WAL > page image $method$})), "a row in page images by $method is found");
	ok(scalar(ways($image, canary('cut', $method), qr{ WAL > (page image )?$method > chunks$})), 'and one that was cut in two');
}

# Sealed: what is kept is found in its segment. What was erased is in no table when
# these are written anew, as docs/privacy.md says, though it shared the segment.
$node->start;
my %word = map { $_ => canary('sealed', $_) } qw(kept erased);
$node->safe_psql('logs', join ';', map { "SELECT ogw_logs.insert_log(job_id => 'sealed $_', team_id => 'on', user_id => 'user $_', session_id => 'one', \"timestamp\" => now() - interval '3 days', input => " . literal(around($word{$_}, 1)) . ')' } sort keys %word);
maintain_all($node, 'logs', seal_delay => 0);
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.body WHERE job_id LIKE 'sealed %'; SELECT count(*) FROM ogw_logs.segment WHERE chunk = 0 AND since < now() - interval '1 day'}), "0\n1", 'two bodies are sealed in one segment');
my $scan = sub {
	$node->safe_psql('logs', 'CHECKPOINT');
	$node->stop;
	my $in_tables = scan_disk($node->data_dir . '/base');
	$node->start;
	return $in_tables;
};
$found = $scan->();
ok(scalar(ways($found, $word{$_}, qr{ zstd$})), "$_: found in it") foreach sort keys %word;
is(join(' ', grep { /_off_/ } sort keys %$found), '', 'and nothing of the other team');
is($node->safe_psql('logs', q{SELECT entries, bodies FROM ogw_logs.erase_user('on', 'user erased')}), '1|1', 'one of them is erased');
$node->safe_psql('logs', 'VACUUM FULL ogw_logs.entry, ogw_logs.body, ogw_logs.segment');
$found = $scan->();
is(join(' ', map { scalar(ways($found, $word{$_}, qr{.})) > 0 ? 'found' : 'gone' } sort keys %word), 'gone found', 'it is gone, the other is there');
is($node->safe_psql('logs', q{SELECT left(input, 20) FROM ogw_logs.get_log('sealed kept')}), substr(around($word{kept}, 1), 0, 20), 'and is read');
done_testing();
