"""Setting the monthly report by typst: data in, PDF out.

What people wrote reaches the typesetter as data, never as its source. Nothing is fetched: the
fonts are the ones built into typst, so that the same data give the same pages everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
import typst

SOURCE = Path(__file__).parent / "report.typ"
ARCHIVE: Final = "a-2b"  # PDF/A: what is frozen can be read in thirty years


def pdf(document: Mapping[str, Any], at: datetime) -> bytes:
    """The report as PDF; ``at`` is the moment that the file says it was made."""
    made: bytes = typst.compile(
        _source(),
        None,
        sys_inputs=_inputs(document),
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=ARCHIVE,
        timestamp=int(at.timestamp()),
    )
    return made


def _inputs(document: Mapping[str, Any]) -> dict[str, str]:
    return {"data": orjson.dumps(document).decode()}


@cache
def _source() -> bytes:
    return SOURCE.read_bytes()
