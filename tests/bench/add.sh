#!/usr/bin/env bash
# smpc-add of two additive share files of 400 MB against cat of both and b2sum of the data.  Target: a ratio of at most 2.
set -euo pipefail
python3 - <<'EOF'
import struct
header = "{'descr': '<i8', 'fortran_order': False, 'shape': (6250000, 8), }"
header += " " * (63 - (10 + len(header)) % 64) + "\n"
with open("x.npy", "wb") as f:
    f.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    for _ in range(500):
        f.write(struct.pack("<8q", 1, -2, 3, -4, 5, -6, 7, 8) * 12500)
EOF
smpc-share --additive -n 2 --fraction-bits 0 -o a x.npy
smpc-share --additive -n 2 --fraction-bits 0 -o b x.npy
rm x.npy
echo "# two additive files of $(stat -c %s a.2) bytes: smpc-add, and cat of both with b2sum -l 256"
compare -n 7 -a smpc-add -b cat+b2sum "smpc-add a.2 b.2 >sum.2" "cat a.2 b.2 >data && b2sum -l 256 data"
compare -n 7 -a smpc-add -b "cat|b2sum" "smpc-add a.2 b.2 >sum.2" "cat a.2 b.2 | b2sum -l 256"
