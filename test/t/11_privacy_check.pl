# Every setting that privacy_check() lists lets a canary out when it stands as
# it should not, and none as recommended. With all of them as recommended
# nothing gets out, and our own statements never carry a body or a key.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my ($libraries) = run_command([ $ENV{PG_CONFIG} // 'pg_config', '--pkglibdir' ]);
my @modules = grep { -f "$libraries/$_.so" } qw(pg_stat_statements auto_explain pgaudit);
my $node = start_node('privacy', restart_after_crash => 'on', shared_preload_libraries => join(',', @modules));
my $dir = PostgreSQL::Test::Utils::tempdir();
my $loaded = join '|', @modules;
my $log_from = 0;

new_database($node, 'logs');
$node->safe_psql('logs', q{
	CREATE ROLE gateway LOGIN; CREATE ROLE watcher LOGIN IN ROLE pg_monitor; CREATE ROLE auditor;
	SELECT ogw_logs.grant_writer('gateway'), ogw_logs.grant_reader('gateway', bodies => true, views => true);
	GRANT INSERT ON ogw_logs.inbox TO auditor;
	CREATE FUNCTION gateways_own(body text) RETURNS text LANGUAGE plpgsql AS
		$$ BEGIN EXECUTE format('SELECT ogw_logs.insert_log(job_id => ''own'', team_id => ''t'', input => %L)', body); RETURN 'done'; END $$;
	SELECT ogw_logs.insert_log(job_id => 'first', team_id => 't')});
$node->safe_psql('logs', 'CREATE EXTENSION pg_stat_statements; GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO gateway')
  if 'pg_stat_statements' =~ /^($loaded)$/;

# ---- what a client does; a canary stands where a body or a key does

my $n = 0;

# The call of a method.
sub call
{
	my ($value, $more) = @_;
	return sprintf q{ogw_logs.insert_log(job_id => 'j%d', team_id => 't', input => %s%s)}, ++$n, $value, $more // '';
}

# The same without a job_id, which is an error.
sub bad_call
{
	my ($value) = @_;
	return "ogw_logs.insert_log(team_id => 't', input => $value)";
}

# Runs a script as the gateway's role; its answers and errors.
sub gateway
{
	my ($sql) = @_;
	my ($status, $out, $err) = $node->psql('logs', $sql, extra_params => [ '-U', 'gateway' ], on_error_stop => 0);
	return "$out\n$err";
}

# Runs a statement with :canary bound, in the extended protocol; whether it succeeded.
sub bound
{
	my ($sql, $canary, $protocol) = @_;

	unlink "$dir/script";
	append_to_file("$dir/script", "$sql;\n");
	return IPC::Run::run [ 'pgbench', '-n', '-t', 1, '-M', $protocol // 'extended', '-D', "canary=$canary", '-f', "$dir/script",
		$node->connstr('logs') . ' user=gateway' ], '>', \my $out, '2>', \my $err;
}

# Two sessions that lock what the other one waits for.
sub deadlock
{
	my ($canary) = @_;
	my @session = map { $node->background_psql('logs', on_error_stop => 0, extra_params => [ '-U', 'gateway' ]) } 1 .. 2;

	$session[$_]->query_safe("BEGIN; SELECT pg_advisory_xact_lock($_)") for 0, 1;
	$session[0]->query_until(qr/asked/, "\\echo asked\nSELECT pg_advisory_xact_lock(1), " . call("'$canary'") . ";\n");
	$session[1]->query('SELECT pg_advisory_xact_lock(0), ' . call("'$canary'"));
	$_->quit for @session;
	return join "\n", map { $_->{stderr} } @session;
}

# A session that has sorted on disk, has just sent a statement, and is killed.
sub crash
{
	my ($canary, $look) = @_;
	my $session = $node->background_psql('logs', extra_params => [ '-U', 'gateway' ]);
	my $pid = $session->query('SELECT pg_backend_pid()');

	$session->query_safe("SET work_mem = '64kB'; BEGIN; DECLARE c CURSOR FOR SELECT '$canary' || n FROM generate_series(1, 20000) n ORDER BY 1;
		FETCH 1 FROM c; SELECT " . call("'$canary'"));
	isnt(join('', grep_files($canary, $node->data_dir . '/base/pgsql_tmp')), '', 'a statement has a file on disk');
	kill 'KILL', $pid;
	$node->poll_query_until('logs', 'SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = ' . $pid) or die 'the server is not back';
	$session->{run}->kill_kill;
	return;
}

sub literal { gateway('SELECT ' . call("'$_[0]'")) }
sub in_do { gateway('DO $$ BEGIN PERFORM ' . call("'$_[0]'") . '; END $$') }
sub in_insert { gateway("INSERT INTO ogw_logs.inbox (job_id, team_id, input) VALUES ('i', 't', '$_[0]')") }
sub first_line { gateway("COPY ogw_logs.inbox (job_id, team_id, input) FROM STDIN;\nj\tt\t$_[0]\ttoo many\n\\.\n") }
sub no_number { gateway('SELECT ' . call("'x'", ", latency_ms => '$_[0]'")) }
sub bound_body { bound('SELECT ' . call(':canary'), $_[0]) }
sub bound_and_failing { bound('SELECT ' . bad_call(':canary'), $_[0]) }
sub ended { gateway('SELECT ' . call("'$_[0]'") . ', pg_terminate_backend(pg_backend_pid())') }
sub failing_in_do { gateway('DO $$ BEGIN PERFORM ' . bad_call("'$_[0]'") . '; END $$') }
sub failing { gateway('SELECT ' . bad_call("'$_[0]'")) }
sub spilled { "count(*) FROM (SELECT n::text FROM generate_series(1, 20000) n ORDER BY 1) s" }
sub in_do_spilled { gateway("SET work_mem = '64kB'; DO \$\$ BEGIN PERFORM " . call("'$_[0]'") . ', ' . spilled() . '; END $$') }
sub in_function { bound('SELECT gateways_own(:canary)', $_[0]) }
sub forgotten { gateway('SELECT pg_stat_statements_reset(), ' . call("'$_[0]'")) }

# ---- where it could turn up

# What is new in the server's log.
sub server_log
{
	return slurp_file($node->logfile, $log_from);
}

# pg_stat_statements, and its file.
sub statements
{
	return join "\n", $node->safe_psql('logs', 'SET ROLE watcher; SELECT string_agg(query, E\'\n\') FROM pg_stat_statements'),
	  map { slurp_file($_) } glob $node->data_dir . '/pg_stat_tmp/pgss_query_texts.stat';
}

# pg_stat_activity while a session is idle that sent a statement.
sub activity
{
	my ($canary) = @_;
	my $session = $node->background_psql('logs', extra_params => [ '-U', 'gateway' ]);

	$session->query_safe('SELECT ' . call("'$canary'"));
	my $seen = $node->safe_psql('logs', 'SET ROLE watcher; SELECT string_agg(query, E\'\n\') FROM pg_stat_activity');
	$session->quit;
	return $seen;
}

# Whether a canary stands there; in a parse tree it does byte by byte, over
# lines that break anywhere.
sub has
{
	my ($text, $canary) = @_;
	my $bytes = join ' ', map { ord } split //, $canary;

	return 1 if index($text, $canary) >= 0;
	$text =~ s/\n\s+//g;
	return index($text, $canary) >= 0 || index($text, " $bytes ") >= 0;
}

# ---- one setting at a time

# Setting => [a value that lets a canary out, what a client then does, where it
# is seen (the log), other settings]... All others are PostgreSQL's own, but
# that a message does not bring its statement along.
my %canary = (
	log_statement => [ [ 'ddl', sub { gateway('CREATE TEMP TABLE t () \; SELECT ' . call("'$_[0]'")) } ],
		[ 'mod', \&in_insert ], [ 'all', \&bound_body ] ],
	log_min_duration_statement => [ [ '0', \&literal ], [ '0', \&bound_body ] ],
	log_min_duration_sample => [ [ '0', \&literal ] ],
	log_transaction_sample_rate => [ [ '1', \&literal ] ],
	log_parameter_max_length => [ [ '-1', \&bound_body, undef, log_min_duration_statement => 0 ] ],
	log_parameter_max_length_on_error => [ [ '-1', \&bound_and_failing ] ],
	log_min_error_statement => [ [ 'error', \&failing ], [ 'fatal', \&ended ],
		[ 'log', sub { gateway("SET work_mem = '64kB'; SELECT " . call("'$_[0]'") . ', ' . spilled()) }, undef, log_temp_files => 0 ] ],
	log_min_messages => [ [ 'error', \&no_number, undef, log_error_verbosity => 'terse' ],
		[ 'debug2', sub { bound('SELECT ' . call("'$_[0]'"), 'x') }, undef, log_error_verbosity => 'terse' ] ],
	log_error_verbosity => [ [ 'default', \&failing_in_do ], [ 'default', \&deadlock, undef, deadlock_timeout => '20ms' ],
		[ 'verbose', \&in_do_spilled, undef, log_min_messages => 'log', log_temp_files => 0 ] ],
	debug_print_raw_parse => [ [ 'on', \&literal ] ],
	debug_print_parse => [ [ 'on', \&literal ] ],
	debug_print_rewritten => [ [ 'on', \&literal ] ],
	debug_print_plan => [ [ 'on', \&bound_body ] ],
	track_activities => [ [ 'on', sub { }, \&activity ] ],
	'pg_stat_statements.track' => [ [ 'top', \&forgotten, \&statements, 'pg_stat_statements.track_utility' => 'off' ] ],
	'pg_stat_statements.track_utility' => [ [ 'on', \&in_do, \&statements ] ],
	'auto_explain.log_min_duration' => [ [ '0', \&literal ], [ '0', \&bound_body, undef, 'auto_explain.log_verbose' => 'on' ] ],
	'auto_explain.log_parameter_max_length' => [ [ '-1', \&bound_body, undef, 'auto_explain.log_min_duration' => 0 ] ],
	'auto_explain.log_nested_statements' => [ [ 'on', \&in_function, undef, 'auto_explain.log_min_duration' => 0, 'auto_explain.log_parameter_max_length' => 0 ] ],
	'pgaudit.log' => [ [ 'all', \&literal ] ],
	'pgaudit.role' => [ [ 'auditor', \&in_insert ] ],
	# for the whole server only, see below
	log_destination => [], remove_temp_files_after_crash => []);

# privacy_check()'s rows: setting => its other columns.
sub check
{
	my ($scope) = @_;
	my $rows = $node->safe_psql('logs', "SELECT setting, value, recommended, safe FROM ogw_logs.privacy_check() WHERE scope = '$scope'");
	return map { my ($setting, @rest) = split /\|/, $_, -1; $setting => join('|', @rest) } split /\n/, $rows;
}

# Gives the gateway's role these settings, and no others.
sub set_role
{
	my %settings = @_;
	$node->safe_psql('logs', join ';', 'ALTER ROLE gateway RESET ALL', map { "ALTER ROLE gateway SET $_ = '$settings{$_}'" } sort keys %settings);
	return;
}

my %listed = check('server');
my %recommended = map { $_ => (split /\|/, $listed{$_}, -1)[1] } keys %listed;
my %own = map { split /\|/, $_, -1 } split /\n/, $node->safe_psql('logs', q{
	SELECT s.name, s.boot_val FROM pg_settings s JOIN ogw_logs.privacy_check() c ON c.setting = s.name WHERE s.context IN ('superuser', 'user')});

is(join(' ', grep { !/\./ && $listed{$_} !~ /t$/ } sort keys %listed), '', 'the server of the tests is as recommended');
is(join(' ', grep { !$canary{$_} } sort keys %listed), '', 'each setting listed has a canary');
foreach my $setting (sort keys %listed)
{
	my $at = 0;
	foreach my $case (@{ $canary{$setting} // [] })
	{
		my ($bad, $send, $look, %with) = @$case;

		# from 16 on
		delete $with{'auto_explain.log_parameter_max_length'} if !$listed{'auto_explain.log_parameter_max_length'};
		foreach my $value ($bad, $recommended{$setting})
		{
			my $secret = sprintf 'CANARY%dAND%d', ++$n, $$;

			set_role(%own, log_min_error_statement => 'panic', %with, $setting => $value);
			is({ check('role gateway') }->{$setting}, "$value|$recommended{$setting}|" . ($value eq $bad ? 'f' : 't'), "$setting = '$value': privacy_check() says so");
			$node->safe_psql('logs', 'SELECT pg_stat_statements_reset()') if $setting =~ /^pg_stat_st/;
			$log_from = -s $node->logfile;
			$send->($secret);
			is(has($look ? $look->($secret) : server_log(), $secret) ? 'gets out' : 'does not',
				$value eq $bad ? 'gets out' : 'does not', "$setting = '$value': a canary " . $at);
		}
		$at++;
	}
}
# a line of COPY gets out nowhere, whatever is set
set_role(%own, log_min_error_statement => 'panic', log_error_verbosity => 'verbose');
$log_from = -s $node->logfile;
first_line('CANARYOFALINE');
like(server_log(), qr/extra data after last expected column/, 'a malformed first line is in the log');
unlike(server_log(), qr/CANARYOFALINE/, 'without what stands there');
set_role();

# ---- everything at once

# What a client may do with a canary, and what it is answered.
my @everything = (
	[ 'insert_log', \&literal, qr/stored/ ],
	[ 'insert_log, bound', \&bound_body, qr/1/ ],
	[ 'insert_log, prepared', sub { bound('SELECT ' . call(':canary'), $_[0], 'prepared') }, qr/1/ ],
	[ 'insert_log, a bad value', \&failing, qr/job_id is required/ ],
	[ 'insert_log, bound, a bad value', \&bound_and_failing, qr/^$/ ],
	[ 'insert_log, no number', \&no_number, qr/invalid input syntax for type double precision: "CANARY/ ],
	[ 'insert_logs', sub { gateway(qq(SELECT ogw_logs.insert_logs('[{"job_id":"a$n","team_id":"t","input":"$_[0]"}, "$_[0]"]'))) }, qr/\(2,1,0,1\)/ ],
	[ 'insert_logs, broken json', sub { gateway("SELECT ogw_logs.insert_logs('[$_[0]'::json)") }, qr/CANARY/ ],
	[ 'INSERT', \&in_insert, qr/^\s*$/ ],
	[ 'COPY', sub { gateway("COPY ogw_logs.inbox (job_id, team_id, input) FROM STDIN;\nc\tt\t$_[0]\n\\.\nSELECT ogw_logs.last_batch()") }, qr/\(1,/ ],
	[ 'COPY, a malformed line', \&first_line, qr/extra data/ ],
	[ 'search', sub { gateway("SELECT count(*) FROM ogw_logs.search(api_key => 'sk-proj-$_[0]')") }, qr/^0/ ],
	[ 'a string that does not end', sub { gateway("SELECT ogw_logs.insert_log('$_[0]\\g\n") }, qr/CANARY/ ],
	[ 'a name', sub { gateway(qq(SELECT ogw_logs.insert_log("$_[0]"))) }, qr/column "CANARY/ ],
	[ 'DO', \&in_do, qr/^\s*$/ ],
	[ 'DO, with a file', \&in_do_spilled, qr/^\s*$/ ],
	[ 'a function', \&in_function, qr/1/ ],
	[ 'EXPLAIN', sub { gateway('EXPLAIN (ANALYZE, VERBOSE) SELECT ' . call("'$_[0]'")) }, qr/CANARY/ ],
	[ 'PREPARE', sub { gateway('PREPARE p AS SELECT ' . call("'$_[0]'") . '; EXECUTE p') }, qr/stored/ ],
	[ 'COPY TO', sub { gateway('COPY (SELECT ' . call("'$_[0]'") . ') TO STDOUT') }, qr/stored/ ],
	[ 'with a DDL', sub { gateway('CREATE TEMP TABLE t () \; SELECT ' . call("'$_[0]'")) }, qr/stored/ ],
	[ 'cancelled', sub { gateway("SET statement_timeout = '50ms'; SELECT pg_sleep(10), " . call("'$_[0]'")) }, qr/statement timeout/ ],
	[ 'ended', \&ended, qr/terminating connection/ ],
	[ 'deadlock', \&deadlock, qr/deadlock detected/ ]);

# Does all of that, and crashes: nothing of it is in any place.
sub nothing_gets_out
{
	my ($how) = @_;
	my $secret = sprintf 'CANARY%dAND%d', ++$n, $$;

	$log_from = -s $node->logfile;
	like($_->[1]->($secret) // '', $_->[2], "$how: $_->[0]") foreach @everything;
	if ($listed{'pg_stat_statements.track'})
	{
		like(forgotten($secret), qr/stored/, "$how: pg_stat_statements forgets");
		ok(!has(statements(), $secret), "$how: pg_stat_statements holds nothing");
	}
	ok(!has(activity($secret), $secret), "$how: pg_stat_activity shows nothing");
	crash($secret);
	$node->safe_psql('logs', 'CHECKPOINT');
	my $log = server_log();
	like($log, qr/LOG:  temporary file: .*was terminated by signal 9/s, "$how: the log is written");
	ok(!has($log, $secret), "$how: and holds nothing");
	is(join(' ', grep_files($secret, $node->data_dir)), '', "$how: nor does any file of the server");
	return;
}

# Changes settings of the server, and waits until they hold.
sub set_server
{
	my $mark = 20 + ++$n;
	$node->safe_psql('logs', $_) foreach @_, "ALTER SYSTEM SET deadlock_timeout = $mark";
	$node->reload;
	$node->poll_query_until('logs', "SELECT setting = '$mark' FROM pg_settings WHERE name = 'deadlock_timeout'") or die;
	return;
}

# The settings of the server that privacy_check() says this of.
sub found
{
	my ($safe) = @_;
	my %rows = check('server');
	return join ' ', grep { $rows{$_} =~ /$safe$/ } sort keys %rows;
}

# As docs/privacy.md says
my $to_do = q{FROM ogw_logs.privacy_check() WHERE NOT safe AND scope = 'server'};
set_server('ALTER SYSTEM SET log_temp_files = 0',
	split /\n/, $node->safe_psql('logs', "SELECT format('ALTER SYSTEM SET %s = %L', setting, recommended) $to_do"));
is(found('f'), '', 'ALTER SYSTEM puts it right');
nothing_gets_out('ALTER SYSTEM');

# ---- our own statements

# Whatever is logged of them, they hold neither a body nor a key; a client's own
# statement with bound values is left out, and COPY has no such text.
SKIP:
{
	skip 'there is no auto_explain or pg_stat_statements', 1 if !$listed{'auto_explain.log_min_duration'} || !$listed{'pg_stat_statements.track'};
	my $secret = sprintf 'CANARY%dAND%d', ++$n, $$;
	my @columns = qw(job_id team_id api_key input error_message metadata latency_ms);
	my @rows = map { join "\t", @$_[0, 1], "sk-proj-$secret", $secret, "of sk-proj-$secret", qq({"note":"$secret"}), $_->[2] }
	  [ 'n1', 'on', 1 ], [ 'n2', 'on', -1 ], [ 'n1', 'on', 1 ], [ 'n3', 'off', 1 ], [ 'n4', 'off', $secret ];

	# with a trigger of a DBA's, they are written by statements
	my @tables = qw(entry body);
	$node->safe_psql('logs', 'CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$');
	$node->safe_psql('logs', "CREATE TRIGGER nothing AFTER INSERT ON ogw_logs.$_ EXECUTE FUNCTION nothing()") foreach @tables;
	$node->safe_psql('logs', q{SELECT ogw_logs.set_team('on', body_logging => true), pg_stat_statements_reset()});
	set_role(%own, 'auto_explain.log_min_duration' => 0, 'auto_explain.log_nested_statements' => 'on', 'auto_explain.log_analyze' => 'on',
		'auto_explain.log_verbose' => 'on', 'auto_explain.log_triggers' => 'on', log_min_error_statement => 'panic',
		'pg_stat_statements.track' => 'all', log_parameter_max_length => -1,
		$listed{'auto_explain.log_parameter_max_length'} ? ('auto_explain.log_parameter_max_length' => -1) : ());
	$log_from = -s $node->logfile;
	like(gateway('COPY ogw_logs.inbox (' . join(',', @columns) . ") FROM STDIN;\n" . join("\n", @rows, '\.', 'SELECT ogw_logs.last_batch()')),
		qr/\(5,4,1,0\)/, 'our own statements: COPY');
	ok(bound(q{SELECT ogw_logs.insert_log(job_id => 'n5', team_id => 'on', api_key => :canary, input => :canary)}, "sk-proj-$secret"), 'insert_log');
	ok(bound(q{SELECT ogw_logs.insert_logs('[{"job_id":"n6","team_id":"on","input":"' || :canary || '"}, "' || :canary || '"]')}, $secret), 'insert_logs');
	ok(bound(q{SELECT * FROM ogw_logs.search(api_key => :canary)}, "sk-proj-$secret"), 'search');
	ok(bound(q{SELECT * FROM ogw_logs.get_log('n5') WHERE input = :canary}, $secret), 'get_log');
	is($node->safe_psql('logs', "SELECT count(*) FROM ogw_logs.search(api_key => 'sk-proj-$secret')"), '5', 'all that is there');

	my @plans = grep { /Query Text: / && !/Query Text: SELECT (\* FROM )?ogw_logs\.(insert_logs?|search|get_log)\(.*\$1/ } split /^(?=\d{4}-)/m, server_log();
	my $plans = join '', @plans;
	like($plans, qr/Query Text: [^\n]*\b$_\b/, "a plan of ours with $_ is logged") foreach qw(batch_entry_rows batch_bodies batch_rejections api_key_fingerprint);
	ok(!has($plans, $secret), 'no plan of ours holds what was planted') or diag grep { has($_, $secret) } @plans;
	like(statements(), qr/batch_entry_rows/, 'pg_stat_statements knows our statements');
	ok(!has(statements(), $secret), 'and nothing that was planted');
	set_role();
	$node->safe_psql('logs', 'DROP FUNCTION nothing() CASCADE');
}

# All of it as it should not be. A session's own settings and its role's say
# nothing of others.
my %bad = map { $_ => $canary{$_}[0] ? $canary{$_}[0][0] : $_ eq 'log_destination' ? 'stderr,csvlog' : 'off' } keys %listed;
set_server((map { "ALTER SYSTEM SET $_ = " . join ', ', map { "'$_'" } split /,/, $bad{$_} } keys %bad), 'ALTER SYSTEM SET log_min_messages = warning');
is(found('t'), '', 'every setting of the server as it should not be');
my $good = join ';', map { "SET $_ = '$recommended{$_}'" } keys %own;
is($node->safe_psql('logs', "$good; SELECT count(*) FROM ogw_logs.privacy_check() WHERE safe"), '0', 'SET in this session does not count');
$node->safe_psql('logs', join ';', map { "ALTER ROLE CURRENT_USER $_" } split /;/, $good);
is($node->safe_psql('logs', q{SELECT count(*) FILTER (WHERE safe) FROM ogw_logs.privacy_check() WHERE scope = 'server'}), '0', 'nor does its role');
is($node->safe_psql('logs', q{SELECT bool_and(safe), count(*) FROM ogw_logs.privacy_check() WHERE scope LIKE 'role %'}), 't|' . keys %own, 'which is shown as such');
$node->safe_psql('logs', 'ALTER ROLE CURRENT_USER RESET ALL');

my $secret = sprintf 'CANARY%dAND%d', ++$n, $$;
$log_from = -s $node->logfile;
crash($secret);
like(server_log(), qr/Failed process was running: .*$secret/, 'track_activities = on: a canary after a crash gets out');
isnt(join('', grep_files($secret, $node->data_dir . '/base/pgsql_tmp')), '', 'remove_temp_files_after_crash = off: a canary gets out');

# What only the whole server can have is put right, the rest for the role.
set_server('ALTER SYSTEM SET log_destination = stderr', 'ALTER SYSTEM SET remove_temp_files_after_crash = on');
is(found('t'), 'log_destination remove_temp_files_after_crash', 'two settings are right');
$node->safe_psql('logs', $_)
  foreach split /\n/, $node->safe_psql('logs', "SELECT format('ALTER ROLE gateway SET %s = %L', setting, recommended) $to_do");
nothing_gets_out('ALTER ROLE');

# ---- csvlog and jsonlog, which know no terse messages

set_server('ALTER SYSTEM RESET ALL', 'ALTER SYSTEM SET logging_collector = on', q{ALTER SYSTEM SET log_filename = 'server.log'},
	'ALTER SYSTEM SET log_destination = stderr, csvlog, jsonlog');
$node->restart;
set_role(%own, %recommended{qw(log_error_verbosity log_min_error_statement)});
foreach my $bad (1, 0)
{
	my $secret = sprintf 'CANARY%dAND%d', ++$n, $$;
	my $log = $node->data_dir . '/log/server';

	set_server('ALTER SYSTEM SET log_destination = stderr') if !$bad;
	like({ check('server') }->{log_destination}, $bad ? qr/^stderr, ?csvlog, ?jsonlog\|stderr\|f/ : qr/^stderr\|stderr\|t/, 'log_destination: privacy_check() says so');
	failing_in_do($secret);
	$node->safe_psql('logs', qq(DO \$\$ BEGIN RAISE LOG 'the end of $secret'; END \$\$));
	foreach (1 .. 1000)
	{
		last if slurp_file("$log.log") =~ /the end of $secret/;
		select undef, undef, undef, 0.01;
	}
	unlike(slurp_file("$log.log"), qr/SQL statement.*$secret/, 'log_destination: the text is terse');
	is(slurp_file("$log.$_") =~ /SQL statement.*$secret/ ? 1 : 0, $bad, "log_destination: a canary in the $_") foreach qw(csv json);
}

# ---- whose settings, and who may ask

$node->safe_psql('logs', $_) foreach 'ALTER ROLE gateway RESET ALL', 'CREATE ROLE "odd role"', q{ALTER ROLE "odd role" SET Log_Statement = 'NONE'},
  q{ALTER DATABASE logs SET log_statement = 'ddl'}, q{ALTER ROLE ALL SET log_min_duration_statement = '250ms'},
  'ALTER ROLE auditor IN DATABASE logs SET track_activities = true', q{ALTER DATABASE postgres SET log_statement = 'all'};
is($node->safe_psql('logs', q{SELECT setting, value, safe, scope FROM ogw_logs.privacy_check() WHERE scope <> 'server'}), join("\n",
	'log_min_duration_statement|250ms|f|every role', 'log_statement|ddl|f|database logs', 'track_activities|true|f|role auditor in database logs',
	'log_statement|NONE|t|role "odd role"'), 'each role and database that says otherwise is listed');
is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.privacy_check() WHERE NOT safe AND scope = 'server' AND setting ~ '^(log|track)'}), '0',
	'what they say is not taken for that of the server');
like(gateway('SELECT * FROM ogw_logs.privacy_check()'), qr/permission denied for function privacy_check/, 'not everybody may ask');
my $all = 'SELECT setting, value, safe, scope FROM ogw_logs.privacy_check()';
my $seen = $node->safe_psql('logs', "GRANT EXECUTE ON FUNCTION ogw_logs.privacy_check() TO gateway; $all");
is(gateway($all), "$seen\n", 'who was granted it sees the same');
done_testing();
