#!/usr/bin/env python3
"""
reached.py [-v] NAME MODULE...: of gcov --json-format on standard input, how many lines and functions of common/MODULE.c
were reached, all modules together; with -v, the functions that were not.
"""

import json
import sys


def main():
    args = sys.argv[1:]
    verbose = args[:1] == ['-v']
    name, modules = args[verbose], {f'common/{m}.c' for m in args[verbose + 1:]}
    lines, functions = {}, {}
    for text in sys.stdin:
        for f in json.loads(text)['files']:
            if f['file'] not in modules:
                continue
            for line in f['lines']:
                key = f['file'], line['line_number']
                lines[key] = lines.get(key, 0) + line['count']
            for function in f['functions']:
                key = f['file'], function['name']
                functions[key] = functions.get(key, 0) + function['execution_count']
    reached = [sum(1 for n in d.values() if n > 0) for d in (lines, functions)]
    print(f'{name}: {reached[1]} of {len(functions)} functions, {reached[0]} of {len(lines)} lines '
          f'({100 * reached[0] / max(len(lines), 1):.0f} %)')
    if verbose:
        for file, function in sorted(k for k, n in functions.items() if n == 0):
            print(f'    not {function} of {file}')


if __name__ == '__main__':
    main()
