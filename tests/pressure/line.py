"""A line to a PostgreSQL server that can be taken down, cut or frozen: the server lives on."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path

from sqlalchemy import URL, make_url

_AT_ONCE = 65536


class Line:
    """Passes on what comes to a port of this machine."""

    def __init__(self, database: str) -> None:
        self._url = make_url(database)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self._listen()

    @property
    def url(self) -> str:
        """The database over this line."""
        by_line: URL = self._url.set(host="127.0.0.1", port=self.port, query={})
        return by_line.render_as_string(hide_password=False)

    def cut(self) -> None:
        """End all connections; new ones are taken."""
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._open.clear()

    def down(self) -> None:
        """As a server that was stopped: connections end, new ones are refused."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes who accepts
        self._listening.close()
        self.cut()

    def up(self) -> None:
        """As a server that was started again."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self._listen()

    def freeze(self) -> None:
        """As a server that hangs: connections are taken, and nothing is ever said."""
        self._flows.clear()

    def thaw(self) -> None:
        """Go on with what was held up."""
        self._flows.set()

    def close(self) -> None:
        """End it."""
        self.thaw()
        self.down()

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
                far = self._far()
            except OSError:
                return
            with self._lock:
                self._open |= {near, far}
            for source, goal in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, goal), daemon=True).start()

    def _far(self) -> socket.socket:
        folder = self._url.query.get("host")
        if not isinstance(folder, str):
            return socket.create_connection((self._url.host or "127.0.0.1", self._url.port or 5432))
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(Path(folder) / ".s.PGSQL.5432"))
        return far

    def _pass_on(self, source: socket.socket, goal: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_AT_ONCE):
                self._flows.wait()
                goal.sendall(piece)
        for end in (source, goal):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()  # each end is the source of one thread
