"""Running the toolkit's tools, which are found through PATH, and judging how they ended."""

import csv
import io
import os
import subprocess
import sys

STATUSES = (0, 1, 2, 3, 4, 5)
SHOWN = int(os.environ.get('FAULTS_SHOWN', '20'))


class Fault(Exception):
    """A tool did not do what it should."""


def run(argv, stdin=None):
    """run(argv, stdin): (status, standard output, standard error as text)."""
    done = subprocess.run([str(a) for a in argv], input=stdin, stdin=subprocess.DEVNULL if stdin is None else None,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    error = done.stderr.decode('utf-8', 'replace')
    if done.returncode not in STATUSES:
        raise Fault('%s: status %d: %s' % (shown(argv), done.returncode, error))
    return done.returncode, done.stdout, error


def without_advice(error):
    """without_advice(error): what smpc-share says, without the ranges that it proposes for large numbers."""
    return ''.join(line for line in error.splitlines(True) if ' --range ' not in line)


def output(argv, stdin=None):
    """output(argv, stdin): the standard output of a tool that has to succeed in silence, but for advice to owners."""
    status, out, error = run(argv, stdin)
    error = without_advice(error)
    if status != 0 or error:
        raise Fault('%s: status %d: %s' % (shown(argv), status, error))
    return out


def pipeline(argvs, source):
    """pipeline(argvs, source): what comes out of tools connected by pipes, the first of which reads file ${source}."""
    processes, before = [], open(source, 'rb')
    for argv in argvs:
        p = subprocess.Popen([str(a) for a in argv], stdin=before, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        before.close()
        before = p.stdout
        processes.append(p)
    with before:
        out = before.read()
    faults = []
    for argv, p in zip(argvs, processes):
        error = p.stderr.read().decode('utf-8', 'replace')
        p.stderr.close()
        if p.wait() != 0 or error:
            faults.append((bool(error), '%s, in a pipe: status %d: %s' % (shown(argv), p.returncode, error)))
    if faults:
        # those before the one that failed may have been ended by SIGPIPE, without a word
        raise Fault(max(faults, key=lambda f: f[0])[1])
    return out


def shown(argv):
    return ' '.join(str(a) for a in argv)


def printed_tables(text):
    """printed_tables(text): the tables of smpc-reveal's CSV, which blank lines separate, as lists of rows."""
    tables = [[]]
    for row in csv.reader(io.StringIO(text)):
        if row:
            tables[-1].append(row)
        else:
            tables.append([])
    return tables


def report(what, faults, count):
    """report(what, faults, count): say how it went; return the exit status."""
    for fault in faults[:SHOWN]:
        print('%s: %s' % (what, fault))
    if len(faults) > SHOWN:
        print('and %d more' % (len(faults) - SHOWN))
    if count == 0:
        print('%s: nothing was tested' % what)
    print('%s: %d of %d failed' % (what, len(faults), count), file=sys.stderr if faults else sys.stdout)
    return 1 if faults or count == 0 else 0
