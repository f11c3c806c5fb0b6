# messages() of real requests against a reader of the same JSON in Perl: every turn, its role,
# text and calls, and which turns are new. The answers once more as streams, cut at any
# character. And what is hostile: it takes linear time, can be cancelled, and what it keeps
# is bounded.
use strict;
use warnings FATAL => 'all';
use FindBin;
use lib $FindBin::RealBin;
use JSON::PP ();
use OgwTest;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes ();

# A part of each log; all of it at full size. Whole sessions are wanted, so the first lines.
my %lines = (tau => 60, lmcache => 40, sgd => 100);
my @log = data_files();
plan skip_all => 'OGW_DATA has no real data' if !@log;

# JSON in bytes, and in characters, as it stands in JSON
my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $inner = JSON::PP->new->canonical->allow_nonref;
my $node = start_node('conversation', 'ogw_logs.max_age' => '20000d', 'ogw_logs.log_body_reads' => 'off');
my $path = PostgreSQL::Test::Utils::tempdir();
srand 40;
new_database($node, 'logs');

# The turns that a body has, as a reader of OpenAI's JSON finds them: [role, part, …]; a part
# is [kind, text, name, id, arguments].
sub turns
{
	my ($body, $is_output) = @_;
	my @turns;

	return () if !defined $body;
	my $read = $inner->decode($body);
	foreach my $message ($is_output ? map { $_->{message} } @{ $read->{choices} } : @{ $read->{messages} })
	{
		my @parts;
		my $calls = $message->{tool_calls} // [];
		push @parts, [ $message->{role} eq 'tool' ? 'tool_result' : 'text', $message->{content},
			$message->{role} eq 'tool' ? ($message->{name}, $message->{tool_call_id}) : (undef, undef), undef ]
		  if defined $message->{content} && !($message->{content} eq '' && @$calls);
		push @parts, map { [ 'tool_call', undef, $_->{function}{name}, $_->{id}, $_->{function}{arguments} ] } @$calls;
		push @turns, [ $message->{role}, @parts ];
	}
	return @turns;
}

# What two turns are compared by.
sub key_of
{
	my ($turn) = @_;
	my ($role, @parts) = @$turn;

	return $json->encode([ $role, map { [ @$_[ 0 .. 3 ], defined $_->[4] ? $_->[4] =~ s/\s//gr : undef ] } @parts ]);
}

# An answer as OpenAI would have streamed it.
sub stream
{
	my ($body) = @_;
	my $message = $inner->decode($body)->{choices}[0]{message};
	my @deltas = ({ role => 'assistant', content => '' });
	my $n = 0;

	push @deltas, { content => $1 } while ($message->{content} // '') =~ /(.{1,40})/gs;
	foreach my $call (@{ $message->{tool_calls} // [] })
	{
		push @deltas, { tool_calls => [ { index => $n, id => $call->{id}, function => { name => $call->{function}{name}, arguments => '' } } ] };
		push @deltas, { tool_calls => [ { index => $n, function => { arguments => $1 } } ] } while $call->{function}{arguments} =~ /(.{1,7})/gs;
		$n++;
	}
	return join '', (map { 'data: ' . (rand() < 0.5 ? $inner : JSON::PP->new->ascii)->encode({ choices => [ { index => 0, delta => $_ } ] }) . "\n\n" } @deltas), "data: [DONE]\n\n";
}

# Sends entries, each a line of JSON.
sub send_entries
{
	my ($name, @entries) = @_;

	open my $out, '>:raw', "$path/$name" or die "$path/$name: $!";
	print $out map { $json->encode($_) . "\n" } @entries;
	close $out;
	is(replay($node, 'logs', "$path/$name"), counts(scalar @entries, scalar @entries, 0, 0), "$name: all entries are sent");
	return;
}

# What messages() gives for each entry: a reference to its turns, as turns() has them, and to
# which of them are new.
sub conversations
{
	my ($condition) = @_;
	my %found;

	my $rows = $node->safe_psql('logs', qq{SELECT json_build_array(l.team_id || ' ' || l.job_id,
			json_agg(json_build_array(m.part_of, m.turn, m.role, m.is_new, m.kind, m.text, m.tool_name, m.tool_call_id, m.arguments::text) ORDER BY m.turn, m.part))::text
		  FROM ogw_logs.logs l, ogw_logs.messages(l.job_id, l.team_id) m WHERE $condition GROUP BY l.team_id, l.job_id});
	foreach my $line (split /\n/, $rows)
	{
		my ($entry, $parts) = @{ $json->decode($line) };
		my (@turns, @new);
		foreach (@$parts)
		{
			my ($part_of, $turn, $role, $is_new, @part) = @$_;
			$turns[ $turn - 1 ] //= [ $role ];
			$new[ $turn - 1 ] = $is_new ? 1 : 0;
			push @{ $turns[ $turn - 1 ] }, \@part;
		}
		$found{$entry} = { turns => \@turns, new => \@new };
	}
	return \%found;
}

foreach my $log (@log)
{
	my $name = $log->{name};
	my @lines = read_entries($log->{file});
	my @entries = map { $json->decode($_) } is_full() ? @lines : @lines[ 0 .. $lines{$name} - 1 ];
	my (%seen, @wrong, @wrong_new, @wrong_stream);
	my $n = 0;

	@entries = grep { defined $_->{input} } @entries;
	$_->{team_id} = "$name-$_->{team_id}" foreach @entries;
	$node->safe_psql('logs', "SELECT ogw_logs.set_team('$_', body_logging => true, redact_bodies => false)") foreach keys %{ { map { $_->{team_id} => 1 } @entries } };
	send_entries($name, @entries);
	my $found = conversations("l.team_id LIKE '$name-%'");
	is(scalar keys %$found, scalar @entries, "$name: every request has a conversation");

	foreach my $entry (sort { $a->{timestamp} cmp $b->{timestamp} || $a->{job_id} cmp $b->{job_id} } @entries)
	{
		my $got = $found->{"$entry->{team_id} $entry->{job_id}"};
		my @input = turns($entry->{input}, 0);
		my @expected = (@input, turns($entry->{output}, 1));
		push @wrong, $entry->{job_id} if $json->encode($got->{turns}) ne $json->encode(\@expected);
		$n += @expected;

		# what the session's request before had, or its answer, as often as it was there
		my $known = $seen{"$entry->{team_id} $entry->{session_id}"} // {};
		my %left = %$known;
		my @new = map { my $key = key_of($_); ($left{$key} // 0) > 0 ? do { $left{$key}--; 0 } : 1 } @input;
		push @new, (1) x (@expected - @input);
		push @wrong_new, $entry->{job_id} if "@{$got->{new}}" ne "@new";
		my %now;
		$now{ key_of($_) }++ foreach @expected;
		$seen{"$entry->{team_id} $entry->{session_id}"} = \%now;
	}
	cmp_ok($n, '>', @entries, "$name: $n turns are compared");
	is("@wrong", '', "$name: they are those that Perl reads");
	is("@wrong_new", '', "$name: and the same ones are new");

	my @streamed = map { { %$_, job_id => "stream-$_->{job_id}", output => stream($_->{output}), session_id => "stream-$_->{session_id}" } } grep { defined $_->{output} } @entries;
	send_entries("$name as streams", @streamed);
	my $streams = conversations("l.team_id LIKE '$name-%' AND l.job_id LIKE 'stream-%'");
	foreach my $entry (@streamed)
	{
		my @expected = @{ $found->{ "$entry->{team_id} " . $entry->{job_id} =~ s/^stream-//r }{turns} };
		push @wrong_stream, $entry->{job_id} if $json->encode($streams->{"$entry->{team_id} $entry->{job_id}"}{turns}) ne $json->encode(\@expected);
	}
	is("@wrong_stream", '', "$name: what was streamed is the same conversation");
}

# What is hostile: a million parts, and of the same content a small text for comparison.
$node->safe_psql('logs', q{SELECT ogw_logs.set_team('h', body_logging => true)});
sub hostile
{
	my ($job, $input) = @_;
	return $node->safe_psql('logs', "SELECT ogw_logs.insert_log(job_id => '$job', team_id => 'h', input => $input)");
}
sub seconds
{
	my ($job) = @_;
	my $begun = Time::HiRes::time();
	my $rows = $node->safe_psql('logs', "SELECT count(*) FROM ogw_logs.messages('$job')");
	return ($rows, Time::HiRes::time() - $begun);
}
my $part = q('{"type":"tool_result","tool_use_id":"a","content":["x"]},');
foreach my $n (100000, 1000000)
{
	hostile("parts-$n", qq('{"messages":[{"role":"user","content":[' || repeat($part, @{[ $n - 1 ]}) || '"x"]}]}'));
	hostile("turns-$n", qq('{"messages":[' || repeat('{"role":"user","content":"x"},', @{[ $n - 1 ]}) || '{}]}'));
}
foreach my $kind ('parts', 'turns')
{
	my ($few, $least) = seconds("$kind-100000");
	my ($many, $most) = seconds("$kind-1000000");

	is("$few $many", '100000 1000000', "$kind: a row for each");
	cmp_ok($most, '<', 40 * $least + 5, sprintf '%s: ten times as many take no more than linear time (%.1f s, %.1f s)', $kind, $least, $most);
}
my ($ret, $out, $err) = $node->psql('logs', q{SET statement_timeout = '200ms'; SELECT count(*) FROM ogw_logs.messages('parts-1000000')});
like($err, qr/canceling statement due to statement timeout/, 'it can be cancelled');
hostile('deep', q(repeat('{"messages":[{"content":', 100000)));
is($node->safe_psql('logs', q{SELECT kind, length(text) FROM ogw_logs.messages('deep')}), 'text|2400000', 'what is nested too deeply is a text');

# a text of 40 MB: the server may take some times that, and no more
hostile('large', q('{"messages":[{"role":"user","content":"' || repeat('0123456789\u00e4\n', 2100000) || '"}]}'));
SKIP:
{
	skip 'no /proc', 1 if !-r '/proc/self/status';
	my $session = session($node, 'logs');
	my $pid = do_it($session, 'SELECT pg_backend_pid();') =~ s/\s//gr;
	like(do_it($session, q{SELECT length(text) FROM ogw_logs.messages('large');}), qr/^25200000$/m, 'a large text comes whole');
	my ($peak) = slurp_file("/proc/$pid/status") =~ /^VmHWM:\s+(\d+) kB/m;
	cmp_ok($peak, '<', 700000, "and takes a few times its size ($peak kB)");
	close $session->{in};
}
done_testing();
