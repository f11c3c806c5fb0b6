# Writing logs with bodies, against the table shapes of other gateways; each by
# its fastest method, over one connection, 1,000 entries a transaction.
package BenchBodies;

use strict;
use warnings FATAL => 'all';
use BenchData;
use BenchReport;
use BenchServer;
use BenchWrite;
use Exporter 'import';

our @EXPORT = qw(bench_bodies make_batches prepare_for_bodies);

my $batch = 1000;
my @columns = qw(job_id team_id timestamp owner api_key requested_model served_model provider first_byte_ms latency_ms status error_code
  error_message prompt_tokens completion_tokens cached_tokens reasoning_tokens cost_usd user_id session_id fallback_reason attempts tool_calls input output metadata);

# What the peers store of an entry e of the table raw. jsonb takes no \u0000, so
# the bodies lose it there. LiteLLM keeps the request twice, as given and its
# messages; TensorZero in its own form, and as given; Bifrost its messages and
# tools, and only where that is switched on the request as given: measured with
# and without.
my $in = q{coalesce(replace(e ->> 'input', '\u0000', ''), '{}')::json};
my $out = q{coalesce(replace(e ->> 'output', '\u0000', ''), '{}')::json};
my $model = q{coalesce(e ->> 'served_model', e ->> 'requested_model', '')};
my $provider = q{coalesce(e ->> 'provider', '')};
my $session = q{md5(coalesce(e ->> 'session_id', e ->> 'job_id'))::uuid};
my $message = "coalesce($out -> 'choices' -> 0 -> 'message', $out)";
my $tokens = q{(e ->> 'prompt_tokens')::integer};
my $completion = q{(e ->> 'completion_tokens')::integer};
my $time = q{(e ->> 'timestamp')::timestamptz};
my $id = q{md5(e ->> 'job_id')::uuid};
my $bifrost = "e ->> 'job_id', $time, 'chat.completion', $provider, $model, e ->> 'requested_model', e ->> 'attempts', e ->> 'api_key', e ->> 'user_id', e ->> 'team_id',
	coalesce($in -> 'messages', $in), $message, json_build_object('temperature', $in -> 'temperature'), $in -> 'tools', e ->> 'latency_ms', coalesce($out -> 'usage', '{}'),
	e ->> 'cost_usd', e ->> 'status', left(coalesce($in -> 'messages' -> -1 ->> 'content', ''), 500), coalesce(e ->> 'error_message', ''),
	coalesce($tokens, 0), coalesce($completion, 0), coalesce($tokens, 0) + coalesce($completion, 0), $time";
my $bifrost_columns = 'id, "timestamp", object_type, provider, model, alias, attempt_trail, selected_key_id, user_id, team_id, input_history, output_message, params, tools,
	latency, token_usage, cost, status, content_summary, error_details, prompt_tokens, completion_tokens, total_tokens, created_at';
my %peers = (
	litellm => [ [ '"LiteLLM_SpendLogs" (request_id, call_type, api_key, spend, total_tokens, prompt_tokens, completion_tokens, "startTime", "endTime", request_duration_ms,
			model, model_group, custom_llm_provider, "user", metadata, team_id, end_user, messages, response, session_id, status, proxy_server_request)',
		"SELECT e ->> 'job_id', 'acompletion', e ->> 'api_key', coalesce(e ->> 'cost_usd', '0'), coalesce($tokens, 0) + coalesce($completion, 0), coalesce($tokens, 0),
			coalesce($completion, 0), $time AT TIME ZONE 'UTC', ($time AT TIME ZONE 'UTC') + (e ->> 'latency_ms')::integer * interval '1 millisecond', e ->> 'latency_ms',
			$model, e ->> 'requested_model', $provider, e ->> 'owner', json_build_object('attempts', e -> 'attempts', 'tool_calls', e -> 'tool_calls'),
			e ->> 'team_id', e ->> 'user_id', coalesce($in -> 'messages', $in), $out, e ->> 'session_id', e ->> 'status', $in FROM raw ORDER BY n" ] ],
	bifrost => [ [ "logs ($bifrost_columns)", "SELECT $bifrost FROM raw ORDER BY n" ] ],
	bifrost_raw => [ [ "logs ($bifrost_columns, raw_request, raw_response)", "SELECT $bifrost, coalesce(e ->> 'input', ''), coalesce(e ->> 'output', '') FROM raw ORDER BY n" ] ],
	tensorzero => [ [ 'tensorzero.chat_inferences (id, function_name, variant_name, episode_id, processing_time_ms, ttft_ms, tags, created_at)',
			"SELECT $id, 'tensorzero::default', e ->> 'requested_model', $session, e ->> 'latency_ms', e ->> 'first_byte_ms',
				json_build_object('team_id', e ->> 'team_id', 'user_id', e ->> 'user_id', 'key', e ->> 'api_key'), $time FROM raw ORDER BY n" ],
		[ 'tensorzero.chat_inference_data (id, input, output, inference_params, created_at)',
			"SELECT $id, json_build_object('messages', coalesce($in -> 'messages', $in)), $message, json_build_object('temperature', $in -> 'temperature'), $time FROM raw ORDER BY n" ],
		[ 'tensorzero.model_inferences (id, inference_id, input_tokens, output_tokens, response_time_ms, model_name, model_provider_name, ttft_ms, created_at)',
			"SELECT md5('model ' || (e ->> 'job_id'))::uuid, $id, $tokens, $completion, e ->> 'latency_ms', $model, $provider, e ->> 'first_byte_ms', $time FROM raw ORDER BY n" ],
		[ 'tensorzero.model_inference_data (id, raw_request, raw_response, input_messages, output, created_at)',
			"SELECT md5('model ' || (e ->> 'job_id'))::uuid, coalesce(e ->> 'input', ''), coalesce(e ->> 'output', ''), coalesce($in -> 'messages', $in), $message, $time FROM raw ORDER BY n" ] ],
	ours => [ [ 'ogw_logs.inbox (' . join(', ', map { "\"$_\"" } @columns) . ')', 'SELECT ' . join(', ', map { "e ->> '$_'" } @columns) . ' FROM raw ORDER BY n' ] ]);

# What is compared: the name in the report, the shape, the script, and the method.
my %loads = (
	'LiteLLM' => [ 'litellm', 'litellm', 'COPY' ], 'Bifrost' => [ 'bifrost', 'bifrost', 'COPY' ], 'Bifrost, raw requests on' => [ 'bifrost', 'bifrost_raw', 'COPY' ],
	'TensorZero' => [ 'tensorzero', 'tensorzero', 'COPY into four tables' ],
	'ogw_logs, inbox' => [ 'ours', 'ours', 'COPY' ], 'ogw_logs, insert_logs' => [ 'ours', undef, 'insert_logs' ]);

# The scripts that load a log, a name and a file each: transactions of COPYs.
sub make_scripts
{
	my ($log) = @_;
	my $dir = work_dir();
	my %scripts;

	new_database('bench_stage');
	sql('bench_stage', 'CREATE UNLOGGED TABLE raw (n bigint GENERATED ALWAYS AS IDENTITY, e json)',
		"\\copy raw (e) from '$log->{file}' with (format csv, quote e'\\x01', delimiter e'\\x02')");
	foreach my $name (sort keys %peers)
	{
		my @inputs;
		foreach my $part (@{ $peers{$name} })
		{
			my $file = "$dir/rows." . @inputs;
			(my $query = $part->[1]) =~ s/\s+/ /g;
			sql('bench_stage', "\\copy ($query) to '$file'");
			open my $rows, '<', $file or die $!;
			(my $target = $part->[0]) =~ s/\s+/ /g;
			push @inputs, [ $target, $rows, $file ];
		}
		$scripts{$name} = "$dir/$log->{name}.$name.sql";
		write_script($scripts{$name}, @inputs);
		unlink map { $_->[2] } @inputs;
	}
	drop_databases('bench_stage');
	return \%scripts;
}

# Writes a script of transactions, each of which COPYs the next rows of every input.
sub write_script
{
	my ($script, @inputs) = @_;

	open my $out, '>', $script or die $!;
	until (eof $inputs[0][1])
	{
		print $out "BEGIN;\n";
		foreach my $input (@inputs)
		{
			my ($target, $rows) = @$input;
			print $out "COPY $target FROM STDIN;\n";
			for (my $n = 0; $n < $batch && defined(my $line = <$rows>); $n++) { print $out $line }
			print $out "\\.\n";
		}
		print $out "COMMIT;\n";
	}
	close $out or die $!;
	return;
}

# A file with the log as JSON arrays, one a line, in COPY's text format.
sub make_batches
{
	my ($log) = @_;
	my $file = work_dir() . "/$log->{name}.batches";
	my @lines;

	open my $in, '<', $log->{file} or die $!;
	open my $out, '>', $file or die $!;
	while (my $line = <$in>)
	{
		chomp $line;
		$line =~ s/\\/\\\\/g;
		push @lines, $line;
		next if @lines < $batch && !eof $in;
		print $out '[', join(',', @lines), "]\n";
		@lines = ();
	}
	close $out or die $!;
	return $file;
}

# The table in which each entry of a log is once.
my %tables = (litellm => '"LiteLLM_SpendLogs"', bifrost => 'logs', tensorzero => 'tensorzero.model_inference_data', ours => 'ogw_logs.entry');

# Loads a log once; returns seconds, and bytes of WAL and on disk.
sub measure
{
	my ($log, $shape, $load) = @_;
	my $database = fresh_database("bench_$shape");
	my $before = state_of($database, $tables{$shape});
	my $seconds = $load->($database);
	my $after = state_of($database, $tables{$shape});

	die "bench: $log->{name}: $after->{rows} of $log->{lines} entries are there\n" if $after->{rows} != $log->{lines};
	return { seconds => $seconds, map { ($_ => $after->{$_} - $before->{$_}) } qw(wal disk) };
}

# Compares the costs of a log: ours by its faster method with the fastest peer.
sub add_targets
{
	my ($log, $costs) = @_;
	my %seconds = map { my $name = $_; ($name => median(map { $_->{seconds} } @{ $costs->{$name} })) } keys %$costs;
	my ($ours) = sort { $seconds{$a} <=> $seconds{$b} } grep { /^ogw_logs/ } keys %seconds;
	my $ratios = sub { my ($what, $one, $other) = @_; return [ ratios(map { [ map { $_->{$what} } @{ $costs->{$_} } ] } $one, $other) ] };

	foreach my $peers ([ 'the fastest peer', sub { 1 } ], [ 'the fastest that keeps the request as given', sub { $_[0] ne 'Bifrost' } ])
	{
		my ($peer) = sort { $seconds{$a} <=> $seconds{$b} } grep { !/^ogw_logs/ && $peers->[1]($_) } keys %seconds;

		add_target('bodies', "$log->{name}: times as fast as $peers->[0]", '>= 5', 'x', $ratios->('seconds', $peer, $ours), "$ours / $peer");
		add_target('bodies', "$log->{name}: WAL / that of $peers->[0]", '<= 0.333', 'x', $ratios->('wal', $ours, $peer), "$ours / $peer");
	}
	return;
}

# Makes a database where the logs' days are there, and their teams want bodies.
sub prepare_for_bodies
{
	my ($database) = @_;

	prepare_ours($database, '2025-10-01', 1);
	sql($database, 'SELECT ogw_logs.set_team(format(\'team_%s\', to_char(n, \'FM00\')), body_logging => true) FROM generate_series(0, 99) n',
		"SELECT ogw_logs.make_partitions(d, d) FROM unnest(ARRAY['2025-10-14', '2025-10-16', '2025-10-20', '2026-10-01']::timestamptz[]) d");
	return;
}

sub bench_bodies
{
	my (%options) = @_;
	foreach my $name (qw(litellm bifrost tensorzero))
	{
		new_database("bench_$name");
		run_script("bench_$name", "$FindBin::RealBin/shapes/$name.sql");
	}
	prepare_for_bodies('bench_ours');
	foreach my $log (make_bodies($options{scale}))
	{
		say_progress('bodies: preparing %s', $log->{name});
		my $scripts = make_scripts($log);
		my $batches = make_batches($log);
		my %costs;

		foreach my $repetition (1 .. $options{repeat})
		{
			say_progress('bodies: %s, repetition %d of %d', $log->{name}, $repetition, $options{repeat});
			foreach my $name (sort keys %loads)
			{
				my ($shape, $script) = @{ $loads{$name} };
				push @{ $costs{$name} }, measure($log, $shape, $script ? sub { run_script($_[0], $scripts->{$script}) }
					: sub { load_lines($_[0], 'SELECT ogw_logs.insert_logs($1::text)', $batches, window => 1) });
			}
		}
		my $size = -s $log->{file};
		foreach my $name (sort keys %loads)
		{
			my $of = sub { my ($what) = @_; return median(map { $_->{$what} } @{ $costs{$name} }) };
			add_detail('Writing with bodies', log => $log->{name} . ($log->{real} ? '' : ' (made up)'), entries => $log->{lines}, 'MB given' => $size / 1e6, into => $name, by => $loads{$name}[2],
				seconds => $of->('seconds'), 'MB/s' => $size / 1e6 / $of->('seconds'), 'WAL MB' => $of->('wal') / 1e6, 'MB on disk' => $of->('disk') / 1e6);
		}
		add_targets($log, \%costs);
		unlink $batches, values %$scripts;
	}
	drop_databases();
	return;
}

1;
