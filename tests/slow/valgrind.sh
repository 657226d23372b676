#!/usr/bin/env bash
#
# The unit programs under valgrind.

exec "$(dirname "${BASH_SOURCE[0]}")/../lint/valgrind"
