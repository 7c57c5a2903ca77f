"""/inbox: the notices of a member of staff."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission
from reports_service.notifications import service
from reports_service.notifications.models import Delivery
from reports_service.notifications.schemas import InboxQuery, NoticeSchema

blp = Blueprint("notifications", __name__, description="Own notices of staff")
NEWEST_FIRST = (Key(Delivery.id, lambda delivery: delivery.id, descending=True),)


@blp.route("/inbox")
class Inbox(MethodView):
    @requires(Permission.SEE_INBOX)
    @blp.arguments(InboxQuery, location="query")
    @blp.response(200, page_of(NoticeSchema))
    def get(self, query: dict[str, Any]) -> Page[Delivery]:
        mine = service.inbox(current_actor().account_id or 0, unread=query.pop("unread"))
        return page(mine, NEWEST_FIRST, **query)


@blp.route("/inbox/<int(max=9223372036854775807):notice_id>/read")
class InboxRead(MethodView):
    @requires(Permission.SEE_INBOX)
    @blp.response(200, NoticeSchema)
    def post(self, notice_id: int) -> Delivery:
        with unit_of_work():
            return service.mark_read(current_actor(), notice_id)
