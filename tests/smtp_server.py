"""A mail server on loopback for tests: takes mail by SMTP, refuses or waits where told to."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self, cast


class SmtpServer(socketserver.ThreadingTCPServer):
    """``letters``: what was taken. ``refused``: address -> code. ``open``: cleared, it waits."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[EmailMessage] = []
        self.refused: dict[str, int] = {}
        self.open = threading.Event()
        self.open.set()
        self.visited = threading.Event()

    @property
    def url(self) -> str:
        """What MAIL_URL is to be."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.open.set()
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast("SmtpServer", self.server)
        try:
            self._talk(server)
        except OSError:
            return  # the other side was killed

    def _talk(self, server: SmtpServer) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            command, _, rest = line.partition(" ")
            match command.upper():
                case "RCPT":
                    self._say(self._answer_to(server, rest))
                case "DATA":
                    self._say("354 go on")
                    self._take(server)
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _answer_to(self, server: SmtpServer, recipient: str) -> str:
        address = recipient.partition("<")[2].partition(">")[0]
        code = server.refused.get(address)
        return f"{code} not {address}" if code else "250 fine"

    def _take(self, server: SmtpServer) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        server.visited.set()
        server.open.wait(60)
        letter = message_from_bytes(b"".join(lines), policy=policy.default)
        server.letters.append(cast("EmailMessage", letter))
        self._say("250 taken")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
