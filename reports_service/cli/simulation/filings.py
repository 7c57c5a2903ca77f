"""A report comes in: through some channel, by somebody or nobody, perhaps about a known spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from reports_service.categories.service import CategoryFacts
from reports_service.cli.simulation import centre, reporter
from reports_service.cli.simulation.places import Spot
from reports_service.cli.simulation.town import Case, Town
from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.channels import Channel
from reports_service.reports import filing, tracking
from reports_service.reports.filing import Filing
from reports_service.reports.models import Report

# Channel -> how often, and how many leave a contact, send pictures.
CHANNELS: Mapping[Channel, tuple[float, float, float]] = {
    Channel.APP: (42, 0.75, 0.55),
    Channel.HOTLINE: (25, 0.92, 0.0),
    Channel.ZALO: (14, 0.65, 0.4),
    Channel.WEB: (13, 0.5, 0.3),
    Channel.FACILITATOR: (6, 0.95, 0.35),
}
WITHOUT_CATEGORY = 0.05
ABOUT_THE_SAME = 0.05  # somebody else filed it already
ABOUT_THE_SAME_IN_A_FLOOD = 0.14
COME_BACK = 0.05  # it was closed, and is broken again
ANSWERED_QUESTION = 0.6


def arrive(town: Town) -> None:
    """Somebody files a report now."""
    flooded = town.seasons.flooded(clock.now())
    meant, point, same_as = _matter(town, flooded)
    channel = town.chance.choices(list(CHANNELS), [row[0] for row in CHANNELS.values()])[0]
    _, leaves_contact, sends_pictures = CHANNELS[channel]
    contact = town.speech.person() if town.happens(leaves_contact) else None
    sent = _sent(town, meant, point, channel, contact, town.happens(sends_pictures))
    report = _filed(sent, _actor(town, channel))
    if sent.pictures:
        town.pictures.make_ready(report)
    case = Case(
        code=report.code,
        token=tracking.token_of(report),
        meant=meant,
        lat=point[0],
        lon=point[1],
        named=contact is not None,
        flooded=flooded,
    )
    town.hand_over(case, report)
    town.watch(report)
    reporter.come_back(town, case)
    if same_as is not None:
        centre.notice_duplicate(town, case, same_as.code)
    elif meant.duplicate_radius_m:
        town.places.recent.append(Spot(case.code, meant.code, *point))


def _matter(town: Town, flooded: bool) -> tuple[CategoryFacts, tuple[float, float], Spot | None]:
    """What it is about, where, and the open report about the same, if there is one."""
    places, speech = town.places, town.speech
    if town.happens(ABOUT_THE_SAME_IN_A_FLOOD if flooded else ABOUT_THE_SAME):
        known = places.remembered(places.recent, 60)
        if known is not None:
            meant = centre.category(known.category)
            return meant, places.near(known, 0.8 * meant.duplicate_radius_m), known
    elif town.happens(COME_BACK):
        known = places.remembered(places.closed, 300)
        if known is not None:
            meant = centre.category(known.category)
            return meant, places.near(known, 0.8 * meant.duplicate_radius_m), None
    return speech.category(flooded), places.anywhere(), None


def _sent(
    town: Town,
    meant: CategoryFacts,
    point: tuple[float, float],
    channel: Channel,
    contact: Mapping[str, Any] | None,
    with_pictures: bool,
) -> Filing:
    street, number = town.speech.street()
    known = not town.happens(WITHOUT_CATEGORY)
    shown = with_pictures and meant.visibility == "public"
    count = 1 + town.happens(0.3)
    return Filing(
        channel=channel,
        category=meant.code if known else None,
        lat=point[0],
        lon=point[1],
        address=town.speech.address(street, number) if town.happens(0.7) else "",
        description=town.speech.description(meant.code, street, number),
        reporter=contact,
        answers=_answers(town, meant) if known else {},
        pictures=town.pictures.of(meant.code, after=False, count=count) if shown else (),
    )


def _answers(town: Town, category: CategoryFacts) -> dict[str, Any]:
    """What the form asks and some answer."""
    answers: dict[str, Any] = {}
    for question in category.questions:
        if not town.happens(ANSWERED_QUESTION):
            continue
        match question["kind"]:
            case "choice":
                answers[question["code"]] = town.chance.choice(question["options"])["code"]
            case "yes_no":
                answers[question["code"]] = town.happens(0.5)
            case "number":
                answers[question["code"]] = town.chance.randint(1, 6)
            case "date":
                answers[question["code"]] = clock.now().date().isoformat()
    return answers


def _actor(town: Town, channel: Channel) -> Actor:
    match channel:
        case Channel.HOTLINE:
            return town.cast.operator()
        case Channel.FACILITATOR:
            return town.cast.facilitator()
        case _:
            return Actor()


def _filed(sent: Filing, actor: Actor) -> Report:
    """File it; once more where the random code was taken."""
    try:
        with db.session.begin_nested():
            return filing.file(sent, actor)[0]
    except IntegrityError:
        return filing.file(sent, actor)[0]
