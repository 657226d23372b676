#!/usr/bin/env bash
# Secret orders: sorts, first rows and shuffles, a dealer and two computing parties on this machine, one thread each.  Targets
# are in the output; they are for two cores that nobody else uses.
set -euo pipefail

order
