"""The jobs. Each may run twice, and at the same time as itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import current_app
from rq.timeouts import JobTimeoutException

from reports_service.accounts import keeping
from reports_service.attachments import service as attachments
from reports_service.attachments.effects import work_on_picture
from reports_service.attachments.uploads import service as uploads
from reports_service.attachments.uploads.places import places
from reports_service.core import clock, outbox, outbox_upkeep, planner, queue
from reports_service.exports import service as exports
from reports_service.exports.effects import build_part
from reports_service.logbook import nightly as logbook
from reports_service.notifications.effects import deliver, mail, notify, write_news, write_reset
from reports_service.notifications.wording import Site
from reports_service.reports import daily_heads, sweep
from reports_service.reports.retention import schedule as retention
from reports_service.statistics.cells import recount
from reports_service.statistics.closing import automatic
from reports_service.statistics.digest import service as digest
from reports_service.statistics.monthly.effects import mail_month, month_closed
from reports_service.statistics.quality import nightly as quality
from reports_service.teamwork import drafts
from workers.task import periodic, stopping, task

ROUND_S = 60.0
AT_ONCE = 5  # effects between two counts: a mail server that is away takes its time over each
log = logging.getLogger(__name__)
DONE_EFFECTS_KEPT = timedelta(days=30)
ORPHANS_KEPT = timedelta(days=2)

# Importing them names them to the outbox: what this process can perform.
PERFORMED: Final[tuple[Callable[[Mapping[str, Any]], None], ...]] = (
    notify,
    deliver,
    mail,
    write_reset,
    write_news,
    month_closed,
    mail_month,
    work_on_picture,
    build_part,
)


@task
def work_outbox() -> None:
    """Perform effects and count what changed, until nothing is due, a minute is over, or the
    worker is to stop.
    """
    queue.begun()
    end = time.monotonic() + ROUND_S

    def over() -> bool:
        return stopping() or time.monotonic() > end

    while not over() and _count() + outbox.work(AT_ONCE, stopping=over):
        continue


def _count() -> int:
    """Count what changed. Where that fails, figures stay as they were and say as of when; people
    are told of their reports all the same.
    """
    try:
        return recount.catch_up()
    except JobTimeoutException:
        raise
    except Exception:
        log.exception("the figures could not be brought up to date")
        return 0


@periodic
def sweep_outbox() -> None:
    """Find what nobody was woken for: Redis was away, a worker died, or it is due only now."""
    outbox_upkeep.take_back_future()
    if outbox.anything_due():
        queue.wake_workers()


@periodic
def climb_ladders() -> None:
    """Remind, escalate, and close what silence closes."""
    sweep.run()


@periodic
def keep_daily_head() -> None:
    """Keep one hash over all histories as they stood when the last local day ended."""
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    day, ended_at = daily_heads.yesterday(clock.now().astimezone(zone))
    daily_heads.keep(day, ended_at)


@periodic
def check_audit_log() -> None:
    """Check every entry of the audit log, once after the local day has ended."""
    logbook.check_once(_zone())


@periodic
def count_quality() -> None:
    """Count the quality of records once, after the local day has ended."""
    quality.count_once(ZoneInfo(current_app.config["TZ_NAME"]))


@periodic
def look_at_tables() -> None:
    """Tell SQLite's planner how large tables have become."""
    planner.look_at_tables()


@periodic
def close_months() -> None:
    """Close the months whose set day has come."""
    automatic.close_due_months(current_app.config["CLOSE_MONTH_ON_DAY"], _zone())


@periodic
def check_closed_months() -> None:
    """See whether closed months still are what the figures of now say."""
    automatic.check_closed_months(_zone())


@periodic
def send_digests() -> None:
    """On Monday morning: write to leaders and heads what they should look at."""
    digest.send_due(Site(current_app.config["PUBLIC_URL"], _zone()), _zone())


@periodic
def sweep_orphans() -> None:
    """Delete stored pictures that no report names: their filing failed half-way."""
    attachments.sweep_orphans(current_app.extensions["storage"], ORPHANS_KEPT)


@periodic
def sweep_uploads() -> None:
    """Delete what was uploaded and belongs to no report after a day, or to one that has it."""
    uploads.sweep(places())


@periodic
def sweep_exports() -> None:
    """Delete exported files whose time is over."""
    exports.sweep(current_app.extensions["storage"])


@periodic
def forget_drafts() -> None:
    """Delete what somebody began to write a month ago and did not go on with."""
    drafts.forget_old()


@periodic
def forget_people() -> None:
    """Make the people in reports anonymous whose time is over."""
    retention.run()


@periodic
def forget_sign_ins() -> None:
    """Delete failed attempts, ended sessions and old ways to a new password."""
    keeping.forget_old()


@periodic
def forget_effects() -> None:
    """Delete effects that were done long ago; the events tell what happened."""
    outbox_upkeep.forget(DONE_EFFECTS_KEPT)


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TZ_NAME"])
