"""Which reports of others this device follows: their codes, in one cookie."""

from __future__ import annotations

import re
from typing import Final

from flask import request
from stdnum import damm
from werkzeug.wrappers import Response

from reports_service.reports.codes import DIGITS, grouped, plain
from reports_service.web import sessions

FOLLOWED: Final = "followed"
MOST: Final = 30
_BETWEEN: Final = "."
_CODE: Final = re.compile(rf"[0-9]{{{DIGITS}}}")


def codes() -> list[str]:
    """The reports, the newest first, codes in groups; whether they are still shown is not said."""
    kept = _CODE.findall(request.cookies.get(FOLLOWED, ""))
    return [grouped(code) for code in kept if damm.is_valid(code)][:MOST]


def has(code: str) -> bool:
    """Whether this device follows a report, by its code as people type it."""
    return grouped(plain(code)) in codes()


def remember(answer: Response, code: str) -> Response:
    """Let the device follow this report too. Returns the answer."""
    wanted = grouped(plain(code))
    return _keep(answer, [wanted, *(one for one in codes() if one != wanted)][:MOST])


def forget(answer: Response, code: str) -> Response:
    """Let the device follow it no longer. Returns the answer."""
    wanted = grouped(plain(code))
    return _keep(answer, [one for one in codes() if one != wanted])


def _keep(answer: Response, kept: list[str]) -> Response:
    if kept:
        value = _BETWEEN.join(map(plain, kept))
        sessions.keep(answer, FOLLOWED, value, sessions.A_YEAR)
    else:
        sessions.drop(answer, FOLLOWED)
    return answer
