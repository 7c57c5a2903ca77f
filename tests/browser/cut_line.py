"""A network that breaks: a line to the service that is cut after so many bytes, and mended."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

_AT_ONCE = 16 * 1024


class CutLine:
    """Passes connections on to ``address``; its own address is ``self.address``.

    ``cut_after(n)``: once n more bytes have gone to the service, all connections end, and new ones
    are ended at once until ``mend()``. ``offsets``: where the pieces that were sent began.
    """

    def __init__(self, address: str) -> None:
        self._to = (urlsplit(address).hostname, urlsplit(address).port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.offsets: list[int] = []
        self._left: int | None = None
        self._is_cut = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, count: int) -> None:
        """Cut the line once ``count`` more bytes have passed to the service."""
        self._left = count

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes now."""
        return self._is_cut

    def mend(self) -> None:
        """Let everything pass again."""
        self._left, self._is_cut = None, False

    def close(self) -> None:
        """End it."""
        self._listening.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._listening.close()
        self._end_all()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            far = socket.create_connection(self._to)
            with self._lock:
                self._open |= {near, far}
            for source, goal, counts in ((near, far, True), (far, near, False)):
                threading.Thread(
                    target=self._pass_on, args=(source, goal, counts), daemon=True
                ).start()

    def _pass_on(self, source: socket.socket, goal: socket.socket, counts: bool) -> None:
        with suppress(OSError):
            while piece := source.recv(_AT_ONCE):
                goal.sendall(piece if not counts else self._counted(piece))
        for end in (source, goal):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()  # each end is the source of one thread

    def _counted(self, piece: bytes) -> bytes:
        if piece.startswith(b"PATCH "):
            found = re.search(rb"(?i)upload-offset: (\d+)", piece)
            self.offsets.append(int(found[1]) if found else -1)
        if self._left is None:
            return piece
        self._left -= len(piece)
        if self._left < 0:
            self._is_cut = True
            self._end_all()
        return piece

    def _end_all(self) -> None:
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._open.clear()
