#!/bin/sh
# Fuzzes the parts that know nothing of PostgreSQL, under the compiler's
# sanitizers, with libFuzzer (clang), and says how much of them the inputs reach.
#
#   test/fuzz/run.sh [SECONDS]       each target for so long (60), side by side
#   test/fuzz/run.sh --planted       plants a bug in a copy of each; fails unless
#                                    both are found within five minutes
#
# Inputs are kept in .fuzz/, and used again. Fails when an input breaks a
# property, and when a file's lines are reached to less than 90 %.
set -eu

cd "$(dirname "$0")/../.."
work=$PWD/.fuzz
targets="redact json"
json_files="core/json core/json_escape core/json_iterator core/json_python"
redact_files="redact/redact redact/redact_context redact/redact_name redact/redact_value redact/redact_pem redact/redact_own redact/own_key redact/own_token redact/own_spelled redact/spelling redact/entity redact/key_format redact/key_format_list redact/escape"

die() { echo "fuzz: $*" >&2; exit 1; }

command -v clang >/dev/null || die "needs clang, with its fuzzer: on Debian, clang and libclang-rt-dev"
# where the distribution names its tools by their version, as clang's own are
llvm=$(dirname "$(readlink -f "$(command -v clang)")")
PATH=$PATH:$llvm

# Builds a target from the sources in a folder.
build() { # TARGET SOURCES OUTPUT FLAGS...
	target=$1 sources=$2 output=$3
	shift 3
	files=
	for name in $json_files core/json_pause $redact_files redact/charset; do
		files="$files $sources/$name.c"
	done
	# shellcheck disable=SC2086  # a list of files
	clang -std=gnu11 -g -O1 -Wall -Wextra -Wno-missing-field-initializers -D_GNU_SOURCE -I"$sources" -Itest/core "$@" \
		-o "$output" "test/fuzz/${target}_fuzz.c" $files
}

# Seeds: a text for each published format and word, and what the tests plant.
seeds() {
	mkdir -p "$work/redact" "$work/json"
	n=0
	sed -n 's/^\t{"\([^"]*\)", .*/\1/p' src/redact/key_format_list.c src/redact/redact_context.c | while read -r word; do
		n=$((n + 1))
		printf 'A%s0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABCDEF' "$word" >"$work/redact/format-$n"
		printf 'A{"%s": "0a1b2C3d4E5f6g7H8i9J0k"}' "$word" >"$work/redact/word-$n"
		printf '%s\n' "\"$(printf '%s' "$word" | sed 's/[\\"]/\\&/g')\""
	done >"$work/words.dict"
	printf 'A-----BEGIN RSA PRIVATE KEY-----\\n%s\\n%s\\n-----END RSA PRIVATE KEY-----' \
		"$(printf 'MIIEabcd%.0s' 1 2 3 4 5 6 7 8)" "$(printf 'QRST/+%.0s' 1 2 3 4 5 6 7 8)" >"$work/redact/pem"
	printf 'A{"a":["-----BEGIN PRIVATE KEY-----","%s","-----END PRIVATE KEY-----"]}' \
		"$(printf 'MIIEabcd%.0s' 1 2 3 4 5 6 7 8)" >"$work/redact/pem-lines"
	printf 'A-----BEGIN PRIVATE KEY-----\\n%s' "$(printf 'MIIEabcd%.0s' 1 2 3 4 5 6 7 8 9)" >"$work/redact/pem-cut"
	printf 'Ahttps://user:pass-w0rd@host eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghij' >"$work/redact/url-jwt"
	# a key of 16 bytes, and texts in which it is spelled
	own='ab"d/f+1234567\303\251'
	printf '\310'"$own"' x '"$own"' ab\\"d\\/f+1234567\\u00e9, ab%%22d%%2Ff%%2B1234567%%c3%%A9' >"$work/redact/own-1"
	printf '\310'"$own"' x ab&quot;d&sol;f&#43;1234567&eacute; &#x61;b&amp;quot;d&amp;#47;f+1234567&#XE9; %%2561b"d/f+1234567\\\\u00e9' >"$work/redact/own-2"
	printf '\310'"$own"' %s %s' "$(printf "$own" | base64)" "$(printf "xy$own." | base64 | tr '+/' '-_')" >"$work/redact/own-3"
	printf '\310ab\\12\\cd3456\360\237\230\200 x \\u0061b\\\\12\\\\cd3456\\ud83d\\ude00 ab\\12\\cd3456\360\237\230\200' >"$work/redact/own-4"
	printf '\3100a1b2c3d4e5f6a7b 0A1B2C3D4E5F6A7B \\u0030a1b2c3d4e5f6a7b x\\u0030a1b2c3d4e5f6a7b' >"$work/redact/own-5"
	printf '\310internal-service internal-services my%%20internal-service a%%69nternal-service' >"$work/redact/own-6"
	printf 'As\\u006b-proj\\u002d0123456789abcdefABCDEF0123 site_0123456789ab' >"$work/redact/escapes"
	printf 'A%70000s token=0a1b2C3d4E5f6g7H8i9J0k' ' ' >"$work/redact/long"
	printf '\377abcdefgh%s' 'x abcdefgh ab\u0063defgh ababcdefgh' >"$work/redact/own"
	printf '{"a":[1,-2.5e3,true,false,null,"\\u00e9\\ud83d\\ude00\\n"],"b":{"c":{}}}' >"$work/json/all"
	awk 'BEGIN { for (i = 0; i < 513; i++) printf "["; for (i = 0; i < 513; i++) printf "]" }' >"$work/json/deep"
	awk 'BEGIN { for (i = 0; i < 512; i++) printf "["; for (i = 0; i < 512; i++) printf "]" }' >"$work/json/deep-enough"
	printf '"\\ud800 \\udc00 \\u0000 \\/"' >"$work/json/escapes"
	cp "$work/json/all" "$work/redact/json"
}

# Runs a fuzzer; -fork would hide what is found.
fuzz() { # TARGET BINARY SECONDS CORPUS
	dict=
	[ "$1" = json ] || dict="-dict=$work/words.dict"
	# shellcheck disable=SC2086  # an option or none
	"$2" -max_total_time="$3" -max_len=100000 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$work/$1-" $dict "$4" >"$work/$1.log" 2>&1
}

# Prints how many lines of each file the kept inputs reach; fails below 90 %.
coverage() { # TARGET FILES
	build "$1" src "$work/$1-coverage" -fsanitize=fuzzer -fprofile-instr-generate -fcoverage-mapping
	LLVM_PROFILE_FILE=$work/$1.profraw "$work/$1-coverage" -runs=0 -max_len=100000 "$work/$1" >/dev/null 2>&1
	llvm-profdata merge -o "$work/$1.profdata" "$work/$1.profraw"
	for file in $2; do
		llvm-cov export -summary-only -instr-profile="$work/$1.profdata" "$work/$1-coverage" "src/$file.c" |
			sed 's/.*"totals":.*"lines":{"count":\([0-9]*\),"covered":\([0-9]*\),.*/\1 \2/' |
			awk -v file="$file.c" '{ printf "%s: %d of %d lines (%.1f %%)\n", file, $2, $1, 100 * $2 / $1; if ($2 * 10 < $1 * 9) exit 1 }' ||
			die "src/$file.c: too few of its lines are reached"
	done
}

planted() {
	rm -rf "$work/planted"
	mkdir -p "$work/planted"
	cp -r src/core src/redact "$work/planted"
	# a format's prefix is compared beyond the end of the text, an escape of JSON too
	perl -0pi -e 's/(\*want; want\+\+\)\n\t\{\n)\t\tif \(p >= end\)\n\t\t\treturn NULL;\n/$1/' "$work/planted/redact/key_format.c"
	perl -0pi -e 's/end - p < 5/end - p < 1/' "$work/planted/core/json.c"
	for target in $targets; do
		file=core/json
		[ "$target" = json ] || file=redact/key_format
		! cmp -s "src/$file.c" "$work/planted/$file.c" || die "the bug for $file.c could not be planted"
		build "$target" "$work/planted" "$work/$target-planted" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
		if fuzz "$target" "$work/$target-planted" 300 "$work/$target"; then
			die "the bug planted in $file.c was not found"
		fi
		echo "$target: the bug planted in $file.c was found: $(grep -m 1 -E 'ERROR: |runtime error:' "$work/$target.log" | sed 's/.*ERROR: //; s/ on .*//')"
	done
}

seeds
if [ "${1:-}" = --planted ]; then
	planted
	exit
fi
for target in $targets; do
	build "$target" src "$work/$target-fuzz" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
done
for target in $targets; do
	fuzz "$target" "$work/$target-fuzz" "${1:-60}" "$work/$target" &
	eval "${target}_pid=$!"
done
failed=
wait "$redact_pid" || failed="$failed redact"
wait "$json_pid" || failed="$failed json"
for target in $targets; do
	sed -n "s/^stat::number_of_executed_units: *\(.*\)/$target: \1 inputs tried/p; s/^Done.*/$target: nothing found/p" "$work/$target.log"
done
[ -z "$failed" ] || die "found something in:$failed; see .fuzz/*.log and the input beside it"
coverage redact "$redact_files"
coverage json "$json_files"
