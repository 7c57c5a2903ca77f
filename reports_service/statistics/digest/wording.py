"""The digest as a mail: short paragraphs, each number with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from reports_service.core import words
from reports_service.domain.held_up import HELD_UP_FROM
from reports_service.notifications.mailings import Said
from reports_service.notifications.wording import Site, moment
from reports_service.reports.codes import grouped
from reports_service.statistics.digest.gathering import Digest, Listed, Row, Some
from reports_service.statistics.monthly.numbers import percent, whole

FIGURES = "/figures"  # the pages of figures, which lead to signing in and back


def to_leader(digest: Digest, name: str, language: str, site: Site) -> Said:
    """Overdue, reopened, the five lowest, the oldest: or, in as many words, that nothing is."""
    at = moment(digest.at, language, site.zone)
    shown = whole(digest.overdue, language)
    head = "digest_subject" if digest.overdue else "digest_subject_none"
    parts = [
        words.say("digest_greeting", language, name=name),
        words.say("digest_as_of", language, at=at),
        _overdue(digest, language, site),
        _oldest(digest, language, site),
        _reopened(digest.reopened, digest, language, site),
        _worst(digest, language, site),
        words.say("digest_all", language, link=_page(site, "", _days(digest))),
    ]
    return _mail(
        words.say(head, language, monday=_day(digest.week.monday), overdue=shown), parts, language
    )


def to_head(
    digest: Digest, agency_id: int, agency: Mapping[str, str], code: str, language: str, site: Site
) -> Said | None:
    """What this agency has overdue, due this week, and reopened; None where there is none."""
    overdue, due, reopened = (
        found.get(agency_id, Some())
        for found in (digest.overdue_of, digest.due_of, digest.reopened_of)
    )
    if not (overdue.count or due.count or reopened.count):
        return None
    name = words.named(agency, language)
    numbers = {"overdue": whole(overdue.count, language), "due": whole(due.count, language)}
    parts = [
        words.say("digest_greeting", language, name=name),
        words.say("digest_as_of", language, at=moment(digest.at, language, site.zone)),
        _own(overdue, "digest_own_overdue", digest, language, site, _late(digest, site, code)),
        _own(due, "digest_own_due", digest, language, site),
        _own(reopened, "digest_own_reopened", digest, language, site),
        words.say("digest_all", language, link=_page(site, f"/agencies/{code}", _days(digest))),
    ]
    monday = _day(digest.week.monday)
    subject = words.say("digest_subject_head", language, monday=monday, **numbers)
    return _mail(subject, parts, language)


def _mail(subject: str, parts: Sequence[str], language: str) -> Said:
    body = "\n\n".join([part for part in parts if part])
    return Said(subject, f"{body}\n\n{words.say('notice_farewell', language)}\n")


def _overdue(digest: Digest, language: str, site: Site) -> str:
    if not digest.overdue:
        return words.say("digest_overdue_none", language)
    shown = whole(digest.overdue, language)
    lines = [words.say("digest_overdue", language, n=shown, link=_late(digest, site))]
    for row in digest.most_overdue:
        lines.append(
            words.say(
                "digest_overdue_agency",
                language,
                agency=words.named(row["agency"].names, language),
                n=whole(row["overdue"], language),
                link=_late(digest, site, row["agency"].code),
            )
        )
    if digest.as_many:
        each = whole(digest.most_overdue[-1]["overdue"], language)
        many = whole(digest.as_many, language)
        lines.append(words.say("digest_overdue_as_many", language, n=many, each=each))
    return "\n".join(lines)


def _oldest(digest: Digest, language: str, site: Site) -> str:
    if not digest.oldest.first:
        return ""
    lines = [words.say("digest_oldest", language)]
    lines += [
        words.say("digest_oldest_report", language, **_report(one, digest, language, site))
        for one in digest.oldest.first
    ]
    return "\n".join(lines)


def _reopened(some: Some, digest: Digest, language: str, site: Site) -> str:
    first, last = (_day(day) for day in digest.week.last_days)
    if not some.count:
        return words.say("digest_reopened_none", language, first=first, last=last)
    shown = whole(some.count, language)
    lines = [words.say("digest_reopened", language, n=shown, first=first, last=last)]
    return "\n".join([*lines, *_reports(some, digest, language, site)])


def _worst(digest: Digest, language: str, site: Site) -> str:
    first, last = (_day(day) for day in digest.week.judged_days)
    if not digest.worst:
        return words.say("digest_worst_none", language, first=first, last=last, fewest=HELD_UP_FROM)
    lines = [words.say("digest_worst", language, first=first, last=last, fewest=HELD_UP_FROM)]
    for kind, rows in groupby(digest.worst, key=lambda row: row["agency"].kind):
        of_kind = list(rows)
        name = words.say(f"monthly_kind_{kind}", language)
        among = whole(of_kind[0]["ranked_among"], language)
        lines.append(words.say("digest_worst_kind", language, kind=name, n=among))
        lines += [_worst_agency(row, digest, language, site) for row in of_kind]
    return "\n".join(lines)


def _worst_agency(row: Row, digest: Digest, language: str, site: Site) -> str:
    asked = {**_days(digest), "agency": row["agency"].code, "measure": "due"}
    return words.say(
        "digest_worst_agency",
        language,
        agency=words.named(row["agency"].names, language),
        rate=percent(row["on_time_rate"], language),
        bound=percent(row["on_time_lower_bound"], language),
        rank=row["rank"],
        met=whole(row["met"], language),
        due=whole(row["due"], language),
        link=_page(site, "/reports", asked),
    )


def _own(
    some: Some, code: str, digest: Digest, language: str, site: Site, link: str | None = None
) -> str:
    """How many there are; ``link``: to the page of all of them, where there is one."""
    if not some.count:
        return ""
    lines = [words.say(code, language, n=whole(some.count, language), link=link)]
    return "\n".join([*lines, *_reports(some, digest, language, site)])


def _reports(some: Some, digest: Digest, language: str, site: Site) -> Iterator[str]:
    """One line for each that is named, and one for those that are not."""
    for one in some.first:
        values = _report(one, digest, language, site)
        yield words.say("digest_report", language, **values)
    if some.restricted:
        yield words.say("digest_restricted", language, n=whole(some.restricted, language))
    rest = some.count - some.restricted - len(some.first)
    if rest:
        yield words.say("digest_rest", language, n=whole(rest, language))


def _report(one: Listed, digest: Digest, language: str, site: Site) -> dict[str, Any]:
    return {
        "code": grouped(one.code),
        "agency": words.named(one.agency, language),
        "at": moment(one.at, language, site.zone),
        "days": whole(max(0, _whole_days(digest.at, one.at)), language),
        "link": site.link(one.code),
    }


def _whole_days(until: datetime, since: datetime) -> int:
    return (until - since) // timedelta(days=1)


def _days(digest: Digest) -> dict[str, str]:
    first, last = digest.week.judged_days
    return {"from": first.isoformat(), "to": last.isoformat()}


def _late(digest: Digest, site: Site, code: str | None = None) -> str:
    """The page of what is overdue now, at one agency or at all."""
    agency = {"agency": code} if code else {}
    return _page(site, "/reports", {**_days(digest), **agency, "measure": "overdue"})


def _page(site: Site, part: str, asked: Mapping[str, str]) -> str:
    return f"{site.url.rstrip('/')}{FIGURES}{part}?{urlencode(asked)}"


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
