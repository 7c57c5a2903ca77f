"""What acts on reports must know of colleagues: who works in whose place, whom a note names, whose
work an act ends. Whoever keeps that stands above and answers; until then nobody is away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from reports_service.domain.lifecycle import Action
from reports_service.reports.models import Report


class Colleagues(Protocol):
    """Answers what acts ask."""

    def in_place_of(self, account_id: int, at: datetime) -> int:
        """Who gets the new work of this account: itself, or its deputy while it is away."""

    def named_in(self, text: str, report: Report) -> Sequence[int]:
        """The accounts that a note on this report names."""

    def done(self, action: Action, report: Report, account_id: int | None) -> None:
        """This account (none: a citizen, the sweep) does that to the report now."""


class Strangers:
    """Nobody is away, named or at work elsewhere."""

    def in_place_of(self, account_id: int, at: datetime) -> int:
        return account_id

    def named_in(self, text: str, report: Report) -> Sequence[int]:
        return ()

    def done(self, action: Action, report: Report, account_id: int | None) -> None:
        return None


_answering: list[Colleagues] = [Strangers()]


def answer(colleagues: Colleagues) -> None:
    """Let ``colleagues`` answer from now on."""
    _answering[:] = [colleagues]


def colleagues() -> Colleagues:
    """Who answers now."""
    return _answering[0]
