"""What each kind of effect is for, read from its payload: a report, a month, a file.

The outbox knows kinds and ids only. Here, above all packages that write effects, the ids are looked
up; the words for a kind are ``purpose_<kind>``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, select

from reports_service.accounts.models import Account
from reports_service.accounts.resets import LETTER, NEWS
from reports_service.attachments.developing import EFFECT as PICTURE
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.core.words import say
from reports_service.exports.models import ExportPart
from reports_service.exports.service import EFFECT as EXPORT
from reports_service.notifications.mailings import MAIL
from reports_service.notifications.models import Delivery, Mailing
from reports_service.notifications.service import DELIVER, PUSH
from reports_service.reports.chain import FIGURES, NOTIFY
from reports_service.reports.codes import grouped
from reports_service.reports.models import Event, Report, ReportPhoto
from reports_service.statistics.closing.service import MONTH_CLOSED
from reports_service.statistics.monthly.mailing import MAIL_MONTH

# Keys of a payload's field -> what people know each by.
Known = Callable[[Collection[Any]], Mapping[Any, str]]
NOTHING: Final = "–"


@dataclass(frozen=True)
class Purpose:
    """How one kind of effect names what it is about. ``of_report``: by a report's code."""

    field: str
    known: Known
    of_report: bool = False


def _by(query: Select[int, str], key: Any) -> Known:
    """Two columns, the key first, read for all keys at once."""
    return lambda keys: {row[0]: row[1] for row in db.session.execute(query.where(key.in_(keys)))}


_OF_EVENTS: Final = select(Event.id, Report.code).join(Report, Report.id == Event.report_id)
_OF_DELIVERIES: Final = (
    select(Delivery.id, Report.code)
    .join(Event, Event.id == Delivery.event_id)
    .join(Report, Report.id == Event.report_id)
)
_OF_PICTURES: Final = select(ReportPhoto.attachment_id, Report.code).join(
    Report, Report.id == ReportPhoto.report_id
)
_MAILING: Final = Purpose("mailing_id", _by(select(Mailing.id, Mailing.occasion), Mailing.id))
_ACCOUNT: Final = Purpose("account_id", _by(select(Account.id, Account.email), Account.id))
_DELIVERY: Final = Purpose("delivery_id", _by(_OF_DELIVERIES, Delivery.id), of_report=True)

PURPOSES: Final[Mapping[str, Purpose]] = {
    NOTIFY: Purpose("event_id", _by(_OF_EVENTS, Event.id), of_report=True),
    FIGURES: Purpose("report_id", _by(select(Report.id, Report.code), Report.id), of_report=True),
    DELIVER: _DELIVERY,
    PUSH: _DELIVERY,
    PICTURE: Purpose("attachment_id", _by(_OF_PICTURES, ReportPhoto.attachment_id), of_report=True),
    MAIL: _MAILING,
    LETTER: _ACCOUNT,
    NEWS: _ACCOUNT,
    MAIL_MONTH: _MAILING,
    MONTH_CLOSED: Purpose("month", lambda months: {month: str(month) for month in months}),
    EXPORT: Purpose("part_id", _by(select(ExportPart.id, ExportPart.name), ExportPart.id)),
}


@dataclass(frozen=True)
class About:
    """What one effect was for. ``name``: a code, a month, an occasion, a file, or ``NOTHING``."""

    kind: str
    name: str
    report: str | None

    def in_words(self, language: str) -> str:
        """A sentence for a person."""
        if self.kind not in PURPOSES:
            return say("purpose_unknown", language, kind=self.kind)
        return say(f"purpose_{self.kind}", language, about=self.name)


def about(effects: Sequence[Effect]) -> list[About]:
    """What each of these effects was for, with one look per kind."""
    names = {kind: _names(kind, effects) for kind in {effect.kind for effect in effects}}
    return [_about(effect, names[effect.kind]) for effect in effects]


def _names(kind: str, effects: Sequence[Effect]) -> Mapping[Any, str]:
    purpose = PURPOSES.get(kind)
    if purpose is None:
        return {}
    keys = {effect.payload.get(purpose.field) for effect in effects if effect.kind == kind}
    return purpose.known(keys - {None})


def _about(effect: Effect, names: Mapping[Any, str]) -> About:
    purpose = PURPOSES.get(effect.kind)
    name = names.get(effect.payload.get(purpose.field)) if purpose else None
    if name and purpose and purpose.of_report:
        return About(effect.kind, grouped(name), grouped(name))
    return About(effect.kind, name or NOTHING, None)
