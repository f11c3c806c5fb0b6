# What the benchmark writes: metadata whose arrivals and token counts are those of
# a production trace, repeated; and logs with bodies. Where the real data are not
# there, made-up ones of the same shape, always the same.
package BenchData;

use strict;
use warnings FATAL => 'all';
use BenchServer;
use Digest::MD5 'md5_hex';
use Exporter 'import';
use POSIX 'strftime';

our @EXPORT = qw(@COLUMNS make_metadata make_bodies data_folder);

# The columns of the metadata, in the order of the files.
our @COLUMNS = qw(job_id team_id timestamp owner api_key requested_model served_model provider
  first_byte_ms latency_ms status prompt_tokens completion_tokens cost_usd user_id session_id);

my %is_number = map { $_ => 1 } qw(first_byte_ms latency_ms prompt_tokens completion_tokens);
my @models = map { [ split /:/ ] } qw(gpt-4o:openai gpt-4o-mini:openai claude-3-7-sonnet:anthropic gpt-4.1:openai
  claude-3-5-haiku:anthropic gemini-2.0-flash:google mistral-large:mistral llama-3.3-70b:together);
my $teams = 23;
my $keys = 200;
my $users = 65_000;

# The folder of the real data, or nothing.
sub data_folder
{
	my $folder = $ENV{OGW_DATA} // "$FindBin::RealBin/../../../shared/data";

	return -d $folder ? $folder : undef;
}

# The arrivals of the trace: seconds since its begin, prompt and completion tokens.
sub read_trace
{
	my $file = (data_folder() // '') . '/azure_trace.csv.zst';
	my ($begin, @arrivals);

	if (!-r $file)
	{
		my $at = 0;
		return map { $at += -log(1 - rand) / 8; [ $at, 100 + int(4000 * rand() ** 3), 10 + int(900 * rand() ** 3) ] } 1 .. 20_000;
	}
	open my $in, '-|', 'zstd', '-dcq', $file or die "zstd: $!";
	while (my $line = <$in>)
	{
		my ($h, $m, $s, $prompt, $completion) = $line =~ /^\d+-\d+-\d+ (\d+):(\d+):([0-9.]+)Z,\w+,(\d+),(\d+)/ or next;
		my $at = $h * 3600 + $m * 60 + $s;
		$begin //= $at;
		push @arrivals, [ $at - $begin, $prompt, $completion ];
	}
	close $in;
	return @arrivals;
}

# A row of the metadata: the values of @COLUMNS.
sub make_row
{
	my ($n, $at, $prompt, $completion) = @_;
	my $hash = md5_hex("entry $n");
	my $key = int($keys * rand() ** 2);
	my $team = $key % $teams;
	my $model = $models[ int(@models * rand() ** 2) ];
	my $latency = 200 + 12 * $completion + int(300 * rand);
	my $seconds = int($at);

	return ("chatcmpl-" . substr($hash, 0, 29), sprintf('team_%02d', $team),
		strftime('%Y-%m-%dT%H:%M:%S', gmtime $seconds) . sprintf('.%06d+00:00', 1e6 * ($at - $seconds)),
		sprintf('team_%02d_owner_%d', $team, $key % 5), 'sk-ogw-' . md5_hex("key $key") . substr(md5_hex("more $key"), 0, 16),
		$model->[0], $model->[0], $model->[1], 150 + int(100 * rand), $latency, rand() < 0.01 ? 'failure' : 'success',
		$prompt, $completion, sprintf('%.9f', $prompt * 2.5e-6 + $completion * 1e-5), 'u' . int($users * rand),
		sprintf('s_%.16s', md5_hex('session ' . (int($n / 512) * 64 + $n % 64))));
}

# Writes the metadata as files: parts to COPY, one after the other in time; rows
# for single statements, few and many; JSON arrays of 1,000 entries for batches.
sub make_metadata
{
	my ($count, $begin) = @_;
	my $dir = work_dir();
	my %files = (parts => [ map { "$dir/part.$_" } 0 .. 63 ], few => "$dir/few", many => "$dir/many", batches => "$dir/batches");
	my (@parts, @batch);

	srand 42;
	my @trace = read_trace();
	my $span = $trace[-1][0] + 1;
	foreach my $file (@{ $files{parts} })
	{
		open my $out, '>', $file or die "$file: $!";
		push @parts, $out;
	}
	open my $few, '>', $files{few} or die $!;
	open my $many, '>', $files{many} or die $!;
	open my $batches, '>', $files{batches} or die $!;
	for my $n (0 .. $count->{batches} - 1)
	{
		my $arrival = $trace[ $n % @trace ];
		my @row = make_row($n, $begin + int($n / @trace) * $span + $arrival->[0], @$arrival[ 1, 2 ]);
		my $line = join("\t", @row) . "\n";

		print { $parts[ int($n * @parts / $count->{batches}) ] } $line;
		print $few $line if $n < $count->{few};
		print $many $line if $n < $count->{many};
		push @batch, '{' . join(',', map { "\"$COLUMNS[$_]\":" . ($is_number{ $COLUMNS[$_] } ? $row[$_] : "\"$row[$_]\"") } 0 .. $#row) . '}';
		next if @batch < 1000 && $n < $count->{batches} - 1;
		print $batches '[', join(',', @batch), "]\n";
		@batch = ();
	}
	close $_ or die $! foreach @parts, $few, $many, $batches;
	return \%files;
}

# A made-up log with bodies: sessions that resend the conversation so far.
sub write_made_up_bodies
{
	my ($file, $name, $entries) = @_;
	my @words = map { substr(md5_hex("word $_"), 0, 2 + $_ % 8) } 0 .. 999;
	my $words = sub { my ($n) = @_; return join ' ', map { $words[ int(@words * rand() ** 2) ] } 1 .. $n };
	my $turns = $name eq 'sgd' ? 6 : 20;
	my $system = $words->($name eq 'sgd' ? 5 : 800);
	my $said = '';

	srand 43;
	open my $out, '>', $file or die $!;
	foreach my $n (0 .. $entries - 1)
	{
		my $turn = $n % $turns;
		my $answer = $words->(40);
		$said = $turn == 0 ? '' : $said;
		$said .= qq(,{\\"role\\":\\"user\\",\\"content\\":\\") . $words->(30) . '\\"}';
		printf $out '{"job_id":"%s","timestamp":"2026-10-01T%02d:%02d:%02d+00:00","team_id":"team_%02d","api_key":"sk-ogw-%s","requested_model":"gpt-4o",'
		  . '"served_model":"gpt-4o","provider":"openai","first_byte_ms":300,"latency_ms":900,"status":"success","prompt_tokens":%d,"completion_tokens":60,'
		  . '"cost_usd":"0.001","user_id":"u%d","session_id":"s_%d","input":"{\\"model\\":\\"gpt-4o\\",\\"messages\\":[{\\"role\\":\\"system\\",\\"content\\":\\"%s\\"}%s]}",'
		  . '"output":"{\\"choices\\":[{\\"message\\":{\\"role\\":\\"assistant\\",\\"content\\":\\"%s\\"}}]}"}' . "\n",
		  substr(md5_hex("$name $n"), 0, 29), int($n / 3600) % 24, int($n / 60) % 60, $n % 60, $n % $teams, md5_hex("key " . $n % $keys),
		  200 + 60 * $turn, $n % 1000, int($n / $turns), $system, $said, $answer;
		$said .= qq(,{\\"role\\":\\"assistant\\",\\"content\\":\\"$answer\\"});
	}
	close $out or die $!;
	return;
}

# The logs with bodies, cut to a share of their lines: name, file, how many lines,
# and whether they are real.
sub make_bodies
{
	my ($scale) = @_;
	my %lines = (tau => 2454, lmcache => 1619, sgd => 43175);
	my @logs;

	foreach my $name (qw(tau lmcache sgd))
	{
		my $real = (data_folder() // '') . "/$name.ndjson.zst";
		my $file = work_dir() . "/$name.ndjson";
		my $n = int($lines{$name} * ($scale < 1 ? $scale : 1)) || 1;
		$n = 20 if $n < 20;
		if (-r $real) { system("zstd -dcq '$real' 2>/dev/null | head -n $n >'$file'") == 0 or die "zstd: $?" }
		else { write_made_up_bodies($file, $name, $n) }
		push @logs, { name => $name, file => $file, lines => $n, real => -r $real ? 1 : 0 };
	}
	return @logs;
}

1;
