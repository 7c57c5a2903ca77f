"""Apps of citizens that file reports with photos, and each tries again with its key."""

from __future__ import annotations

import hashlib
import http.client
import json
import queue
import random
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.pictures import LONG_HOA, encoded, photograph

PATH = "/api/v1/reports"
TIMEOUT_S = 60.0
PATIENCE_S = 600.0  # an app would keep the report for days; by then the run has failed
PAUSE_S = (0.2, 1.0)  # between two tries
SPREAD = 0.03  # degrees around Long Hoa
EMERGENCIES = 8  # one report in so many is one: its ladder is climbed within the hour
FAULTS_OF_OURS = range(500, 503)  # 503 is an answer: "not now"
BOUNDARY = "faults-of-1022"
# Small ones stay in memory while they arrive, the large one does not.
SIZES = ((640, 480), (1024, 768), (2200, 1650))


@dataclass
class Filed:
    """One report as its app sees it."""

    number: int
    key: str
    report: dict[str, object]
    photos: Sequence[bytes]
    codes: list[str] = field(
        default_factory=list
    )  # of all 2xx answers, as they are kept: without the dashes
    tries: int = 0
    met: list[str] = field(default_factory=list)  # what other tries met
    began: float = 0.0
    answered: float | None = None  # time.monotonic()

    @property
    def digests(self) -> list[str]:
        """SHA-256 of each photo."""
        return [hashlib.sha256(photo).hexdigest() for photo in self.photos]

    def body(self) -> bytes:
        """As multipart/form-data."""
        parts = [_part("report", "application/json", json.dumps(self.report).encode())]
        parts += [_part("photos", "image/jpeg", photo, "photo.jpg") for photo in self.photos]
        return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Album:
    """Photos that are all different and cost nothing to make."""

    def __init__(self) -> None:
        self._drawn = [encoded(photograph(*size, seed=size[0])) for size in SIZES]

    def photo(self, size: int, name: str) -> bytes:
        """A JPEG of its own, with a remark of the camera in it."""
        drawn, said = self._drawn[size], name.encode()
        return drawn[:2] + b"\xff\xfe" + struct.pack(">H", len(said) + 2) + said + drawn[2:]


class Citizens:
    """Threads that file what is handed to them, until ``done``."""

    def __init__(self, address: str, seed: int, clients: int = 8) -> None:
        self.filed: list[Filed] = []
        self._seed, self._album = seed, Album()
        self._handed: queue.SimpleQueue[Filed | None] = queue.SimpleQueue()
        self._host = urlsplit(address).netloc
        self._threads = [threading.Thread(target=self._file_all) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def file_one(self) -> Filed:
        """Hand a report to the next app that is free."""
        filed = self._report(len(self.filed))
        self.filed.append(filed)
        self._handed.put(filed)
        return filed

    def file_for(self, seconds: float, reports: int) -> None:
        """Hand over so many reports, evenly over the time; blocks for as long."""
        began = time.monotonic()
        for number in range(reports):
            time.sleep(max(0.0, began + seconds * number / reports - time.monotonic()))
            self.file_one()

    def done(self) -> None:
        """Wait until all that was handed over is answered, or was given up."""
        for _ in self._threads:
            self._handed.put(None)
        for thread in self._threads:
            thread.join()

    @property
    def unanswered(self) -> int:
        """How many reports wait for their 2xx."""
        return sum(filed.answered is None for filed in self.filed)

    def _report(self, number: int) -> Filed:
        name = f"{self._seed}-{number}"
        sizes = [0] if number % 10 else [2]
        sizes += [1] * (number % 3 == 0)
        category = "su-co-dien" if number % EMERGENCIES == 0 else "den-duong"
        return Filed(
            number=number,
            key=f"faults-{name}",
            report=report_at(name, category),
            photos=[self._album.photo(size, f"{name} {at}") for at, size in enumerate(sizes)],
        )

    def _file_all(self) -> None:
        while (filed := self._handed.get()) is not None:
            self._file(filed)

    def _file(self, filed: Filed) -> None:
        filed.began = time.monotonic()
        body = filed.body()
        while filed.answered is None and time.monotonic() - filed.began < PATIENCE_S:
            filed.tries += 1
            try:
                self._try(filed, body)
            except (OSError, http.client.HTTPException, ValueError) as lost:
                filed.met.append(type(lost).__name__)
            if filed.answered is None:
                time.sleep(random.uniform(*PAUSE_S))

    def _try(self, filed: Filed, body: bytes) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT_S)
        try:
            connection.request("POST", PATH, body, _headers(filed.key))
            answer = connection.getresponse()
            said = answer.read()
        finally:
            connection.close()
        if answer.status in (200, 201):
            filed.codes.append(json.loads(said)["code"].replace("-", ""))
            filed.answered = time.monotonic()
        else:
            filed.met.append(f"{answer.status} {said[:300].decode(errors='replace')}")


class Half:
    """A request that is sent in two halves, as over a bad line."""

    def __init__(self, address: str, key: str) -> None:
        filed = Filed(0, key, report_at(key), [])
        self._body = filed.body()
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=TIMEOUT_S)
        self._key = key

    def begin(self) -> None:
        """Send what announces it, and half of its body."""
        self._connection.putrequest("POST", PATH)
        for name, value in (*_headers(self._key).items(), ("Content-Length", len(self._body))):
            self._connection.putheader(name, str(value))
        self._connection.endheaders(self._body[: len(self._body) // 2])
        time.sleep(0.5)  # the server has begun to read it

    def finish(self) -> int:
        """Send the rest. Returns the status of the answer."""
        self._connection.send(self._body[len(self._body) // 2 :])
        with self._connection.getresponse() as answer:
            status = answer.status
        self._connection.close()
        return status


def _headers(key: str) -> dict[str, str]:
    media_type = f"multipart/form-data; boundary={BOUNDARY}"
    return {"Content-Type": media_type, "Idempotency-Key": key}


def report_at(name: str, category: str = "den-duong") -> dict[str, object]:
    """A report near Long Hoa, always the same of a name."""
    chance = random.Random(name)
    lat, lon = (round(at + chance.uniform(-SPREAD, SPREAD), 6) for at in LONG_HOA)
    reporter = {"name": "Lan", "email": f"lan-{name}@vidu.example", "consent": True}
    return {
        "category": category,
        "location": {"lat": lat, "lon": lon},
        "address": f"trước số {chance.randrange(1, 400)}",
        "description": f"Đèn tắt ba đêm, cột {name}",
        "channel": "app",
        "reporter": reporter,
    }


def _part(name: str, media_type: str, content: bytes, file: str | None = None) -> bytes:
    named = f'; filename="{file}"' if file else ""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'
        f"Content-Type: {media_type}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n"
