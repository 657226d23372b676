#!/usr/bin/env bash
# Training of 64-32-10 in the clear, 1,797 rows of made-up digits, 20 epochs, in one thread: fixed point emulated against
# float64 by OpenBLAS, which is left out where it is missing.
set -euo pipefail
awk 'BEGIN { srand(1); for (i = 0; i < 64; i++) printf "p%d,", i; print "digit"
    for (r = 0; r < 1797; r++) {
	for (i = 0; i < 64; i++) printf "%.4f,", rand() * (i % 10 == r % 10 ? 1 : 0.5)
	print r % 10 } }' >t.csv
smpc-share -n 2 -o t t.csv
smpc-reveal --public -o t t.1 t.2
train="smpc-train -j 1 -l digit -n 'dense 32, relu, dense 10, softmax' -e 20 -r 0.2"
if smpc-train --float -l digit -m linear -e 0 t >/dev/null; then
	compare -n 5 -a float -b clear "$train --float t" "$train --clear t"
else
	compare -n 5 -a clear "$train --clear t"
fi
