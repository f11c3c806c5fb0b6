#!/usr/bin/perl
#
# make_log.pl
#		Makes up the log of an LLM gateway, one JSON entry a line: agents that
#		talk to customers, answer from documents and work on code, call tools,
#		and resend the whole conversation with each request.
#
# The same options give the same bytes with any version of perl, whose own
# random numbers and hash order play no part.
#
use strict;
use warnings;

use Getopt::Long;

my ($folder) = __FILE__ =~ m{^(.*/)}s;
require(($folder // './') . $_) for 'make_log_text.pl', 'make_log_words.pl';

our (@MODELS, @ERRORS, @TEAMS, %AGENTS, %WORDS, $state);
our (@STORY, $STORY_QUESTION);

our %option = (
	entries => 2000,
	seed    => 1,
	minutes => 120);

# Draws a team by its weight.
sub pick_team
{
	my $weight = draw(100);
	for my $team (@TEAMS)
	{
		return $team if ($weight -= $team->[2]) < 0;
	}
	return $TEAMS[0];
}

# Plans a session: when each of its requests comes in after the first, and
# how long each takes, in microseconds and milliseconds.
sub plan_session
{
	my ($index) = @_;
	my (@steps, $at);
	stream(1, $index);
	for my $step (1 .. ($index == 0 ? scalar @STORY : 2 + draw(5) + draw(9)))
	{
		my $latency = 400 + draw(1_200) + draw(1_200) * draw(5);
		push @steps, { offset => $at // 0, latency => $latency };
		$at += $latency * 1_000 + 200_000 + draw(20_000_000);
	}
	return \@steps;
}

# Plans the whole log: every request of every session in order of time. The
# first session tells the story; its fourth request is the one to be found.
sub plan_log
{
	my ($start, $story_at) = @_;
	my $span = $option{minutes} * 60 * 1_000_000;
	my @plan;
	for (my $index = 0; @plan < $option{entries}; $index++)
	{
		my $steps = plan_session($index);
		my $length = $steps->[-1]{offset} + 1;
		my $scale = $length > $span / 2 ? $span / 2 / $length : 1;
		my $from = draw(1_000_000) / 1_000_000 * ($span - $length * $scale);
		$from = $story_at - $start - $steps->[3]{offset} * $scale
		  if $index == 0;
		for my $step (0 .. $#$steps)
		{
			last if @plan == $option{entries};
			my $at = $start + int($from + $steps->[$step]{offset} * $scale);
			push @plan,
			  {
				at      => $at,
				session => $index,
				step    => $step,
				latency => $steps->[$step]{latency},
				last    => $step == $#$steps
			  };
		}
	}
	return sort { $a->{at} <=> $b->{at} || $a->{session} <=> $b->{session} ||
		  $a->{step} <=> $b->{step} } @plan;
}

# The system prompt and the tools of an agent, as JSON.
sub agent_json
{
	my ($agent) = @_;
	my @tools = map {
		my $parameter = object($_->[1] => object(type => '"string"'));
		object(
			type     => '"function"',
			function => object(
				name        => quote($_->[0]),
				description => quote($_->[2]),
				parameters  => object(
					type       => '"object"',
					properties => $parameter,
					required   => '["' . $_->[1] . '"]')))
	} @{ $agent->{tools} };
	return (
		object(role => '"system"', content => quote($agent->{prompt})),
		'[' . join(',', @tools) . ']');
}

# Opens a session: who talks to which agent through which model.
sub open_session
{
	my ($index) = @_;
	stream(2, $index);
	my $team = $index == 0 ? $TEAMS[1] : pick_team();
	my $agent = $AGENTS{ $team->[1] };
	my $owner = draw(scalar @{ $team->[3] });
	my ($system, $tools) = agent_json($agent);
	my $opening =
	  $index == 0 ? $STORY_QUESTION : fill(pick($agent->{questions}));
	my %session = (
		id    => 's_' . hex_digits(16),
		team  => $team->[0],
		agent => $agent,
		owner => $team->[3][$owner],
		user  => 'u' . (100 + draw(900)),
		model => $index == 0 ? $MODELS[1] : $MODELS[ draw(1 + draw(8)) ],
		tools => $tools,
		talk  => $system . ','
		  . object(role => '"user"', content => quote($opening)),
		prompt     => $opening,
		cached     => 0,
		after_tool => 0);
	my ($number) = grep { $TEAMS[$_] == $team } 0 .. $#TEAMS;
	stream(3, $number * 16 + $owner);
	$session{key} = 'sk-ogw-' . hex_digits(48);
	stream(4, $index);
	$session{state} = $state;
	return \%session;
}

# Draws what happens next: a call of a tool and its result, or words and what
# is said to them. The story has its scenes written out.
sub scene
{
	my ($session, $request) = @_;
	my $agent = $session->{agent};
	return $STORY[ $request->{step} ] if $request->{session} == 0;

	$session->{after_tool} = draw(10) < ($session->{after_tool} ? 5 : 8);
	return {
		words => fill_lines($agent->{answers}, 1, 4),
		next  => fill(pick($agent->{questions}))
	  }
	  if !$session->{after_tool};
	my ($name, $parameter, undef, $values, $results) =
	  @{ pick($agent->{tools}) };
	return {
		tool      => $name,
		arguments => object($parameter => quote(fill(pick($values)))),
		result    => fill_lines($results, 3, 22)
	};
}

# What the model says in a scene, the tools it calls, how much it says, and
# what the conversation gains: its message, and the one that comes after it.
sub answer
{
	my ($scene) = @_;
	my ($said, $next);
	if (!$scene->{tool})
	{
		$said = object(role => '"assistant"', content => quote($scene->{words}));
		$next = object(role => '"user"', content => quote($scene->{next}));
		return ($said, undef, length $scene->{words}, "$said,$next");
	}
	my $id = quote('call_' . hex_digits(24));
	my $function = object(
		name      => quote($scene->{tool}),
		arguments => quote($scene->{arguments}));
	my $calls =
	  '[' . object(id => $id, type => '"function"', function => $function) . ']';
	$said = object(role => '"assistant"', content => undef,
		tool_calls => $calls);
	$next = object(role => '"tool"', tool_call_id => $id,
		content => quote($scene->{result}));
	return ($said, $calls, length $scene->{arguments}, "$said,$next");
}

# An attempt at serving a request, as JSON; without a code it is a success.
sub attempt
{
	my ($model, $code, $message, $latency) = @_;
	return object(
		model         => quote($model->[0]),
		provider      => quote($model->[1]),
		status        => $code ? '"failure"' : '"success"',
		error_code    => quote($code),
		error_message => quote($message),
		latency_ms    => $latency);
}

# Draws whether the first attempt fails, and the second too. Returns the model
# that serves in the end, the error, and the attempts that failed.
sub attempts
{
	my ($session, $request) = @_;
	my $requested = $session->{model};
	my $story = $request->{session} == 0 && $request->{step} == 3;
	my $luck = $request->{session} == 0 ? 999 : draw(1_000);
	return $requested if $luck >= 40 && !$story;

	my ($code, $message) = @{ $story ? $ERRORS[0] : pick(\@ERRORS) };
	my @others = grep { $_ != $requested } @MODELS;
	my $second = $story ? $MODELS[5] : pick(\@others);
	$message =~ s/\{key\}/$session->{key}/;
	$message =~ s/\{prompt\}/$session->{prompt}/;
	$message = fill($message);

	my @failed = attempt($requested, $code, $message, 200 + draw(3_000));
	return ($second, $code, $message, @failed) if $luck >= 10;
	push @failed, attempt($second, $code, $message, 200 + draw(3_000));
	return (undef, $code, $message, @failed);
}

# The cost in USD, or undef where the price is not known.
sub cost
{
	my ($model, $prompt, $cached, $completion) = @_;
	return undef unless defined $model->[2];
	return sprintf '%.9f', (($prompt - $cached) * $model->[2] +
		  $cached * $model->[3] + $completion * $model->[4]) / 1e6;
}

# The tags of a request, now and then with a note too long for a tag.
sub metadata
{
	my ($session) = @_;
	my @tags = (
		env            => draw(12) ? '"prod"' : '"staging"',
		feature        => quote($session->{agent}{feature}),
		prompt_version => 3 + draw(4));
	push @tags, note => quote(fill_lines($WORDS{note}, 3, 3)) if !draw(4);
	return object(@tags);
}

# The request as it is sent to the model, as JSON.
sub input
{
	my ($session) = @_;
	return object(
		model       => quote($session->{model}[0]),
		messages    => "[$session->{talk}]",
		tools       => $session->{tools},
		temperature => '0.2',
		stream      => 'true',
		user        => quote($session->{user}));
}

# The response of the model, as JSON.
sub output
{
	my ($job_id, $created, $served, $said, $finish, $prompt, $completion) = @_;
	return object(
		id      => quote($job_id),
		object  => '"chat.completion"',
		created => $created,
		model   => quote($served->[0]),
		choices => '['
		  . object(index => 0, message => $said, finish_reason => $finish)
		  . ']',
		usage => object(
			prompt_tokens     => $prompt,
			completion_tokens => $completion,
			total_tokens      => $prompt + $completion));
}

# Has a model serve a request and the conversation go on; returns the fields
# that only a request which was served has.
sub serve
{
	my ($session, $request, $served, $job_id, $created, $prompt) = @_;
	my ($said, $calls, $length, $more) = answer(scene($session, $request));
	my $reasoning = $served->[5] ? 64 * (1 + draw(12)) : 0;
	my $completion = 4 + int($length / 4.3) + $reasoning;
	my $cached = $served == $session->{model} ? $session->{cached} : 0;

	$session->{cached} = $prompt - $prompt % 128;
	$session->{talk} .= ",$more";
	return (
		served_model      => quote($served->[0]),
		first_byte_ms     => 100 + int($request->{latency} / 4),
		completion_tokens => $completion,
		cached_tokens     => $cached,
		reasoning_tokens  => $reasoning,
		cost_usd => quote(cost($served, $prompt, $cached, $completion)),
		tool_calls => $calls,
		output     => quote(output($job_id, $created, $served, $said,
			$calls ? '"tool_calls"' : '"stop"', $prompt, $completion)));
}

# Makes the entry of a request.
sub entry
{
	my ($session, $request) = @_;
	my ($served, $code, $message, @attempts) = attempts($session, $request);
	my $job_id = 'chatcmpl-' . hex_digits(29);
	my $created = int($request->{at} / 1_000_000);
	my $time = sprintf '%s.%06d+00:00', format_time($created),
	  $request->{at} % 1_000_000;
	my $input = input($session);
	my $prompt = int(length($input) / 4.3);
	my %more = (completion_tokens => 0);

	if ($served)
	{
		%more = serve($session, $request, $served, $job_id, $created, $prompt);
		push @attempts,
		  attempt($served, undef, undef, $request->{latency});
		($code, $message) = ();
	}
	return ($job_id, $served, object(
		job_id            => quote($job_id),
		timestamp         => quote($time),
		team_id           => quote($session->{team}),
		owner             => quote($session->{owner}),
		api_key           => quote($session->{key}),
		requested_model   => quote($session->{model}[0]),
		served_model      => $more{served_model},
		provider          => quote(($served // $session->{model})->[1]),
		first_byte_ms     => $more{first_byte_ms},
		latency_ms        => $request->{latency},
		status            => $served ? '"success"' : '"failure"',
		error_code        => quote($code),
		error_message     => quote($message),
		prompt_tokens     => $prompt,
		completion_tokens => $more{completion_tokens},
		cached_tokens     => $more{cached_tokens},
		reasoning_tokens  => $more{reasoning_tokens},
		cost_usd          => $more{cost_usd},
		user_id           => quote($session->{user}),
		session_id        => quote($session->{id}),
		attempts          => '[' . join(',', @attempts) . ']',
		tool_calls        => $more{tool_calls},
		input             => quote($input),
		output            => $more{output},
		metadata          => metadata($session)));
}

# Reads the command line; the span of the log ends a minute ago by default.
sub read_options
{
	my $usage = "Usage: make_log.pl [--entries N] [--seed S] [--minutes M] "
	  . "[--start YYYY-MM-DDTHH:MM:SSZ] [--print-story]\n"
	  . "The log goes to standard output. --print-story prints where the "
	  . "story is instead;\nit takes the options that the log was made "
	  . "with, --start included.\n";
	GetOptions(\%option, 'entries=i', 'seed=i', 'minutes=i', 'start=s',
		'print-story', 'help')
	  && !@ARGV
	  or die $usage;
	if ($option{help})
	{
		print $usage;
		exit 0;
	}
	die "--entries has to be at least 10\n" if $option{entries} < 10;
	die "--minutes has to be at least 5\n"  if $option{minutes} < 5;
	die "--seed has to be from 0 to 2147483647\n"
	  if $option{seed} < 0 || $option{seed} > 2_147_483_647;
	return;
}

# Writes the log, or where its story is.
sub main
{
	read_options();
	my $span = $option{minutes} * 60;
	my $start =
	  defined $option{start} ? parse_time($option{start}) : time - 60 - $span;
	my $before_end = $option{minutes} < 20 ? int($span / 2) : 600;
	my $minute = $start + $span - $before_end;
	$minute -= $minute % 60;

	my %sessions;
	my @plan = plan_log($start * 1_000_000, $minute * 1_000_000 + 17_482_913);
	for my $request (@plan)
	{
		my $index = $request->{session};
		my $session = $sessions{$index} //= open_session($index);
		my $story = $index == 0 && $request->{step} == 3;
		next if $option{'print-story'} && $index != 0;

		$state = $session->{state};
		my ($job_id, $served, $json) = entry($session, $request);
		$session->{state} = $state;
		delete $sessions{$index} if $request->{last};
		print "$json\n" unless $option{'print-story'};
		print 'minute_start=', format_time($minute), "Z\n",
		  "team=$session->{team}\njob_id=$job_id\nmodel=$served->[0]\n"
		  if $story && $option{'print-story'};
	}
	return;
}

main();
