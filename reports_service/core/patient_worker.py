"""Serving impatiently: nobody holds a thread of the server by sending slowly.

gunicorn's threads wait for as long as a client takes. Here a request gets a thread when it has
arrived: the kernel keeps its bytes, and wakes us when there are more (SO_RCVLOWAT). What is too
long to be kept so, a photo, is read by a thread of a few others, which take it only at a pace that
every telephone has. A proxy that buffers does the same on a larger scale, and spares these few.

What keeps coming is waited for, whether the kernel or a thread waits; what stops coming, or only
drips, is answered 408 in words.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import re
import selectors
import socket
import struct
import termios
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn.http import errors
from gunicorn.workers import gthread

from reports_service.core.content_policy import NOTHING_MORE
from reports_service.core.refusing import too_slow
from reports_service.core.uploads import SenderTooSlow

# From the first byte of a request to the last of what is kept; each kept byte adds to it what it
# may take at the slowest pace, so that 64 kB have 47 s.
ARRIVES_WITHIN_S = 15.0
KEPT_BYTES = 64 * 1024  # of one request, by the kernel
LONGEST_HEAD = 32 * 1024  # line and fields together
ENDLESS = -1
LONG_THREADS = 8  # for what is longer
STALL_S = 15  # without a byte in either direction
GRACE_S = 30.0  # before the pace counts
SLOWEST_BYTES_S = 2_000  # GPRS is faster
END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
# A body without a length, or one that waits to be asked for, is read by a thread.
UNKNOWN = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)
TOO_LONG = {
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
}
_LONG = object()


class PacedSocket:
    """The socket that a request is read from: it ends what stalls, and what only drips."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._began = time.monotonic()
        self._received = 0

    def recv(self, count: int) -> bytes:
        """As a socket's. Raises ``SenderTooSlow``."""
        allowed = GRACE_S + self._received / SLOWEST_BYTES_S
        if time.monotonic() - self._began > allowed:
            raise SenderTooSlow
        try:
            got = self._sock.recv(count)
        except BlockingIOError as stalled:  # SO_RCVTIMEO
            raise SenderTooSlow from stalled
        self._received += len(got)
        return got

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class PatientWorker(gthread.ThreadWorker):
    """gunicorn's threads, each for a request that is there."""

    def init_process(self) -> None:
        """Make the threads for what is long, then serve."""
        self.long_pool = ThreadPoolExecutor(LONG_THREADS)
        super().init_process()

    def handle(self, conn: Any) -> Any:
        """Serve a request that has arrived; put off one that has not. Runs in a thread."""
        try:
            missing = 0 if self.cfg.is_ssl else _missing(conn)
        except OSError:
            return False
        if missing is None:
            return _LONG
        if missing == ENDLESS:
            self.handle_error(None, conn.sock, conn.client, errors.LimitRequestHeaders(""))
            return False
        return self._put_off(conn, missing) if missing else self.serve(conn)

    def serve(self, conn: Any) -> Any:
        """Read and answer it in this thread."""
        conn.wanted, conn.began, conn.data_ready = 0, None, True
        conn.init()
        if not self.cfg.is_ssl:
            _wake_at(conn.sock, 1)
            _end_stalls(conn.sock)
            conn.parser.unreader.sock = PacedSocket(conn.sock)
        return super().handle(conn)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """In the main thread: what is long goes on in a thread of its own kind, and what has not
        arrived is waited for. gunicorn itself would wait no longer than for a next request.
        """
        result = None if fs.cancelled() or fs.exception() else fs.result()
        if result is gthread._DEFER:
            self.await_bytes(conn, _arrives_by(conn))
        elif result is _LONG:
            served = self.long_pool.submit(self.serve, conn)
            served.add_done_callback(
                lambda done: self.method_queue.defer(self.finish_request, conn, done)
            )
        else:
            super().finish_request(conn, fs)

    def await_bytes(self, conn: Any, until: float) -> None:
        """Give the connection to the poller until it has what is wanted, or to a moment of the
        monotonic clock.
        """
        conn.sock.setblocking(False)
        conn.timeout = until
        self.pending_conns.append(conn)
        self.poller.register(
            conn.sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn)
        )

    def murder_pending(self) -> None:
        """Let go of connections that bring no request, and of requests that come too slowly."""
        now = time.monotonic()
        # All are looked at: not all wait equally long.
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now]:
            if _has_begun(conn):
                conn.timeout = _arrives_by(conn)  # later, for what has arrived meanwhile
                if conn.timeout > now:
                    continue
                _say_too_slow(conn)
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self.let_go(conn)

    def let_go(self, conn: Any) -> None:
        """Close a connection; what was sent to it still arrives."""
        self.nr_conns -= 1
        conn.close(graceful=True)

    def _put_off(self, conn: Any, wanted: int) -> Any:
        """Back to the poller, until there are so many bytes or the time is up."""
        if not _has_begun(conn):
            conn.began = time.monotonic()
        if time.monotonic() > _arrives_by(conn):
            _say_too_slow(conn)
            return False
        conn.wanted = wanted
        _wake_at(conn.sock, wanted)
        return gthread._DEFER

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what is no request of ours, and log what kind of error it was. Not more: an
        address, a path and a query are about somebody.
        """
        if isinstance(exc, errors.ParseException):
            status, reason = TOO_LONG.get(type(exc), (400, "Bad Request"))
            self.log.warning("no request: %s", type(exc).__name__)
        else:
            status, reason = 500, "Internal Server Error"
            self.log.error("a request failed in the server", exc_info=exc)
        with contextlib.suppress(OSError):
            client.sendall(_problem(status, reason))


def was_served(done: Future[Any]) -> bool:
    """Whether what ended served a request, or only found that it has not arrived, or is long."""
    failed = done.cancelled() or done.exception() is not None
    return failed or done.result() not in (gthread._DEFER, _LONG)


def _has_begun(conn: Any) -> bool:
    """Whether a part of a request is there, and the rest is waited for."""
    return getattr(conn, "began", None) is not None


def _arrives_by(conn: Any) -> float:
    """When, on the monotonic clock, the request that has begun must be whole."""
    (arrived,) = struct.unpack("i", fcntl.ioctl(conn.sock, termios.FIONREAD, bytes(4)))
    return float(conn.began + ARRIVES_WITHIN_S + arrived / SLOWEST_BYTES_S)


def _say_too_slow(conn: Any) -> None:
    with contextlib.suppress(OSError):
        conn.sock.setblocking(False)
        head = conn.sock.recv(LONGEST_HEAD, socket.MSG_PEEK)
        conn.sock.send(too_slow(head))


def _missing(conn: Any) -> int | None:
    """How many bytes must lie ready before the request is whole; 0 when it is; None if it is too
    long to wait for, ``ENDLESS`` if its fields are. Raises ``OSError`` for a lost connection.
    """
    if conn.initialized and conn.parser.unreader.buf.getvalue():
        return 0
    try:
        ready = conn.sock.recv(KEPT_BYTES, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return 1
    end = ready.find(END)
    if not ready or len(ready) < getattr(conn, "wanted", 0):
        return 0  # it has ended: no more will come
    if end < 0:
        return len(ready) + 1 if len(ready) < LONGEST_HEAD else ENDLESS
    return _missing_of_body(ready[: end + 2], end + len(END), len(ready))


def _missing_of_body(head: bytes, begins: int, ready: int) -> int | None:
    if UNKNOWN.search(head):
        return None
    length = LENGTH.search(head)
    whole = begins + (int(length[1][:18]) if length else 0)
    if ready >= whole:
        return 0
    return whole if whole <= KEPT_BYTES else None


def _wake_at(sock: socket.socket, count: int) -> None:
    """Let the poller see the socket when so many bytes are there."""
    with contextlib.suppress(OSError):  # where the system has no such thing, it wakes us sooner
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)


def _end_stalls(sock: socket.socket) -> None:
    for which in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, which, struct.pack("ll", STALL_S, 0))


def _problem(status: int, reason: str) -> bytes:
    body = json.dumps({"type": "about:blank", "title": reason, "status": status}).encode()
    head = (
        f"HTTP/1.1 {status} {reason}\r\nConnection: close\r\n"
        f"Content-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Security-Policy: {NOTHING_MORE}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
