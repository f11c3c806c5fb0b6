# Copies that follow: a physical standby reads what its primary has, and writes
# once it is promoted; a logical subscriber, made as docs/operations.md says, gets all that
# changes and can take over; a publication keeps no function from its work.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

alarm 3 * $PostgreSQL::Test::Utils::timeout_default;
my $primary = start_node('primary', streaming => 'logical', max_wal_senders => 10, log_min_messages => 'warning', log_error_verbosity => 'default');

# What of the log has to be the same, without the rows that each copy writes of itself.
sub state_of
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, join ';', 'SET ogw_logs.log_body_reads = off',
		# what it opens, sealed or not
		q{SELECT 'opened', count(l.input), md5(string_agg(l::text, E'\n' ORDER BY l::text)) FROM ogw_logs.entry e CROSS JOIN LATERAL ogw_logs.get_log(e.job_id, e.team_id, e."timestamp") l}, map {
		"SELECT '$_', count(*)::text || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM ogw_logs.$_ t"
	} sort qw(entry segment entry_key rejected ingest_count ingest_counts erasure body_read team team_history key_format logs attempts));
}

# A bit of everything, by every method.
sub write_some
{
	my ($node, $database, $name) = @_;

	return $node->safe_psql($database, qq{
		SELECT ogw_logs.insert_log(job_id => '$name-1', team_id => 'red', user_id => 'u', owner => 'o', api_key => 'acme_0123456789abcdef',
			attempts => '[{"model":"m","error_code":"e"},{"model":"n"}]', metadata => '{"env":"prod","n":1}', input => 'body of $name-1');
		SELECT ogw_logs.insert_logs('[{"job_id":"$name-2","team_id":"red","user_id":"v","metadata":{"env":"test"},"input":"body of $name-2"},{"job_id":"$name-2","team_id":"red"},
			{"job_id":"$name-3","team_id":"blue","input":"dropped"},{"team_id":"red"}]');
		INSERT INTO ogw_logs.inbox (job_id, team_id, user_id, output) SELECT '$name-' || n, 'red', 'w' || n % 5, repeat('long ', 5000) || n FROM generate_series(10, 50) n;
		SELECT * FROM ogw_logs.last_batch()});
}

new_database($primary, 'logs');
$primary->safe_psql('logs', q{
	SELECT ogw_logs.set_team('red', body_logging => true, metadata_keys => '{env}');
	CREATE ROLE reader_of_red LOGIN;
	SELECT ogw_logs.grant_reader('reader_of_red', 'red', bodies => true, views => true)});
is(write_some($primary, 'logs', 'first'), "stored\n(4,2,1,1)\n41|41|0|0", 'the primary writes');

# A physical standby.
$primary->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'copy', has_streaming => 1);
$standby->start;
write_some($primary, 'logs', 'second');
$primary->safe_psql('logs', q{SELECT ogw_logs.erase_user('red', 'u')});
$primary->wait_for_catchup($standby);
is(state_of($standby, 'logs'), state_of($primary, 'logs'), 'the standby has all that the primary has');
is($standby->safe_psql('logs', q{SELECT job_id FROM ogw_logs.search(api_key => 'acme_0123456789abcdef', model => NULL) ORDER BY 1}),
	"first-1\nsecond-1", 'search works there');
is($standby->safe_psql('logs', q{SELECT job_id, input FROM ogw_logs.get_log('second-2')}, extra_params => [ '-U', 'reader_of_red' ]),
	'second-2|body of second-2', 'and so does get_log, for a reader');
like(slurp_file($standby->logfile), qr/^.*returned a body: \{"role":"reader_of_red","session_role":"reader_of_red","team_id":"red","job_id":"second-2"\}$/m,
	'which is noted in its log');
is($standby->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.body_read; SELECT count(*) > 0 FROM ogw_logs.privacy_check(); SELECT count(*) > 0 FROM ogw_logs.partitions;
	SELECT count(*) > 0 FROM ogw_logs.maintain(dry_run => true); SELECT ogw_logs.redact('sk-proj-0123456789abcdefghij')}),
	"0\nt\nt\nt\nsk-proj-****", 'and all else that reads');

# A snapshot there is older than the sealing of a body, whose unsealed copy somebody drops
# on the primary without waiting for it, as maintain() does where it does not know of
# it: it reads the body all the same. (Else it can be ended by PostgreSQL itself.)
$standby->append_conf('postgresql.conf', "hot_standby_feedback = on\n");
$standby->reload;
$primary->safe_psql('logs', q{SELECT ogw_logs.insert_log(job_id => 'sealed-1', team_id => 'red', "timestamp" => now() - interval '3 days', session_id => 's', input => 'body of sealed-1')});
$primary->wait_for_catchup($standby);
my $old = session($standby, 'logs');
is(do_it($old, q{BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM ogw_logs.segment;}), "0\n", 'a snapshot on the standby');
$primary->poll_query_until('logs', q{SELECT count(*) = 1 FROM pg_stat_replication WHERE backend_xmin IS NOT NULL}) or die 'there is no feedback';
$primary->safe_psql('logs', "SELECT ogw_logs_internal.$_(l.partition, l.since, l.until) FROM ogw_logs_internal.partitions_of('body') l WHERE l.until < now() - interval '1 day'") foreach qw(seal_bodies drop_unsealed_bodies);
is($primary->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.body WHERE job_id = 'sealed-1'; SELECT count(*) > 0 FROM ogw_logs.segment}), "0\nt", 'a body is sealed');
$primary->wait_for_catchup($standby);
is(do_it($old, q{SELECT count(*) FROM ogw_logs.segment; SELECT input FROM ogw_logs.get_log('sealed-1'); SELECT count(input) FROM ogw_logs.get_session('s');}),
	"0\nbody of sealed-1\n1\n", 'who has an older snapshot reads it');
do_it($old, 'COMMIT;');
is($standby->safe_psql('logs', q{SELECT input FROM ogw_logs.get_log('sealed-1')}), 'body of sealed-1', 'and so does everybody');
close $old->{in};
$standby->append_conf('postgresql.conf', "hot_standby_feedback = off\n");
$standby->reload;

# What writes says that it cannot. This session stays through the promotion.
my $open = session($standby, 'logs');
is(do_it($open, q{SELECT job_id FROM ogw_logs.search(job_id => 'first-1');}), "first-1\n", 'a session on the standby');
foreach my $sql (
	q{SELECT ogw_logs.insert_log(job_id => 'x', team_id => 'red', input => 'x')},
	q{SELECT ogw_logs.insert_log(job_id => 'x', team_id => 'blue', "timestamp" => now() - interval '20 days')},
	q{SELECT ogw_logs.insert_logs('[{"job_id":"x","team_id":"blue"}]')},
	q{INSERT INTO ogw_logs.inbox (job_id, team_id) VALUES ('x', 'red')},
	q{SELECT * FROM ogw_logs.maintain()}, q{SELECT ogw_logs.create_log()}, q{SELECT ogw_logs.make_partitions(now() - interval '20 days', now())},
	q{SELECT ogw_logs.set_team('red', body_logging => false)}, q{SELECT ogw_logs.clear_team('red', 'body_logging')},
	q{SELECT ogw_logs.purge_bodies('red')}, q{SELECT ogw_logs.erase_user('red', 'u')}, q{SELECT ogw_logs.grant_writer('reader_of_red')})
{
	my ($status, undef, $error) = $standby->psql('logs', $sql);
	like("$status $error", qr/^3 .*(in a read-only transaction|during recovery)$/m, "$sql: is refused as read only");
}
is(do_it($open, q{SELECT input FROM ogw_logs.get_log('first-2');}), "body of first-2\n", 'reading goes on');

# Promoted, it writes at once; a setting that changed before counts in that session, too.
$primary->safe_psql('logs', q{SELECT ogw_logs.set_team('red', body_logging => false)});
$primary->wait_for_catchup($standby);
$standby->promote;
is(do_it($open, q{SELECT ogw_logs.insert_log(job_id => 'open-1', team_id => 'red', input => 'dropped'); SELECT body_state FROM ogw_logs.entry WHERE job_id = 'open-1';}),
	"stored\noff\n", 'a session that was there writes, under the settings of now');
close $open->{in};
$standby->safe_psql('logs', q{SELECT ogw_logs.set_team('red', body_logging => true)});
is(write_some($standby, 'logs', 'second'), "duplicate\n(4,0,3,1)\n41|0|41|0", 'what was sent to the primary is known');
is(write_some($standby, 'logs', 'third'), "stored\n(4,2,1,1)\n41|41|0|0", 'every method writes');
is($standby->safe_psql('logs', q{SELECT ogw_logs.insert_log(job_id => 'old', team_id => 'red', "timestamp" => now() - interval '20 days', input => 'x');
	SELECT input FROM ogw_logs.get_log('old')}), "stored\nx", 'partitions are made');
$standby->stop;

# A logical subscriber, made as docs/operations.md says.
my $subscriber = start_node('subscriber', streaming => 'logical', log_min_messages => 'warning', log_error_verbosity => 'default', wal_retrieve_retry_interval => '200ms');
my ($section) = slurp_file("$FindBin::RealBin/../../docs/operations.md") =~ /^## Logical replication\n(.*?)^## /ms;
my ($on_publisher, $on_subscriber) = $section =~ /^```sql\n(.*?)^```/msg;
my ($to_take_over) = $section =~ /`(DROP SUBSCRIPTION\s[^`]*)`/;
my $conninfo = $primary->connstr . ' dbname=logs user=log_copier';
ok($on_subscriber =~ s/CONNECTION '[^']*'/CONNECTION '$conninfo'/ && $on_subscriber =~ s/interval '90 days'/interval '50 days'/, 'docs/operations.md has it');
$primary->safe_psql('logs', q{SELECT ogw_logs.set_team('red', body_logging => true);
	INSERT INTO ogw_logs.key_format VALUES ('acme', 'acme_', 'a-z0-9', 8, 40)});
$primary->safe_psql('logs', $on_publisher);
$subscriber->safe_psql('postgres', 'CREATE DATABASE logs');
# as written, but that a session before the last statement has the settings at hand
my ($before, $enable) = $on_subscriber =~ /^(.*)^(ALTER SUBSCRIPTION.*)$/ms;
$subscriber->safe_psql('logs', $_) for split /(?<=;)/, $before;
my $reading = session($subscriber, 'logs');
my $other_secret = do_it($reading, q{SELECT ogw_logs.key_fingerprint('k');});
my $at_hand = q{BEGIN; SELECT ogw_logs.insert_log(job_id => 'at hand', team_id => 'red', input => 'x');
	SELECT body_state FROM ogw_logs.entry WHERE job_id = 'at hand'; ROLLBACK;};
is(do_it($reading, $at_hand), "stored\noff\n", 'a session has settings at hand');
$subscriber->safe_psql('logs', $enable);
$subscriber->wait_for_subscription_sync($primary, 'request_log', 'logs');
is(state_of($subscriber, 'logs'), state_of($primary, 'logs'), 'the subscriber has what was there');
my $fingerprint = $primary->safe_psql('logs', q{SELECT ogw_logs.key_fingerprint('k')});
isnt($other_secret, "$fingerprint\n", 'its secret was another one');
is(do_it($reading, q{SELECT ogw_logs.key_fingerprint('k');}), "$fingerprint\n", 'and is the publisher\'s, in sessions that are open too');

is(do_it($reading, $at_hand), "stored\nstored\n", 'and so are the teams\' settings');

# What comes, changes and goes, with what maintain() does on both: team short has
# a partition of its own, that is dropped, and a part of another one.
write_some($primary, 'logs', 'fourth');
$primary->safe_psql('logs', q{
	SELECT ogw_logs.set_team('blue', body_logging => true);
	SELECT ogw_logs.insert_log(job_id => 'n' || n, team_id => 'blue', input => 'x') FROM generate_series(1, 1100) n;
	SELECT ogw_logs.insert_log(job_id => 'next week', team_id => 'blue', "timestamp" => now() + interval '10 hours');
	SELECT ogw_logs.set_team('short', body_logging => true, body_retention => '1 day', log_retention => '2 days');
	SELECT ogw_logs.insert_log(job_id => 'short-' || days, team_id => 'short', input => 'x',
		"timestamp" => date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - days * interval '1 day') FROM unnest(ARRAY[40, 41]) days;
	SELECT ogw_logs.insert_log(job_id => 'long', team_id => 'red', input => 'x',
		"timestamp" => date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '41 days');
	SELECT ogw_logs.get_log('fourth-1');
	UPDATE ogw_logs.body_read SET read_at = read_at - interval '1 hour'});
my %settings = (body_read_retention => 60, retention_delay => 0, seal_delay => 0);
$primary->wait_for_catchup('request_log');
foreach my $node ($subscriber, $primary)
{
	maintain_all($node, 'logs', %settings);
	$primary->wait_for_catchup('request_log');
	is($node->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.entry WHERE team_id = 'short'; SELECT count(*) FROM ogw_logs.body WHERE team_id = 'short';
		SELECT count(*) FROM ogw_logs.body_read; SELECT state, count(*) FROM ogw_logs.partitions WHERE since < now() - interval '30 days' AND entries IS DISTINCT FROM 0 GROUP BY 1 ORDER BY 1}),
		"0\n0\n0\ndropped|1\nsealed|1", $node->name . ' did what was due');
}
$primary->wait_for_catchup('request_log');
is(state_of($subscriber, 'logs'), state_of($primary, 'logs'), 'it has what came, with both maintained');
cmp_ok($primary->safe_psql('logs', q{SELECT count(*) FROM ogw_logs.ingest_count}), '<', 100, 'the ingest counts were added up');
is($subscriber->safe_psql('logs', q{SELECT job_id FROM ogw_logs.search(api_key => 'acme_0123456789abcdef') ORDER BY 1;
	START TRANSACTION READ ONLY; SELECT input FROM ogw_logs.get_log('fourth-2')}),
	"first-1\nfourth-1\nsecond-1\nbody of fourth-2", 'it is searched, and gives bodies');
# a partition has one replica identity or another
my $partition = $primary->safe_psql('logs', q{SELECT e.tableoid::regclass FROM ogw_logs.entry e WHERE e.job_id = 'first-2'});
$primary->safe_psql('logs', qq{SELECT ogw_logs.erase_user('red', 'w1');
	CREATE UNIQUE INDEX other_identity ON $partition ("timestamp", job_id, team_id);
	ALTER TABLE $partition REPLICA IDENTITY USING INDEX other_identity;
	SELECT ogw_logs.erase_user('red', 'v');
	SELECT ogw_logs.purge_bodies('blue', 'infinity');
	DELETE FROM ogw_logs.entry_key WHERE key IN (SELECT ogw_logs_internal.dedup_key(e.job_id, e.team_id) FROM ogw_logs.entry e WHERE e.job_id ~ '^n1');
	DELETE FROM ogw_logs.entry WHERE job_id ~ '^n1';
	DELETE FROM ogw_logs.rejected;
	SELECT ogw_logs.set_team('red', body_logging => false)});
$primary->wait_for_catchup('request_log');
is(state_of($subscriber, 'logs'), state_of($primary, 'logs'), 'it has what was erased and removed');
is(do_it($reading, q{SELECT count(*) FILTER (WHERE user_id LIKE 'erased-%') > 10, count(*) FILTER (WHERE user_id IN ('v', 'w1')) FROM ogw_logs.entry;}), "t|0\n", 'namely no erased user');
is(do_it($reading, $at_hand), "stored\noff\n", 'a setting that changed counts in a session that is open');

# A partition that it lacks.
$primary->safe_psql('logs', q{SELECT ogw_logs.insert_log(job_id => 'long ago', team_id => 'red', "timestamp" => now() - interval '200 days')});
$subscriber->poll_query_until('logs', q{SELECT apply_error_count > 0 FROM pg_stat_subscription_stats}) or die 'it does not stop';
my ($time) = slurp_file($subscriber->logfile) =~ /ERROR:  no partition of relation "\w+" found for row\n.*DETAIL:  Partition key of the failing row contains \("timestamp"\) = \(([^)]+)\)/
  or diag slurp_file($subscriber->logfile);
$subscriber->safe_psql('logs', "SELECT ogw_logs.make_partitions('$time', '$time')");
$primary->wait_for_catchup('request_log');
is(state_of($subscriber, 'logs'), state_of($primary, 'logs'), 'one that it lacks is made, and it goes on');

# It takes over.
$subscriber->safe_psql('logs', $to_take_over);
is(write_some($subscriber, 'logs', 'fourth'), "duplicate\n(4,0,3,1)\n41|0|41|0", 'it takes over, and knows what was sent to the publisher');
is(do_it($reading, q{SELECT ogw_logs.insert_log(job_id => 'open-2', team_id => 'red', input => 'dropped'); SELECT body_state FROM ogw_logs.entry WHERE job_id = 'open-2';}),
	"stored\noff\n", 'in a session that was there too, under the settings of now');
close $reading->{in};
$subscriber->safe_psql('logs', q{SELECT ogw_logs.set_team('red', body_logging => true)});
write_some($subscriber, 'logs', 'fifth');
is($subscriber->safe_psql('logs', q{SELECT job_id FROM ogw_logs.search(api_key => 'acme_0123456789abcdef') ORDER BY 1; SELECT input FROM ogw_logs.get_log('fifth-2')}),
	"fifth-1\nfirst-1\nfourth-1\nsecond-1\nbody of fifth-2", 'every method writes there');
$subscriber->stop;

# Under a publication of everything no function fails.
foreach my $published ('ALL TABLES', 'TABLES IN SCHEMA ogw_logs')
{
	my $database = $published =~ /ALL/ ? 'all_tables' : 'in_schema';

	$primary->safe_psql('postgres', "CREATE DATABASE $database");
	$primary->safe_psql($database, "CREATE SCHEMA ogw_logs; CREATE PUBLICATION p FOR $published");
	$primary->safe_psql($database, 'CREATE EXTENSION ogw_logs');
	$primary->safe_psql($database, q{
		SELECT ogw_logs.create_log();
		SELECT ogw_logs.create_log('1 hour');
		SELECT ogw_logs.set_team('red', body_logging => true, metadata_keys => '{env}')});
	is(write_some($primary, $database, 'first'), "stored\n(4,2,1,1)\n41|41|0|0", "$published: every method writes");
	# a duplicate in another partition: what was written is taken back
	is($primary->safe_psql($database, q{
		SELECT ogw_logs.insert_log(job_id => 'duplicate', team_id => 'red', "timestamp" => date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '1 minute');
		SELECT ogw_logs.insert_log(job_id => 'duplicate', team_id => 'red', "timestamp" => date_trunc('week', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + interval '1 minute');
		SELECT count(*) FROM ogw_logs.entry_key WHERE key = ogw_logs_internal.dedup_key('duplicate', 'red')}), "stored\nduplicate\n1", "$published: a duplicate");
	$primary->safe_psql($database, q{
		SELECT ogw_logs.get_log('first-1');
		SELECT ogw_logs.set_team('red', redact_bodies => false, body_retention => '1 hour', log_retention => '2 hours');
		SELECT ogw_logs.clear_team('red', 'redact_bodies');
		SELECT ogw_logs.grant_reader('reader_of_red', 'red', bodies => true, views => true);
		SELECT ogw_logs.grant_reader('reader_of_red', 'red', bodies => false, views => true);
		SELECT ogw_logs.grant_writer('reader_of_red'), ogw_logs.grant_admin('reader_of_red');
		SELECT ogw_logs.revoke_access('reader_of_red');
		SELECT ogw_logs.erase_user('red', 'u');
		SELECT ogw_logs.purge_bodies('red', 'infinity');
		SELECT ogw_logs.insert_log(job_id => 'n' || n, team_id => 'blue') FROM generate_series(1, 1100) n;
		SELECT ogw_logs.set_team('short', log_retention => '1 hour');
		SELECT ogw_logs.insert_log(job_id => 'long ago', team_id => team, "timestamp" => date_trunc('hour', now()) - interval '30 hours') FROM unnest(ARRAY['blue', 'short']) team;
		UPDATE ogw_logs.body_read SET read_at = read_at - interval '1 hour'});
	maintain_all($primary, $database, %settings);
	is($primary->safe_psql($database, q{SELECT count(*) FROM ogw_logs.body_read; SELECT count(*) < 100 FROM ogw_logs.ingest_count;
		SELECT count(*) FROM ogw_logs.entry WHERE team_id = 'short'; SELECT count(*) > 0, sum(entries_swept) FROM ogw_logs.partition_history}), "0\nt\n0\nt|0", "$published: maintain() did its work");
	is($primary->safe_psql($database, q{
		SELECT c.oid::regclass FROM pg_class c
		 WHERE c.relnamespace = 'ogw_logs'::regnamespace AND c.relkind IN ('r', 'p') AND c.relreplident <> 'f'
		   AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND (i.indisreplident OR c.relreplident = 'd' AND i.indisprimary))}),
		'', "$published: every table has a replica identity");
	$primary->safe_psql($database, 'DROP EXTENSION ogw_logs CASCADE; CREATE EXTENSION ogw_logs; SELECT ogw_logs.create_log()');
}
done_testing();
