"""What must hold when a service has been hurt and is left in peace: looked up in its database and
its stores. Each check gives sentences about what is wrong; none means that it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import func, select

from reports_service.attachments.models import Attachment, State
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.core.storage import Storage
from reports_service.logbook import verification as logbook
from reports_service.notifications.models import Delivery, Mailing
from reports_service.notifications.readers import Way
from reports_service.notifications.service import notices_of
from reports_service.notifications.wording import Site
from reports_service.reports.models import Assignment, ClockRow, Escalation, Event, Report
from reports_service.statistics.cells import recount
from reports_service.statistics.cells.models import Cell, Sheet, Standing, Turn
from reports_service.statistics.verification import walk
from tests.faults.filing import FAULTS_OF_OURS, Filed
from tests.faults.striking import AN_HOUR_S
from tests.smtp_server import SmtpServer

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CLOCKS = ["acknowledge", "resolve"]


@dataclass(frozen=True)
class Letters:
    """The mail that arrived: Message-ID -> how often. Receivers show a repeated one once."""

    arrived: Mapping[str, int]

    @classmethod
    def of(cls, app: Flask, post: SmtpServer | None) -> Letters:
        """What the mail server took, or what lies in the folder of mail."""
        if post is not None:
            return cls(Counter(str(letter["Message-ID"]) for letter in post.letters))
        files = sorted(Path(app.config["MAIL_FOLDER"]).glob("*.eml"))
        parsed = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in files)
        return cls(Counter(str(letter["Message-ID"]) for letter in parsed))


def everything(app: Flask, filed: Sequence[Filed], letters: Letters) -> list[str]:
    """All that is wrong, in sentences."""
    with app.app_context():
        return [*looked_up(app, filed, letters), *figures()]


def looked_up(app: Flask, filed: Sequence[Filed], letters: Letters) -> list[str]:
    """The same without the figures; reads from the session, and ends no transaction."""
    return [
        *answers(filed),
        *reports(filed),
        *photos(filed, app.extensions["storage"]),
        *assignments(),
        *notices(Site(app.config["PUBLIC_URL"], ZONE), letters),
        *escalations(),
        *stuck(),
        *audit_log(),
    ]


def answers(filed: Sequence[Filed]) -> Iterator[str]:
    """Every app got its answer, always the same one, and never heard of a fault of ours."""
    for one in filed:
        if one.answered is None:
            yield f"{one.key}: never answered, after {one.tries} tries: {one.met[-1:]}"
        if len(set(one.codes)) > 1:
            yield f"{one.key}: answered with several codes {one.codes}"
        for met in one.met:
            if met[:3].isdigit() and int(met[:3]) in FAULTS_OF_OURS:
                yield f"{one.key}: answered {met}"


def reports(filed: Sequence[Filed]) -> Iterator[str]:
    """What was answered is there, once, and nothing else of these apps is."""
    rows = db.session.execute(select(Report.idempotency_key, Report.code)).all()
    series = {one.key.rpartition("-")[0] for one in filed}
    kept = Counter(row.idempotency_key for row in rows)
    codes = {row.idempotency_key: row.code for row in rows}
    for one in filed:
        if kept[one.key] != 1:
            yield f"{one.key}: filed {kept[one.key]} times"
        elif one.codes and codes[one.key] != one.codes[0]:
            yield f"{one.key}: answered as {one.codes[0]}, kept as {codes[one.key]}"
    for key in kept.keys() - {one.key for one in filed}:
        if not key or key.rpartition("-")[0] in series:
            yield f"{key}: nobody filed it"


def photos(filed: Sequence[Filed], storage: Storage) -> Iterator[str]:
    """Each report has the photos that were sent, in their order, worked on, their files there."""
    kept = {row.idempotency_key: row for row in db.session.scalars(select(Report))}
    for one in filed:
        report = kept.get(one.key)
        pictures = [photo.attachment for photo in report.photos] if report else []
        if [picture.sha256 for picture in pictures] != one.digests:
            yield f"{one.key}: {len(one.digests)} photos were sent, {len(pictures)} are kept"
        for picture in pictures:
            yield from (f"{one.key}: {wrong}" for wrong in _photo(picture, storage))


def _photo(picture: Attachment, storage: Storage) -> Iterator[str]:
    if picture.state == State.PENDING:
        yield f"photo {picture.id} is still pending"
    elif picture.state == State.REJECTED:
        yield f"photo {picture.id}, a good one, was rejected: {picture.reason}"
    for key in (picture.original_key, picture.large_key, picture.small_key):
        if picture.state == State.READY and not (key and storage.exists(key)):
            yield f"photo {picture.id}: no file {key}"


def assignments() -> Iterator[str]:
    """One open assignment for each report, with its clocks."""
    held = Counter(db.session.scalars(select(Assignment.report_id).where(_is_open())))
    for report_id, code in db.session.execute(select(Report.id, Report.code)):
        if held[report_id] != 1:
            yield f"{code}: {held[report_id]} open assignments"
    clocks: dict[int, list[str]] = {}
    for assignment_id, kind in db.session.execute(select(ClockRow.assignment_id, ClockRow.kind)):
        clocks.setdefault(assignment_id, []).append(kind)
    for assignment_id in db.session.scalars(select(Assignment.id)):
        if sorted(clocks.get(assignment_id, [])) != CLOCKS:
            yield f"assignment {assignment_id}: its clocks are {clocks.get(assignment_id)}"


def _is_open() -> object:
    return Assignment.outcome.is_(None)


def notices(site: Site, letters: Letters) -> Iterator[str]:
    """Everybody whom an event concerns was told of it, once; letters by their Message-ID."""
    told: dict[int, list[tuple[str, str]]] = {}
    mailed = set()
    for row in db.session.scalars(select(Delivery)):
        told.setdefault(row.event_id, []).append((row.recipient, row.channel))
        if row.sent_at is None:
            yield f"delivery {row.id} to {row.recipient} by {row.channel} never left"
        if row.channel == Way.EMAIL:
            mailed.add(f"<{row.id}.{row.created_at:%Y%m%d%H%M%S%f}@127.0.0.1>")
    for mailing in db.session.scalars(select(Mailing)):
        mailed.add(f"<m{mailing.id}.{mailing.created_at:%Y%m%d%H%M%S%f}@127.0.0.1>")
        if mailing.sent_at is None:
            yield f"mailing {mailing.id} ({mailing.occasion}) never left"
    for event in db.session.scalars(select(Event)).all():
        wanted = {(one.reader.recipient, str(one.reader.way)) for one in notices_of(event, site)}
        found = told.get(event.id, [])
        if sorted(found) != sorted(wanted):
            yield f"event {event.id} ({event.kind}): told {sorted(found)}, not {sorted(wanted)}"
    for lost in sorted(mailed - letters.arrived.keys()):
        yield f"letter {lost} was sent and never arrived"
    for unknown in sorted(letters.arrived.keys() - mailed):
        yield f"letter {unknown} arrived and nobody sent it"


def escalations() -> Iterator[str]:
    """No step was climbed twice, each has its event, and none that is due waits."""
    climbed = Counter(
        (row.report_id, row.number, row.kind, row.step)
        for row in db.session.execute(
            select(Assignment.report_id, Assignment.number, ClockRow.kind, Escalation.step)
            .join(ClockRow, ClockRow.id == Escalation.clock_id)
            .join(Assignment, Assignment.id == ClockRow.assignment_id)
        )
    )
    recorded = Counter(
        (event.report_id, event.facts["assignment"], event.facts["clock"], event.facts["step"])
        for event in db.session.scalars(select(Event).where(Event.kind == "escalated"))
    )
    for step in climbed.keys() | recorded.keys():
        if (climbed[step], recorded[step]) != (1, 1):
            yield f"step {step}: climbed {climbed[step]} times, recorded {recorded[step]} times"
    due = select(func.count(ClockRow.id)).where(ClockRow.next_step_at <= clock.now())
    if waiting := db.session.scalar(due):
        yield f"{waiting} clocks have a step that is due"


def stuck() -> Iterator[str]:
    """Nothing waits, nothing is leased, nothing was given up."""
    for effect in db.session.scalars(select(Effect).where(Effect.done_at.is_(None))):
        state = "given up" if effect.dead_at else "leased" if effect.leased_until else "waiting"
        yield f"effect {effect.id} ({effect.kind}) is {state}: {effect.last_error}"
    for turn in db.session.scalars(select(Turn).where(Turn.leased_until.is_not(None))):
        yield f"the turn to recount is held until {turn.leased_until}"


def audit_log() -> Iterator[str]:
    """Every entry is as it was written."""
    for found in logbook.verify():
        yield f"audit log: {found}"


def figures() -> Iterator[str]:
    """The figures are what the events say, and what they would be if they were built anew."""
    yield from verified()
    db.session.rollback()
    # As late as the clock ever was: a year that was over then has gone into what is kept.
    with clock.moved_to(clock.now() + timedelta(seconds=AN_HOUR_S)):
        while recount.catch_up():
            continue
        yield from built_anew()


def verified() -> Iterator[str]:
    """``stats verify`` names nothing."""
    for difference in walk.verify(ZONE):
        yield f"stats verify: {difference.to_dict()}"


def built_anew() -> Iterator[str]:
    """Figures that are built anew are those that were kept."""
    kept = _figures()
    recount.rebuild()
    built = _figures()
    for name in kept:
        if kept[name] != built[name]:
            yield f"{name}: {len(kept[name] ^ built[name])} rows differ from those built anew"


def _figures() -> dict[str, set[tuple[object, ...]]]:
    found = {}
    for model in (Cell, Sheet, Standing):
        columns = [one for one in model.__table__.columns if one.name != "version"]
        rows = db.session.execute(select(*columns)).all()
        found[model.__tablename__] = {tuple(row) for row in rows}
    db.session.rollback()
    return found
