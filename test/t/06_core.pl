# The parts that know nothing of PostgreSQL, under the compiler's sanitizers:
# properties that hold for random texts (a fixed seed, so the same each time), more of
# them with OGW_FULL.
use strict;
use warnings FATAL => 'all';
use FindBin;
use IPC::Run ();
use PostgreSQL::Test::Utils;
use Test::More;

my $root = "$FindBin::RealBin/../..";
my $program = PostgreSQL::Test::Utils::tempdir() . '/properties';
my $rounds = $ENV{OGW_FULL} ? 300000 : 100000;
my ($out, $err) = ('', '');

IPC::Run::run [ $ENV{CC} // 'cc', '-std=gnu11', '-g', '-O1', '-Wall', '-Wextra', '-Wno-missing-field-initializers', '-Werror',
	'-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-D_GNU_SOURCE', "-I$root/src", '-o', $program,
	glob("$root/test/core/*.c"), glob("$root/src/core/json*.c $root/src/redact/*.c") ], '>', \$out, '2>', \$err;
plan skip_all => "the compiler has no sanitizers: $err" if $err =~ /(asan|ubsan|sanitiz)/i && !-x $program;
is($err, '', 'it compiles without a warning, without PostgreSQL');
ok(IPC::Run::run([ $program, $rounds ], '>', \$out, '2>', \$err), 'all properties hold') or diag $out . $err;
is($out, "$rounds rounds held\n", "for $rounds texts of each kind");
done_testing();
