"""Which reports are this device's own: their codes and tracking tokens, in one cookie.

No script reads it and nobody signs in for it. What it says is only believed where the token is
compared (``tracking.shown``), so a cookie made by hand opens nothing.
"""

from __future__ import annotations

import re
from typing import Final

from flask import request
from werkzeug.wrappers import Response

from reports_service.reports.codes import ReportUnknown, grouped, plain
from reports_service.web import sessions

MINE: Final = "mine"
MOST: Final = 30  # 30 × 36 characters fit well into the 4 kB that browsers keep of a cookie
_ENTRY: Final = re.compile(r"([0-9]{10})-([a-z2-7]{24})")
_BETWEEN: Final = "."


def remembered() -> list[tuple[str, str]]:
    """This device's reports, newest first: code in groups, and tracking token, not compared yet."""
    kept = (_ENTRY.fullmatch(one) for one in request.cookies.get(MINE, "").split(_BETWEEN))
    return [(grouped(one[1]), one[2]) for one in kept if one][:MOST]


def token_for(code: str) -> str | None:
    """The token that this device has for a code as people type it; None where it has none."""
    try:
        wanted = grouped(plain(code))
    except ReportUnknown:
        return None
    return dict(remembered()).get(wanted)


def remember(answer: Response, code: str, token: str) -> None:
    """Let the device know this report as its own, the newest; the oldest beyond 30 is let go."""
    wanted = grouped(plain(code))
    others = [one for one in remembered() if one[0] != wanted]
    _keep(answer, [(wanted, token), *others][:MOST])


def forget(answer: Response, code: str) -> None:
    """Let the device know this report no longer as its own; another's is not touched."""
    wanted = grouped(plain(code))
    _keep(answer, [one for one in remembered() if one[0] != wanted])


def _keep(answer: Response, reports: list[tuple[str, str]]) -> None:
    if not reports:
        sessions.drop(answer, MINE)
        return
    value = _BETWEEN.join(f"{plain(code)}-{token}" for code, token in reports)
    sessions.keep(answer, MINE, value, sessions.A_YEAR)
