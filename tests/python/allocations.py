#!/usr/bin/env python3
"""
allocations.py [--stride S] [--first F] LIBRARY CASES: have one allocation after another fail (tests/preload/failing.c), and
see what becomes of it: the right result with status 0, or status 1, a message and nothing written.

A line of CASES is

    NAME | FILTER | COMMAND | OUTPUTS | CHECK

COMMAND is run by sh where CASES is, once for each allocation F, F + S, F + 2 S ... that fails, until it makes fewer. FILTER
has words for the library: PROGRAM, or PROGRAM:PARTY. OUTPUTS are the files that it writes; NAME? is one that a failure may
leave, and success does not. With status 0, CHECK, which is run by sh behind it, must print what it prints without any
failure; without a CHECK, standard output and OUTPUTS must be the same bytes. In any other case there must be no file that
was not there before, and a message of some tool. A name that begins with + is of a session: other statuses of the manual
may come of it, as parties fail together.

Prints a line for each case, and what was wrong; the status is 1 if anything was.
"""

import os
import subprocess
import sys

SECONDS = 60  # to end


class Case:
    def __init__(self, line):
        fields = [field.strip() for field in line.split('|', 4)]
        self.name, self.filter, self.command, outputs, self.check = fields
        self.session = self.name.startswith('+')
        self.outputs = [name for name in outputs.split() if not name.endswith('?')]
        self.kept = {name[:-1] for name in outputs.split() if name.endswith('?')}

    def environment(self, library, number, log):
        words = self.filter.split(':')
        env = dict(os.environ, FAILING=str(number), FAILING_LOG=log, FAILING_PROGRAM=words[0], LD_PRELOAD=library)
        if len(words) > 1:
            env['FAILING_PARTY'] = words[1]
        return env

    def run(self, env):
        """run(env): status, standard output and standard error; a status below 0 is a signal, None no end."""
        try:
            p = subprocess.run(['sh', '-c', 'exec ' + self.command], env=env, stdin=subprocess.DEVNULL, capture_output=True,
                               timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return None, b'', b''
        return p.returncode, p.stdout, p.stderr

    def result(self, out):
        """result(out): what has to be the same whenever the status is 0."""
        if self.check:
            p = subprocess.run(['sh', '-c', self.check], stdin=subprocess.DEVNULL, capture_output=True)
            return p.returncode, p.stdout, p.stderr
        return out, [open(name, 'rb').read() if os.path.exists(name) else None for name in self.outputs]

    def clear(self, before):
        for name in set(os.listdir()) - before:
            if os.path.isdir(name):
                subprocess.run(['rm', '-rf', name])
            else:
                os.unlink(name)

    def judge(self, status, out, err, want, before, failed):
        """judge(...): what is wrong, or None."""
        left = sorted(set(os.listdir()) - before)
        if status == 0:
            if sorted(left) != sorted(self.outputs):
                return 'status 0, and the files %s' % left
            got = self.result(out)
            return None if got == want else 'status 0 and another result: %r, and not %r' % (got, want)
        if not failed:
            return 'status %s without a failure' % status
        if status is None:
            return 'does not end'
        if status < 0 or status > 128:
            return 'dies of a signal (%d)' % status
        if status != 1 and not (self.session and status in (3, 4)):
            return 'status %d' % status
        left = [name for name in left if name not in self.kept]
        if left:
            return 'status %d, and the files %s' % (status, left)
        return None if b'smpc' in err else 'status %d and no message' % status

    def try_all(self, library, first, stride, log):
        """try_all(...): the count of runs and a list of what was wrong."""
        before = set(os.listdir())
        status, out, err = self.run(self.environment(library, 0, log))
        if status != 0:
            return 1, ['without a failure: status %s: %s' % (status, err.decode(errors='replace'))]
        want = self.result(out)
        wrong, runs, number = [], 0, first
        while True:
            self.clear(before)
            if os.path.exists(log):
                os.unlink(log)
            status, out, err = self.run(self.environment(library, number, log))
            failed = os.path.exists(log)
            runs += 1
            fault = self.judge(status, out, err, want, before, failed)
            if fault is not None:
                wrong.append('allocation %d: %s: %s' % (number, fault, err.decode(errors='replace').strip()))
            if not failed and runs == 1 and first == 1:
                wrong.append('not even the first allocation failed: is the library loaded?')
            if not failed or len(wrong) > 20:
                self.clear(before)
                return runs, wrong
            number += stride


def main():
    args = sys.argv[1:]
    options = {'--stride': 1, '--first': 1}
    while args and args[0] in options:
        options[args[0]] = int(args[1])
        args = args[2:]
    if len(args) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    library, bad = os.path.abspath(args[0]), False
    if not os.path.exists(library):
        print('%s is not there' % args[0], file=sys.stderr)
        return 2
    with open(args[1]) as f:
        cases = [Case(line) for line in f if line.strip() and not line.startswith('#')]
    os.chdir(os.path.dirname(os.path.abspath(args[1])))
    log = os.path.abspath('../failed.%d' % os.getpid())
    for case in cases:
        runs, wrong = case.try_all(library, options['--first'], options['--stride'], log)
        print('%s: %d runs, %d wrong' % (case.name, runs, len(wrong)), flush=True)
        for line in wrong:
            print('    ' + line)
        bad = bad or bool(wrong)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
