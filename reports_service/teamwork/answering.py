"""Answers what acts on reports ask of colleagues (``reports.colleagues``), once it is imported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reports_service.domain.lifecycle import Action
from reports_service.reports import colleagues
from reports_service.reports.models import Report
from reports_service.teamwork import absences, drafts, mentions


class Team:
    """Deputies from absences, names from mentions; drafts end with their acts."""

    def in_place_of(self, account_id: int, at: datetime) -> int:
        return absences.in_place_of(account_id, at)

    def named_in(self, text: str, report: Report) -> Sequence[int]:
        return mentions.named_in(text, report)

    def done(self, action: Action, report: Report, account_id: int | None) -> None:
        drafts.act_done(action, report, account_id)


colleagues.answer(Team())
