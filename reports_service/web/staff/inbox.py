"""/inbox: what a member of staff was told, newest first, each with a way to its report."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.core.pages import page as page_of
from reports_service.domain.roles import Permission
from reports_service.notifications import inbox_counts, service
from reports_service.notifications.models import Delivery
from reports_service.notifications.schemas import InboxQuery
from reports_service.notifications.views import NEWEST_FIRST
from reports_service.reports.codes import grouped
from reports_service.web.moments import Moments
from reports_service.web.pages import back_to, page, reading
from reports_service.web.staff.acts_trying import Wrong, attempt

UNREAD_WORD = "yes"


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    bp.add_url_rule("/inbox", "inbox", inbox)
    bp.add_url_rule(
        "/inbox/<int(max=9223372036854775807):notice_id>/read", "read", read, methods=["POST"]
    )
    bp.add_url_rule("/inbox/read", "read_all", read_all, methods=["POST"])


@requires(Permission.SEE_INBOX)
def inbox() -> str | tuple[str, int]:
    """Own notices: all, or only those not read yet."""
    found = attempt(_asked)
    query = InboxQuery().load({}) if isinstance(found, Wrong) else found
    shown = page("staff/inbox.html", **_shown(query), problem=getattr(found, "problem", None))
    return (shown, found.status) if isinstance(found, Wrong) else shown


@requires(Permission.SEE_INBOX)
def read(notice_id: int) -> Response:
    """One was read; on to its report."""
    with unit_of_work():
        notice = service.mark_read(current_actor(), notice_id)
        code = grouped(notice.event.report.code)
    if "open" in request.form:
        return back_to(_report_page(), code=code)
    return back_to("staff.inbox", done="inbox_read")


@requires(Permission.SEE_INBOX)
def read_all() -> Response:
    """All were read."""
    with unit_of_work():
        inbox_counts.mark_all_read(current_actor().account_id or 0)
    return back_to("staff.inbox", done="inbox_read_all")


def _asked() -> dict[str, Any]:
    given = {name: value for name, value in request.args.items() if name in ("cursor", "unread")}
    asked: dict[str, Any] = InboxQuery().load(given)
    return asked


def _shown(query: dict[str, Any]) -> dict[str, Any]:
    account_id, unread = current_actor().account_id or 0, query["unread"]
    mine = service.inbox(account_id, unread=unread)
    found = page_of(mine, NEWEST_FIRST, query["cursor"], query["limit"])
    moments = reading()
    return {
        "notices": [_notice(one, moments) for one in found.items],
        "unread": unread,
        "waiting": inbox_counts.unread(account_id),
        "next": _further(found.next_cursor, unread),
    }


def _further(cursor: str | None, unread: bool) -> str | None:
    only = UNREAD_WORD if unread else None
    return url_for("staff.inbox", cursor=cursor, unread=only) if cursor else None


def _notice(delivery: Delivery, moments: Moments) -> dict[str, Any]:
    code = grouped(delivery.event.report.code)
    return {
        "id": delivery.id,
        "code": code,
        "address": url_for(_report_page(), code=code),
        "subject": delivery.subject,
        "text": delivery.body,
        "at": moments.when(delivery.created_at),
        "ago": moments.ago(delivery.created_at),
        "read": delivery.read_at is not None,
    }


def _report_page() -> str:
    """Where this actor reads a report."""
    inside = current_actor().may(Permission.SEE_INTERNAL_VIEW)
    return "staff.work" if inside else "web.report"
