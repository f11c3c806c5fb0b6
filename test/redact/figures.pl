#!/usr/bin/perl
# What the scanner finds and what it touches by mistake, by published test
# vectors and real bodies:
#
#   test/redact/figures.pl [--verbose] DATA-FOLDER
#
# DATA-FOLDER has secrets_cases.jsonl, key_formats.tsv and *.ndjson.zst. A secret
# counts as redacted when no piece of 8 characters of it, beyond the prefix that
# its listed format lets show, is left in the text; of a URL its password is the
# secret. Speed is that of one core, the
# median of several passes. --verbose lists what was missed and touched, instead
# of looking at the bodies.
use strict;
use warnings FATAL => 'all';
use FindBin;
use IPC::Open2;
use JSON::PP;

my $verbose = @ARGV && $ARGV[0] eq '--verbose' && shift @ARGV;
my $data = shift @ARGV // "$FindBin::RealBin/../../../shared/data";
-r "$data/secrets_cases.jsonl" or die "figures: there is no secrets_cases.jsonl in $data; name its folder with make figures DATA=FOLDER\n";
my $scanner = "$FindBin::RealBin/scan_texts";
my $piece = 8;

sub per_cent { return sprintf '%d of %d (%.1f %%)', $_[0], $_[1], $_[1] ? 100 * $_[0] / $_[1] : 0 }

sub read_cases
{
	open my $in, '<', "$data/secrets_cases.jsonl" or die "secrets_cases.jsonl: $!";
	my $json = JSON::PP->new;
	return map { my $c = $json->decode($_); utf8::encode($c->{text}); utf8::encode($c->{secret}) if defined $c->{secret}; $c } <$in>;
}

# The formats that stand for themselves: expression and prefix.
sub read_formats
{
	open my $in, '<', "$data/key_formats.tsv" or die "key_formats.tsv: $!";
	my @formats;
	<$in>;
	while (<$in>)
	{
		chomp;
		my (undef, $expression, $kept, undef, undef, undef, $context) = split /\t/;
		push @formats, { expression => qr/$expression/, kept => $kept } if $context eq '';
	}
	return @formats;
}

# Runs the scanner over the cases: each gets the text that is left.
sub scan
{
	my @cases = @_;
	my $pid = open2(my $out, my $in, $scanner) or die;
	if (!fork)
	{
		close $out;
		print $in length($_->{text}), "\n", $_->{text} for @cases;
		close $in;
		exit;
	}
	close $in;
	foreach my $case (@cases)
	{
		my ($left, $at) = ('', 0);
		$case->{hits} = <$out> + 0;
		foreach (1 .. $case->{hits})
		{
			my ($start, $end) = split ' ', <$out>;
			$left .= substr($case->{text}, $at, $start - $at) . '****';
			$at = $end;
		}
		$case->{left} = $left . substr($case->{text}, $at);
	}
	waitpid $pid, 0;
	return;
}

# Whether no piece of a secret, from an offset on, is left.
sub redacted
{
	my ($case, $kept) = @_;
	my $secret = substr($case->{secret}, $kept);
	if (length $secret < $piece) { return $case->{hits} > 0 && index($case->{left}, $case->{secret}) < 0; }
	foreach my $i (0 .. length($secret) - $piece)
	{
		return 0 if index($case->{left}, substr($secret, $i, $piece)) >= 0;
	}
	return 1;
}

my @cases = read_cases();
my @formats = read_formats();
my ($positives, $found, $listed, $listed_found, $negatives, $touched) = (0) x 6;
scan(@cases);
foreach my $case (@cases)
{
	if ($case->{is_secret} && defined $case->{secret})
	{
		my ($format) = grep { $case->{secret} =~ $_->{expression} } @formats;
		my $kept = 0;
		if ($format)
		{
			$case->{secret} =~ $format->{expression};
			$kept = $-[0] + $format->{kept};
		}
		# what is secret of a URL is its password
		if ($case->{secret} =~ m{^[a-z][a-z0-9+.-]*://[^\s:/@]*:(\S+)@}) { $case->{secret} = $1; $kept = 0; }
		# ... and of a webhook the longest part of its path
		if ($case->{secret} =~ m{^https?://[^\s/@]+/(\S+)}) { ($case->{secret}) = sort { length $b <=> length $a } split m{[/?&]}, $1; $kept = 0; }
		my $ok = redacted($case, $kept);
		$positives++;
		$found += $ok;
		$listed++ if $format;
		$listed_found += $ok if $format;
		print +($format ? 'LISTED ' : ''), "missed $case->{rule}: ", JSON::PP->new->allow_nonref->encode(substr($case->{text}, 0, 200)), ' | ', substr($case->{secret}, 0, 60), ' | ', JSON::PP->new->allow_nonref->encode(substr($case->{left}, 0, 200)), "\n" if $verbose && !$ok;
	}
	elsif (!$case->{is_secret} && !$case->{other})
	{
		$negatives++;
		$touched++ if $case->{hits};
		print "touched $case->{rule}: ", JSON::PP->new->allow_nonref->encode($case->{text}), ' | ', JSON::PP->new->allow_nonref->encode($case->{left}), "\n" if $verbose && $case->{hits};
	}
}
print 'Secrets redacted whole: ', per_cent($found, $positives), "\n";
print '... of those with a listed format: ', per_cent($listed_found, $listed), "\n";
print 'Texts without a secret that are touched: ', per_cent($touched, $negatives), "\n";
exit if $verbose;
my ($bytes, $hits) = (0, 0);
foreach my $file (glob "$data/*.ndjson.zst")
{
	my ($name) = $file =~ m{([^/]+)\.ndjson\.zst$};
	my @lines = `zstd -dc '$file' | '$scanner' --bodies`;
	my $summary = pop @lines;
	my ($b, $h, $speed) = $summary =~ /^bytes (\d+) hits (\d+) MB\/s (\d+)/ or die $summary;
	my %seen;
	print "  $_" for grep { !$seen{$_}++ } map { s/^hit //r } @lines;
	printf "%s: %.1f MB, %d places touched, %d MB/s\n", $name, $b / 1e6, $h, $speed;
	$bytes += $b;
	$hits += $h;
}
printf "All bodies: %.1f MB, %d places touched, %.2f in 10 MB\n", $bytes / 1e6, $hits, $bytes ? 1e7 * $hits / $bytes : 0;
