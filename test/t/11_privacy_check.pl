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
	SELECT ogw_logs.grant_writer('gateway'), ogw_logs.grant_reader('gateway', bodies => true);
	GRANT INSERT ON ogw_logs.inbox TO auditor;
	CREATE FUNCTION gateways_own(body text) RETURNS text LANGUAGE plpgsql AS
		$$ BEGIN EXECUTE format('SELECT ogw_logs.insert_log(job_id => ''own'', team_id => ''t'', input => %L)', body); RETURN 'done'; END $$;
	SELECT ogw_logs.insert_log(job_id => 'first', team_id => 't')});
$node->safe_psql('logs', 'CREATE EXTENSION pg_stat_statements; GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO gateway')
  if 'pg_stat_statements' =~ /^($loaded)$/;

# ---- what a client does; a canary stands where a body or a key does

my $n = 0;

# The call of a door.
sub call
{
	my ($value, $more) = @_;
	return sprintf q{ogw_logs.insert_log(job_id => 'j%d', team_id => 't', input => %s%s)}, ++$n, $value, $more // '';
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
	return;
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
sub bound_and_failing { bound('SELECT ' . call(':canary', ', latency_ms => -1'), $_[0]) }
sub ended { gateway('SELECT ' . call("'$_[0]'") . ', pg_terminate_backend(pg_backend_pid())') }
sub failing { gateway('SELECT ' . call("'$_[0]'", ', latency_ms => -1')) }
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
	return index($text, " $bytes ") >= 0;
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
	log_error_verbosity => [ [ 'default', \&first_line ], [ 'default', \&deadlock, undef, deadlock_timeout => '20ms' ],
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
	'auto_explain.log_nested_statements' => [ [ 'on', \&in_function, undef, 'auto_explain.log_min_duration' => 0 ] ],
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
set_role();
done_testing();
