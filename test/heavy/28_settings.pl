# What a log answers and holds does not depend on the settings of the session: everything is
# done under the strangest values of all that a user may set, and compared with what came of
# it under PostgreSQL's own.  An error that says what is wrong is allowed where the setting
# is there to raise one.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib "$FindBin::RealBin/../t";
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;

# Settings that are strings, and what else they may be.
my %strings = (
	DateStyle => [ 'SQL, DMY', 'German', 'Postgres, MDY' ], IntervalStyle => ['sql_standard'],
	TimeZone => [ 'America/St_Johns', 'Pacific/Kiritimati', 'Europe/Berlin' ], timezone_abbreviations => ['Australia'],
	client_encoding => ['LATIN1'], lc_messages => ['C'], lc_monetary => ['C'], lc_numeric => ['C'], lc_time => ['C'],
	default_text_search_config => ['pg_catalog.german'], search_path => [ '""', 'pg_temp, pg_catalog' ],
	application_name => ['%s'], 'plpgsql.extra_errors' => ['all'], 'plpgsql.extra_warnings' => ['all'],
	createrole_self_grant => ['set, inherit'], restrict_nonsystem_relation_kind => ['view, foreign-table'],
	default_table_access_method => ['heap'], vacuum_buffer_usage_limit => ['128']);

# Those that are there to raise an error, or say what is not a session of this log.
my %raises = map { $_ => 1 } qw(default_transaction_read_only default_transaction_isolation statement_timeout lock_timeout idle_in_transaction_session_timeout
  idle_session_timeout transaction_timeout temp_file_limit role session_authorization plpgsql.extra_errors restrict_nonsystem_relation_kind);

# What is not tried: of no effect behind a connection's begin, or on what is logged alone.
my $not_tried = qr/^(?:ogw_logs\.|debug_print|debug_pretty|log_|tcp_|client_connection|local_preload|session_preload|default_tablespace|temp_tablespaces|dynamic_library|trace_|transaction_|client_min_messages)/;

my $node = start_node('settings');
my ($fill, $use, $seen) = map { slurp_file("$FindBin::RealBin/sql/settings_$_.sql") } qw(fill use seen);
my $prelude = prelude();

$node->safe_psql('postgres', 'CREATE ROLE gateway');
new_database($node, 'filled');
$node->safe_psql('filled', $fill);
maintain_all($node, 'filled', seal_delay => 0);

# Uses a copy of the log in a session with some settings.  Returns what came of it, a line
# each, and what was said on the way.
sub used_with
{
	my (%settings) = @_;
	my $options = join ' ', map { "-c $_=" . $settings{$_} =~ s/([\\ ])/\\$1/gr } sort keys %settings;
	my ($out, $err);

	$node->safe_psql('postgres', 'DROP DATABASE IF EXISTS used; CREATE DATABASE used TEMPLATE filled');
	{
		local $ENV{PGOPTIONS} = $options;
		$node->psql('used', "$prelude\nSET test.waits = off;\nSET ogw_logs.seal_delay = 0;\n$use", stdout => \$out, stderr => \$err, on_error_stop => 1);
	}
	return ($1) if $err =~ /^(.*(?:ERROR|FATAL|PANIC|server closed).*)$/m;
	$out = $node->safe_psql('used', $seen);
	# a pseudonym is another one each time
	return ('', split /\n/, $out =~ s/erased-[0-9a-f]{32}/erased/gr);
}

# The settings with what is tried of each: the other of two, each of a list, the ends of a range.
my %tried;
foreach my $line (split /\n/, $node->safe_psql('postgres', q{
	SELECT name, vartype, coalesce(min_val, ''), coalesce(max_val, ''), coalesce(array_to_string(enumvals, ','), ''), coalesce(boot_val, '')
	  FROM pg_settings WHERE context = 'user' ORDER BY name}))
{
	my ($name, $type, $min, $max, $list, $boot) = split /\|/, $line, -1;

	next if $name =~ $not_tried;
	my @values = $type eq 'bool' ? ($boot eq 'on' ? 'off' : 'on')
	  : $type eq 'enum' ? (grep { $_ ne $boot } split /,/, $list)
	  : $type eq 'string' ? @{ $strings{$name} // [] }
	  : (grep { $_ ne $boot } $min, $type eq 'real' && $max > 100 ? 100 : $max);
	note "no value of $name is tried" if !@values;
	$tried{$name} = \@values;
}
$tried{gin_fuzzy_search_limit} = [ 1, 100, 1000 ];
cmp_ok(scalar keys %tried, '>', 80, 'there are settings');

my ($said, @expected) = used_with();
is($said, '', 'a log can be used');
cmp_ok(scalar @expected, '>', 6000, 'and answers');

# Whether all is as it was.
sub is_as_expected
{
	my (%settings) = @_;
	my $name = join ' ', map { "$_=$settings{$_}" } sort keys %settings;
	my ($error, @got) = used_with(%settings);
	my %known = map { $_ => 1 } @expected;
	my %found = map { $_ => 1 } @got;
	my @more = grep { !$known{$_} } @got;
	my @less = grep { !$found{$_} } @expected;

	$name = length $name > 70 ? substr($name, 0, 70) . '...' : $name || 'once more';
	if ($error && grep { $raises{$_} } keys %settings) { pass("$name: an error"); return; }
	ok(!$error && !@more && !@less && @got == @expected, $name)
	  or diag $error, map { substr($_, 0, 250) . "\n" } (map { "- $_" } @less[ 0 .. (@less > 4 ? 4 : $#less) ]), (map { "+ $_" } @more[ 0 .. (@more > 4 ? 4 : $#more) ]);
	return;
}

if (is_full())
{
	foreach my $name (sort keys %tried) { is_as_expected($name => $_) foreach @{ $tried{$name} }; }
}
is_as_expected();
# The first of each at once, then the second, and so on. Left out is what makes slow plans,
# makes planning slow, or has vacuum sleep.
my @together = grep { !$raises{$_} && !/_cost$|_collapse_limit$|^vacuum_cost|^client_encoding$/ } sort keys %tried;
foreach my $n (0 .. 2)
{
	is_as_expected(map { $_ => $tried{$_}[$n] // $tried{$_}[-1] } grep { @{ $tried{$_} } } @together);
}
done_testing();
