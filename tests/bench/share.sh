#!/usr/bin/env bash
# smpc-share of 100 MB of CSV against datamash reading the same file.  Target: a ratio of at most 1, outputs included.
set -euo pipefail
if ! command -v datamash >/dev/null; then
	echo "skipped: datamash is not installed"
	exit 0
fi
python3 - <<'EOF'
import random
random.seed(1)
for name, cols, kinds in (("mixed.csv", 4, ("%.6f", "%.2f", "%.4g")), ("one.csv", 1, ("%.6f",)), ("wide.csv", 30, ("%.4g", "%.5f"))):
    rows = [",".join(random.choice(kinds) % random.gauss(0, 100) for _ in range(cols)) for _ in range(20000)]
    text = "\n".join(rows) + "\n"
    with open(name, "w") as f:
        f.write(",".join("c%d" % i for i in range(cols)) + "\n")
        while f.tell() < 100e6:
            f.write(text)
EOF
for csv in mixed.csv one.csv wide.csv; do
	echo "# $csv, $(stat -c %s "$csv") bytes: smpc-share -n 2 with its three outputs, and datamash sum 1"
	compare -n 7 -a share -b datamash "smpc-share -f -n 2 -o s $csv" "datamash --header-in -t, sum 1 <$csv"
done
