"""ports.py N: N free ports, one a line.  Few modules, as most tests of parties start it: python3 -S will do."""

import os
import sys
from _socket import socket

held = []
while len(held) < int(sys.argv[1]):
    s = socket()
    try:
        s.bind(('127.0.0.1', 20000 + int.from_bytes(os.urandom(4), 'little') % 12000))
    except OSError:
        continue
    held.append(s)
for s in held:
    print(s.getsockname()[1])
