#!/usr/bin/env bash
# Decision trees: a dealer and two computing parties on this machine, one thread each.  Targets are in the output; they are for
# two cores that nobody else uses.
set -euo pipefail

trees
