# Real drivers, with the types that their users have at hand. What they can give to
# insert_log(), insert_logs() and inbox as it is, and what is to be written where that
# will not do, are two tables in docs/gateway.md: here both are tried, cell by cell. A
# driver that is not installed is left out (test/packages.sh --drivers installs them all).
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use Cwd qw(getcwd);
use PostgreSQL::Test::Utils;
use Test::More;

my $folder = getcwd() . '/test/drivers';
my $python = '/usr/bin/python3';
my ($pgx) = grep { -d "/usr/share/gocode/src/github.com/jackc/pgx/$_" } qw(v4 v5);
my $temporary = PostgreSQL::Test::Utils::tempdir();

# Each driver: whether it is here, and what runs its program.
my @drivers = (
	{ name => 'psycopg 2', here => "$python -c 'import psycopg2'", run => "$python -B psycopg2_calls.py" },
	{ name => 'psycopg 3', here => "$python -c 'import psycopg'", run => "$python -B psycopg_calls.py" },
	{ name => 'asyncpg', here => "$python -c 'import asyncpg'", run => "$python -B asyncpg_calls.py" },
	{ name => 'node-postgres', here => q{node -e 'require("pg")'}, run => 'node node_postgres.js' },
	{ name => 'postgres.js', here => q{node -e 'require("postgres")'}, run => 'node postgres_js.js' },
	{ name => 'pgJDBC', here => 'test -e /usr/share/java/postgresql.jar && command -v javac', run => 'java -cp /usr/share/java/postgresql.jar Jdbc.java' },
	{ name => 'pgx', here => 'command -v go && ' . ($pgx ? 'true' : 'false'),
		run => "sed 's,pgx/v4,pgx/" . ($pgx // '') . ",' pgx.go > $temporary/pgx.go && cd $temporary && "
		  . "HOME=$temporary GOCACHE=$temporary/go GO111MODULE=off GOPATH=/usr/share/gocode go run pgx.go" },
	{ name => 'psqlodbc', here => "$python -c 'import pyodbc' && odbcinst -q -d | grep -q 'PostgreSQL Unicode'", run => "$python -B pyodbc_calls.py" });
my @here = grep { system("cd $folder && $_->{here} >/dev/null 2>&1") == 0 } @drivers;
plan skip_all => 'no driver is installed (test/packages.sh --drivers)' if !@here;

# What each call must have stored, as a condition on what get_log() gives.
my $batch = q{latency_ms = 812 AND metadata::jsonb = '{"env":"prod","n":1}'};
my $time = q{"timestamp" BETWEEN '2026-11-29 %1$s.123Z' AND '2026-11-29 %1$s.123456Z'};
my $object = q{metadata::jsonb = '{"env":"prod","n":1}'};
my %stored = (
	'text' => q{user_id = 'user-1'},
	'integer as latency_ms' => 'latency_ms = 812',
	'integer over 2^31 as prompt_tokens' => 'prompt_tokens = 6824241167',
	'float as latency_ms' => 'latency_ms = 812',
	'NaN as latency_ms' => 'latency_ms IS NULL',
	'float as cost_usd' => 'abs(cost_usd - 0.0031) < 1e-18',
	'decimal of 58 digits as cost_usd' => 'cost_usd = 0.003099999999999999891059365709',
	'integer as user_id' => q{user_id = '42'},
	'integer as error_code' => q{error_code = '429'},
	'UUID as user_id' => q{user_id = '00000000-0000-0000-0000-000000000005'},
	'time with a zone' => sprintf($time, '08:00:00'),
	'java.sql.Timestamp with a zone' => sprintf($time, '08:00:00'),
	'time without a zone' => sprintf($time, '10:00:00'),
	'text of a time without a zone' => sprintf($time, '10:00:00'),
	'seconds since 1970' => q{"timestamp" = to_timestamp(1795946400.5)},
	'object as metadata' => $object,
	'array as attempts' => q{attempts::jsonb = '[{"model":"m","status":"success"}]'},
	'text of JSON as metadata' => $object,
	'value of a JSON type as metadata' => $object,
	'bytes of JSON as metadata' => $object,
	'bytes as input' => q{input = 'hello'},
	'null' => q{"timestamp" > now() - interval '1 hour' AND num_nonnulls(user_id, latency_ms, cost_usd, status, input, metadata) = 0},
	(map { $_ => $batch } 'insert_logs, text', 'insert_logs, bytes', 'insert_logs, value of type json', 'insert_logs, value of type jsonb',
		'COPY into inbox', 'INSERT into inbox, RETURNING'));

# The rows of the table in docs/gateway.md that begins with these columns.
my $docs = slurp_file('docs/gateway.md');
sub table
{
	my (@columns) = @_;
	my $head = join ' \| ', map { quotemeta } @columns;

	$docs =~ /^\| $head \|\n\|[-|]+\|\n((?:\|.*\n)+)/m or die "docs/gateway.md has no table with the columns @columns";
	return map { s/^\| | \|$//gr =~ s/\\\|/|/gr } split /\n/, $1;
}

# A zone that is not UTC, and a day before the month, which a time must not depend on. The
# times are of a day that is never too far away.
my $node = start_node('drivers', listen_addresses => '127.0.0.1', timezone => 'Europe/Berlin', datestyle => 'German, DMY');
new_database($node, 'logs');
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('drivers', body_logging => true, metadata_keys => '{env}')});
$node->safe_psql('postgres', q{ALTER DATABASE logs SET ogw_logs.max_age = '20000d'; ALTER DATABASE logs SET ogw_logs.max_clock_skew = '20000d'});
$ENV{PGHOST} = '127.0.0.1';
$ENV{PGPORT} = $node->port;
$ENV{PGDATABASE} = 'logs';
$ENV{PGUSER} //= getpwuid($>);

# Runs the program of a driver; returns what it told: what was given, what was written, how it ended.
sub calls_of
{
	my ($driver) = @_;
	my $out = `cd $folder && { $driver->{run}; } 2>$temporary/errors`;

	is($?, 0, "$driver->{name} runs") or diag slurp_file("$temporary/errors");
	return map { [ split /\t/, $_, 3 ] } split /\n/, $out;
}

# Says of each call whether it stored what it should: yes, no where it failed, other.
sub judge
{
	my ($driver, @calls) = @_;
	my $host = $ENV{PGHOST};
	my (%verdict, @questions);

	foreach (@calls)
	{
		my ($what, $write, $end) = @$_;
		my $job = "$driver->{name}, $what, $write" =~ s/'/''/gr;

		die "$what is not known here" if !$stored{$what};
		$verdict{$what}{$write} = $end eq 'accepted' ? 'other' : 'no';
		push @questions, "SELECT \$q\$$what\t$write\$q\$ FROM ogw_logs.get_log('$job', 'drivers') WHERE $stored{$what}" if $end eq 'accepted';
	}
	foreach (split /\n/, $node->safe_psql('logs', join(' UNION ALL ', @questions)))
	{
		my ($what, $write) = split /\t/, $_, 2;
		$verdict{$what}{ $write // '' } = 'yes';
	}
	return \%verdict;
}

my @rows = map { [ split / \| / ] } table('given', map { $_->{name} } @drivers);
my %instead = map { s/`//gr => 1 } table('driver', 'given', 'write');
my %seen;

foreach my $i (0 .. $#drivers)
{
	my $driver = $drivers[$i];
	next if !grep { $_ == $driver } @here;
	my $verdict = judge($driver, calls_of($driver));
	my (@found, @written);

	# the table of what can be given as it is: "-" where there is no such type
	foreach my $row (@rows)
	{
		my $of = $verdict->{ $row->[0] } // {};
		push @found, "$row->[0]: " . ($of->{''} // '-');
	}
	is(join("\n", @found), join("\n", map { "$_->[0]: $_->[ $i + 1 ]" } @rows), "$driver->{name} gives what docs/gateway.md says");
	my %rows = map { $_->[0] => 1 } @rows;
	is(join(', ', grep { !$rows{$_} } sort keys %$verdict), '', "$driver->{name}: docs/gateway.md has a row for each");
	foreach my $what (sort keys %$verdict)
	{
		foreach my $write (grep { length } sort keys %{ $verdict->{$what} })
		{
			push @written, "$driver->{name} | $what | $write";
			is($verdict->{$what}{$write}, 'yes', "$driver->{name}: $what, written as $write");
		}
	}
	is(join(', ', grep { ($verdict->{$_}{''} // 'yes') ne 'yes' && keys %{ $verdict->{$_} } == 1 } sort keys %$verdict), '',
		"$driver->{name}: there is a way to give each");
	is(join("\n", sort grep { /^\Q$driver->{name}\E \|/ } keys %instead), join("\n", sort @written),
		"$driver->{name}: docs/gateway.md says what to write instead");
}

# Nothing that a driver gave is quoted in the server's log, and it did not stop anything else.
is($node->safe_psql('logs', q{SELECT sum(received) = sum(stored) + sum(duplicate) + sum(rejected) FROM ogw_logs.ingest_counts}), 't', 'the counts add up');

done_testing();
