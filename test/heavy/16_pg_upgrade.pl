# pg_upgrade from each major version of PostgreSQL that is installed to the next,
# with a log of this version and with logs whose SQL is still of 1.0: all is as it
# was, and writing goes on. Where there is one version alone nothing can be
# tried; test/pg_upgrade.sh makes a machine that has several.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use OgwUpgrade;
use PostgreSQL::Test::Utils;
use Test::More;

# where Debian has them: beside the one in charge, with the extension in each
my ($bindir) = map { chomp(my $dir = $_); $dir } scalar `@{[ $ENV{PG_CONFIG} // 'pg_config' ]} --bindir`;
my @majors = sort { $a <=> $b } map { m{/(\d+)/bin/pg_upgrade$} ? $1 : () } glob("$bindir/../../*/bin/pg_upgrade");
my %path = map { $_ => "$bindir/../../$_" } @majors;
@majors = grep { my ($share) = map { chomp(my $dir = $_); $dir } scalar `$path{$_}/bin/pg_config --sharedir`; -e "$share/extension/ogw_logs.control" } @majors;
plan skip_all => "of PostgreSQL there is @majors alone: nothing to upgrade from or to" if @majors < 2;
note "PostgreSQL @majors";

# A server of a major version; all are alike, whatever initdb's default is.
sub start_major
{
	my ($major) = @_;
	my @initdb = $major >= 18 ? ('--no-data-checksums') : ();

	return start_node("pg$major", install_path => $path{$major}, initdb => \@initdb, 'ogw_logs.max_age' => '24855d');
}

# A minor release can note options of its own at columns, which pg_upgrade takes
# along, and which an older minor release of the next major version does not know.
sub drop_unknown_options
{
	my ($old, $new, @databases) = @_;

	foreach my $database (@databases, 'postgres', 'template1')
	{
		foreach my $option (split /\n/, $old->safe_psql($database, q{SELECT DISTINCT split_part(o, '=', 1) FROM pg_attribute a, unnest(a.attoptions) o}))
		{
			my ($rc) = $new->psql('postgres', "CREATE TEMP TABLE t (c integer); ALTER TABLE t ALTER c SET ($option = 1)");

			next if $rc == 0;
			note "$database: $option is not known to the new server";
			$old->safe_psql($database, qq{UPDATE pg_attribute SET attoptions = nullif(ARRAY(SELECT o FROM unnest(attoptions) o WHERE split_part(o, '=', 1) <> '$option'), '{}')
				WHERE attoptions IS NOT NULL});
		}
	}
	return;
}

# A log of this version, and two that a package's upgrade has not reached in SQL.
my $node = start_major($majors[0]);
run_file($node, 'postgres', 'roles.sql');
my $version = current_version($node);
new_database($node, 'logs');
run_file($node, 'logs', 'fill.sql');
$node->safe_psql('logs', 'CREATE POLICY auditor ON ogw_logs.team_history FOR SELECT TO auditor USING (true)');
old_log($node, "old_$_") foreach @majors[1 .. $#majors];

my ($from, @to) = @majors;
my $mode = '--copy';
foreach my $major (@to)
{
	my @databases = ('logs', map { "old_$_" } @majors[1 .. $#majors]);
	my %search = map { $_ => $node->safe_psql('logs', "SELECT * FROM ogw_logs.$_ ORDER BY 1, 2, 4") } 'search(max_rows => 1000)', "get_log('job-6')", 'logs', 'attempts', 'ingest_counts';
	my %state = map { $_ => log_state($node, $_) } @databases;
	my %privileges = map { $_ => join "\n", privileges($node, $_) } @databases;
	my $new = start_major($major);

	drop_unknown_options($node, $new, @databases);
	$_->stop foreach $node, $new;
	chdir PostgreSQL::Test::Utils::tempdir() or die "chdir: $!";
	$new->command_ok([ "$path{$major}/bin/pg_upgrade", $mode, '--no-sync', '--old-bindir', "$path{$from}/bin", '--new-bindir', "$path{$major}/bin",
		'--old-datadir', $node->data_dir, '--new-datadir', $new->data_dir, '--old-port', $node->port, '--new-port', $new->port, '--socketdir', $new->host ],
		"pg_upgrade $mode from $from to $major");
	$new->start;
	foreach my $database (@databases)
	{
		is(log_state($new, $database), $state{$database}, "$major, $database: the log is as it was");
		is(join("\n", privileges($new, $database)), $privileges{$database}, "$major, $database: so is every privilege");
	}
	is($new->safe_psql('logs', "SELECT * FROM ogw_logs.$_ ORDER BY 1, 2, 4"), $search{$_}, "$major: $_ gives what it did") foreach sort keys %search;

	# writing goes on, into partitions that are there and new ones
	my $batch = join ',', '{"job_id":"job-6","team_id":"red","timestamp":"2026-11-01T10:18:00Z"}',
	  qq({"job_id":"$major","team_id":"red","timestamp":"2026-11-01T10:19:00Z","input":"on $major"}), qq({"job_id":"now $major","team_id":"blue"});
	is($new->safe_psql('logs', "SET ROLE gateway; SELECT * FROM ogw_logs.insert_logs('[$batch]')"), '3|2|1|0', "$major: what was there is known, and writing goes on");
	is($new->safe_psql('logs', "SET ROLE every_reader; SELECT job_id, body_logged, input FROM ogw_logs.get_log('$major')"), "$major|t|on $major", "$major: ... with bodies");
	is($new->safe_psql('logs', "SET ROLE red_admin; SELECT entries FROM ogw_logs.erase_user('red', 'user 0')"), $major == $to[0] ? '9' : '0', "$major: erasing works");

	# a fresh install on this version has the same objects
	new_database($new, "fresh_$major");
	run_file($new, "fresh_$major", 'fill.sql');
	$new->safe_psql("fresh_$major", 'CREATE POLICY auditor ON ogw_logs.team_history FOR SELECT TO auditor USING (true)');
	same_objects($new, "fresh_$major", 'logs', "$major: every object is as a fresh install makes it");
	$new->safe_psql('logs', 'DROP TABLE ogw_logs.entry_2031050610, ogw_logs.body_2031050610, ogw_logs.segment_2031050610, ogw_logs.entry_key_20310428, ogw_logs.entry_key_20310505, ogw_logs.entry_key_20310512');

	# the library is new, the SQL of 1.0: a log a version is updated there
	my ($rc, $out, $err) = $new->psql("old_$major", q{SET ROLE gateway; SELECT ogw_logs.insert_log(job_id => 'new', team_id => 'red')});
	like($err, qr/ALTER EXTENSION ogw_logs UPDATE/, "$major: with the SQL of 1.0 a method says what to do");
	$new->safe_psql("old_$major", 'ALTER EXTENSION ogw_logs UPDATE');
	is_new_log($new, "old_$major", $version);
	same_objects($new, "fresh_$major", "old_$major", "$major: from 1.0, too, every object is as a fresh install makes it");
	$new->safe_psql('postgres', "DROP DATABASE $_") foreach "fresh_$major", "old_$major";
	@majors = grep { $_ != $major } @majors;
	($node, $from, $mode) = ($new, $major, '--link');
}
done_testing();
