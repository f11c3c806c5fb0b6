# pg_upgrade from each major version of PostgreSQL that is installed to the next, with
# logs as they are in use: all is as it was, and writing goes on. Where there is one
# version alone nothing can be tried; test/pg_upgrade.sh makes a machine that has
# several.
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

# A log that is upgraded again and again, and one for each upgrade that is used after it.
my $node = start_major($majors[0]);
run_file($node, 'postgres', 'roles.sql');
my $version = current_version($node);
filled_log($node, $_) foreach 'logs', map { "used_$_" } @majors[1 .. $#majors];

my ($from, @to) = @majors;
my $mode = '--copy';
foreach my $major (@to)
{
	my @databases = ('logs', map { "used_$_" } @majors[1 .. $#majors]);
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
	is($new->safe_psql('logs', "SET ROLE every_reader; SELECT job_id, body_state, input FROM ogw_logs.get_log('$major')"), "$major|stored|on $major", "$major: ... with bodies");
	is($new->safe_psql('logs', "SET ROLE red_admin; SELECT entries FROM ogw_logs.erase_user('red', 'user 0')"), $major == $to[0] ? '9' : '0', "$major: erasing works");

	# a fresh install on this version has the same objects
	filled_log($new, "fresh_$major");
	same_objects($new, "fresh_$major", 'logs', "$major: every object is as a fresh install makes it");
	$new->safe_psql('logs', 'DROP TABLE ogw_logs.entry_2031050610, ogw_logs.body_2031050610, ogw_logs.segment_2031050610, ogw_logs.entry_key_20310428, ogw_logs.entry_key_20310505, ogw_logs.entry_key_20310512');

	# what else a log does there
	is_up_to_date($new, "used_$major", $version);
	same_objects($new, "fresh_$major", "used_$major", "$major: in the other log, too, every object is as a fresh install makes it");
	$new->safe_psql('postgres', "DROP DATABASE $_") foreach "fresh_$major", "used_$major";
	@majors = grep { $_ != $major } @majors;
	($node, $from, $mode) = ($new, $major, '--link');
}
done_testing();
