# With bodies off, what was planted in bodies, errors and keys is in no file of
# the server: not in a table, its WAL, its log, a rejection or an error. The
# same search finds it where bodies are on and nothing compresses it.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

# errors are in the log, with all they say
my $node = start_node('nothing_left', log_min_messages => 'warning', log_error_verbosity => 'verbose');
my $dir = PostgreSQL::Test::Utils::tempdir();
my $key = 'sk-proj-' . 'KEYCANARY' x 8;

new_database($node, 'logs');
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('off', metadata_keys => '{env}')});

# an entry with a canary in every place that lives with the body
sub entry
{
	my ($id, %more) = @_;
	my %entry = (
		job_id => qq("$id"), team_id => '"off"', api_key => qq("$key"),
		input => '"BODYCANARY input"', output => '{"content":"BODYCANARY output"}',
		error_message => qq("BODYCANARY error of $key"),
		attempts => qq([{"model":"m","status":"failure","error_code":"e","error_message":"BODYCANARY $key"},{"model":"n","BODYCANARY":1}]),
		tool_calls => '[{"id":"c","type":"function","function":{"name":"f","arguments":"BODYCANARY"}}]',
		metadata => qq({"env":"prod","note":"BODYCANARY","key":"$key"}),
		user_id => qq("user of $key"), BODYCANARY => '"BODYCANARY"', %more);
	return '{' . join(',', map { qq("$_":$entry{$_}) } grep { defined $entry{$_} } sort keys %entry) . '}';
}

my @batch = (
	entry('b1'), entry('b2', latency_ms => -1), entry('b3', status => '"BODYCANARY"'),
	entry('b4', timestamp => '"BODYCANARY"'), entry('b5', cost_usd => '"BODYCANARY"'),
	entry('b6', attempts => '"[BODYCANARY"'), entry('b7', job_id => undef),
	'{"job_id":"b8","team_id":"off","input":BODYCANARY}', '"BODYCANARY"',
	entry('b9', input => '[' x 600 . '"BODYCANARY"' . ']' x 600), entry('b1'));

# by the array
append_to_file("$dir/array.txt", '[' . join(',', @batch) . ']');
is($node->safe_psql('logs', "SELECT ogw_logs.insert_logs(pg_read_file('$dir/array.txt'))"), '(11,8,1,2)', 'insert_logs');
# an array that breaks off, and one that is none
append_to_file("$dir/broken.txt", '[' . entry('c1') . ',{"job_id":"c2","input":"BODYCANARY');
append_to_file("$dir/none.txt", '{"BODYCANARY":1}');
chmod 0644, "$dir/broken.txt", "$dir/none.txt";
is($node->safe_psql('logs', "SELECT ogw_logs.insert_logs(pg_read_file('$dir/broken.txt'))"), '(2,1,0,1)', 'insert_logs, broken off');
my ($ret, $out, $err) = $node->psql('logs', "SELECT ogw_logs.insert_logs(pg_read_file('$dir/none.txt'), details => true)");
like($out, qr/^\(1,0,0,1,/, 'insert_logs, one object');
like($err, qr/WARNING:  rejected 1 of 1 entries/, 'it warns');
unlike("$out $err", qr/CANARY/, 'its details and its warning quote nothing');
# lines of bytes, one of which is no UTF-8 and one is broken
append_to_file("$dir/lines.txt", entry('l1', input => qq("BODYCANARY \xff")) . qq(\n{"job_id":"l2","input":"BODYCANARY\n));
chmod 0644, "$dir/lines.txt";
is($node->safe_psql('logs', "SELECT ogw_logs.insert_logs(pg_read_binary_file('$dir/lines.txt'))"), '(2,1,0,1)', 'insert_logs, bytes');

# by the function, good and bad
my $values = q{SELECT v ->> 'input' AS i, v ->> 'attempts' AS a, v ->> 'tool_calls' AS t, v ->> 'metadata' AS m, v ->> 'api_key' AS k
	FROM (SELECT pg_read_file('} . "$dir/one.txt" . q{')::json AS v) s};
append_to_file("$dir/one.txt", entry('s1'));
chmod 0644, "$dir/one.txt";
my $call = q{SELECT ogw_logs.insert_log(job_id => '%s', team_id => 'off', input => i, output => i, error_message => i || ' ' || k,
	api_key => k, attempts => a, tool_calls => t, metadata => m, user_id => 'u ' || k%s) FROM (} . $values . ') x';
is($node->safe_psql('logs', sprintf($call, 's1', '')), 'stored', 'insert_log');
my @odd = (', latency_ms => -1', ', status => i', ', operation => i, finish_reason => i, provider => i', ', error_code => repeat(a, 10)', ', "timestamp" => i',
	', attempts => i, tool_calls => i, metadata => i');
foreach my $n (0 .. $#odd)
{
	is($node->safe_psql('logs', sprintf($call =~ s/, attempts => a, tool_calls => t, metadata => m//r, "s2$n", $odd[$n])), 'stored', "insert_log$odd[$n]");
}
($ret, $out, $err) = $node->psql('logs', sprintf($call =~ s/job_id => '%s', team_id => 'off'/job_id => '%s'/r, 's3', ''));
isnt($ret, 0, 'insert_log, no team');
unlike($err, qr/CANARY/, 'its error quotes nothing');

# by the inbox: text, CSV, binary; good rows and bad rows
my $columns = 'job_id, team_id, api_key, input, error_message, attempts, metadata, latency_ms';
my $row = sub { join("\t", $_[0], 'off', $key, 'BODYCANARY', "BODYCANARY $key", '[{"error_message":"BODYCANARY"}]', '{"x":"BODYCANARY"}', $_[1]) };
append_to_file("$dir/rows", join("\n", $row->('i1', 1), $row->('i2', -1), $row->('i3', 'BODYCANARY'), '') );
append_to_file("$dir/bad_row", join("\n", $row->('i4', 1), $row->('i5', "1\ttoo many"), '') );
chmod 0644, "$dir/rows", "$dir/bad_row";
$node->safe_psql('logs', "COPY ogw_logs.inbox ($columns) FROM '$dir/rows'");
is($node->safe_psql('logs', "COPY ogw_logs.inbox ($columns) FROM '$dir/rows' (FORMAT csv, DELIMITER e'\\t', QUOTE e'\\x01'); SELECT ogw_logs.last_batch()"),
	'(3,0,3,0)', 'COPY, text and CSV');
chmod 0777, $dir;
$node->safe_psql('logs', "COPY (SELECT 'i6', 'off', 'BODYCANARY binary') TO '$dir/binary' (FORMAT binary)");
is($node->safe_psql('logs', "COPY ogw_logs.inbox (job_id, team_id, input) FROM '$dir/binary' (FORMAT binary); SELECT ogw_logs.last_batch()"),
	'(1,1,0,0)', 'COPY, binary');
($ret, $out, $err) = $node->psql('logs', "COPY ogw_logs.inbox ($columns) FROM '$dir/bad_row'");
like($err, qr/extra data after last expected column/, 'COPY, a malformed line');
unlike($err, qr/CANARY/, 'its error quotes nothing of the line');

# before the first row there is no trigger that could see to COPY's context: the
# first line malformed, or the first that WHERE takes; caught, and raised again
append_to_file("$dir/bad_first", join("\n", $row->('i7', "1\ttoo many"), '') );
chmod 0644, "$dir/bad_first";
my $bad_first = "COPY ogw_logs.inbox ($columns) FROM '$dir/bad_first'";
my $again = "DO \$do\$ BEGIN EXECUTE \$c\$$bad_first\$c\$; EXCEPTION WHEN OTHERS THEN %s RAISE; END \$do\$";
my $within = 'INSERT INTO ogw_logs.inbox (job_id) SELECT run($c$%s$c$)';
my $long = 'x' x 63;
$node->safe_psql('logs', "CREATE FUNCTION run(command text) RETURNS text LANGUAGE plpgsql AS 'BEGIN EXECUTE command; RETURN NULL; END'");
foreach my $copy ($bad_first,
	"COPY ogw_logs.inbox ($columns) FROM '$dir/bad_row' WHERE job_id <> 'i4'",
	sprintf($again, ''), sprintf($again, 'COMMIT;'), sprintf($again, 'INSERT INTO ogw_logs.inbox (job_id) SELECT NULL WHERE false;'),
	# renamed meanwhile
	"CREATE FUNCTION rename() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN ALTER VIEW ogw_logs.inbox RENAME TO moved; RETURN false; END'; BEGIN; COPY ogw_logs.inbox ($columns) FROM '$dir/bad_row' WHERE rename()",
	# within another statement into inbox, into a second view like it, and under other names
	sprintf($within, $bad_first),
	'BEGIN; CREATE VIEW box AS TABLE ogw_logs.inbox; '
	  . join('', map { "CREATE TRIGGER $_ INSERT ON box FOR EACH " . (/INSTEAD/ ? 'ROW' : 'STATEMENT') . ' EXECUTE FUNCTION ogw_logs_internal.receive(); ' }
		'receive_begin BEFORE', 'receive INSTEAD OF', 'receive_end AFTER')
	  . sprintf($within, $bad_first =~ s/ogw_logs.inbox/box/r),
	map { "BEGIN; ALTER VIEW ogw_logs.inbox RENAME TO $_; " . $bad_first =~ s/inbox/$_/r } '"in,box"', '"a.b"', $long)
{
	($ret, $out, $err) = $node->psql('logs', $copy);
	like($err, qr/extra data after last expected column/, 'COPY, a malformed line before the first row');
	unlike($err, qr/CANARY/, 'its error quotes nothing of the line');
}
# what is no context of COPY stays: where another function fails, and after a savepoint
append_to_file("$dir/other.csv", "x\n");
chmod 0644, "$dir/other.csv";
foreach my $sql ('INSERT INTO ogw_logs.inbox (job_id) SELECT run($$nothing$$)',
	"BEGIN; SAVEPOINT s; $bad_first; ROLLBACK TO s; SELECT run('nothing')")
{
	($ret, $out, $err) = $node->psql('logs', $sql, on_error_stop => 0);
	like($err, qr/syntax error.*CONTEXT:  PL\/pgSQL function run\(text\) line 1 at EXECUTE/s, 'the context of another error is kept');
}
($ret, $out, $err) = $node->psql('logs', "CREATE TEMP TABLE other (y text); BEGIN; SAVEPOINT s; $bad_first; ROLLBACK TO s; COPY other FROM '$dir/other.csv' (HEADER MATCH)",
	on_error_stop => 0);
like($err, qr/got "x", expected "y".*CONTEXT:  COPY other, line 1/s, 'and what COPY says of another table');
# a header that was forgotten: what HEADER MATCH compares with the columns is an entry
append_to_file("$dir/no_header.csv", "BODYCANARY sk-CANARY,i8,off\n");
append_to_file("$dir/no_header.txt", "BODYCANARY sk-CANARY\ti8\toff\n");
chmod 0644, glob("$dir/no_header.*");
foreach my $format ('csv', 'text')
{
	my $file = "$dir/no_header." . ($format eq 'csv' ? 'csv' : 'txt');
	my $copy = "COPY ogw_logs.inbox (input, job_id, team_id) FROM '$file' (FORMAT $format, HEADER MATCH)";
	foreach my $sql ($copy =~ s/input, job_id, team_id/job_id, team_id, input/r, $copy, "DO \$do\$ BEGIN EXECUTE \$c\$$copy\$c\$; EXCEPTION WHEN OTHERS THEN RAISE; END \$do\$")
	{
		($ret, $out, $err) = $node->psql('logs', $sql, extra_params => [ '-v', 'VERBOSITY=verbose' ]);
		like($err, qr/ERROR:  22P04: the header line does not name the columns of COPY in their order/, "COPY, a forgotten header, $format");
		unlike($err, qr/CANARY|i8/, 'its error quotes nothing of the line');
	}
}
# and where COPY stands below: another table's, whose trigger hands its rows on
$node->safe_psql('logs', "CREATE TABLE forwarded (" . join(', ', map { "$_ text" } split /, /, $columns) . q{);
	CREATE FUNCTION forward() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN INSERT INTO ogw_logs.inbox (job_id, team_id, input) VALUES (NEW.job_id, NEW.team_id, NEW.input); RAISE EXCEPTION 'not forwarded'; END $$;
	CREATE TRIGGER forward BEFORE INSERT ON forwarded FOR EACH ROW EXECUTE FUNCTION forward()});
($ret, $out, $err) = $node->psql('logs', "COPY forwarded FROM '$dir/rows'");
like($err, qr/not forwarded.*COPY forwarded, line 1$/s, 'COPY into a table whose trigger writes into inbox');
unlike($err, qr/CANARY/, 'its error quotes nothing of the line');
$node->safe_psql('logs', 'DROP TABLE forwarded');

# by a constraint of a DBA's, whether the rows are written by a statement or not
append_to_file("$dir/checked.txt", '[' . entry('k1', owner => '"CANARY"') . ']');
chmod 0644, "$dir/checked.txt";
$node->safe_psql('logs', q{ALTER TABLE ogw_logs.entry ADD CONSTRAINT dba CHECK (owner IS NULL OR length(owner) > 100);
	CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'});
foreach my $trigger ('', 'CREATE TRIGGER nothing BEFORE INSERT ON ogw_logs.entry FOR EACH ROW EXECUTE FUNCTION nothing()')
{
	$node->safe_psql('logs', $trigger);
	($ret, $out, $err) = $node->psql('logs', "SELECT ogw_logs.insert_logs(pg_read_file('$dir/checked.txt'))");
	like($err, qr/violates check constraint "dba"/, "a constraint that refuses a row; $trigger");
	unlike($err, qr/CANARY/, 'its error quotes nothing of it');
}
$node->safe_psql('logs', 'DROP TRIGGER nothing ON ogw_logs.entry; ALTER TABLE ogw_logs.entry DROP CONSTRAINT dba');

is($node->safe_psql('logs', "SELECT string_agg(job_id, ' ' ORDER BY job_id) FROM ogw_logs.entry"), 'b1 b2 b3 b4 b5 b6 b8 b9 c1 i1 i2 i3 i6 l1 s1 s20 s21 s22 s23 s24 s25', 'the good entries are there');
is($node->safe_psql('logs', 'SELECT count(*) FROM ogw_logs.body'), '0', 'no body is');
is($node->safe_psql('logs', q{SELECT DISTINCT api_key, metadata::text FROM ogw_logs.entry WHERE job_id <> 'i6' AND metadata IS NOT NULL}),
	'sk-proj-****|{"env":"prod"}', 'the key is shown by its prefix, metadata by what the team declared');
is($node->safe_psql('logs', 'SELECT count(*) FROM ogw_logs.rejected'), '5', 'what was refused is noted');
searchable_dump($node, 'logs', "$dir/dump.sql");
unlike(slurp_file("$dir/dump.sql"), qr/CANARY/, 'nothing planted is in the dump');

$node->safe_psql('logs', 'CHECKPOINT');
$node->stop;
is(join(' ', grep_files('CANARY', $node->data_dir, $node->logfile)), '', 'nothing planted is in any file of the server');

# The search can find it: the same entries in an ordinary table.
$node->start;
$node->safe_psql('logs', "CREATE TABLE control AS SELECT pg_read_file('$dir/one.txt') AS v; CHECKPOINT");
isnt(join(' ', grep_files('BODYCANARY', $node->data_dir)), '', 'the search finds a body where there is one');
isnt(join(' ', grep_files('KEYCANARY', $node->data_dir)), '', 'and a key');
$node->safe_psql('logs', 'DROP TABLE control');

# With bodies on the body is found, decompressed; the key is not.
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('off', body_logging => true)});
$node->safe_psql('logs', sprintf($call, 's3', ''));
is(searchable_dump($node, 'logs', "$dir/dump_on.sql"), 1, 'with bodies on there is one');
like(slurp_file("$dir/dump_on.sql"), qr/BODYCANARY input/, 'and it is found');
unlike(slurp_file("$dir/dump_on.sql"), qr/KEYCANARY/, 'its key is not');
done_testing();
