"""Sending the week's digests: once a week, once to each leader and each head with news."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from reports_service.accounts import service as accounts
from reports_service.core import clock, outbox
from reports_service.core.db import db, transact
from reports_service.core.health import Tick, ticked
from reports_service.domain.roles import Role
from reports_service.notifications import mailings
from reports_service.notifications.mailings import Said
from reports_service.notifications.wording import Site
from reports_service.statistics.digest import wording
from reports_service.statistics.digest.gathering import gather
from reports_service.statistics.digest.week import Week

OCCASION = "digest:"  # followed by the week


def send_due(site: Site, zone: ZoneInfo) -> int:
    """Write this week's digests if they are due and not written. Returns how many mails.

    All of a week are written together, or none; that it was done is kept, for in some weeks nobody
    is to hear anything. May run twice, and at the same time as itself.
    """
    week = Week.due(clock.now(), zone)
    if week is None or _written(week):
        return 0
    letters = list(_letters(week, site))

    def write() -> int:
        if _written(week):
            return 0
        ticked(f"{OCCASION}{week}")
        for account_id, language, said in letters:
            mailing = mailings.post(f"{OCCASION}{week}", account_id, language, said)
            outbox.put(mailings.MAIL, {"mailing_id": mailing.id})
        return len(letters)

    return transact(write, again=write)


def _written(week: Week) -> bool:
    return db.session.get(Tick, f"{OCCASION}{week}") is not None


def _letters(week: Week, site: Site) -> Iterator[tuple[int, str, Said]]:
    digest = gather(week)
    for leader in accounts.with_role(Role.LEADER):
        said = wording.to_leader(digest, leader.name, leader.language, site)
        yield leader.id, leader.language, said
    for head in accounts.with_role(Role.HEAD):
        agency = head.agency
        if agency is None:
            continue
        told = wording.to_head(digest, agency.id, agency.names, agency.code, head.language, site)
        if told is not None:
            yield head.id, head.language, told
