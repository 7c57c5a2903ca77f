"""Notices in words: what became of a report, in the reader's language, dates as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from babel.dates import format_date, format_datetime

from reports_service.core import words
from reports_service.notifications.audiences import Voice, quoted
from reports_service.reports.codes import grouped

REPORT_PATH = "/r/"  # of the page of a report, followed by its code
MISSING = "–"
SUBJECT_LONGEST = 300
CITIZENS = frozenset({Voice.REPORTER, Voice.FOLLOWER})
NEW = frozenset({"filed", "filed_new"})  # cases in which a report begins

Names = Mapping[str, str]


@dataclass(frozen=True)
class Site:
    """Where this deployment is reached and by which clock its people live."""

    url: str
    zone: tzinfo

    def link(self, code: str) -> str:
        """The address of a report's page."""
        return f"{self.url.rstrip('/')}{path_of(code)}"


def path_of(code: str) -> str:
    """The path of a report's page."""
    return f"{REPORT_PATH}{grouped(code)}"


def private_path_of(code: str, token: str) -> str:
    """The path by which a device becomes its reporter's."""
    return f"{path_of(code)}/t/{token}"


@dataclass(frozen=True)
class Story:
    """One event as notices need it. Names are by language; the moments are those it recorded."""

    case: str
    at: datetime
    by: str
    code: str
    agency: Names
    from_agency: Names | None
    category: Names | None
    area: Names | None
    promised_by: datetime
    acknowledge_by: datetime | None
    deadline: datetime | None
    facts: Mapping[str, Any]
    said: Mapping[str, str]


def subject(story: Story, voice: Voice, language: str) -> str:
    """What a notice is headed by; to staff, what they are asked to do where that is something."""
    told = f"notice_{story.case}_subject"
    own = f"{told}_{voice}"
    what = words.say(own if words.knows(own) else told, language)
    head = "notice_subject_new" if voice is Voice.AGENCY and story.case in NEW else "notice_subject"
    return words.say(head, language, code=grouped(story.code), what=what)


def text(story: Story, voice: Voice, language: str, site: Site) -> str:
    """The notice itself, with the words it repeats; what the inbox shows."""
    sentence = words.say(
        f"notice_{story.case}_{voice}", language, **_values(story, language, site.zone)
    )
    name = quoted(story.case, voice, story.by)
    repeated = story.said.get(name) if name else None
    if not repeated:
        return sentence
    return sentence + "\n\n" + words.say("notice_quote", language, text=repeated)


def letter(
    story: Story, voice: Voice, language: str, site: Site, recipient: Names | None = None
) -> str:
    """The notice as a mail: to a citizen, or to ``recipient``, an agency."""
    if voice in CITIZENS:
        greeting = words.say("notice_greeting_reporter", language)
        link = words.say("notice_link_reporter", language, link=site.link(story.code))
    else:
        name = words.named(recipient or story.agency, language)
        greeting = words.say("notice_greeting_agency", language, recipient=name)
        link = words.say("notice_link_agency", language, link=site.link(story.code))
    parts = (greeting, text(story, voice, language, site), link)
    return "\n\n".join((*parts, words.say("notice_farewell", language))) + "\n"


def moment(at: datetime | None, language: str, zone: tzinfo) -> str:
    """17:00 thứ Sáu, ngày 27/11/2026: in local time."""
    if at is None:
        return MISSING
    pattern = words.say("notice_moment_pattern", language)
    return _lower(format_datetime(at, pattern, tzinfo=zone, locale=language))


def day(on: date | None, language: str) -> str:
    """thứ Sáu, ngày 27/11/2026."""
    if on is None:
        return MISSING
    pattern = words.say("notice_day_pattern", language)
    return _lower(format_date(on, pattern, locale=language))


def _lower(said: str) -> str:
    """Inside a sentence the days of the week begin small in Vietnamese."""
    return said.replace("Thứ ", "thứ ").replace("Chủ Nhật", "Chủ nhật")


def _values(story: Story, language: str, zone: tzinfo) -> dict[str, str]:
    """Every value that a sentence may name; those that this event lacks are dashes."""
    facts = story.facts
    return {
        "code": grouped(story.code),
        "agency": words.named(story.agency, language),
        "from_agency": _named(story.from_agency, language),
        "about": _about(story, language),
        "promised_by": moment(story.promised_by, language, zone),
        "acknowledge_by": moment(story.acknowledge_by, language, zone),
        "deadline": moment(story.deadline, language, zone),
        "reply_by": moment(_moment_of(facts, "reply_by"), language, zone),
        "planned_for": day(_day_of(facts, "planned_for"), language),
        "into": grouped(facts["into"]) if facts.get("into") else MISSING,
        "to": story.said.get("to") or MISSING,
        "rated": _rated(facts.get("rating"), language),
        "task": words.say(f"notice_clock_{facts.get('clock', 'resolve')}", language),
        "lateness": _lateness(story, language, zone),
    }


def _named(names: Names | None, language: str) -> str:
    return words.named(names, language) if names else MISSING


def _about(story: Story, language: str) -> str:
    """What and where, so that staff know it without opening."""
    what = story.category
    kind = words.named(what, language) if what else words.say("notice_unclassified", language)
    return f"{kind}, {words.named(story.area, language)}" if story.area else kind


def _rated(rating: int | None, language: str) -> str:
    if rating is None:
        return words.say("notice_not_rated", language)
    return words.say("notice_rated", language, rating=rating)


def _lateness(story: Story, language: str, zone: tzinfo) -> str:
    passed = story.deadline is not None and story.at >= story.deadline
    said = "notice_deadline_passed" if passed else "notice_deadline_near"
    return words.say(said, language, deadline=moment(story.deadline, language, zone))


def _moment_of(facts: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(facts[name]) if facts.get(name) else None


def _day_of(facts: Mapping[str, Any], name: str) -> date | None:
    return date.fromisoformat(facts[name]) if facts.get(name) else None
