"""The mail to leaders when a month was closed: a few figures, a link, the report attached."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from reports_service.accounts import service as accounts
from reports_service.core import outbox, words
from reports_service.core.db import unit_of_work
from reports_service.domain.roles import Role
from reports_service.notifications import mailings
from reports_service.notifications.mail import Attachment, Mailer
from reports_service.notifications.mailings import Said
from reports_service.notifications.models import Mailing
from reports_service.notifications.wording import Site
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.closing.months import Month
from reports_service.statistics.monthly import brief, numbers, service

MAIL_MONTH = "mail_month"  # the kind of effect that sends one; its payload: {"mailing_id"}
OCCASION = "month:"  # followed by the month
MONTHS = "/figures/months/"  # the page of a closed month: this, and the month


def tell_leaders(month: str, site: Site, zone: ZoneInfo) -> int:
    """Write to each leader who has no mail about this month. Returns how many. May run twice."""
    with unit_of_work():
        outbox.renew()
        period = closing.find(Month.parse(month))
        if period is None:
            return 0
        known = mailings.posted(OCCASION + month)
        fresh = [one for one in accounts.with_role(Role.LEADER) if one.id not in known]
        for leader in fresh:
            said = _said(period, leader.name, leader.language, site, zone)
            mailing = mailings.post(OCCASION + month, leader.id, leader.language, said)
            outbox.put(MAIL_MONTH, {"mailing_id": mailing.id})
    return len(fresh)


def send(mailing_id: int, mailer: Mailer, zone: ZoneInfo) -> bool:
    """Send one of these mails, with the report in its language. May run twice."""

    def attached(mailing: Mailing) -> list[Attachment]:
        month = Month.parse(mailing.occasion.removeprefix(OCCASION))
        pdf = service.report(month, zone, mailing.language).pdf()
        return [Attachment(service.file_name(month, mailing.language), "application/pdf", pdf)]

    return mailings.send(mailing_id, mailer, attached)


def _said(period: ClosedPeriod, name: str, language: str, site: Site, zone: ZoneInfo) -> Said:
    month = numbers.month(period.month, language)
    body = words.say(
        "month_mail",
        language,
        name=name,
        month=month,
        closed_at=numbers.moment(period.frozen_at, zone),
        figures="\n".join(f"- {said}" for said in brief.sentences(period, language, zone)),
        link=f"{site.url.rstrip('/')}{MONTHS}{period.month}",
        sha256=period.sha256,
    )
    farewell = words.say("notice_farewell", language)
    return Said(words.say("month_mail_subject", language, month=month), f"{body}\n\n{farewell}\n")
