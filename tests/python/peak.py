#!/usr/bin/env python3
"""
peak.py LIMIT NAME TOOL...: run a tool, its standard output thrown away; fail if it fails or if its peak resident memory
is above LIMIT MiB.  Prints a line "NAME MiB seconds".
peak.py --npy ROWS COLUMNS FILE: write a .npy file of random int64, as large as is asked for.
"""

import os
import sys
import time


def write_npy(rows, cols, path):
    """write_npy(rows, cols, path): numbers of 40 bits, so that they can be added and scaled."""
    head = "{'descr': '<i8', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, cols)
    head = b'\x93NUMPY\x01\x00' + bytes([118, 0]) + head.ljust(117).encode() + b'\n'
    block = b''.join(os.urandom(5) + bytes(3) for _ in range(1 << 15))
    left = 8 * rows * cols
    with open(path, 'wb') as f:
        f.write(head)
        while left > 0:
            left -= f.write(block[:left])


def main():
    if sys.argv[1:2] == ['--npy'] and len(sys.argv) == 5:
        write_npy(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
        return 0
    if len(sys.argv) < 4:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    start = time.monotonic()
    away = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawnp(sys.argv[3], sys.argv[3:], os.environ, file_actions=away)
    _, status, usage = os.wait4(child, 0)
    peak = usage.ru_maxrss / 1024
    print('%-10s %6.1f MiB %6.1f s' % (sys.argv[2], peak, time.monotonic() - start), flush=True)
    code = os.waitstatus_to_exitcode(status)
    if code != 0:
        print('%s: status %d' % (' '.join(sys.argv[3:]), code), file=sys.stderr)
        return 1
    if peak > float(sys.argv[1]):
        print('%s: more than %s MiB' % (' '.join(sys.argv[3:]), sys.argv[1]), file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
