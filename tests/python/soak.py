#!/usr/bin/env python3
"""
soak.py SECONDS TOP NAME=PID:STATE... : watch agents for so long, once a second, and judge whether they stay as they are.
TOP is where all that the parties write is; STATE, under it, is a party's SMPC_STATE.

Of each agent: open descriptors, resident memory, the numbers in its ledger and the bytes of that; of TOP: the bytes of
all files but the ledgers.  A line is fitted to the second half of each, by least squares.  By how much it rises from the
middle to the end is printed, and must be at most

    descriptors 2, memory 256 KiB, disk 64 KiB, the ledger 200 bytes for each session

Status 0 if all are, 1 if not, with a line on standard error for each that is not.
"""

import os
import sys
import time

LIMITS = {'descriptors': 2, 'memory': 256 << 10, 'disk': 64 << 10}
LEDGER = 200
RECORD = 32


def resident(pid):
    with open(f'/proc/{pid}/status') as f:
        for line in f:
            if line.startswith('VmRSS'):
                return int(line.split()[1]) << 10
    return 0


def bytes_below(top, leave_out):
    total = 0
    for directory, names, files in os.walk(top):
        names[:] = [n for n in names if os.path.join(directory, n) not in leave_out]
        for name in files:
            try:
                total += os.stat(os.path.join(directory, name)).st_size
            except OSError:
                pass                            # it was there a moment ago
    return total


def ledger(state, name):
    """ledger(state, name): how many numbers it has, and its bytes: of the directory, and of what is in it."""
    path = os.path.join(state, name, 'ledger')
    with os.scandir(path) as entries:
        total = os.stat(path).st_size + sum(e.stat().st_size for e in entries)
    # before the first number there is a record that says what the file is
    return os.stat(os.path.join(path, 'numbers')).st_size // RECORD - 1, total


def rise(samples):
    """rise([(time, value)]): by how much a line through the second half of them rises."""
    half = samples[len(samples) // 2:]
    n = len(half)
    t, v = sum(s[0] for s in half) / n, sum(s[1] for s in half) / n
    spread = sum((s[0] - t) ** 2 for s in half)
    slope = sum((s[0] - t) * (s[1] - v) for s in half) / spread if spread else 0
    return slope * (half[-1][0] - half[0][0])


def main():
    seconds, top = float(sys.argv[1]), sys.argv[2]
    agents, series, failed = {}, {}, 0
    for a in sys.argv[3:]:
        name, rest = a.split('=', 1)
        pid, state = rest.split(':', 1)
        agents[name] = (int(pid), state)
    ledgers = {os.path.join(state, name, 'ledger') for name, (_, state) in agents.items()}
    start = now = time.monotonic()
    while now - start < seconds:
        def add(what, value):
            series.setdefault(what, []).append((now - start, value))
        for name, (pid, state) in agents.items():
            try:
                add((name, 'descriptors'), len(os.listdir(f'/proc/{pid}/fd')))
                add((name, 'memory'), resident(pid))
            except OSError:
                print(f'soak: the agent of {name} has ended', file=sys.stderr)
                return 1
            count, size = ledger(state, name)
            add((name, 'sessions'), count)
            add((name, 'ledger'), size)
        add(('all', 'disk'), bytes_below(top, ledgers))
        time.sleep(max(0.1, 1 - (time.monotonic() - now)))
        now = time.monotonic()
    print(f'{"":8} {"":12} {"first":>10} {"middle":>10} {"last":>10} {"most":>10} {"rise of 2nd half":>17}')
    for (name, what), samples in series.items():
        values = [v for _, v in samples]
        r = rise(samples)
        print(f'{name:8} {what:12} {values[0]:10} {values[len(values) // 2]:10} {values[-1]:10} {max(values):10} {r:17.1f}')
        if what in LIMITS and r > LIMITS[what]:
            print(f'soak: {name}: {what}: rises by {r:.1f} in the second half, more than {LIMITS[what]}', file=sys.stderr)
            failed = 1
    for name in agents:
        sessions = rise(series[name, 'sessions'])
        each = rise(series[name, 'ledger']) / max(sessions, 1)
        print(f'{name:8} ledger: {each:.1f} bytes for each session, {series[name, "sessions"][-1][1]} sessions in all')
        if each > LEDGER:
            print(f'soak: {name}: the ledger grows by {each:.1f} bytes a session', file=sys.stderr)
            failed = 1
    return failed


if __name__ == '__main__':
    sys.exit(main())
