#!/usr/bin/env python3
"""
relay.py FAULT AT SEED DONE PORT=TARGET...: pass connections to 127.0.0.1:PORT on to 127.0.0.1:TARGET, and do one wrong
when, of all bytes in all directions together, byte number AT comes through:

    flip        change a bit of it
    cut         close its connection
    duplicate   send what came with it twice
    reorder     send the second half of what came with it before the first one
    delay       hold up its direction for 0.05 to 3 seconds
    stall       hold up all connections for 1 to 60 seconds
    none        nothing

What is random follows from SEED.  The file DONE is made when it has been done, and says what; with "none", it is written
at the end, and says how many bytes there were.  Runs until it gets a SIGTERM.
"""

import random
import signal
import socket
import sys
import threading
import time

FAULTS = ('flip', 'cut', 'duplicate', 'reorder', 'delay', 'stall', 'none')


class Relay:
    def __init__(self, fault, at, seed, done):
        self.fault, self.at, self.done = fault, at, done
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.seen = 0
        self.resume = 0.0                       # nothing moves before

    def tell(self, text):
        with open(self.done, 'w') as f:
            f.write(text + '\n')

    def wrong(self, data, at, sockets):
        """wrong(data, at, sockets): what to send in place of what came, where byte ${at} of it is the one."""
        if self.fault == 'flip':
            bit = 1 << self.random.randrange(8)
            self.tell(f'flip {bit} of byte {at} of {len(data)}')
            return data[:at] + bytes([data[at] ^ bit]) + data[at + 1:]
        if self.fault == 'duplicate':
            self.tell(f'duplicate {len(data)}')
            return data + data
        if self.fault == 'reorder':
            half = len(data) // 2
            self.tell(f'reorder {len(data)}')
            return data[half:] + data[:half]
        if self.fault == 'cut':
            self.tell('cut')
            for s in sockets:
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            return b''
        seconds = self.random.uniform(0.05, 3) if self.fault == 'delay' else self.random.uniform(1, 60)
        self.tell(f'{self.fault} {seconds:.2f} s')
        if self.fault == 'stall':
            self.resume = time.monotonic() + seconds
        else:
            time.sleep(seconds)
        return data

    def pump(self, source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                with self.lock:
                    begin, self.seen = self.seen, self.seen + len(data)
                if self.fault != 'none' and begin <= self.at < begin + len(data):
                    data = self.wrong(data, self.at - begin, (source, sink))
                while time.monotonic() < self.resume:
                    time.sleep(0.05)
                sink.sendall(data)
        except OSError:
            pass
        for s, how in (source, socket.SHUT_RD), (sink, socket.SHUT_WR):
            try:
                s.shutdown(how)
            except OSError:
                pass

    def one(self, s, target):
        try:
            t = socket.create_connection(('127.0.0.1', target), 5)
        except OSError:
            s.close()
            return
        t.settimeout(None)
        for x in s, t:
            x.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ways = [threading.Thread(target=self.pump, args=a, daemon=True) for a in ((s, t), (t, s))]
        for w in ways:
            w.start()
        for w in ways:
            w.join()
        s.close()
        t.close()

    def serve(self, held, target):
        while True:
            s, _ = held.accept()
            threading.Thread(target=self.one, args=(s, target), daemon=True).start()


def main():
    if len(sys.argv) < 6 or sys.argv[1] not in FAULTS:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    relay = Relay(sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4])
    for way in sys.argv[5:]:
        port, target = (int(p) for p in way.split('='))
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(('127.0.0.1', port))
        held.listen(128)
        threading.Thread(target=relay.serve, args=(held, target), daemon=True).start()
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    print('ready', flush=True)
    while not ended.wait(0.5):
        pass
    if relay.fault == 'none':
        relay.tell(str(relay.seen))
    return 0


if __name__ == '__main__':
    sys.exit(main())
