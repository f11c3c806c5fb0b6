# What a writer is told goes to the writer: the warning of what was refused says how many
# and why, and the server's log gets it without the statement and without its context,
# however much it is told to write. And COPY as psql sends it, of files that are not whole.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

# a log that has each warning, with its statement and its context
my $node = start_node('details', log_min_messages => 'warning', log_min_error_statement => 'warning', log_error_verbosity => 'verbose', log_line_prefix => '%m [%p] ');
my $dir = PostgreSQL::Test::Utils::tempdir();

new_database($node, 'logs');

# What a psql says of some commands: what it prints, and what it is warned of.
sub said
{
	my ($commands) = @_;
	my ($out, $err) = ('', '');

	$node->psql('logs', $commands, stdout => \$out, stderr => \$err, on_error_stop => 0);
	return ($out, join ' ', map { s/psql:<stdin>:\d+: //r } grep { /WARNING|DETAIL|ERROR/ } split /\n/, $err);
}

foreach my $call (
	[ 'insert_logs', q{SELECT ogw_logs.insert_logs('[{"job_id":"BODYCANARY"}]')} ],
	[ 'insert_logs in DO', q{DO $$ BEGIN PERFORM ogw_logs.insert_logs('[{"job_id":"BODYCANARY"}]'); END $$} ],
	[ 'insert_logs in a statement that was put together', q{DO $$ BEGIN EXECUTE format('SELECT ogw_logs.insert_logs(%L, true)', '["BODYCANARY", {"job_id":"BODYCANARY"}]'); END $$} ],
	[ 'bytes', q~SELECT ogw_logs.insert_logs('{"job_id":"BODYCANARY"'::bytea)~ ],
	[ 'jsonb', q{SELECT ogw_logs.insert_logs('["BODYCANARY"]'::jsonb)} ],
	[ 'INSERT', q{INSERT INTO ogw_logs.inbox (job_id, input) VALUES ('BODYCANARY', 'BODYCANARY')} ],
	[ 'INSERT in DO', q{DO $$ BEGIN INSERT INTO ogw_logs.inbox (job_id, input) VALUES ('BODYCANARY', 'BODYCANARY'); END $$} ],
	[ 'COPY', "COPY ogw_logs.inbox (job_id, input) FROM STDIN;\nBODYCANARY\tBODYCANARY\n\\.\n" ])
{
	my ($name, $commands) = @$call;
	my $from = -s $node->logfile;
	my (undef, $warned) = said($commands);
	my $log = slurp_file($node->logfile, $from);

	like($warned, qr/^WARNING:  rejected (\d) of \1 entries DETAIL:  Reasons: [a-z_0-9(), ]+\.$/, "$name: the client is warned once");
	like($log, qr/WARNING:  01000: rejected/, "$name: and the server's log has it");
	unlike($log, qr/CANARY/, "$name: without a byte of the entry");
}

# ---- psql's COPY, from files

append_to_file("$dir/good.tsv", join '', map { "g$_\tred\n" } 1 .. 1500);
append_to_file("$dir/mixed.csv", "job_id,team_id,input\nm1,red,\"two\nlines\"\nm2,,x\n,red,x\nm3,red,\n");
append_to_file("$dir/wide.tsv", "w1\tred\nw2\tred\tBODYCANARY\nw3\tred\n");
append_to_file("$dir/cut.tsv", "k1\tred\nk2");
append_to_file("$dir/bytes.tsv", "y1\tred\ny2\t\xff\xfe\n");
my $told = q{SELECT received, stored, duplicate, rejected, details FROM ogw_logs.last_batch(details => true)};
is_deeply([ said("\\copy ogw_logs.inbox (job_id, team_id) from '$dir/good.tsv'\n$told") ], [ '1500|1500|0|0|{"listed":[],"not_listed":0}', '' ], 'a file that is good: no warning');
is_deeply([ said("BEGIN;\n\\copy ogw_logs.inbox (job_id, team_id, input) from '$dir/mixed.csv' (format csv, header)\n\\copy ogw_logs.inbox (job_id, team_id) from '$dir/good.tsv'\n$told;\nCOMMIT") ],
	[ '1504|2|1500|2|{"listed":[{"statement":1,"position":2,"rejected":true,"field":"team_id","reason":"missing"},{"statement":1,"position":3,"rejected":true,"field":"job_id","reason":"missing"}],"not_listed":0}',
		'WARNING:  rejected 2 of 4 entries DETAIL:  Reasons: missing (2).' ], 'two files in one transaction: added up');
# these PostgreSQL refuses as a whole, before a trigger sees the row
my $from = -s $node->logfile;
foreach my $file ([ 'wide', 'a column too many', qr/extra data after last expected column/ ], [ 'cut', 'a line that breaks off', qr/missing data for column/ ],
	[ 'bytes', 'a line that is no UTF-8', qr/invalid byte sequence/ ])
{
	my ($out, $said) = said("\\copy ogw_logs.inbox (job_id, team_id) from '$dir/$file->[0].tsv'\n$told");

	like($said, qr/^ERROR:  $file->[2]/, "$file->[1] is an error");
	is($out, '0|0|0|0|{"listed":[],"not_listed":0}', '... and nothing was sent');
}
unlike(slurp_file($node->logfile, $from), qr/CANARY/, 'no line of it is in the log');
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.entry WHERE job_id ~ '^[wky]'}), '0', 'nor an entry of it in the table');
done_testing();
