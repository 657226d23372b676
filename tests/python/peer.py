#!/usr/bin/env python3
"""
peer.py: what stands between parties, or poses as one.  An implementation of its own of the outside of a link; it shares
no code with the toolkit.

    peer.py busy PORT                        hold a port until killed
    peer.py deaf ADDRESS PORT                take datagrams until killed, answer none; a line for each
    peer.py relay PORT TARGET [KEY=VALUE...] pass connections on to 127.0.0.1:TARGET; record=FILE writes down what
                                             initiators say until they have confirmed; flip=data|control at=N side=i|r
                                             changes a bit of the byte N after the handshake, which the initiator (i) or
                                             the responder (r) sends; done=FILE is made when that has been done;
                                             reset=N resets the first N connections for data, in turn before and
                                             after the responder's verdict, and writes a line for each;
                                             refuse=FILE, after=N: refuses connections from when N have been
                                             confirmed until there is FILE, and writes a line when it begins and ends
    peer.py replay FILE TARGET [TIMES]       say it again; print what answers there were
    peer.py garbage TARGET COUNT [HOLD]      COUNT connections with noise of many kinds; the last HOLD stay open for 60 s
    peer.py impostor PORT                    answer handshakes with noise until killed
    peer.py dial PARTIES FROM TO             begin a handshake in the name of FROM without having the key; print verdicts
    peer.py receive LINES...                 as a tool at $SMPC_LINK, take part in the session that LINES describe and
                                             print the streams that the computing parties send, as "NAME HEX"
    peer.py reveals PARTS OP TO              as a tool at $SMPC_LINK that has read so many parts, ask whether figures of
                                             them may be revealed; print the status and the reason that the agent gives
    peer.py idle N FILE                      as N tools at $SMPC_LINK, say nothing until there is FILE
"""

import array
import hashlib
import json
import os
import random
import socket
import struct
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import noise                    # noqa: E402

MAGIC = b'\xb5LINK\r\n\x1a'
FIXED = 8 + 2 + 32 + 32
MESSAGE, CONFIRM = 48, 18
PURPOSES = {'control': 1, 'data': 2}


def listener(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', int(port)))
    s.listen(64)
    return s


def dialled(port):
    return socket.create_connection(('127.0.0.1', int(port)), 5)


def exactly(s, count):
    data = b''
    while len(data) < count:
        more = s.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def deaf(address, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, int(port)))
    print('deaf', flush=True)
    while True:
        print(len(s.recv(2000)), flush=True)


def busy(port):
    held = listener(port)
    print('held', held.getsockname()[1], flush=True)
    time.sleep(600)


def preface(s):
    """preface(s): the bytes of a link's preface, read from a connection."""
    data = exactly(s, FIXED + 1)
    data += exactly(s, data[-1])
    data += exactly(s, 1)
    return data + exactly(s, data[-1])


def pump(source, sink, flip=None, done=None):
    """Pass bytes on until the end; change a bit of byte number ${flip}."""
    seen = 0
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            if flip is not None and seen <= flip < seen + len(data):
                data = bytearray(data)
                data[flip - seen] ^= 1
                if done:
                    open(done, 'w').close()
            seen += len(data)
            sink.sendall(data)
    except OSError:
        pass
    for s, how in (source, socket.SHUT_RD), (sink, socket.SHUT_WR):
        try:
            s.shutdown(how)
        except OSError:
            pass


def reset_now(s, options, late):
    """Whether this connection for data is one to be reset, which is then done."""
    left = options.get('left', [])
    if not left or left[0] % 2 != late:
        return False
    left.pop(0)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    s.close()
    print('reset', flush=True)
    return True


def refuse_now(port, held, options):
    """Hold the port without listening there, until there is the file."""
    held.close()
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(('127.0.0.1', int(port)))
        print('refuses', flush=True)
        while not os.path.exists(options['refuse']):
            time.sleep(0.02)
    print('listens', flush=True)
    return listener(port)


def relay_one(s, target, options):
    try:
        t = dialled(target)
        head = preface(s)
        first = exactly(s, MESSAGE)
        if head[9] == 2 and reset_now(s, options, 0):
            return
        t.sendall(head + first)
        answer = exactly(t, 1)
        s.sendall(answer)
        if head[9] == 2 and reset_now(s, options, 1):
            return
        if answer != b'\0':
            return
        s.sendall(exactly(t, MESSAGE))
        confirm = exactly(s, CONFIRM)
        t.sendall(confirm)
    except (OSError, EOFError):
        s.close()
        return
    options['confirmed'].release()
    if 'record' in options:
        with open(options['record'], 'a') as f:
            f.write(json.dumps({'purpose': head[9], 'bytes': (head + first + confirm).hex()}) + '\n')
    flip = int(options['at']) if options.get('flip') and PURPOSES[options['flip']] == head[9] else None
    if flip is not None and options.get('done') and os.path.exists(options['done']):
        flip = None
    side = options.get('side', 'i')
    both = [threading.Thread(target=pump, args=(s, t, flip if side == 'i' else None, options.get('done'))),
            threading.Thread(target=pump, args=(t, s, flip if side == 'r' else None, options.get('done')))]
    for b in both:
        b.start()
    for b in both:
        b.join()
    s.close()
    t.close()


def relay(port, target, *options):
    options = dict(o.split('=', 1) for o in options)
    options['left'] = list(range(int(options.get('reset', '0'))))
    options['confirmed'] = threading.Semaphore(0)
    held = listener(port)
    if 'refuse' in options:
        for _ in range(int(options['after'])):
            s, _ = held.accept()
            threading.Thread(target=relay_one, args=(s, target, options), daemon=True).start()
            options['confirmed'].acquire()
        held = refuse_now(port, held, options)
    while True:
        s, _ = held.accept()
        threading.Thread(target=relay_one, args=(s, target, options), daemon=True).start()


def replay(path, target, times='1'):
    answers = {}
    with open(path) as f:
        lines = [json.loads(line) for line in f]
    for line in lines * int(times):
        with dialled(target) as s:
            s.settimeout(12)
            try:
                s.sendall(bytes.fromhex(line['bytes']))
                data = b''
                while True:
                    more = s.recv(4096)
                    if not more:
                        break
                    data += more
                what = 'closed after %d' % len(data)
            except socket.timeout:
                what = 'still open after %d' % len(data)
            except OSError:
                what = 'closed after %d' % len(data)
        key = '%d: %s' % (line['purpose'], what)
        answers[key] = answers.get(key, 0) + 1
    for key in sorted(answers):
        print(key)


def noises(rng):
    """Beginnings of all sorts."""
    head = MAGIC + b'\x02'
    yield b''
    yield b'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
    yield rng.randbytes(4096)
    yield MAGIC
    yield head + b'\x01' + rng.randbytes(64) + b'\x05alice'
    yield head + b'\x02' + rng.randbytes(64) + b'\x05alice\x03bob' + rng.randbytes(66)
    yield head + b'\x01' + rng.randbytes(64) + b'\xff' + rng.randbytes(300)
    yield head + b'\x01' + rng.randbytes(64) + b'\x00\x00'
    yield head + b'\x09' + rng.randbytes(64)


def garbage(target, count, hold='0'):
    rng, kept, i = random.Random(1), [], 0
    while i < int(count):
        for data in noises(rng):
            try:
                s = dialled(target)
                s.sendall(data)
            except OSError:
                continue
            finally:
                i += 1
            kept.append(s)
        while len(kept) > max(int(hold), 100):
            kept.pop(0).close()
    print('sent', i, flush=True)
    if int(hold):
        time.sleep(60)


def impostor(port):
    held = listener(port)
    while True:
        s, _ = held.accept()
        try:
            s.settimeout(5)
            preface(s)
            exactly(s, MESSAGE)
            s.sendall(b'\0' + os.urandom(MESSAGE))
            s.recv(1)
        except (OSError, EOFError):
            pass
        s.close()


def dial(path, sender, to):
    with open(path, 'rb') as f:
        raw = f.read()
    address = [p['address'] for p in json.loads(raw)['parties'] if p['name'] == to][0]
    digest = hashlib.blake2b(raw, digest_size=32).digest()
    for purpose in 1, 2:
        with dialled(address.rsplit(':', 1)[1]) as s:
            s.sendall(MAGIC + bytes([2, purpose]) + digest + bytes(32) + bytes([len(sender)]) + sender.encode() +
                      bytes([len(to)]) + to.encode() + os.urandom(MESSAGE + CONFIRM))
            s.settimeout(5)
            try:
                print('verdict', s.recv(1).hex())
            except OSError:
                print('verdict none')


# ---- a tool

def text(data, pos):
    n = struct.unpack_from('<H', data, pos)[0]
    return data[pos + 2:pos + 2 + n].decode(), pos + 2 + n


class Channel:
    """A channel to a tool of another party."""

    def __init__(self, fd, send, receive):
        self.socket, self.plain = socket.socket(fileno=fd), b''
        (self.send_key, self.send_nonce), (self.key, self.nonce) = send, receive
        self.socket.setblocking(True)
        self.socket.settimeout(10)

    def send(self, plain):
        record = noise.aead_seal(self.send_key, struct.pack('<IQ', 0, self.send_nonce), b'', plain)
        self.send_nonce += 1
        self.socket.sendall(struct.pack('<H', len(record)) + record)

    def read(self, count):
        while len(self.plain) < count:
            length = struct.unpack('<H', exactly(self.socket, 2))[0]
            self.plain += noise.aead_open(self.key, struct.pack('<IQ', 0, self.nonce), b'',
                                          exactly(self.socket, length))
            self.nonce += 1
        out, self.plain = self.plain[:count], self.plain[count:]
        return out


def receive(*lines):
    agent = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    agent.connect(os.environ['SMPC_LINK'])
    own = os.environ['SMPC_PARTY'].encode()
    what = ''.join(line + '\n' for line in lines).encode()
    agent.sendall(b'\x01' + struct.pack('<IBH', 20000, 1, 1) + struct.pack('<H', len(own)) + own +
                  struct.pack('<H', len(what)) + what)
    while True:
        data, ancillary, _, _ = agent.recvmsg(65536, socket.CMSG_SPACE(4 * 128))
        if data[:1] == b'\x01':
            break
        if data[:1] != b'\x03':
            print('the agent says', data, file=sys.stderr)
            return 3
    fds = array.array('i')
    for _, _, raw in ancillary:
        fds.frombytes(raw[:len(raw) - len(raw) % 4])
    count, pos = struct.unpack_from('<H', data, 67)[0], 69
    members = []
    for i in range(count):
        name, pos = text(data, pos + 2)
        role = data[pos]
        _, pos = text(data, pos + 2)                # of a channel that goes one way
        keys = [(data[k:k + 32], struct.unpack_from('<Q', data, k + 32)[0]) for k in (pos, pos + 40)]
        pos += 2 * 40 + 32
        members.append((name, role, Channel(fds[i], *keys)))
    for _, _, c in members:
        c.send(b'\1')                               # we have nothing against it
    for name, _, c in members:
        if c.read(1) != b'\1':
            print(name, 'refuses', file=sys.stderr)
            return 4
    for name, role, c in members:
        stream = b''
        while role == 1:
            n = struct.unpack('<I', c.read(4))[0]
            if n == 0:
                break
            stream += c.read(n)
        if role == 1:
            print(name, stream.hex())
    return 0


def reveals(parts, op, to):
    agent = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    agent.connect(os.environ['SMPC_LINK'])
    ids = [struct.pack('<Q24x', i) for i in range(int(parts))]
    for i in range(0, len(ids), 1024):
        agent.sendall(b'\x07' + b''.join(ids[i:i + 1024]))
    agent.sendall(b'\x09' + b''.join(struct.pack('<H', len(s)) + s.encode() for s in (op, to)) + struct.pack('<IQQ', 1, 0, 0))
    data = agent.recv(65536)
    if data[:1] == b'\x02':
        print(data[1], text(data, 4)[0])
    else:
        print(data[:1].hex())


def idle(count, end):
    tools = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(int(count))]
    for tool in tools:
        tool.connect(os.environ['SMPC_LINK'])
    while not os.path.exists(end):
        time.sleep(0.02)


COMMANDS = {f.__name__: f for f in (busy, deaf, relay, replay, garbage, impostor, dial, receive, reveals, idle)}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return COMMANDS[sys.argv[1]](*sys.argv[2:]) or 0


if __name__ == '__main__':
    sys.exit(main())
