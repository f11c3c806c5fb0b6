# A gateway replays a log over eight connections, through one method after the
# other, while the server is killed with SIGKILL again and again: all of it or
# one process, at random, and in the middle of chosen steps. In the end every
# entry that was acknowledged is there exactly once, whole, and no other is.
#
# OGW_CRASH_SEED=N draws other moments and victims. Unless OGW_FULL is set, the log
# is shorter, and fewer kills are drawn.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes ();

plan skip_all => 'there is no gateway (GATEWAY)' if !$ENV{GATEWAY};
plan skip_all => 'there is no /proc here' if !-r '/proc/self/stat';

my $seed = $ENV{OGW_CRASH_SEED} // 20261001;
my $kills_a_method = is_full() ? 10 : 3;
my $hours = 240;    # that the log spans, and so many partitions
my %method = (single => 'insert_log', batch => 'insert_logs', copy => 'inbox');

srand $seed;
diag "OGW_CRASH_SEED=$seed";
$SIG{PIPE} = 'IGNORE';    # sessions end with the server

# An ordinary server, but that it maintains, vacuums and checkpoints more often,
# and does not open every file there is before it recovers.
my $node = start_node('crash', log_min_messages => 'warning', log_error_verbosity => 'default', track_activities => 'on',
	fsync => 'on', restart_after_crash => 'on', wal_level => 'replica', max_wal_senders => 10, max_wal_size => '1GB',
	shared_preload_libraries => 'ogw_logs', 'ogw_logs.databases' => 'crash', 'ogw_logs.maintenance_interval' => '1s',
	checkpoint_timeout => '30s', autovacuum => 'on', autovacuum_naptime => '1s', recovery_init_sync_method => 'syncfs');
my $dir = PostgreSQL::Test::Utils::tempdir();
my $n_kills = 0;

# The log in three files, one for each method, its entries spread over the hours
# up to two days ago. Where the real one is not there it is a made one.
my ($sgd) = grep { $_->{name} eq 'sgd' } data_files();
my $n = $sgd && is_full() ? $sgd->{entries} : 12000;
my (%lines, %teams);
{
	my $from = time() - 3600 * ($hours + 48);
	open my $in, '-|', $sgd ? ('zstd', '-dc', $sgd->{file}) : ($^X, "$FindBin::RealBin/../gateway/make_log.pl", '--entries', $n)
	  or die $!;
	my %out;
	foreach my $method (keys %method) { open $out{$method}, '>', "$dir/$method.ndjson" or die $! }
	while (my $line = <$in>)
	{
		last if $. > $n;
		my $method = $. <= $n / 3 ? 'single' : $. <= 2 * $n / 3 ? 'batch' : 'copy';
		my $at = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime($from + 3600 * $hours * $. / $n));

		$line =~ s/"timestamp":"[^"]*"/"timestamp":"$at"/ or die 'an entry without a time';
		$line =~ /"team_id":"([^"]*)"/ and $teams{$1} = 1;
		print { $out{$method} } $line;
		$lines{$method}++;
	}
	close $in or !is_full() or die "the log cannot be read: $?";
	close $_ or die $! foreach values %out;
}
is($lines{single} + $lines{batch} + $lines{copy}, $n, "a log of $n entries");

new_database($node, 'crash');
$node->safe_psql('crash', "SELECT ogw_logs.create_log('1 hour')");
$node->safe_psql('crash', "SELECT ogw_logs.set_team('$_', body_logging => true, redact_bodies => false)") foreach sort keys %teams;

# Parent and state of a process; nothing where there is none.
sub process
{
	my ($pid) = @_;
	open my $file, '<', "/proc/$pid/stat" or return;
	my ($state, $parent) = (<$file> // '') =~ /^\d+ \(.*\) (\S) (\d+)/ or return;

	return ($parent, $state);
}

# Kills all of the server at once, as when the machine loses power: stopped, the
# postmaster starts no other child meanwhile.
sub kill_server
{
	my ($postmaster) = slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/;

	kill 'STOP', $postmaster;
	wait_until('the postmaster stops', sub { (process($postmaster))[1] eq 'T' });
	my @children = grep { ((process($_))[0] // 0) == $postmaster } map { m{(\d+)$} } glob '/proc/[0-9]*';
	$node->kill9;
	kill 'KILL', @children;
	wait_until('its processes end', sub { !grep { process($_) } $postmaster, @children });
	return;
}

# Kills the postmaster with all it has started, or one process, and has the server
# back. The gateway must be at work, before and after.
sub kill_one
{
	my ($name, $victim) = @_;
	my $log = $node->logfile;
	my $seen = -s $log;
	my ($gateway) = grep { runs($_) } keys %method;

	if ($victim eq 'server') { kill_server() }
	else { kill 'KILL', $victim or die "there is no process $victim" }
	ok($gateway && runs($gateway), "$name: killed in a running replay") or diag "victim: $victim";
	$n_kills++;
	$node->start if $victim eq 'server';
	wait_until('the server is back', sub { slurp_file($log, $seen) =~ /database system is ready to accept connections/ });
	return;
}

# A process of the server: of the gateway's mostly, else any other.
sub any_process
{
	my $of_gateway = rand() < 0.7 ? 'AND' : 'AND NOT';
	my @pids = split /\n/, $node->safe_psql('crash',
		"SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() $of_gateway coalesce(application_name, '') = 'ogw_gateway' ORDER BY backend_start");
	my @there = grep { process($_) } @pids;

	return @there ? $there[ rand @there ] : any_process();
}

# Kills the server, or one process, in the middle of a step:
#   database  where; the gateway's unless given
#   hold      what a session does, and keeps, so that the step stops there
#   step      the statement that takes the step; none: who writes takes it
#   amid      a query for the processes that have stopped there
#   feed      what gives the gateway more to do then
#   release   what the session does before the kill, of what would last beyond it
#   victim    'server'; else the process that has stopped there
#   undone    true while the step was not taken: so it is afterwards
#   done      true when it was: so it is when it is taken then
sub kill_amid
{
	my ($name, %how) = @_;
	my $database = $how{database} // 'crash';
	my ($holder, $stepping) = map { session($node, $database) } 1 .. 2;
	my @pids;

	do_it($holder, $how{hold});
	$how{feed}->();
	ask($stepping, $how{step}) if $how{step};
	$node->poll_query_until($database, "SELECT count(*) > 0 FROM ($how{amid}) a") or die "$name: nothing stops there";
	@pids = split /\n/, $node->safe_psql($database, $how{amid});
	do_it($holder, $how{release}) if $how{release};
	kill_one($name, ($how{victim} // '') eq 'server' ? 'server' : $pids[0]);
	foreach my $session ($holder, $stepping) { close $session->{in}; waitpid $session->{pid}, 0 }
	return if !$how{undone};
	is($node->safe_psql($database, "SELECT $how{undone}"), 't', "$name: nothing of it is left");
	$node->safe_psql($database, $how{step});
	is($node->safe_psql($database, "SELECT $how{done}"), 't', "$name: and it can be done");
	return;
}

# The gateway is given the log line by line up to a limit, so that it is at work
# whenever something is killed, however slow the machine is.
my %limit;
sub feed
{
	my ($method, $lines) = @_;

	return if $lines <= ($limit{$method} // 0);
	$limit{$method} = $lines;
	open my $file, '>', "$dir/$method.limit" or die $!;
	print $file $lines;
	close $file or die $!;
	return;
}
my $feeder = q{BEGIN { $file = shift; $| = 1 } until ($. <= $limit) { open my $in, '<', $file or die; $limit = <$in> // 0; select undef, undef, undef, 0.01 if $. > $limit } print};

# How many entries are acknowledged.
{
	my %offset;
	my %acked;
	sub acked
	{
		my ($method) = @_;
		my $new = slurp_file("$dir/$method.acks", $offset{$method} //= 0);

		$offset{$method} += length $new;
		$acked{$method} += $new =~ tr/\n//;
		return $acked{$method};
	}
}

# Beside the worker, sessions of their own seal, add up, and checkpoint.
run_beside('maintain', "$dir/maintain", 'sh', '-c', 'while :; do psql -XAtq -d "$0" -c "SELECT * FROM ogw_logs.maintain()" -c "SELECT * FROM ogw_logs.maintain()" -c CHECKPOINT; sleep 0.1; done',
	$node->connstr('crash'));

# A log of past hours, whose first partition is to be sealed, and then to expire.
new_database($node, 'life');
$node->safe_psql('life', q{
	SELECT ogw_logs.create_log('1 hour'), ogw_logs.set_team('t', body_logging => true, body_retention => '1 day');
	INSERT INTO ogw_logs.retention VALUES ('body', 't', '1 day', now(), true);
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input)
		SELECT 'job ' || n, 't', (now() - interval '1 month' - make_interval(mins => n))::text, repeat(n::text, 100) FROM generate_series(1, 180) n;
	CREATE TABLE public.first AS SELECT l.partition AS entry, ogw_logs_internal.sibling('body', l.partition) AS body, l.since, l.until
		FROM ogw_logs_internal.partitions_of('entry') l ORDER BY l.since LIMIT 1;
	-- the one behind it has two small segments, that of a late body among them
	CREATE TABLE public.second AS SELECT l.partition AS entry, ogw_logs_internal.sibling('body', l.partition) AS body, l.since, l.until
		FROM ogw_logs_internal.partitions_of('entry') l ORDER BY l.since LIMIT 1 OFFSET 1;
	SELECT ogw_logs_internal.seal_bodies(body, since, until) FROM public.second;
	INSERT INTO ogw_logs.inbox (job_id, team_id, "timestamp", input) SELECT 'late', 't', (since + interval '1 minute')::text, repeat('late', 100) FROM public.second;
	SELECT ogw_logs_internal.seal_bodies(body, since, until) FROM public.second;
	-- as long as it takes
	ALTER FUNCTION ogw_logs_internal.drop_unsealed_bodies RESET lock_timeout});

# What is killed in the middle, and while which method is written through.
my $waits = q{SELECT pid FROM pg_locks WHERE relation = %s::regclass AND mode = '%s' AND NOT granted};
my $all_there = '(SELECT count(*) = 181 AND bool_and(octet_length(l.input) >= 100) FROM ogw_logs.entry e, ogw_logs.get_log(e.job_id, e.team_id, e."timestamp") l)';
my $segments_of = '(SELECT count(*) FROM ogw_logs.segment s JOIN public.%s p USING (since)%s)';
my $far = q{(SELECT 'ogw_logs.entry_' || ogw_logs_internal.partition_suffix((now() + interval '300 days') AT TIME ZONE 'UTC', '1 hour'))};
my %amid = (
	# committed, and not acknowledged; maintain() is kept from standing in the writers' way
	answer => {
		hold => q{ALTER SYSTEM SET synchronous_standby_names = 'nobody'; BEGIN; SELECT FROM ogw_logs.installation FOR UPDATE; SELECT pg_reload_conf();},
		amid => q{SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'ogw_gateway'},
		release => 'ROLLBACK; ALTER SYSTEM RESET synchronous_standby_names;', victim => 'server' },
	# the entries' partition is attached, the bodies' is not yet: made ahead, and by a writer
	attaching => {
		hold => 'BEGIN; LOCK TABLE ogw_logs.body IN SHARE UPDATE EXCLUSIVE MODE;',
		step => q{SELECT ogw_logs_internal.make_body_partition(now() + interval '300 days');},
		amid => sprintf($waits, q{'ogw_logs.body'}, 'ShareUpdateExclusiveLock'), victim => 'server',
		undone => "to_regclass($far) IS NULL", done => "to_regclass($far) IS NOT NULL" },
	attaching_writer => {
		hold => 'BEGIN; LOCK TABLE ogw_logs.body IN SHARE UPDATE EXCLUSIVE MODE;',
		amid => sprintf($waits, q{'ogw_logs.body'}, 'ShareUpdateExclusiveLock') . q{ AND pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = 'ogw_gateway')} },
	# the segments of the bodies are written, and not noted yet
	sealing_bodies => {
		database => 'life', hold => 'BEGIN; LOCK TABLE ogw_logs.sealed_interval IN SHARE MODE;',
		step => 'SELECT ogw_logs_internal.seal_bodies(body, since, until) FROM public.first;', amid => sprintf($waits, q{'ogw_logs.sealed_interval'}, 'RowExclusiveLock'),
		undone => sprintf($segments_of, 'first', '') . " = 0 AND $all_there", done => sprintf($segments_of, 'first', '') . " > 0 AND $all_there" },
	# its small segments are deleted and written as one, and that is not noted yet
	merging_segments => {
		database => 'life', hold => 'BEGIN; LOCK TABLE ogw_logs.partition_history IN SHARE MODE;',
		step => q{SELECT ogw_logs_internal.merge_partition(ogw_logs_internal.sibling('segment', entry), since, until) FROM public.second;},
		amid => sprintf($waits, q{'ogw_logs.partition_history'}, 'RowExclusiveLock'),
		undone => sprintf($segments_of, 'second', ' WHERE s.pass >= 0') . " = 2 AND $all_there",
		done => sprintf($segments_of, 'second', ' WHERE s.pass < 0') . ' = 1 AND ' . sprintf($segments_of, 'second', '') . " = 1 AND $all_there" },
	# the partition of the unsealed bodies is about to be dropped
	dropping_bodies => {
		database => 'life', hold => 'BEGIN; LOCK TABLE ogw_logs.body IN ACCESS SHARE MODE;',
		step => 'SELECT ogw_logs_internal.drop_unsealed_bodies(body, since, until) FROM public.first;', amid => sprintf($waits, q{'ogw_logs.body'}, 'AccessExclusiveLock'), victim => 'server',
		undone => "(SELECT ogw_logs_internal.sibling('body', entry) IS NOT NULL FROM public.first) AND $all_there",
		done => "(SELECT ogw_logs_internal.sibling('body', entry) IS NULL FROM public.first) AND $all_there" },
	# the indexes of the entries are built, and that is not noted yet
	sealing => {
		database => 'life', hold => 'BEGIN; LOCK TABLE ogw_logs.partition_history IN SHARE MODE;',
		step => 'SELECT ogw_logs_internal.finish_seal(entry, since, until) FROM public.first;', amid => sprintf($waits, q{'ogw_logs.partition_history'}, 'RowExclusiveLock'),
		undone => "(SELECT NOT ogw_logs_internal.is_sealed(entry) FROM public.first) AND $all_there",
		done => "(SELECT ogw_logs_internal.is_sealed(entry) FROM public.first) AND $all_there" },
	# the partition of the sealed bodies is locked, and about to be dropped
	expiry => {
		database => 'life', hold => 'BEGIN; LOCK TABLE ogw_logs.segment IN ACCESS SHARE MODE;',
		step => q{SELECT ogw_logs_internal.expire_bodies(ogw_logs_internal.sibling('segment', entry), since, until) FROM public.first;},
		amid => sprintf($waits, q{'ogw_logs.segment'}, 'AccessExclusiveLock'), victim => 'server',
		undone => $all_there, done => q{(SELECT count(*) = 181 FROM ogw_logs.entry) AND (SELECT ogw_logs_internal.sibling('segment', entry) IS NULL FROM public.first)} });
my %amid_of = (single => [qw(answer attaching sealing_bodies)], batch => [qw(answer attaching_writer dropping_bodies merging_segments)], copy => [qw(answer sealing expiry)]);

foreach my $method (qw(single batch copy))
{
	my @named = @{ $amid_of{$method} };
	my $n_here = $kills_a_method + @named;
	my @at = sort { $a <=> $b } map { int((0.02 + 0.85 * rand) * $lines{$method}) } 1 .. $n_here;

	append_to_file("$dir/$method.acks", '');
	feed($method, 1);
	run_beside($method, "$dir/$method", 'sh', '-c', '"$0" -ne "$1" "$2.limit" "$2.ndjson" | { shift 2; exec "$@"; }', $^X, $feeder, "$dir/$method",
		$ENV{GATEWAY}, '--quiet', '--method', $method, '--connections', 8, '--batch', 50, '--retries', 600,
		'--acks', "$dir/$method.acks", '--conninfo', $node->connstr('crash'), '-');
	foreach my $i (1 .. $n_here)
	{
		my $since = acked($method);
		my $at = shift @at;

		feed($method, ($at > $since ? $at : $since) + 300);
		wait_until("$method: acknowledgements", sub { (acked($method) > $since && acked($method) >= $at) || !runs($method) });
		Time::HiRes::usleep(rand 20_000);
		if ($i % 3 == 0 && @named) { my $name = shift @named; kill_amid("$method, $i, $name", %{ $amid{$name} }, feed => sub { feed($method, $limit{$method} + 600) }) }
		else { kill_one("$method, $i", rand() < 0.4 ? 'server' : any_process()) }
	}
	feed($method, $lines{$method});
	is(exit_status($method), 0, "$method: the gateway ends well") or diag slurp_file("$dir/$method.err");
}
kill_beside('maintain');

# How often it was down, and that nothing else went wrong.
my $log = slurp_file($node->logfile);
is(scalar(() = $log =~ /database system is ready to accept connections/g), 1 + $n_kills, "the server came back $n_kills times");
is(join("\n", grep { /ERROR:|PANIC:|TRAP:/ } split /\n/, $log), '', 'no error in its log');

# What was sent, what the gateway was told, and what is there.
my (%told, %checking);
$node->safe_psql('crash', 'CREATE TABLE acked (team_id text, job_id text)');
foreach my $method (sort keys %method)
{
	my %counts = slurp_file("$dir/$method.out") =~ /(received|stored|duplicate|rejected) (\d+)/g;

	$told{$method} = \%counts;
	is("$counts{received} $counts{rejected}", "$lines{$method} 0", "$method: all entries are answered, none is rejected");
	cmp_ok($counts{duplicate}, '>', 0, "$method: some had been stored by a try whose answer was lost");
	note "$method: $counts{duplicate} of $counts{received} had been stored before";
	$node->safe_psql('crash', "COPY acked FROM '$dir/$method.acks'");

	# each method's at the same time, since this takes a while
	$checking{$method} = session($node, 'crash');
	ask($checking{$method}, qq{SET ogw_logs.log_body_reads = off; CREATE TEMP TABLE given (line json);
		COPY given FROM '$dir/$method.ndjson' (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02');
		SELECT count(*), count(*) FILTER (WHERE
			   (l.input, l.output, l.tool_calls::text, l.latency_ms, l.cost_usd, l.session_id, l.status, l.error_code, l.served_model)
					IS DISTINCT FROM
			   (g.input, g.output, g.tool_calls, g.latency_ms, g.cost_usd, g.session_id, g.status, g.error_code, g.served_model)
			OR replace(l.error_message, coalesce(l.api_key, ''), g.api_key) IS DISTINCT FROM g.error_message
			OR replace(l.attempts::text, coalesce(l.api_key, ''), g.api_key) IS DISTINCT FROM g.attempts)
		  FROM given, json_to_record(line) AS g (job_id text, team_id text, "timestamp" timestamptz, api_key text, input text, output text,
				error_message text, attempts text, tool_calls text, latency_ms integer, cost_usd numeric, session_id text, status text,
				error_code text, served_model text)
		  LEFT JOIN LATERAL ogw_logs.get_log(g.job_id, g.team_id, g."timestamp") l ON true;});
}
is(answer($checking{$_}), "$lines{$_}|0\n", "$_: each is there with its body, and all else as it was sent") foreach sort keys %method;
is($node->safe_psql('crash', q{SELECT count(*), count(DISTINCT (a.team_id, a.job_id)), count(*) FILTER (WHERE e.n = 1)
	FROM acked a LEFT JOIN (SELECT team_id, job_id, count(*) AS n FROM ogw_logs.entry GROUP BY team_id, job_id) e USING (team_id, job_id)}),
	"$n|$n|$n", 'all are acknowledged, and each is there exactly once');
is($node->safe_psql('crash', 'SELECT count(*) FROM ogw_logs.entry'), $n, 'nothing that was never sent is there');

# The tables agree with each other.
is(disagreements($node, 'crash'), '', 'each entry has its job_id, its body and its place in the ingest counts');
foreach my $name (sort keys %method)
{
	my ($stored, $duplicate, $rejected) = split /\|/,
	  $node->safe_psql('crash', "SELECT sum(stored), sum(duplicate), sum(rejected) FROM ogw_logs.ingest_counts WHERE method = '$method{$name}'");

	is("$stored $rejected", "$lines{$name} 0", "$name: its ingest counts have its entries");
	cmp_ok($duplicate, '>=', $told{$name}{duplicate}, "$name: and the duplicates that the gateway was told of");
}

# No partition is half made.
is($node->safe_psql('crash', q{SELECT string_agg(b.partition::text, ', ') FROM (SELECT * FROM ogw_logs_internal.partitions_of('body') UNION ALL SELECT * FROM ogw_logs_internal.partitions_of('segment')) b
	WHERE NOT EXISTS (SELECT FROM ogw_logs_internal.partitions_of('entry') e WHERE e.since <= b.since AND e.until >= b.until)}), '', 'each partition of bodies has one of entries');
is($node->safe_psql('crash', q{SELECT count(*) > 400, string_agg(c.relname, ' ') FILTER (WHERE NOT c.relispartition OR NOT c.relrowsecurity
		OR obj_description(c.oid, 'pg_class') IS NULL OR c.relreplident NOT IN ('i', 'f')
		OR NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid) OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND NOT i.indisvalid))
	FROM pg_class c WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind = 'r' AND c.relname ~ '^(entry|body|segment|entry_key)_[0-9]+$'}), 't|', 'and all of them are whole');

# Every index and table on disk is sound, the catalogs' among them. Nothing is
# dropped meanwhile.
$node->safe_psql('postgres', 'ALTER SYSTEM SET ogw_logs.maintenance = off');
$node->reload;
sleep 2;    # the launcher looks once a second
$node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE backend_type = 'ogw_logs maintenance'}) or die 'the worker goes on';
$node->safe_psql('crash', 'CREATE EXTENSION amcheck');
my $checked = q{c.relnamespace IN ('ogw_logs'::regnamespace, 'pg_catalog'::regnamespace)};
my ($ret, $out, $err) = $node->psql('crash', qq{SELECT count(bt_index_parent_check(c.oid, true, true)) > 500
	FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relkind = 'i' AND $checked});
is("$ret $out $err", '0 t ', 'amcheck finds nothing in the indexes');
is($node->safe_psql('crash', qq{SELECT count(DISTINCT c.oid) > 500, left(string_agg(format('%s: %s', c.relname, v.msg), ', ') FILTER (WHERE v.msg IS NOT NULL), 1000)
	FROM pg_class c LEFT JOIN LATERAL verify_heapam(c.oid) v ON true WHERE c.relkind = 'r' AND $checked}), 't|', 'nor in the tables');

# PostgreSQL leaves the files of relations behind whose making was killed.
my $base = $node->data_dir . '/' . $node->safe_psql('crash', q{CHECKPOINT; SELECT pg_relation_filepath('pg_class')}) =~ s{[^/]+$}{}r;
my %known = map { $_ => 1 } split /\n/, $node->safe_psql('crash', 'SELECT pg_relation_filenode(oid) FROM pg_class WHERE pg_relation_filenode(oid) IS NOT NULL');
my @left = grep { m{/(\d+)[^/]*$} && !$known{$1} } glob "$base*";
my $bytes = 0;
$bytes += -s foreach @left;
note scalar(@left) . " files with $bytes bytes belong to no relation";
done_testing();
