#!/bin/sh
# Says what a script's log ends with as its sum, as "PASSED FAILED". A script that
# failed without saying what, or whose log has no sum, counts as one failed.
#
#   test/sum.sh STATUS LOG      STATUS is what the script returned
set -eu

sum=$(grep -aE '^[0-9]+ passed, [0-9]+ failed$' "$2" | tail -n 1)
passed=${sum%% *}
failed=${sum#*, }
passed=${passed:-0}
failed=${failed%% *}
failed=${failed:-0}
if [ "$failed" = 0 ] && { [ "$1" != 0 ] || [ "$passed" = 0 ]; }; then failed=1; fi
echo "$passed $failed"
