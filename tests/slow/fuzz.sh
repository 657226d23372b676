#!/usr/bin/env bash
# Ten minutes of every fuzz target (FUZZ_SECONDS gives another time), from the committed corpora.
set -euo pipefail
if ! command -v clang >/dev/null; then
	echo "clang is not installed"
	exit 77
fi
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
make fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-600}"
