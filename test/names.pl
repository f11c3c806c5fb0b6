#!/usr/bin/perl
# Reads the names of the tree and fails where one has a word in it that the glossary of
# src/README.md has another term for. Names are those of files, and in C and SQL every
# identifier but those of the libraries. A word is a part of one between underscores or
# capitals.
#
#   test/names.pl      from the project's folder; says FILE:LINE and the name
use strict;
use warnings FATAL => 'all';

# Words, each with what is said instead. Some are patterns only so that a search of
# the tree for the word finds nothing.
my %words = (
	'shel[f]|shelve[s]' => 'segment scan', 't[w]ins?' => 'duplicate', '[d]oors?' => 'method', 'lea[f]|leave[s]|leafs' => 'partition',
	'rooms?' => 'buffer', 'spans?' => 'slice, interval', 'walks?|walking' => 'scan, iterate', 'terms' => 'filter index',
	'accounts?' => 'ingest count', 'hush' => 'mute_client_messages', 'raw' => 'unsealed');

# Whole names, of files (where they are good words in others), of functions and of any kind.
my %file_names = (frame => 'zstd', direct => 'batch_insert', key => 'api_key', job => 'entry_key');
my %function_names = (rest => 'throttle', look => 'check_row', take => 'store', give => 'emit_row', fits => 'row_matches', keep => 'cache_segment',
	go_back => 'scan_backward', direct => 'batch_insert');
my %names = (
	see_latest => 'push_latest_snapshot', keep_inline => 'set_storage_plain', owner_only => 'revoke_from_others', identify_rows => 'set_replica_identity',
	key_cut => 'mask_api_key', secrets_cut => 'mask_secrets', masked_text => 'mask_secrets', job_key => 'dedup_key', as_they_came => 'unsealed',
	as_it_came => 'unsealed', json_walk => 'json_iterate', BodyKey => 'BodyId', take_step => 'run_step', create_job => 'create_entry_key',
	body_leaves => 'body_partitions', has_segment_key => 'has_segment_index');

# What belongs to PostgreSQL and the libraries.
my $foreign = qr/^(?:ZSTD_|LZ4_|DirectFunctionCall|O_DIRECT)/;

# Tables of others, which the benchmark measures.
my $shapes = qr{^test/bench/shapes/};

my (@wrong, %read);

# Notes a name that is wrong: one of those that are given, or one of their words.
sub look_at
{
	my ($where, $name, %whole) = @_;
	my ($word, $instead) = ($name, $whole{$name} // $names{$name});

	return if $name =~ $foreign;
	foreach my $part ($instead ? () : map { lc } grep { length } split /_|(?<=[a-z0-9])(?=[A-Z])/, $name)
	{
		($word, $instead) = ($part, $words{$_}) foreach grep { $part =~ /^(?:$_)$/ } keys %words;
	}
	push @wrong, "$where: $name ($word: $instead)" if $instead;
	return;
}

# Takes what is no code out of a text, but for its line ends.
sub without
{
	my ($text, $what) = @_;

	$text =~ s/($what)/$1 =~ tr{\n}{}cdr/ge;
	return $text;
}

# The text of a file.
sub text_of
{
	my ($file) = @_;
	open my $in, '<:raw', $file or die "$file: $!";
	local $/;
	return <$in>;
}

my $c_rest = qr{/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|^[ \t]*\#[ \t]*include[^\n]*}sm;
my $sql_rest = qr{--[^\n]*|/\*.*?\*/|'(?:''|[^'])*'}s;

foreach my $file (split /\n/, `find src test sql docs demo update -type f ! -path '*/node_modules/*' ! -path '*/expected/*' ! -name '*.o' ! -name '*.bc' | sort`)
{
	my ($name) = $file =~ m{([^/]*?)(?:\.[a-z]+)?$};

	look_at($file, $name, %file_names);
	next if $file !~ m{^src/.*\.(?:[ch]|sql)$|^test/.*\.[ch]$|^(?:sql|test)/.*\.sql$} || $file =~ $shapes;
	$read{ $file =~ s{/.*\.}{/*.}r }++;
	my $text = without(text_of($file), $file =~ /sql$/ ? $sql_rest : $c_rest);
	my %seen;
	while ($text =~ /([A-Za-z_]\w*)/g)
	{
		my $name = $1;
		my ($before, $after) = ($`, $');
		my $line = 1 + ($before =~ tr/\n//);

		next if $seen{$name}++;
		look_at("$file:$line", $name, $after =~ /^\(/ && $before =~ ($file =~ /sql$/ ? qr/\bFUNCTION\s+(?:\w+\.)?$/ : qr/(?:^|\n)$|^static [^;{}]*$/m) ? %function_names : ());
	}
}
$read{$_} or die "no file $_ was read" foreach qw(src/*.c src/*.h src/*.sql sql/*.sql test/*.c test/*.sql);
print "$_\n" foreach @wrong;
exit(@wrong ? 1 : 0);
