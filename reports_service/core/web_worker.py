"""gunicorn's threaded worker with a gate: what would wait too long is refused by the main thread,
before a byte of its body is read.

A thread is given to a connection when its request arrives, not when it is opened; how many wait is
known, and for how long. Requests that watch the service have a thread of their own, so that a
service whose threads all hang still says so. Connections are closed without waiting for the other
side: nobody holds up the main thread.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from gunicorn.workers.gthread import TConn

from reports_service.core.admission import REFUSED, Gate, Kind, bound_s, kind_of
from reports_service.core.patient_worker import PatientWorker, was_served
from reports_service.core.refusing import refusal

HEAD_BYTES: Final = 2048
ACCEPTED_AT_ONCE: Final = 64
AHEAD: Final = 2  # given beyond those that run: no thread idles until the main one comes
LINGERS_S: Final = 1.0  # an answer is lost where a connection is closed with bytes unread
DRAINED_AT_ONCE: Final = 256 * 1024
LOOKS_EVERY_S: Final = 0.2
# With Python's own 5 ms a thread that computes would keep the main thread from refusing.
SWITCHES_EVERY_S: Final = 0.001


@dataclass
class Asking:
    """A request that waits for a thread, or has one."""

    conn: TConn
    kind: Kind
    since: float
    took_s: float = 0.0


class AdmittingWorker(PatientWorker):
    """Serves what it can, and refuses the rest at once."""

    def init_process(self) -> None:
        """Make the gate, and the thread for those who watch."""
        self.gate = Gate(self.cfg.threads)
        self.waiting: deque[Asking] = deque()
        self.lingering: deque[TConn] = deque()
        self.given = 0  # to the threads, and not done
        self.watchers = ThreadPoolExecutor(max_workers=1, thread_name_prefix="watch")
        sys.setswitchinterval(SWITCHES_EVERY_S)
        super().init_process()

    # Arriving

    def accept(self, listener: socket.socket) -> None:
        """Take the connections that wait; each gets a thread once its request arrives."""
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                client, address = listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            self.nr_conns += 1
            conn = TConn(self.cfg, client, address, listener.getsockname())
            if _head(conn):
                self.enqueue_req(conn)
            else:
                self.await_bytes(conn, time.monotonic() + self.cfg.keepalive)
            if self.nr_conns >= self.worker_connections:
                return

    def enqueue_req(self, conn: TConn) -> None:
        """Let a request wait for a thread, or refuse it."""
        head = _head(conn)
        if not head:  # readable, and nothing to read: the other side is done
            self.let_go(conn)
            return
        kind, now = kind_of(head), time.monotonic()
        asking = Asking(conn, kind, now)
        conn.data_ready = True
        if kind is Kind.WATCH:
            self._give(asking, self.watchers)
        elif self.gate.admits(kind, self._behind(), self._longest(now)):
            self.waiting.append(asking)
            self._give_out()
        else:
            self._refuse(asking, head)

    def _behind(self) -> int:
        """How many a newcomer would wait for."""
        return len(self.waiting) + max(0, self.given - self.gate.threads)

    def _longest(self, now: float) -> float:
        return now - self.waiting[0].since if self.waiting else 0.0

    # Being served

    def _give_out(self) -> None:
        while self.waiting and self.given < self.cfg.threads + AHEAD:
            self.given += 1
            self._give(self.waiting.popleft(), self.tpool)

    def _give(self, asking: Asking, pool: ThreadPoolExecutor) -> None:
        done = pool.submit(self._serve, asking)
        done.add_done_callback(partial(self.method_queue.defer, self._served, asking))

    def _serve(self, asking: Asking) -> Any:
        began = time.monotonic()
        try:
            return self.handle(asking.conn)
        finally:
            asking.took_s = time.monotonic() - began

    def _served(self, asking: Asking, done: Future[Any]) -> None:
        if asking.kind is not Kind.WATCH:
            self.given -= 1
            if was_served(done):  # what was put off says nothing of how long one takes
                self.gate.done(asking.took_s)
            self._give_out()
        self.finish_request(asking.conn, done)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """Keep the connection for its next request, or close it without waiting for anybody."""
        if not fs.cancelled() and fs.exception() is None and fs.result():
            super().finish_request(conn, fs)
        else:
            self.let_go(conn)

    # Being refused

    def _refuse(self, asking: Asking, head: bytes) -> None:
        REFUSED.labels(asking.kind).inc()
        if not self.cfg.is_ssl:  # what is not decrypted cannot be answered
            with contextlib.suppress(OSError):
                asking.conn.sock.setblocking(False)
                asking.conn.sock.send(refusal(head))
        self.let_go(asking.conn)

    def let_go(self, conn: TConn) -> None:
        """Say that nothing more comes; close once the other side has, or after a second."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._forget(conn)
            return
        if not self._drained(conn):
            conn.timeout = time.monotonic() + LINGERS_S
            self.lingering.append(conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: TConn, _sock: socket.socket) -> None:
        if self._drained(conn):
            self.lingering.remove(conn)

    def _drained(self, conn: TConn) -> bool:
        """Throw away what arrived. Whether the other side is done; then the connection is gone."""
        try:
            for _ in range(DRAINED_AT_ONCE // 65536):
                if not conn.sock.recv(65536):
                    break
            else:
                return False
        except BlockingIOError:
            return False
        except OSError:
            pass
        self._forget(conn)
        return True

    def _forget(self, conn: TConn) -> None:
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    # Each time around

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """As gunicorn's, and often enough to refuse in time who waits in vain."""
        soon = LOOKS_EVERY_S if self.waiting or self.lingering else timeout
        super().wait_for_and_dispatch_events(min(timeout, soon))

    def murder_pending(self) -> None:
        """Let go of connections that bring no request, refuse those whose turn does not come."""
        super().murder_pending()
        now = time.monotonic()
        while self.lingering and self.lingering[0].timeout <= now:
            self._forget(self.lingering.popleft())
        while self.waiting and now - self.waiting[0].since > 2 * bound_s(self.waiting[0].kind):
            asking = self.waiting.popleft()
            self._refuse(asking, _head(asking.conn))


def _head(conn: TConn) -> bytes:
    """What has arrived of the request, left where it is."""
    read = conn.parser.unreader.buf.getvalue() if conn.parser else b""
    try:
        waiting = conn.sock.recv(HEAD_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return bytes(read)
    return bytes(read + waiting)
