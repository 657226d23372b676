#!/usr/bin/env bash
#
# Every file of tests that has larger sizes than `make test` has time for, with these (of_size in tests/helper.bash).

set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")

grep -l 'of_size ' "$here"/../*.bats | TEST_SIZE=large xargs -d '\n' "$here/../run" -g sizes
