# An entry's own key, spelled in every way that is read, is in no file of the server and
# in no dump, with bodies off and on, masked and not. The same text of an entry without
# that key is found: what is looked for would be seen.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use OgwTest;
use IPC::Run ();
use MIME::Base64 'encode_base64';
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('key');
new_database($node, 'logs');
$node->safe_psql('logs', q{SELECT ogw_logs.set_team(t, body_logging => t <> 'off', redact_bodies => t = 'on', metadata_keys => '{note}') FROM unnest(ARRAY['off', 'on', 'plain', 'seen']) t});

# A key with what each encoder must change; and its spellings, by names of layers.
my $key = q(Zx"9/Kq+7\\Lm<4&Pw%2Tv);
my %escaped = map { $_ => 1 } split //, q("\\/<&%+);
my %layer = (
	json => sub { $_[0] =~ s{(["\\/])}{\\$1}gr },
	unicode => sub { join '', map { sprintf '\\u%04x', ord } split //, $_[0] },
	url => sub { $_[0] =~ s{([^A-Za-z0-9._~-])}{sprintf '%%%02X', ord $1}ger },
	percent => sub { join '', map { sprintf '%%%02x', ord } split //, $_[0] },
	html => sub { $_[0] =~ s/&/&amp;/gr =~ s/</&lt;/gr =~ s/"/&quot;/gr },
	entity => sub { join '', map { sprintf '&#%d;', ord } split //, $_[0] });
my @names = sort keys %layer;
my %spelled = ('as it is' => $key);
foreach my $first (@names)
{
	my $one = $spelled{$first} = $layer{$first}->($key);
	foreach my $second (@names)
	{
		$spelled{"$first, $second"} = $layer{$second}->($one);
		$spelled{"$first, $second, $_"} = $layer{$_}->($layer{$second}->($one)) foreach qw(json url html);
	}
}
foreach my $before ('', 'u', 'u:')
{
	my $base64 = encode_base64("$before$key ", '');
	@spelled{"base64 $before", "base64url $before", "base64 percent $before"} = ($base64, $base64 =~ tr{+/}{-_}r, $layer{url}->($base64));
}
cmp_ok(keys %spelled, '>', 100, 'the key has many spellings');

# A string of JSON.
sub string { return '"' . ($_[0] =~ s/(["\\])/\\$1/gr) . '"' }

# An entry that holds a text in each of its fields that have room for it.
sub entry
{
	my ($id, $team, $api_key, $text) = @_;
	my $given = string("key $text .");
	my %field = (job_id => qq("$id"), team_id => qq("$team"), api_key => string($api_key),
		(map { $_ => $given } qw(input output error_message)), metadata => qq({"note":$given,"more":$given}),
		attempts => qq([{"model":$given,"error_message":$given},{"model":"n"}]), tool_calls => qq([{"id":$given,"function":{"name":"f","arguments":$given}}]));

	if (length $text < 200) { $field{$_} = $given foreach qw(owner user_id session_id error_code provider) }
	return '{' . join(',', map { qq("$_":$field{$_}) } sort keys %field) . '}';
}

my $n = 0;
my @entries;
foreach my $name (sort keys %spelled)
{
	push @entries, entry('e' . $n++, $_, "x-api-key: $key", $spelled{$name}) foreach qw(off on plain);
}
my $file = PostgreSQL::Test::Utils::tempdir() . '/entries';
append_to_file($file, '[' . join(',', @entries) . ']');
chmod 0755, PostgreSQL::Test::Utils::tempdir();
chmod 0644, $file;
is($node->safe_psql('logs', "SELECT received, stored FROM ogw_logs.insert_logs(pg_read_file('$file'))"), @entries . '|' . @entries, 'all are stored');
maintain_all($node, 'logs', seal_delay => 0) if is_full;
$node->safe_psql('logs', 'CHECKPOINT');

# Pieces of the spellings, from the key's middle, as they would stand in a file.
my %piece;
foreach my $name (sort keys %spelled)
{
	my $text = $spelled{$name};
	my $some = substr $text, int(length($text) / 3), 16;
	$piece{$_}{$name} = 1 foreach $some, $some =~ s/(["\\])/\\$1/gr;
}
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
searchable_dump($node, 'logs', $dump);
my $dumped = slurp_file($dump);
is(join(', ', grep { index($dumped, $_) >= 0 } sort keys %piece), '', 'nothing of them is in a dump');
my ($out, $err) = ('', '');
system('make', '-s', '-C', "$FindBin::RealBin/../disk") == 0 or die "disk_scan cannot be built: $?";
my @scan = ("$FindBin::RealBin/../disk/disk_scan", map { ('-e', $_) } sort keys %piece);
my @folders = map { $node->data_dir . "/$_" } qw(base pg_wal global);
IPC::Run::run [ @scan, @folders ], '>', \$out, '2>', \$err;
is($err, '', 'the disk is scanned');
is($out, '', 'nothing of them is on disk');

# what would be there is seen
my ($seen) = grep { /^base64url u$/ } sort keys %spelled;
append_to_file("$file.seen", '[' . entry('seen', 'seen', 'another-key-0123456789', $spelled{$seen}) . ']');
chmod 0644, "$file.seen";
is($node->safe_psql('logs', "SELECT stored FROM ogw_logs.insert_logs(pg_read_file('$file.seen'))"), '1', 'a text with a key that is not the entry\'s own');
$node->safe_psql('logs', 'CHECKPOINT');
IPC::Run::run [ @scan, @folders ], '>', \$out, '2>', \$err;
like($out, qr/\S/, 'is found on disk');
$node->stop;
done_testing();
