#!/usr/bin/env bash
#
# 10^8 truncations between three parties: none may be off by more than one.

set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")

exec "$(realpath "${BUILD:-$here/../build}")"/unit/truncation 100000000
