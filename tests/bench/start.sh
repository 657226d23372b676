#!/usr/bin/env bash
# Start-up of every tool (--version), the median of 200 runs, against that of true.  Target: at most 3 ms more.
set -euo pipefail
python3 - "$BUILD"/bin/smpc-* <<'EOF'
import os
import statistics
import sys
import time

def once(command):
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ,
                         file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit("failed: " + " ".join(command))
    return time.perf_counter() - start

for tool in sys.argv[1:]:
    pairs = [(once([tool, "--version"]), once(["/bin/true"])) for _ in range(200)]
    more = 1000 * statistics.median(a - b for a, b in pairs)
    print("%-16s %6.2f ms more than true%s" % (os.path.basename(tool), more, "" if more <= 3 else "  OVER TARGET"))
EOF
