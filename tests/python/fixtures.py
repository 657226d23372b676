"""
What the generators of vectors share: test identities, a parties file, and writing or checking a folder of vectors.
Everything is made from fixed seeds, so that the same files come out every time.
"""

import json
import os
import sys

import noise
import sharestream as share

ROLES = [('dealer', 'dealer'), ('alice', 'computing'), ('bob', 'computing'), ('carol', 'computing'),
         ('clinic', 'owner'),
         ('mallory', 'owner')]
NAMES = [name for name, _ in ROLES] + ['eve']       # eve has a key but is not in the parties file
SECRETS = {name: share.SeededBytes('identity of ' + name)(32) for name in NAMES}
PUBLIC = {name: noise.public_key(SECRETS[name]) for name in NAMES}
READER = 'bob'                                      # recipient of the sealed vectors


def parties_json():
    """parties_json(): the parties file of all vectors."""
    entries = [{'name': name, 'role': role, 'key': share.key_text('smpc-public-', PUBLIC[name])} for name,
               role in ROLES]
    return (json.dumps({'version': 1, 'parties': entries}, indent=1) + '\n').encode()


def identity_file(name):
    """identity_file(name): an identity file with a comment that says that it is for tests."""
    text = '# identity of %s, for tests only: everybody knows it\n# %s\n%s\n'
    return (text % (name, share.key_text('smpc-public-', PUBLIC[name]),
                    share.key_text('smpc-secret-', SECRETS[name]))).encode()


def unsealer():
    """unsealer(): opens what is sealed to READER."""
    return share.Unsealer(SECRETS[READER], {name: PUBLIC[name] for name, _ in ROLES})


def put(folder, files):
    """put(folder, files): write {name: bytes}, or compare if --check was given; return the exit status."""
    if '--check' not in sys.argv[1:]:
        os.makedirs(folder, exist_ok=True)
        for old in os.listdir(folder):
            if old not in files:
                os.unlink(os.path.join(folder, old))
        for name, data in files.items():
            with open(os.path.join(folder, name), 'wb') as f:
                f.write(data)
        print('%s: %d files, %d bytes' % (os.path.basename(folder), len(files), sum(map(len, files.values()))))
        return 0
    wrong = sorted(set(os.listdir(folder)) ^ set(files))
    for name, data in files.items():
        path = os.path.join(folder, name)
        if name not in wrong:
            with open(path, 'rb') as f:
                if f.read() != data:
                    wrong.append(name)
    for name in wrong:
        print('%s: differs from what is generated' % os.path.join(os.path.basename(folder), name), file=sys.stderr)
    return 1 if wrong else 0


def table(head, rows):
    """table(head, rows): a tab-separated file with a first line that begins with #."""
    return ''.join('\t'.join(map(str, row)) + '\n' for row in [['#' + head[0]] + head[1:]] + rows).encode()
