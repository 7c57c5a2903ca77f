"""An export into a folder of this machine, by command: what an earlier run finished is kept.

Beside the files lies their list, ``<province>-<what>-<from>_<to>.<format>.json``: names, digests,
and what the columns mean.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from reports_service.core import clock
from reports_service.domain.errors import Invalid
from reports_service.exports import wishes
from reports_service.exports.building import build
from reports_service.exports.tables import columns_of
from reports_service.exports.wishes import Built, Part, Wish

UNFINISHED = ".part"
LEFT_OUT = "left_out_restricted"  # as the interface calls it; lists of earlier versions lack it


class FolderRefused(Invalid):
    """The folder cannot be written."""

    code = "export_folder_refused"


@dataclass(frozen=True)
class Finished:
    """A part that is there. ``kept``: it was there before."""

    part: Part
    built: Built
    made_at: datetime
    kept: bool


@dataclass(frozen=True)
class Folder:
    """Where the files of a wish go."""

    path: Path
    wish: Wish
    province: str

    @property
    def list_file(self) -> Path:
        """The list of the files."""
        period = self.wish.period
        days = f"{period.first}_{period.last}"
        return self.path / f"{self.province}-{self.wish.what}-{days}.{self.wish.form}.json"

    def parts(self) -> list[Part]:
        """The files that there will be."""
        return wishes.parts(self.wish, self.province, clock.now())

    def fill(self, language: str) -> Iterator[Finished]:
        """Build what is missing, one part after the other; the list tells of each once it is there.

        Raises ``FolderRefused``.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            known, finished = self._listed(), []
            for part in self.parts():
                finished.append(self._kept(part, known) or self._build(part))
                self._write_list(finished, language)
                yield finished[-1]
        except OSError as failed:
            raise FolderRefused(folder=str(self.path), why=failed.strerror or failed) from failed

    def _listed(self) -> Mapping[str, Mapping[str, Any]]:
        """What an earlier run says of its files, by name; nothing if the list cannot be read."""
        try:
            listed = orjson.loads(self.list_file.read_bytes())
            return {part["name"]: part for part in listed["parts"]}
        except (FileNotFoundError, orjson.JSONDecodeError, KeyError, TypeError):
            return {}

    def _kept(self, part: Part, known: Mapping[str, Mapping[str, Any]]) -> Finished | None:
        """A file that is whole, and was made when its days were over."""
        said, file = known.get(part.name), self.path / part.name
        if said is None or LEFT_OUT not in said or not file.is_file():
            return None
        made_at = datetime.fromisoformat(said["made_at"])
        if made_at < part.period.ends or _digest(file) != said["sha256"]:
            return None
        built = Built(said["rows"], said[LEFT_OUT], file.stat().st_size, said["sha256"])
        return Finished(part, built, made_at, kept=True)

    def _build(self, part: Part) -> Finished:
        made_at, file = clock.now(), self.path / part.name
        unfinished = file.with_name(file.name + UNFINISHED)
        with unfinished.open("w+b") as out:
            built = build(self.wish, part.period, self.province, out)
        unfinished.replace(file)
        return Finished(part, built, made_at, kept=False)

    def _write_list(self, finished: list[Finished], language: str) -> None:
        period = self.wish.period
        listed = {
            "province": self.province,
            "what": self.wish.what,
            "format": self.wish.form,
            "from": period.first,
            "to": period.last,
            "time_zone": period.zone.key,
            "parts": [_said(one) for one in finished],
            "schema": columns_of(self.wish.what, language),
        }
        unfinished = self.list_file.with_name(self.list_file.name + UNFINISHED)
        unfinished.write_bytes(orjson.dumps(listed, option=orjson.OPT_INDENT_2))
        unfinished.replace(self.list_file)


def _said(one: Finished) -> dict[str, Any]:
    return {
        "number": one.part.number,
        "name": one.part.name,
        "from": one.part.period.first,
        "to": one.part.period.last,
        "rows": one.built.rows,
        LEFT_OUT: one.built.left_out,
        "bytes": one.built.byte_size,
        "sha256": one.built.sha256,
        "made_at": one.made_at,
    }


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, hashlib.sha256).hexdigest()
