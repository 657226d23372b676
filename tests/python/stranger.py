#!/usr/bin/env python3
"""
stranger.py SECONDS TOP PUBLIC PID...: what another user of this machine can try against the parties below TOP, over and
over: connect to their sockets; read, write, replace and remove what is there; look into the processes PID and their
children, stop them, attach to them.  PUBLIC is a regular expression for the paths below TOP that anybody may read.

Prints how often it tried what, and a line "got: ..." for each thing that worked.  Status 1 if any did, else 0.
"""

import collections
import ctypes
import os
import re
import socket
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_DETACH, PTRACE_SEIZE = 16, 17, 0x4206

tried, got = collections.Counter(), {}


def attempt(what, where, act):
    """attempt(what, where, act): act() must fail, with an OSError, or return nothing."""
    tried[what] += 1
    try:
        result = act()
    except OSError:
        return
    if result:
        got.setdefault((what, where), result)


def connect(path):
    for kind in socket.SOCK_SEQPACKET, socket.SOCK_STREAM:
        with socket.socket(socket.AF_UNIX, kind) as s:
            s.connect(path)
            return 'connected'


def read(path):
    with open(path, 'rb') as f:
        return 'read' if f.read(1) else ''


def write(path):
    os.close(os.open(path, os.O_WRONLY))
    return 'opened for writing'


def replace(path):
    os.rename(path, path + '.taken')
    return 'renamed'


def make(path):
    os.close(os.open(os.path.join(path, 'planted'), os.O_WRONLY | os.O_CREAT, 0o666))
    os.unlink(os.path.join(path, 'planted'))
    return 'made a file in it'


def traced(pid, how):
    if libc.ptrace(how, pid, None, None) == -1:
        raise OSError(ctypes.get_errno(), 'ptrace')
    libc.ptrace(PTRACE_DETACH, pid, None, None)
    return 'attached'


def remote(pid):
    class Piece(ctypes.Structure):
        _fields_ = [('base', ctypes.c_void_p), ('len', ctypes.c_size_t)]
    room = ctypes.create_string_buffer(16)
    here, there = Piece(ctypes.addressof(room), 16), Piece(0x400000, 16)
    if libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) == -1:
        if ctypes.get_errno() == 14:            # EFAULT: it was allowed, and nothing is there
            return 'may read memory'
        raise OSError(ctypes.get_errno(), 'process_vm_readv')
    return 'read memory'


def killed(pid):
    os.kill(pid, 0)                             # whether one might be sent
    return 'may send a signal'


def descendants(pids):
    """descendants(pids): these processes, and all that they have started."""
    parents = {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            try:
                with open(f'/proc/{name}/stat') as f:
                    parents[int(name)] = int(f.read().rsplit(')', 1)[1].split()[1])
            except OSError:
                pass
    found, more = set(pids), True
    while more:
        new = {p for p, parent in parents.items() if parent in found} - found
        found |= new
        more = bool(new)
    return found


def look_at_process(pid):
    for name in 'mem', 'environ', 'maps', 'io', 'syscall', 'stack':
        attempt('/proc/' + name, pid, lambda: read(f'/proc/{pid}/{name}'))
    attempt('/proc/fd', pid, lambda: ' '.join(os.listdir(f'/proc/{pid}/fd')))
    attempt('/proc/root', pid, lambda: ' '.join(os.listdir(f'/proc/{pid}/cwd')))
    attempt('ptrace', pid, lambda: traced(pid, PTRACE_ATTACH))
    attempt('seize', pid, lambda: traced(pid, PTRACE_SEIZE))
    attempt('process_vm_readv', pid, lambda: remote(pid))
    attempt('kill', pid, lambda: killed(pid))
    # what is on the command line of a process, everybody sees: no secret may be there
    try:
        with open(f'/proc/{pid}/cmdline', 'rb') as f:
            if re.search(rb'smpc-secret-', f.read()):
                got.setdefault(('cmdline', pid), 'a key')
    except OSError:
        pass


def look_at_files(top, public):
    for directory, names, files in os.walk(top):
        attempt('make', directory, lambda: make(directory))
        for name in files + names:
            path = os.path.join(directory, name)
            below = os.path.relpath(path, top)
            if not public.fullmatch(below):
                if os.path.isdir(path):
                    attempt('list', below, lambda: 'listed ' + ' '.join(os.listdir(path)))
                else:
                    attempt('read', below, lambda: read(path))
            attempt('write', below, lambda: write(path))
            attempt('replace', below, lambda: replace(path))
            attempt('connect', below, lambda: connect(path))


def main():
    seconds, top, public = float(sys.argv[1]), sys.argv[2], re.compile(sys.argv[3])
    pids = [int(p) for p in sys.argv[4:]]
    sockets = [os.environ[v] for v in os.environ if v.startswith('STRANGER_SOCKET')]
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        look_at_files(top, public)
        for path in sockets:                    # where it is, they might know
            attempt('connect', path, lambda: connect(path))
        for pid in descendants(pids):
            look_at_process(pid)
        time.sleep(0.05)
    print(', '.join(f'{what} {count}' for what, count in sorted(tried.items())))
    for (what, where), result in got.items():
        print(f'got: {what} {where}: {result}')
    return 1 if got else 0


if __name__ == '__main__':
    sys.exit(main())
