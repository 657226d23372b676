#!/usr/bin/env python3
"""
Can the tests fail?  Change one line of the library or of a tool, run the tests that execute it, and see whether one of
them turns red; many times.

    mutants.py [--count N] [--seed S]      N lines at random (100), then all of tests/mutants/security
    mutants.py --security [TEXT]           the security mutants alone; those whose file or text has TEXT in it
    mutants.py --check                     whether the lists in tests/mutants fit the sources; runs nothing

All happens in a copy of the tree, in TMPDIR; the tree itself is only read.  Which test executes which line is found out
with gcov, and kept in $BUILD/mutants.gz for as long as sources and tests stay the same.  A mutant that the compiler
makes the same code of is none.  A test that is red, or hangs, kills the mutant, if it is green without it.  What is
printed at the end are survivors: file, line, and the change.  The status is 1 if there are 10 % or more of those drawn
at random, or any security mutant among them.

tests/mutants/security and tests/mutants/equivalent have a line for each mutant, and comments that begin with '#':

    FILE: OLD => NEW          OLD is found in one line of FILE, which has NEW in its place

and in equivalent, where it is the change that was drawn that is looked for, NEW may be '*', for whatever becomes of OLD.
A line "# first: FILE..." before one of security names test files to begin with: where very many execute the line, or it
cannot be counted in them, as in tests that run as another user.
"""

import argparse
import concurrent.futures
import functools
import glob
import gzip
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
LISTS = 'tests/mutants'
MARK = 'SMPC_MUTANTS'
FIRST = '# first: '
# These start no program of the build, or build it themselves.
UNBUILT = {'lint.bats', 'series.bats', 'vectors.bats', 'harness.bats', 'units.bats', 'tutorial.bats'}
MUTANT_FLAGS = ['CFLAGS=-O2', 'WARNINGS=-w', 'WERROR=']
SANITIZED_FLAGS = ['SANITIZE=1', 'WARNINGS=-w', 'WERROR=']
SANITIZED_TESTS = 12  # of what executes a line, as they take long
COVERAGE_FLAGS = ['CFLAGS=-O0 -g --coverage', 'LDFLAGS=--coverage', 'WARNINGS=-w', 'WERROR=']


# ---- sources

def sources(tree):
    """sources(tree): the C files that mutants are made of, as paths in the tree."""
    return sorted(os.path.relpath(p, tree) for pattern in ('common/*/*.c', 'tools/smpc*.c')
                  for p in glob.glob(os.path.join(tree, pattern)))


def read_lines(tree, path):
    """read_lines(tree, path): its lines, without their ends."""
    with open(os.path.join(tree, path), encoding='utf-8') as f:
        return f.read().split('\n')


class ListFault(Exception):
    """A line in tests/mutants that fits no source."""


def read_list(tree, name):
    """read_list(tree, name): (file, old, new, test files to begin with) of each line of tests/mutants/NAME."""
    entries, first = [], []
    with open(os.path.join(tree, LISTS, name), encoding='utf-8') as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip('\n')
            if line.startswith(FIRST):
                first = line[len(FIRST):].split()
            if not line or line.startswith('#'):
                continue
            match = re.fullmatch(r'(\S+\.c): (.*\S) =>(?: (.*))?', line)
            if not match:
                raise ListFault(f'{LISTS}/{name}:{number}: is not FILE: OLD => NEW')
            entries.append((match[1], match[2], match[3] or '', first))
            first = []
    return entries


def find_entry(tree, path, old):
    """find_entry(tree, path, old): the number, from 0, of the one line that has this text."""
    if not os.path.exists(os.path.join(tree, path)):
        raise ListFault(f'{LISTS}: {path} is not there')
    found = [i for i, line in enumerate(read_lines(tree, path)) if old in line]
    if len(found) != 1:
        raise ListFault(f'{LISTS}: {path}: {len(found)} lines, and not one, have "{old}"; correct the list')
    return found[0]


# ---- what can become of a line

class Mutant:
    """A line of a file, and what stands in its place."""

    def __init__(self, path, index, old, new, first=()):
        self.path, self.index, self.old, self.new, self.first = path, index, old, new, first

    def __str__(self):
        return f'{self.path}:{self.index + 1}\n  - {self.old.strip()}\n  + {self.new.strip()}'


SWAPS = [(r' < ', ' <= '), (r' <= ', ' < '), (r' > ', ' >= '), (r' >= ', ' > '), (r' == ', ' != '), (r' != ', ' == '),
         (r' && ', ' || '), (r' \|\| ', ' && '), (r' \+ ', ' - '), (r' - ', ' + '), (r' \+= ', ' -= '),
         (r' -= ', ' += '), (r'\+\+(?=[;) ])', ''), (r'\btrue\b', 'false'), (r'\bfalse\b', 'true'), (r' \* ', ' + ')]
NUMBER = re.compile(r'(?<![\w.])(\d+)(?![\w.])')


def code_of(line):
    """code_of(line): the line with strings, characters and comments blanked out, so that columns stay."""
    return re.sub(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|/\*.*?\*/|//.*', lambda m: '_' * len(m[0]), line)


def begins_statement(lines, index):
    """begins_statement(lines, index): whether the line before ends a statement, or begins a block."""
    before = index - 1
    while before > 0 and (not lines[before].strip() or lines[before].strip().endswith('*/')):
        before -= 1
    return code_of(lines[before]).rstrip().endswith((';', '{', '}', ':'))


def balanced(text):
    """balanced(text): whether it has as many brackets that open as that close."""
    return text.count('(') == text.count(')') and text.count('{') == text.count('}')


def mutants_of_line(path, lines, index):
    """mutants_of_line(path, lines, index): all that may become of it; not all compile."""
    line = lines[index]
    code = code_of(line)
    text = code.strip()
    indent = line[:len(line) - len(line.lstrip())]
    if not line.startswith('\t') or not text or text.startswith(('/*', '*', '#', '{', '}', 'case ', 'default')):
        return []
    found = []
    whole = text.endswith(';') and balanced(text)
    if whole and begins_statement(lines, index) and not text.startswith(('return', 'break', 'goto')):
        found.append(indent + ';')
    if whole and not begins_statement(lines, index) and index > 0:
        head = code_of(lines[index - 1]).strip()
        if re.match(r'(\} )?(if|else|else if|for|while)\b', head) and balanced(head) and not head.endswith('{'):
            found.append(indent + ';')
    match = re.match(r'(\s*(?:\} else )?(?:if|while) )(\(.*\))( \{)?$', code)
    if match and balanced(match[2]):
        end = len(match[1]) + len(match[2])
        found.append(f'{line[:len(match[1])]}(!{line[len(match[1]):end]}){line[end:]}')
    match = re.match(r'\s*return \((.*)\);$', code)
    if match and re.fullmatch(r'-?\d+', match[1]):
        found.append(f'{indent}return ({0 if int(match[1]) else -1});')
    for pattern, new in SWAPS:
        for at in re.finditer(pattern, code):
            found.append(line[:at.start()] + new + line[at.end():])
    for at in NUMBER.finditer(code):
        number = int(at[1])
        for new in {number + 1, 0 if number else 1}:
            found.append(line[:at.start()] + str(new) + line[at.end():])
    return [Mutant(path, index, line, new) for new in found if new != line]


# ---- processes

class Runner:
    """Starts commands, and ends them with all that they started: these have a mark in their environment."""

    def __init__(self, env):
        self.env = env
        self.serial = 0
        self.live = set()
        self.lock = threading.Lock()

    def start(self, command, cwd, **extra):
        """start(command, cwd, NAME=VALUE...): a process in a group of its own, with its own mark."""
        with self.lock:
            self.serial += 1
            mark = f'{os.getpid()}.{self.serial}'
        env = dict(self.env, **{MARK: mark}, **extra)
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True, errors='replace')
        process.mark = mark
        with self.lock:
            self.live.add(process)
        return process

    def end_all(self):
        """end_all(): what still runs, as when we are stopped."""
        with self.lock:
            left = list(self.live)
        for process in left:
            self.end(process)

    @staticmethod
    def end(process):
        """end(process): kill what is left of it."""
        mark = f'{MARK}={process.mark}'.encode()
        for _ in range(20):
            left = 0
            for name in os.listdir('/proc'):
                if not name.isdigit() or int(name) == os.getpid():
                    continue
                try:
                    with open(f'/proc/{name}/environ', 'rb') as f:
                        if mark in f.read().split(b'\0'):
                            os.kill(int(name), signal.SIGKILL)
                            left += 1
                except OSError:
                    continue
            if left == 0:
                break
            time.sleep(0.05)
        process.wait()

    def run(self, command, cwd, seconds, until=None, **extra):
        """
        run(command, cwd, seconds, until=PATTERN): (status, lines); None: it took longer.  It is ended at the first line
        that matches PATTERN.
        """
        process = self.start(command, cwd, **extra)
        lines = []
        late = threading.Event()

        def stop():
            late.set()
            self.end(process)

        timer = threading.Timer(seconds, stop)
        timer.start()
        for line in process.stdout:
            lines.append(line.rstrip('\n'))
            if until is not None and until.match(line):
                break
        else:
            process.wait()
        timer.cancel()
        status = process.poll()
        self.end(process)
        process.stdout.close()
        with self.lock:
            self.live.discard(process)
        return (None if late.is_set() else status), lines


# ---- tests

RED = re.compile(r'not ok |Bail out')


@functools.lru_cache(None)
def text_of(file):
    """text_of(file): of a file of tests, which stays as it is; for each mutant it is looked for what the line names."""
    with open(os.path.join(ROOT, file), encoding='utf-8') as f:
        return f.read()


class Test:
    """A unit program, or one test of a bats file: how long it takes, and the lines that it executes, as bits."""

    def __init__(self, file, name, seconds, lines):
        self.file, self.name, self.seconds, self.lines = file, name, seconds, lines
        self.weight = sum(bits.bit_count() for bits in lines.values())

    def is_unit(self):
        """is_unit(): a unit program?"""
        return self.file.endswith('.c')

    def text(self):
        """text(): as it is written, without the helpers that it calls."""
        text = text_of(self.file)
        begin = text.find(f'@test "{self.name}"')
        return text if begin == -1 else text[begin:text.find('\n@test "', begin + 1) % (len(text) + 1)]

    def executes(self, path, index):
        """executes(path, index): this line?"""
        return self.lines.get(path, 0) >> (index + 1) & 1

    def limit(self):
        """limit(): the seconds after which it hangs."""
        return 20 + 6 * self.seconds

    def command(self):
        """command(): what runs it."""
        if self.is_unit():
            name = os.path.splitext(os.path.basename(self.file))[0]
            return ['tests/tap', f'build/unit/{name}']
        pattern = ''.join(c if c.isalnum() or c == ' ' else '.' for c in self.name)
        return ['bats', '--formatter', 'tap', '--filter', f'^{pattern}$', self.file]


@functools.lru_cache(None)
def tests_of(file):
    """tests_of(file): those of a bats file, whatever they execute."""
    names = re.findall(r'^@test "(.*)" \{$', text_of(file), re.M)
    return [Test(file, re.sub(r'\\(.)', r'\1', name), 10, {}) for name in names]


def gcov_lines(directory):
    """gcov_lines(directory): {file: bits of executed lines} from the .gcda files in it, which lie beside .gcno files."""
    data = [os.path.join(base, name) for base, _, names in os.walk(directory) for name in names
            if name.endswith('.gcda')]
    found = {}
    if not data:
        return found
    out = subprocess.run(['gcov', '--json-format', '--stdout', *data], cwd=directory, capture_output=True, check=False,
                         text=True, errors='replace').stdout
    for text in out.splitlines():
        if not text.startswith('{'):
            continue
        for file in json.loads(text)['files']:
            if not re.match(r'(common|tools)/.*\.c$', file['file']):
                continue
            bits = found.get(file['file'], 0)
            for line in file['lines']:
                if line['count'] > 0:
                    bits |= 1 << line['line_number']
            found[file['file']] = bits
    for path in data:
        os.unlink(path)
    return found


class Coverage:
    """Which test executes what; made in a tree, or taken from a cache."""

    def __init__(self, work, runner, jobs, cache):
        self.work, self.runner, self.jobs, self.cache = work, runner, jobs, cache
        self.tree = os.path.join(work, 'coverage')
        self.objects = os.path.join(self.tree, 'build', 'obj')
        self.free = []   # directories for gcov, one for each job
        self.lock = threading.Lock()

    def digest(self, *patterns):
        """digest(patterns): of the files of the tree that match."""
        h = hashlib.sha256()
        for pattern in patterns:
            for path in sorted(glob.glob(os.path.join(ROOT, pattern))):
                with open(path, 'rb') as f:
                    h.update(os.path.relpath(path, ROOT).encode() + b'\0' + f.read() + b'\0')
        return h.hexdigest()

    def load(self):
        """load(): (digest of the sources, {test file: [its digest, its tests]}) of the last time."""
        sources_now = self.digest('common/*/*.[ch]', 'tools/*')
        try:
            with gzip.open(self.cache, 'rt', encoding='utf-8') as f:
                kept = json.load(f)
            if kept['sources'] == sources_now:
                return sources_now, kept['files']
        except (OSError, ValueError, KeyError):
            pass
        return sources_now, {}

    def build(self):
        """build(): the tree with counters, in which each test counts for itself."""
        copy_tree(self.tree)
        helper = os.path.join(self.tree, 'tests', 'helper.bash')
        with open(helper, encoding='utf-8') as f:
            text = f.read()
        line = '\tPATH=$BUILD/bin:$PATH\n'
        assert line in text
        with open(helper, 'w', encoding='utf-8') as f:
            f.write(text.replace(line, line + '\texport GCOV_PREFIX=$MUTANTS_COUNTS/$BATS_TEST_NUMBER\n'))
        make(self.runner, self.tree, COVERAGE_FLAGS + ['all', 'units'], self.jobs)
        for i in range(self.jobs):
            place = os.path.join(self.work, f'gcov{i}')
            for note in glob.glob(os.path.join(self.objects, '**', '*.gcno'), recursive=True):
                link = os.path.join(place, os.path.relpath(note, self.objects))
                os.makedirs(os.path.dirname(link), exist_ok=True)
                os.symlink(note, link)
            self.free.append(place)

    def count(self, directory):
        """count(directory): what was counted in it; the files are gone then."""
        with self.lock:
            place = self.free.pop()
        for base, _, names in os.walk(directory):
            for name in names:
                to = os.path.join(place, os.path.relpath(base, directory), name)
                if os.path.isdir(os.path.dirname(to)):
                    os.replace(os.path.join(base, name), to)
        lines = gcov_lines(place)
        with self.lock:
            self.free.append(place)
        shutil.rmtree(directory, ignore_errors=True)
        return lines

    def run_file(self, file):
        """run_file(file): [name, seconds, lines] of each of its tests that passes."""
        counts = tempfile.mkdtemp(dir=self.work)
        own = os.path.join(counts, 'file')
        strip = str(len(self.objects.strip('/').split('/')))
        test = Test(file, '', 60, {})
        command = test.command() if test.is_unit() else ['bats', '--formatter', 'tap', '--timing', file]
        begin = time.monotonic()
        status, out = self.runner.run(command, self.tree, 900, GCOV_PREFIX=own, GCOV_PREFIX_STRIP=strip,
                                      MUTANTS_COUNTS=counts)
        seconds = time.monotonic() - begin
        whole = self.count(own)
        tests = []
        if test.is_unit() and status == 0:
            tests.append(['', seconds, whole])
        for line in out if not test.is_unit() else []:
            match = re.fullmatch(r'ok (\d+) (.*) in (\d+)ms', line)
            if match:
                lines = self.count(os.path.join(counts, match[1]))
                for path, bits in whole.items():
                    lines[path] = lines.get(path, 0) | bits
                tests.append([match[2], int(match[3]) / 1000, lines])
        shutil.rmtree(counts, ignore_errors=True)
        if not tests:
            print(f'{file}: no test of it passes, or all are skipped', flush=True)
        return tests

    def run_counted(self, file):
        """run_counted(file): run_file, once more for tests of which nothing was counted."""
        found = {name: [name, seconds, lines] for name, seconds, lines in self.run_file(file)}
        if not all(lines for _, _, lines in found.values()):
            for name, seconds, lines in self.run_file(file):
                if lines:
                    found[name] = [name, seconds, lines]
        if not any(lines for _, _, lines in found.values()):
            print(f'{file}: its tests execute nothing', flush=True)
        return list(found.values())

    def save(self, sources_now, files):
        """save(sources_now, files): for the next time, also if this one is cut."""
        os.makedirs(os.path.dirname(self.cache), exist_ok=True)
        with gzip.open(self.cache + '.new', 'wt', encoding='utf-8', compresslevel=3) as f:
            json.dump({'sources': sources_now, 'files': files}, f)
        os.replace(self.cache + '.new', self.cache)

    def tests(self):
        """tests(): all of them."""
        sources_now, kept = self.load()
        files = sorted(glob.glob(os.path.join(ROOT, 'tests/unit/*.c')) + glob.glob(os.path.join(ROOT, 'tests/*.bats')))
        files = [os.path.relpath(p, ROOT) for p in files if os.path.basename(p) not in UNBUILT]
        digests = {f: self.digest(f) for f in files}
        todo = [f for f in files if kept.get(f, [None])[0] != digests[f]]
        if todo:
            print(f'finding out what {len(todo)} test files execute', flush=True)
            self.build()
            with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
                for n, (file, found) in enumerate(zip(todo, pool.map(self.run_counted, todo)), 1):
                    kept[file] = [digests[file], [[name, seconds, {p: f'{b:x}' for p, b in lines.items()}]
                                                  for name, seconds, lines in found]]
                    if n % 10 == 0 or n == len(todo):
                        self.save(sources_now, {f: kept[f] for f in files if f in kept})
            shutil.rmtree(self.tree)
        return [Test(file, name, seconds, {p: int(b, 16) for p, b in lines.items()})
                for file in files for name, seconds, lines in kept[file][1]]


# ---- the tree that mutants are made in

def copy_tree(to):
    """copy_tree(to): what is in the tree, without what was built."""
    shutil.copytree(ROOT, to, symlinks=True,
                    ignore=lambda directory, names: [n for n in names if n in ('.git', '__pycache__') or
                                                     (directory == ROOT and re.fullmatch(r'build(-.*)?', n))])


def make(runner, tree, arguments, jobs, seconds=1800):
    """make(runner, tree, arguments, jobs): run it; an exception where it fails."""
    status, out = runner.run(['make', '-s', f'-j{jobs}', 'BUILD=build', *arguments], tree, seconds)
    if status != 0:
        raise RuntimeError('\n'.join(['make failed:'] + out[-20:]))


class Bench:
    """A tree with the mutant at hand, and one without; what is built there is built with these flags."""

    def __init__(self, work, runner, jobs, tests, budget, flags, most=None, **env):
        self.runner, self.jobs, self.tests, self.budget = runner, jobs, tests, budget
        self.flags, self.most, self.env = flags, most, env
        self.tree, self.good = os.path.join(work, 'tree'), os.path.join(work, 'good')
        self.green = {}  # whether a test passes without a mutant
        copy_tree(self.good)
        make(runner, self.good, flags + ['all', 'units'], jobs)
        shutil.copytree(self.good, self.tree, symlinks=True)
        for name in ('flags', 'ldflags'):  # the copies are newer than what was built with them, and say the same
            os.utime(os.path.join(self.tree, 'build', name), (1, 1))
        self.kills = {}

    def write(self, path, lines):
        """write(path, lines): a file of the tree."""
        with open(os.path.join(self.tree, path), 'w', encoding='utf-8') as f:
            f.write('\n'.join(lines))

    def compiles(self, path):
        """compiles(path): False: not at all; None: to the same code; True."""
        name = 'build/obj/' + path[:-2] + '.o'
        try:
            make(self.runner, self.tree, self.flags + [name], 1, 300)
        except RuntimeError:
            return False
        code = []
        for tree in (self.tree, self.good):
            with open(os.path.join(tree, name), 'rb') as f:
                code.append(f.read())
        return None if code[0] == code[1] else True

    def is_red(self, test, stop):
        """is_red(test, stop): whether the test fails for this tree, twice, or hangs, and not without the mutant."""
        if stop.is_set() or self.green.get(test) is False:
            return False
        passes = self.passes(test, self.tree)
        if passes:
            return False
        if test not in self.green:
            self.green[test] = any(self.passes(test, self.good) for _ in range(3))
            if not self.green[test]:
                print(f'not green: {test.file} {test.name}', flush=True)
        return self.green[test] and (passes is None or not self.passes(test, self.tree))

    def passes(self, test, tree):
        """passes(test, tree): True or False; None where it hangs."""
        status, out = self.runner.run(test.command(), tree, test.limit(), RED, **self.env)
        return None if status is None else status == 0 and not any(RED.match(line) for line in out)

    def order(self, mutant):
        """
        order(mutant): the tests that execute the line.  First those that execute most of the lines around it, as what is
        behind an "if"; of these what is soon over and about little else, one of each file in turn.  But those come before
        all that have killed mutants of this file already, or have a string or a NAME that the line had.
        """
        names = set(re.findall(r'"([^"]{4,})"|\b([A-Z][A-Z0-9_]{5,})\b', mutant.old))
        names = {a or b for a, b in names}
        found = [t for t in self.tests if t.executes(mutant.path, mutant.index)]
        known = {(t.file, t.name) for t in found}
        found += [t for file in mutant.first for t in tests_of(file) if (t.file, t.name) not in known]
        near = {t: (t.lines.get(mutant.path, 0) >> max(mutant.index - 2, 0) & 0x7ff).bit_count() for t in found}
        found.sort(key=lambda t: (t.seconds + 0.3) * t.weight ** 0.5)
        turn, seen = {}, {}
        for test in found:
            key = (test.file, near[test])
            turn[test] = seen[key] = seen.get(key, -1) + 1
        said = {t: bool(names) and any(n in t.text() for n in names) for t in found}
        return sorted(found, key=lambda t: (t.file not in mutant.first, -self.kills.get((mutant.path, t.file, t.name), 0),
                                            not said[t], -near[t], turn[t]))

    def try_tests(self, mutant, tests):
        """try_tests(mutant, tests): the first that is red, or None; and how many were run."""
        end = time.monotonic() + self.budget
        stop, ran = threading.Event(), 0
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for i in range(0, len(tests), self.jobs):
                if time.monotonic() > end:
                    break
                some = tests[i:i + self.jobs]
                ran += len(some)
                for test, red in zip(some, pool.map(lambda t: self.is_red(t, stop), some)):
                    if red:
                        key = (mutant.path, test.file, test.name)
                        self.kills[key] = self.kills.get(key, 0) + 1
                        return test, ran
        return None, ran

    def judge(self, mutant):
        """judge(mutant): None: it is none; else (killed by, what was run)."""
        lines = read_lines(self.good, mutant.path)
        lines[mutant.index] = mutant.new
        self.write(mutant.path, lines)
        try:
            if not self.compiles(mutant.path):
                return None
            tests = self.order(mutant)[:self.most]
            units = [t for t in tests if t.is_unit()]
            others = [t for t in tests if not t.is_unit()]
            if units:
                make(self.runner, self.tree, self.flags +
                     [t.command()[1] for t in units], self.jobs)
            killer, ran = self.try_tests(mutant, units)
            if killer is None and others:
                make(self.runner, self.tree, self.flags + ['all'], self.jobs)
                killer, more = self.try_tests(mutant, others)
                ran += more
            return killer, f'{ran} of {len(tests)} tests'
        finally:
            self.write(mutant.path, read_lines(self.good, mutant.path))


class Benches:
    """The tests as they are, and for what they let live the first of them with sanitizers, which see leaks, too."""

    def __init__(self, work, runner, options, tests):
        self.work, self.runner, self.options, self.tests = work, runner, options, tests
        self.plain = Bench(os.path.join(work, 'plain'), runner, options.jobs, tests, options.seconds, MUTANT_FLAGS)
        self.sanitized = None
        self.good = self.plain.good

    def judge(self, mutant):
        """judge(mutant): None: it is none; else (killed by, what was run)."""
        result = self.plain.judge(mutant)
        if result is None or result[0] is not None:
            return result
        if self.sanitized is None:
            self.sanitized = Bench(os.path.join(self.work, 'sanitized'), self.runner, self.options.jobs, self.tests,
                                   self.options.seconds, SANITIZED_FLAGS, SANITIZED_TESTS, SANITIZE='1')
        killer, ran = self.sanitized.judge(mutant) or (None, 'none')
        return killer, f'{result[1]}, and with sanitizers {ran}'


# ---- all of it

def draw(rng, tree, tests):
    """draw(rng, tree, tests): mutants of lines that tests execute, for ever."""
    covered = {}
    for test in tests:
        for path, bits in test.lines.items():
            covered[path] = covered.get(path, 0) | bits
    texts = {path: read_lines(tree, path) for path in sources(tree)}
    places = [(path, i) for path, lines in texts.items() for i in range(len(lines))
              if covered.get(path, 0) >> (i + 1) & 1]
    while True:
        path, index = rng.choice(places)
        found = mutants_of_line(path, texts[path], index)
        if found:
            yield rng.choice(found)


def is_equivalent(entries, mutant):
    """is_equivalent(entries, mutant): whether the list knows that no test can tell it."""
    return any(path == mutant.path and old in mutant.old and
               (new == '*' or mutant.old.replace(old, new, 1) == mutant.new) for path, old, new, _ in entries)


def say(mutant, killer, ran):
    """say(mutant, killer, ran): what came of it, at once."""
    if killer is not None:
        print(f'killed    {mutant.path}:{mutant.index + 1}  {killer.file} {killer.name}', flush=True)
    else:
        print(f'SURVIVED  {mutant}\n  after {ran}', flush=True)


def run_random(bench, options):
    """run_random(bench, options): (survivors, mutants) of those drawn."""
    equivalent = read_list(bench.good, 'equivalent')
    survivors, done, known = [], 0, 0
    for mutant in draw(random.Random(options.seed), bench.good, bench.tests):
        if done == options.count:
            break
        if is_equivalent(equivalent, mutant):
            known += 1
            continue
        result = bench.judge(mutant)
        if result is None:
            continue
        done += 1
        say(mutant, *result)
        if result[0] is None:
            survivors.append(mutant)
    print(f'random: {done} mutants, {len(survivors)} survived; {known} more are known to be equivalent', flush=True)
    return survivors, done


def security_mutants(tree, text):
    """security_mutants(tree, text): those of the list that have this text."""
    found = []
    for path, old, new, first in read_list(tree, 'security'):
        index = find_entry(tree, path, old)
        if text in f'{path}: {old}':
            line = read_lines(tree, path)[index]
            found.append(Mutant(path, index, line, line.replace(old, new, 1), first))
    return found


def run_security(bench, options):
    """run_security(bench, options): survivors of the list; one that does not compile, or changes nothing, is none killed."""
    survivors = []
    mutants = security_mutants(bench.good, options.security or '')
    for mutant in mutants:
        result = bench.judge(mutant)
        if result is None:
            result = (None, 'nothing: it does not compile, or to the same code')
        say(mutant, *result)
        if result[0] is None:
            survivors.append(mutant)
    print(f'security: {len(mutants)} mutants, {len(survivors)} survived', flush=True)
    return survivors


def check_lists():
    """check_lists(): 0 if both fit the sources."""
    try:
        security_mutants(ROOT, '')
        for path, old, *_ in read_list(ROOT, 'equivalent'):
            find_entry(ROOT, path, old)
    except ListFault as e:
        print(e)
        return 1
    return 0


def main():
    """main(): see above."""
    parser = argparse.ArgumentParser(description='Can the tests fail?')
    parser.add_argument('--count', type=int, default=100, help='mutants at random (100)')
    parser.add_argument('--seed', type=int, default=None, help='of what is drawn; the default is the time, and is said')
    parser.add_argument('--security', nargs='?', const='', default=None, metavar='TEXT', help='these alone')
    parser.add_argument('--seconds', type=float, default=120, help='for the unit programs, and again for the other '
                        'tests, of one mutant (120)')
    parser.add_argument('--jobs', type=int, default=int(os.environ.get('JOBS') or os.cpu_count()))
    parser.add_argument('--check', action='store_true', help='the lists alone')
    options = parser.parse_args()
    if options.check:
        return check_lists()
    if shutil.which('gcov') is None or shutil.which('bats') is None:
        print('needs gcov and bats')
        return 77
    if check_lists() != 0:
        return 1
    if options.seed is None:
        options.seed = int(time.time())
    cache = os.path.join(os.path.abspath(os.environ.get('BUILD') or os.path.join(ROOT, 'build')), 'mutants.gz')
    env = {k: v for k, v in os.environ.items() if not k.startswith(('MAKE', 'BATS', 'GCOV')) and
           k not in ('MFLAGS', 'BUILD', 'SANITIZE', 'JOBS')}
    env['PATH'] = os.path.dirname(sys.executable) + os.pathsep + env.get('PATH', '')
    begin = time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    runner = Runner(env)
    with tempfile.TemporaryDirectory(prefix='smpc-mutants-') as work:
        os.chmod(work, 0o755)  # some tests run tools as another user
        try:
            tests = Coverage(work, runner, options.jobs, cache).tests()
            print(f'{len(tests)} tests; seed {options.seed}', flush=True)
            bench = Benches(work, runner, options, tests)
            survivors, done = ([], 0) if options.security is not None else run_random(bench, options)
            leaks = run_security(bench, options)
        finally:
            runner.end_all()
    print(f'{time.monotonic() - begin:.0f} s')
    if survivors or leaks:
        print('survivors:')
        for mutant in survivors + leaks:
            print(mutant)
    return 1 if leaks or 10 * len(survivors) >= max(done, 1) else 0


if __name__ == '__main__':
    sys.exit(main())
