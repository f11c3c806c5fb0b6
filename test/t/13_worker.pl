# The background worker runs maintain() in the databases that are listed, freezes
# what was sealed, and is in nobody's way: not of DROP DATABASE, a standby, a
# shutdown or pg_upgrade. It calls nothing that is not the extension's.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $launcher = q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'ogw_logs launcher'};
my $worker = q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'ogw_logs maintenance'};

my $node = PostgreSQL::Test::Cluster->new('primary');
$node->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "fsync = off\nrestart_after_crash = on\nautovacuum = off\ntrack_commit_timestamp = on\n");
$node->start;

# Waits until a query of a database answers true; the shared one waits for other things.
sub wait_for_true
{
	my ($database, $query, $what, $where) = @_;

	($where // $node)->poll_query_until($database, $query) or die "waited in vain: $what";
	return;
}

# The pages of a table, and how many of them are frozen.
sub frozen
{
	my ($table, $database) = @_;
	return $node->safe_psql($database // 'stub', qq{SELECT pg_relation_size('$table') / 8192 || ' ' || all_frozen FROM public.pg_visibility_map_summary('$table')});
}

# Changes settings of the running server.
sub configure
{
	my (%settings) = @_;

	$node->append_conf('postgresql.conf', "ogw_logs.$_ = '$settings{$_}'") for sort keys %settings;
	$node->reload;
	return;
}

# The lines of the log since a position in it.
sub log_since { my ($from) = @_; return substr slurp_file($node->logfile), $from }

# ---- not preloaded: there are the settings, and nothing else

new_database($node, 'logs');
is($node->safe_psql('logs', q{LOAD 'ogw_logs'; SELECT string_agg(concat_ws(' ', name, setting, unit, context), ', ' ORDER BY name)
	FROM pg_settings WHERE name IN ('ogw_logs.databases', 'ogw_logs.maintenance', 'ogw_logs.maintenance_interval')}),
	'ogw_logs.databases  sighup, ogw_logs.maintenance on sighup, ogw_logs.maintenance_interval 60 s sighup', 'the settings and their defaults');
is($node->safe_psql('logs', "$launcher UNION ALL $worker"), '', 'no launcher where the library is not preloaded');

# any scheduler does, with the line of docs/operations.md
my $partitions = q{(SELECT count(*) FROM pg_inherits WHERE inhparent = 'ogw_logs.entry'::regclass)};
my ($crontab) = slurp_file("$FindBin::RealBin/../../docs/operations.md") =~ /^\* \* \* \* \*  psql -Xqd logs (-c .*)$/m or die 'no line for cron there';
$node->safe_psql('logs', 'SELECT ogw_logs.create_log()');
$node->command_ok([ 'sh', '-c', "psql -Xqd '" . $node->connstr('logs') . "' $crontab" ], 'the line for cron works');
is($node->safe_psql('logs', "SELECT $partitions, count(DISTINCT pg_xact_commit_timestamp(c.xmin)) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE inhparent = 'ogw_logs.entry'::regclass"),
	'4|4', 'and each step is a transaction of its own');

# ---- preloaded, with the extension's own maintain()

$node->append_conf('postgresql.conf', "shared_preload_libraries = 'ogw_logs'\nogw_logs.maintenance_interval = '1s'\n"
	  . qq{ogw_logs.databases = 'logs, "Odd, name", later, shut, stub, trap, lost'\n});
$node->safe_psql('logs', q{
	ALTER DATABASE logs SET ogw_logs.partitions_ahead = 9; CREATE EXTENSION pg_visibility SCHEMA public;
	SELECT ogw_logs.insert_log(job_id => 'old', team_id => 't', "timestamp" => now() - interval '3 days')});
my $old = $node->safe_psql('logs', 'SELECT tableoid::regclass FROM ogw_logs.entry');
$node->safe_psql('postgres', 'CREATE DATABASE "Odd, name"; CREATE DATABASE shut ALLOW_CONNECTIONS false; CREATE DATABASE stub; CREATE DATABASE trap; CREATE DATABASE lost');
$node->safe_psql('Odd, name', 'CREATE EXTENSION ogw_logs; SELECT ogw_logs.create_log(); ALTER DATABASE "Odd, name" SET statement_timeout = 1; ALTER DATABASE "Odd, name" SET default_transaction_isolation = serializable');

# A maintain() that does what a table says, and notes how it was called.
my $stub = q{
	CREATE TABLE public.call (n integer GENERATED ALWAYS AS IDENTITY, pid integer, who name, path text, xid xid8);
	CREATE TABLE public.script (n integer GENERATED ALWAYS AS IDENTITY, again boolean DEFAULT false, run text, action text DEFAULT 'a', object text DEFAULT 'o', detail text DEFAULT 'd');
	CREATE OR REPLACE FUNCTION ogw_logs.maintain(dry_run boolean DEFAULT false)
	RETURNS TABLE (action text, object text, detail text) LANGUAGE plpgsql AS $$
	DECLARE
		s public.script;
	BEGIN
		INSERT INTO public.call (pid, who, path, xid) VALUES (pg_backend_pid(), current_user, current_setting('search_path'), pg_current_xact_id());
		SELECT * INTO s FROM public.script ORDER BY n LIMIT 1;
		IF s.n IS NOT NULL THEN
			DELETE FROM public.script WHERE n = s.n AND NOT s.again;
			IF s.run IS NOT NULL THEN EXECUTE s.run; END IF;
			RETURN QUERY SELECT s.action, s.object, s.detail;
		END IF;
	END $$;
};
$node->safe_psql($_, "CREATE EXTENSION ogw_logs; $stub") for qw(stub lost);

# What must not be called: an ordinary role's function where there is no
# extension, one that is no member of it any more, and one of fewer arguments.
$node->safe_psql('trap', q{
	CREATE ROLE mallory;
	CREATE TABLE public.call (pid integer); GRANT INSERT ON public.call TO mallory;
	CREATE SCHEMA ogw_logs AUTHORIZATION mallory;
	SET ROLE mallory;
	CREATE FUNCTION ogw_logs.maintain(dry_run boolean DEFAULT false) RETURNS TABLE (action text, object text, detail text)
		LANGUAGE sql AS 'INSERT INTO public.call VALUES (pg_backend_pid()); SELECT ''a'', ''o'', ''d'' WHERE false'});
$node->safe_psql('lost', 'ALTER EXTENSION ogw_logs DROP FUNCTION ogw_logs.maintain(boolean)');
$node->safe_psql('stub', q{
	CREATE TABLE public.wrong_call (pid integer);
	CREATE FUNCTION ogw_logs.maintain() RETURNS TABLE (action text, object text, detail text)
		LANGUAGE sql AS 'INSERT INTO public.wrong_call VALUES (pg_backend_pid()); SELECT ''a'', ''o'', ''d'' WHERE false'});

# A standby with the same settings.
$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
$standby->start;

my $from = -s $node->logfile;
$node->restart;
wait_for_true('logs', "SELECT $partitions = 11", 'partitions in logs');
is($node->safe_psql('logs', q{SELECT count(DISTINCT pg_xact_commit_timestamp(c.xmin)) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE inhparent = 'ogw_logs.entry'::regclass}),
	'11', 'each step is a transaction of its own, and the settings of the database count');
$node->wait_for_log(qr/(?:LOG:  ogw_logs: Odd, name: make_partition(?s:.*?)){4}/, $from);
pass('a name in quotes is found, and statement_timeout does not count');
my $rounds = 'SELECT count(DISTINCT pid) %s FROM public.call';
wait_for_true('stub', sprintf($rounds, '> 2'), 'three rounds');
my $lines = log_since($from);
like($lines, qr/LOG:  ogw_logs: logs: seal \w+: from /, 'an old partition is sealed');
like(frozen($old, 'logs'), qr/^([1-9]\d*) \1$/, 'and frozen');
like($lines, qr/LOG:  ogw_logs: logs: make_partition entry_\d{8}: from \d{4}-\d\d-\d\d 00:00 UTC, for 1 day$/m, 'a step is logged');
is(() = $lines =~ /LOG:  ogw_logs: (logs|Odd, name): make_partition entry_/g, 10, 'each of them once');
is(join(' ', $lines =~ /LOG:  ogw_logs: database "(.*?)" does not exist/g), 'later shut', 'what cannot be used is logged once');
# (the standby's connection, which says who it is, is lost as the server restarts)
unlike($lines, qr/ERROR|WARNING|\[\d+\] FATAL/, 'and no error');
is($node->safe_psql('trap', 'SELECT count(*) FROM public.call'), '0', 'a function of an ordinary role is not called');
is($node->safe_psql('lost', 'SELECT count(*) FROM public.call'), '0', 'nor one that is not the extension\'s any more');
is($node->safe_psql('stub', 'SELECT count(*) FROM public.wrong_call'), '0', 'nor one of the same name');
is($node->safe_psql('postgres', q{SELECT count(*), count(datid) FROM pg_stat_activity WHERE backend_type = 'ogw_logs launcher'}),
	'1|0', 'one launcher, connected to no database');

# ---- what is sealed is frozen

$node->safe_psql('stub', q{
	CREATE EXTENSION pg_visibility SCHEMA public;
	SELECT ogw_logs.set_team('t', body_logging => true);
	SELECT ogw_logs.insert_log(job_id => 'j' || n, team_id => 't', input => 'x') FROM generate_series(1, 1000) n;
	CREATE ROLE keeper;
	CREATE TABLE ogw_logs."Odd ""partition" AS SELECT generate_series(1, 1000) AS n; ALTER TABLE ogw_logs."Odd ""partition" OWNER TO keeper;
	CREATE TABLE ogw_logs.another_one AS SELECT generate_series(1, 1000) AS n});
my ($partition) = $node->safe_psql('stub', q{SELECT tableoid::regclass::text FROM ogw_logs.entry LIMIT 1}) =~ /^ogw_logs\.(\w+)$/;

# Makes the worker do steps, and waits until it has done them.
sub run_script
{
	my ($rows, $what) = @_;

	$node->safe_psql('stub', $rows);
	wait_for_true('stub', 'SELECT count(*) = 0 FROM public.script', $what);
	# the call after the last step says that nothing is due; then VACUUM is over too
	wait_for_true('stub', "SELECT count(*) > 0 FROM public.call WHERE xid > '" . $node->safe_psql('stub', 'SELECT pg_current_xact_id()') . q{'}, "$what, to the end");
	return;
}

like(frozen("ogw_logs.$partition"), qr/^([1-9]\d*) 0$/, 'nothing is frozen yet');
$from = -s $node->logfile;
run_script(qq{INSERT INTO public.script (action, object, detail) VALUES ('seal', '$partition', 'n rows'), ('other', 'another_one', NULL)}, 'seal');
like(frozen("ogw_logs.$partition"), qr/^([1-9]\d*) \1$/, 'a sealed partition is frozen');
like(frozen('ogw_logs.another_one'), qr/^[1-9]\d* 0$/, 'a table of another step is not');
like(log_since($from), qr/LOG:  ogw_logs: stub: seal $partition: n rows\n(?:.*\n)*?.*LOG:  ogw_logs: stub: other another_one: \(null\)\n/, 'the steps are logged in their order');

my $locker = $node->background_psql('stub');
$locker->query_safe('BEGIN; LOCK TABLE ogw_logs.another_one IN SHARE MODE');
run_script(q{INSERT INTO public.script (action, object) VALUES ('seal', 'another_one')}, 'seal of a locked table');
like(frozen('ogw_logs.another_one'), qr/^[1-9]\d* 0$/, 'what somebody has locked is left alone, and the worker goes on');
$locker->quit;

# ---- it acts as the owner of maintain(), and leaves no trap for a superuser

$node->safe_psql('stub', q{
	ALTER FUNCTION ogw_logs.maintain(boolean) OWNER TO keeper;
	ALTER TABLE public.call OWNER TO keeper; ALTER TABLE public.script OWNER TO keeper;
	GRANT USAGE ON SCHEMA ogw_logs TO keeper;
	ALTER DATABASE stub SET search_path = ogw_logs, public;
	CREATE TABLE public.fired (who name); ALTER TABLE public.fired OWNER TO keeper; GRANT CREATE ON SCHEMA public TO keeper;
	SET ROLE keeper;
	CREATE FUNCTION public.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.fired VALUES (current_user); RETURN NULL; END $$;
	CREATE TABLE public.trigger_of (n integer);
	CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public.trigger_of DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.fire();
	RESET ROLE;
	TRUNCATE public.call});
run_script(q{INSERT INTO public.script (action, object) VALUES ('seal', 'Odd "partition'), ('seal', 'another_one')}, 'seal as keeper');
is($node->safe_psql('stub', 'SELECT DISTINCT who, path FROM public.call'), 'keeper|pg_catalog, pg_temp', 'maintain() runs as its owner, with search_path pinned');
like(frozen('ogw_logs."Odd ""partition"'), qr/^([1-9]\d*) \1$/, 'a partition of any name is frozen');
like(frozen('ogw_logs.another_one'), qr/^[1-9]\d* 0$/, 'but not what its owner may not vacuum');

# Waits for an error of the worker, n times; then takes the step away.
sub failing_step
{
	my ($run, $code, $error, $what) = @_;

	my $start = -s $node->logfile;
	$node->safe_psql('stub', "INSERT INTO public.script (run) VALUES (\$run\$$run\$run\$)");
	$node->wait_for_log(qr/ERROR:  $error(?s:.*)ERROR:  $error/, $start);
	$node->safe_psql('stub', 'TRUNCATE public.script');
	like(log_since($start), qr/LOG:  ogw_logs maintenance of stub ends with an error, SQLSTATE $code$/m, $what);
	return;
}
failing_step('SELECT 1/0', '22012', 'division by zero', 'an error ends a run, and the next one comes');
failing_step('INSERT INTO public.trigger_of VALUES (1)', '42501', 'cannot fire deferred trigger within security-restricted operation', 'nothing is left to a trigger at the commit');
failing_step('SET ROLE mallory', '42501', 'cannot set parameter "role" within security-restricted operation', 'nor is the role changed');
is($node->safe_psql('stub', 'SELECT count(*) FROM public.fired'), '0', 'the trigger has not run');
$node->safe_psql('stub', q{
	ALTER FUNCTION ogw_logs.maintain(boolean) OWNER TO CURRENT_USER; ALTER DATABASE stub RESET ALL;
	DROP TABLE ogw_logs."Odd ""partition"});

# ---- a run is bounded, and databases take turns while one of them has more to do

$node->safe_psql('stub', q{TRUNCATE public.call; INSERT INTO public.script (again, run) VALUES (true, 'SELECT pg_sleep(0.1)')});
wait_for_true('stub', sprintf($rounds, '> 0'), 'a run under way');
configure(maintenance_interval => '1h');
my ($ahead) = $node->safe_psql('logs', q{SELECT max(relname) FROM pg_class WHERE relname ~ '^entry_\d+$'}) =~ /(.+)/;
$node->safe_psql('logs', "DROP TABLE ogw_logs.$ahead");
wait_for_true('logs', "SELECT to_regclass('ogw_logs.$ahead') IS NOT NULL", 'a turn of another database');
wait_for_true('stub', sprintf($rounds, '> 1'), 'and the next one');
cmp_ok($node->safe_psql('stub', 'SELECT count(*) FROM public.call GROUP BY pid ORDER BY min(n) LIMIT 1'), '<=', 101, 'a run goes on for ten seconds, and the interval does not count then');
configure(maintenance_interval => '1s');

# ---- reload: between the steps, and between the rounds

# Makes the steps slow, and waits until a run is in the middle of them.
sub slow_run
{
	my ($database) = @_;
	$node->safe_psql($database, q{TRUNCATE public.call, public.script; INSERT INTO public.script (again, run) VALUES (true, 'SELECT pg_sleep(0.1)')});
	wait_for_true($database, 'SELECT max(count) >= 3 FROM (SELECT count(*) FROM public.call GROUP BY pid) c', 'a run under way');
	return;
}

slow_run('stub');
configure(maintenance => 'off');
wait_for_true('postgres', "SELECT NOT EXISTS ($worker)", 'the worker to end');
pass('switched off, the run ends');
my $calls = $node->safe_psql('stub', 'SELECT count(*) FROM public.call');
my $pid = $node->safe_psql('postgres', $launcher);
# it takes 10 s to be started again, in which a round would have come
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
wait_for_true('postgres', "SELECT count(*) = 1 FROM ($launcher AND pid <> $pid) l", 'another launcher');
is($node->safe_psql('stub', 'SELECT count(*) FROM public.call'), $calls, 'and no other begins');

# The standby has had all that time.
is($standby->safe_psql('postgres', "$launcher UNION ALL $worker"), '', 'no launcher on a standby');
unlike(slurp_file($standby->logfile), qr/ogw_logs:/, 'and nothing was done there');
$node->wait_for_catchup($standby);
$standby->promote;
wait_for_true('stub', "SELECT count(*) > $calls FROM public.call", 'a step', $standby);
pass('promoted, it begins');
$standby->stop;

configure(maintenance => 'on');
slow_run('stub');
pass('switched on, they begin again');
configure(databases => 'logs');
wait_for_true('postgres', "SELECT NOT EXISTS ($worker)", 'the worker to end');
pass('taken off the list, the run ends');
my ($status, undef, $err) = $node->psql('postgres', q{ALTER SYSTEM SET ogw_logs.databases = 'stub, "logs'});
like($err, qr/invalid value for parameter "ogw_logs.databases"(?s:.*)DETAIL:  It is a list of database names/, 'a malformed list is refused');
configure(databases => 'stub');
slow_run('stub');
$from = -s $node->logfile;
configure(databases => 'stub,,');
$node->wait_for_log(qr/invalid value for parameter "ogw_logs.databases"/, $from);
slow_run('stub');
pass('and one that is read leaves the old one in force');
configure(databases => 'stub, later, trap');

# ---- no commit waits for a standby, with the locks of its step

{
	# a worker that waits is to fail this test, not to stop it
	local $ENV{PGOPTIONS} = "-c synchronous_commit=local -c lock_timeout=${PostgreSQL::Test::Utils::timeout_default}s";
	$node->append_conf('postgresql.conf', q{synchronous_standby_names = 'nobody'});
	$node->reload;
	wait_for_true('postgres', q{SELECT current_setting('synchronous_standby_names') = 'nobody'}, 'a standby to be missed');
	slow_run('stub');
	pass('without the standby that others wait for, it goes on');
	$node->append_conf('postgresql.conf', q{synchronous_standby_names = ''});
	$node->reload;
}

# ---- databases come, go and are renamed, while they are worked on

slow_run('stub');
$node->safe_psql('postgres', 'ALTER DATABASE stub RENAME TO stub_2');
$node->wait_for_log(qr/database "stub" does not exist/, $from);
$calls = $node->safe_psql('stub_2', 'SELECT count(*) FROM public.call');
$node->safe_psql('postgres', 'CREATE DATABASE later TEMPLATE stub_2');
slow_run('later');
pass('a database that is made later is found');
is($node->safe_psql('stub_2', 'SELECT count(*) FROM public.call'), $calls, 'renamed, it is not worked on');
$node->safe_psql('postgres', 'DROP DATABASE later');
$node->wait_for_log(qr/database "later" does not exist/, $from);
$node->safe_psql('postgres', 'ALTER DATABASE stub_2 RENAME TO stub');
slow_run('stub');
pass('a listed database can be copied, renamed and dropped while a run is under way');

# ---- DROP EXTENSION waits for the step, not for the run

$node->safe_psql('stub', q{TRUNCATE public.script; INSERT INTO public.script (again, run) VALUES (true, 'SELECT pg_advisory_xact_lock(1)')});
my $holder = $node->background_psql('stub');
$holder->query_safe('SELECT pg_advisory_lock(1)');
wait_for_true('stub', q{SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted}, 'a step under way');
is($node->safe_psql('postgres', q{SELECT query, state, wait_event FROM pg_stat_activity WHERE backend_type = 'ogw_logs maintenance' AND datname = 'stub'}),
	'SELECT action, object, detail FROM ogw_logs.maintain(false)|active|advisory', 'pg_stat_activity says what it does');
my $dropper = $node->background_psql('stub');
$dropper->query_until(qr/asked/, "\\echo asked\nSET client_min_messages = warning;\nDROP EXTENSION ogw_logs CASCADE;\n");
wait_for_true('stub', q{SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND classid = 'pg_extension'::regclass}, 'DROP EXTENSION to wait');
$holder->query_safe('SELECT pg_advisory_unlock_all()');
$dropper->query_safe('SELECT 1');
is($node->safe_psql('stub', q{SELECT count(*) FROM pg_extension WHERE extname = 'ogw_logs'}), '0', 'the extension is dropped');
$_->quit for $holder, $dropper;
my $before = $node->safe_psql('stub', "SELECT $partitions");
$node->safe_psql('stub', 'CREATE EXTENSION ogw_logs');
wait_for_true('stub', "SELECT $partitions = 4", "partitions, of which there were $before");
pass('and made anew, it is worked on');

# ---- the launcher needs no more memory, and the worker may be killed

$node->safe_psql('stub', q{DROP TABLE public.call, public.script; } . $stub);
$node->safe_psql('stub', q{DROP EXTENSION pg_visibility});

# The memory that the launcher uses, after so many more rounds.
sub memory_after
{
	my ($n) = @_;
	my $start = -s $node->logfile;

	$node->safe_psql('stub', 'TRUNCATE public.call');
	wait_for_true('stub', sprintf($rounds, "> $n"), 'rounds');
	$node->safe_psql('postgres', "SELECT pg_log_backend_memory_contexts(pid) FROM ($launcher) l");
	$node->wait_for_log(qr/Grand total: \d+ bytes in \d+ blocks.*; \d+ used/, $start);
	my ($used) = log_since($start) =~ /Grand total: .*; (\d+) used/;
	return $used;
}
# its caches fill at first, and what other databases did empties them
my ($before_rounds, $used) = (-1, memory_after(4));
for (1 .. 5)
{
	last if $used <= $before_rounds;
	($before_rounds, $used) = ($used, memory_after(3));
}
cmp_ok($used, '<=', $before_rounds, 'the launcher uses as much memory as before');

# ---- the postmaster dies

# each step takes a while, and waits for nothing: a run would go on for minutes
$node->safe_psql('stub', q{TRUNCATE public.call;
	INSERT INTO public.script (again, run) VALUES (true, 'SELECT count(*) FROM generate_series(1, 1000) a, generate_series(1, 4000) b')});
wait_for_true('stub', 'SELECT count(*) > 0 FROM public.call', 'a run under way');
my @processes = (slurp_file($node->data_dir . '/postmaster.pid') =~ /^(\d+)/, split /\n/, $node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity'));
$node->kill9;
wait_until('all processes to end', sub { !kill 0, @processes });
pass('after the death of the postmaster a run ends with its step');
$node->start;
$node->safe_psql('stub', 'TRUNCATE public.script');

# Waits until a process that is not the one given is in a step that does not end
# by itself; returns it.
sub hanging_step
{
	my ($not) = @_;
	wait_for_true('postgres', "SELECT count(*) = 1 FROM ($worker AND wait_event = 'PgSleep' AND pid <> " . ($not // 0) . ') w', 'a step under way');
	return $node->safe_psql('postgres', $worker);
}

$node->safe_psql('stub', q{INSERT INTO public.script (run) VALUES ('SELECT pg_sleep(1000)')});
$pid = hanging_step();
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
isnt(hanging_step($pid), $pid, 'after a worker was terminated comes another one');

# ---- shutdown, crash

foreach my $mode (qw(fast smart))
{
	$node->stop($mode);
	$node->start;
	hanging_step();
	pass("a $mode shutdown ends a step, and after it another one begins");
}
$pid = $node->safe_psql('postgres', $launcher);
kill 'KILL', hanging_step();
$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM ($launcher AND pid <> $pid) l") or die 'no launcher after a crash';
hanging_step();
pass('so it does after a crash');
$node->safe_psql('postgres', 'DROP DATABASE stub WITH (FORCE)');
pass('DROP DATABASE WITH (FORCE) ends the longest step');

# ---- no worker to be had; pg_upgrade

$from = -s $node->logfile;
$node->append_conf('postgresql.conf', "ogw_logs.databases = 'logs'\nmax_worker_processes = 2\n");
$node->restart;
$node->wait_for_log(qr/LOG:  ogw_logs: logs: no background worker is free/, $from);
pass('where no worker is free, the log says so');
$node->stop;
command_ok([ 'pg_ctl', '-w', '-D', $node->data_dir, '-l', $node->logfile, '-o', '-b', 'start' ], 'started as pg_upgrade does');
is($node->safe_psql('postgres', "$launcher UNION ALL $worker"), '', 'there is no launcher');
command_ok([ 'pg_ctl', '-w', '-D', $node->data_dir, 'stop' ], 'and it stops');
done_testing();
