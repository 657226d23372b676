#!/usr/bin/env bash
#
# mutants.sh [OPTION...]: can the tests fail?  See tests/python/mutants.py.

exec python3 "$(dirname "${BASH_SOURCE[0]}")/../python/mutants.py" "$@"
