# The version after this one, for the tests: made from the sources as they are,
# with a column more in the entry and an argument more of insert_log(), by the
# rules of update/README.md. It is built and lies in a copy of the PostgreSQL
# installation, as nobody else could write into the real one.
package OgwNext;

use strict;
use warnings FATAL => 'all';
use Exporter 'import';
use File::Copy 'copy';
use File::Path 'make_path';
use FindBin;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(copy_installation build_next install_next uninstall_next);

my $project = "$FindBin::RealBin/../..";
my $pg_config = $ENV{PG_CONFIG} // 'pg_config';
my ($bindir, $pkglibdir, $sharedir, $docdir) = map { chomp(my $dir = `$pg_config --$_`); $dir } qw(bindir pkglibdir sharedir docdir);

# Makes a copy of the installation below a folder: the programs, which find all
# else from where they stand, and links to the rest. What of it belongs to the
# extension is copied. Returns the folder that has bin/ in it.
sub copy_installation
{
	my ($to) = @_;
	my $common = $bindir;

	$common =~ s{/[^/]*$}{} while index("$pkglibdir/", "$common/") != 0 || index("$sharedir/", "$common/") != 0;
	my ($bin, $lib, $share) = map { $to . substr($_, length $common) } $bindir, $pkglibdir, $sharedir;
	make_path($bin, $lib, "$share/extension");
	system('cp', '-a', "$bindir/.", $bin) == 0 or die "cp: $?";
	_link($_, $lib) foreach grep { !m{/ogw_logs\.so$} } glob("$pkglibdir/*");
	_link($_, $share) foreach grep { !m{/extension$} } glob("$sharedir/*");
	_link($_, "$share/extension") foreach grep { !m{/ogw_logs[^/]*$} } glob("$sharedir/extension/*");
	copy("$pkglibdir/ogw_logs.so", "$lib/ogw_logs.so") or die "ogw_logs.so: $!";
	foreach my $file (glob("$sharedir/extension/ogw_logs*"))
	{
		copy($file, "$share/extension/" . $file =~ s{.*/}{}r) or die "$file: $!";
	}
	return { lib => $lib, share => $share, path => $bin =~ s{/bin$}{}r };
}

# Puts the next version into a copied installation, as a package's upgrade does:
# sessions that have the library of before keep it. What make install brings is put
# below the folder first; returned are the names of its documents and scripts.
sub install_next
{
	my ($installation, $folder) = @_;
	my $staged = "$folder/staged";

	_make($folder, 'install', "DESTDIR=$staged");
	my %to = map { $_ => "$installation->{share}/extension/" . s{.*/}{}r } glob("$staged$sharedir/extension/*");
	$to{"$staged$pkglibdir/ogw_logs.so"} = "$installation->{lib}/ogw_logs.so";
	foreach my $file (keys %to)
	{
		copy($file, "$to{$file}.new") or die "$file: $!";
		rename "$to{$file}.new", $to{$file} or die "$file: $!";
	}
	return sort map { s{.*/}{}r } glob("$staged$docdir/ogw_logs/*"), glob("$staged$sharedir/extension/*");
}

# Takes away again what make install brought below the folder. Returns what is left of
# the extension there, of files and folders.
sub uninstall_next
{
	my ($folder) = @_;

	_make($folder, 'uninstall', "DESTDIR=$folder/staged");
	return split /\n/, `find '$folder/staged' -type f -o -name ogw_logs`;
}

# Runs make for the sources of the next version, in build/ beside them.
sub _make
{
	my ($folder, @arguments) = @_;
	my @make = ('make', '-s', '-j2', '-C', "$folder/build", '-f', '../Makefile', 'VPATH=..', 'with_llvm=no', 'COPT=-O0 -U_FORTIFY_SOURCE', "PG_CONFIG=$pg_config", @arguments);
	my $log = "$folder/make.log";
	local $ENV{MAKEFLAGS} = '';

	system("@{[ map { qq('$_') } @make ]} >'$log' 2>&1") == 0 or die "make @arguments of the next version:\n" . slurp_file($log);
	return;
}

# Makes the sources of the next version of a version in a folder, builds it in build/
# there as packagers do, who leave sources as they are, and returns its number.
sub build_next
{
	my ($folder, $version) = @_;
	my $next = '9.9';

	make_path("$folder/released", "$folder/update", "$folder/build");
	system('cp', '-r', (map { "$project/$_" } qw(src docs README.md Makefile ogw_logs.control)), $folder) == 0 or die "cp: $?";
	unlink glob("$folder/src/*.o $folder/src/*/*.o $folder/src/*.bc $folder/src/*/*.bc"), "$folder/src/exports.map";

	# the release of this version: its scripts are frozen
	foreach my $script (glob("$project/ogw_logs--*.sql"))
	{
		copy($script, "$folder/released") or die "$script: $!";
	}
	_change($folder, 'ogw_logs.control', qr/default_version = '\Q$version\E'/ => "default_version = '$next'");
	_change($folder, 'Makefile', qr/^PREVIOUS =.*$/m => "PREVIOUS = $version");
	_change($folder, 'src/core/settings.h', qr/OGW_VERSION "\Q$version\E"/ => qq{OGW_VERSION "$next"});
	_add_column($folder);
	my $arguments = _add_argument($folder, $next);

	append_to_file("$folder/update/$version--$next.sql", <<END);
-- From $version to $next: what the files of src/ cannot say twice.
ALTER TYPE ogw_logs.entry_row ADD ATTRIBUTE region text;
ALTER TYPE ogw_logs.log_row ADD ATTRIBUTE region text;
DROP FUNCTION ogw_logs.insert_log($arguments);
DROP FUNCTION ogw_logs_internal.batch_entry_rows();
END

	_make($folder, 'all');
	die 'building has changed the sources' if glob("$folder/*.so $folder/*.sql $folder/src/*/*.o");
	return $next;
}

# Gives the entry a column more, last: region.
sub _add_column
{
	my ($folder) = @_;

	_change($folder, 'src/entry/entry_columns.h', qr/NEXT\(SECRETS_MASKED, .*\)\K\n/ => " \\\n\tNEXT(REGION, region, TEXTOID)\n");
	_change($folder, 'src/entry/entry.sql', qr/defects text\[\]\K(?=\n\t\t\);)/ => ",\n\t\t\tregion text", 2);
	_change($folder, 'src/lifecycle/log.sql', qr/(?=\tPERFORM ogw_logs_internal\.set_partition_interval\()/ =>
		"\tPERFORM ogw_logs_internal.add_column('ogw_logs.entry', 'region', 'text', 'Where it ran.');\n");
	# the view is replaced where it lacks the column; who may read it may go on
	_change($folder, 'src/lifecycle/view.sql', qr/^BEGIN\n\tIF to_regclass\('ogw_logs\.logs'\) IS NULL THEN\n\t\tCREATE VIEW/m => <<'END' =~ s/\n\z//r);
DECLARE
	is_new boolean := to_regclass('ogw_logs.logs') IS NULL;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_attribute a
					WHERE a.attrelid = to_regclass('ogw_logs.logs') AND a.attname = 'region') THEN
		CREATE OR REPLACE VIEW
END
	_change($folder, 'src/lifecycle/view.sql', qr/PERFORM ogw_logs_internal\.revoke_from_others\('ogw_logs\.logs'\);/ =>
		"IF is_new THEN PERFORM ogw_logs_internal.revoke_from_others('ogw_logs.logs'); END IF;");
	_change($folder, 'src/lifecycle/view.sql', qr/ e\.defects\K\n/ => ",\n\t\t\t\t   e.region\n");
	_change($folder, 'src/ingest/batch_rows.sql', qr/OUT secrets_masked integer\K(?=\n\))/ => ",\n\tOUT region text");
	return;
}

# Gives insert_log() an argument more, last, which inbox and insert_logs() take, too; a
# dump of before grants it with the others. Returns what its arguments were.
sub _add_argument
{
	my ($folder, $next) = @_;
	my $file = 'src/ingest/insert_functions.sql';
	my ($arguments) = slurp_file("$folder/$file") =~ /^COMMENT ON FUNCTION ogw_logs\.insert_log\((.*?)\) IS/m
	  or die 'insert_log() has no description';
	my $longer = $arguments =~ s/ogw_logs\.given_value$/varchar, ogw_logs.given_value/r;

	_change($folder, 'src/entry/entry_columns.h', qr/FIELD\(METADATA, .*\)\K\n/ =>
		" \\\n\tFIELD(REGION, region, KIND_ID, COLUMN_REGION, BODY_NONE)\n");
	_change($folder, $file, qr/^COMMENT ON FUNCTION ogw_logs\.insert_log\(\K\Q$arguments\E/m => $longer);
	_change($folder, $file, qr/metadata \Kogw_logs\.given_value DEFAULT NULL(?=\n\) RETURNS text)/ => "varchar DEFAULT NULL,\n\tregion ogw_logs.given_value DEFAULT NULL");
	_change($folder, $file, qr/(?=^CREATE OR REPLACE FUNCTION ogw_logs\.insert_logs\(entries text\))/m => <<END);
CREATE OR REPLACE FUNCTION ogw_logs.insert_log($arguments) RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ogw_insert_log';
COMMENT ON FUNCTION ogw_logs.insert_log($arguments) IS
'insert_log() without region, for the grants of a dump of an earlier version; it takes all of its arguments, without names.';

END
	_change($folder, 'src/ingest/inbox.sql', qr/NULL::text AS metadata\K\n/ => ", NULL::text AS region\n");
	_change($folder, 'src/policy/grant.sql', qr/(\t\t\('write', ')[0-9.]+(', 'ogw_logs\.insert_log\([^)]*)ogw_logs\.given_value\)'\),\n/ =>
		sub { "$1$next$2ogw_logs.given_value)'),\n$1$next$2varchar, ogw_logs.given_value)'),\n" });
	_change($folder, 'src/ingest/insert_functions.c', qr/f < \KN_FIELDS(?=; f\+\+\)\n\t\tif \(!PG_ARGISNULL\(f\)\))/ =>
		'Min(N_FIELDS, PG_NARGS())');
	return $arguments;
}

# Replaces what a pattern matches in a file; it has to be there, so many times.
sub _change
{
	my ($folder, $file, $pattern, $to, $times) = @_;
	my $text = slurp_file("$folder/$file");
	my $found = ref $to ? $text =~ s/$pattern/$to->()/ge : $text =~ s/$pattern/$to/g;

	die "$file: $pattern is there " . ($found || 0) . " times" if $found != ($times // 1);
	open my $out, '>', "$folder/$file" or die "$file: $!";
	print $out $text;
	close $out or die "$file: $!";
	return;
}

# Links a file or folder into a folder, by its own name.
sub _link
{
	my ($from, $folder) = @_;

	symlink $from, "$folder/" . $from =~ s{.*/}{}r or die "$from: $!";
	return;
}

1;
