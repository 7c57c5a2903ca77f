"""/admin/sla-policies, /admin/calendars, /admin/ladders for administrators."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.agencies.schemas import EndQuery
from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission
from reports_service.sla import calendars, ladders, policies
from reports_service.sla.hours import read_day
from reports_service.sla.models import Calendar, CalendarDay, Ladder, Policy
from reports_service.sla.schemas import (
    CalendarChange,
    CalendarNew,
    CalendarSchema,
    DayChange,
    DaySchema,
    DaysQuery,
    DaysSchema,
    LadderChange,
    LadderNew,
    LadderSchema,
    PolicyChange,
    PolicyNew,
    PolicySchema,
    SlaQuery,
)

blp = Blueprint("sla", __name__, description="How long an agency has: policies, calendars, ladders")
POLICIES_BY_CODE = (Key(Policy.code, lambda policy: policy.code),)
CALENDARS_BY_CODE = (Key(Calendar.code, lambda calendar: calendar.code),)
LADDERS_BY_CODE = (Key(Ladder.code, lambda ladder: ladder.code),)


@blp.route("/admin/sla-policies")
class AdminPolicies(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(SlaQuery, location="query")
    @blp.response(200, page_of(PolicySchema))
    def get(self, query: dict[str, Any]) -> Page[Policy]:
        return page(policies.listing(), POLICIES_BY_CODE, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(PolicyNew)
    @blp.response(201, PolicySchema)
    def post(self, values: dict[str, Any]) -> Policy:
        with unit_of_work():
            return policies.add(current_actor(), values)


@blp.route("/admin/sla-policies/<code>")
class AdminPolicy(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, PolicySchema)
    def get(self, code: str) -> Policy:
        return policies.by_code(code)

    @requires(Permission.ADMINISTER)
    @blp.arguments(PolicyChange)
    @blp.response(200, PolicySchema)
    def patch(self, values: dict[str, Any], code: str) -> Policy:
        with unit_of_work():
            return policies.change(current_actor(), code, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, PolicySchema)
    def delete(self, query: dict[str, Any], code: str) -> Policy:
        with unit_of_work():
            return policies.end(current_actor(), code, **query)


@blp.route("/admin/sla-policies/<code>/end")
class AdminPolicyEnd(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, PolicySchema)
    def delete(self, code: str) -> Policy:
        """Take its end back: it times what comes from now on."""
        with unit_of_work():
            return policies.bring_back(current_actor(), code)


@blp.route("/admin/ladders")
class AdminLadders(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(SlaQuery, location="query")
    @blp.response(200, page_of(LadderSchema))
    def get(self, query: dict[str, Any]) -> Page[Ladder]:
        return page(ladders.listing(), LADDERS_BY_CODE, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(LadderNew)
    @blp.response(201, LadderSchema)
    def post(self, values: dict[str, Any]) -> Ladder:
        with unit_of_work():
            return ladders.add(current_actor(), values)


@blp.route("/admin/ladders/<code>")
class AdminLadder(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, LadderSchema)
    def get(self, code: str) -> Ladder:
        return ladders.by_code(code)

    @requires(Permission.ADMINISTER)
    @blp.arguments(LadderChange)
    @blp.response(200, LadderSchema)
    def patch(self, values: dict[str, Any], code: str) -> Ladder:
        with unit_of_work():
            return ladders.change(current_actor(), code, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, LadderSchema)
    def delete(self, query: dict[str, Any], code: str) -> Ladder:
        with unit_of_work():
            return ladders.end(current_actor(), code, **query)


@blp.route("/admin/ladders/<code>/end")
class AdminLadderEnd(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, LadderSchema)
    def delete(self, code: str) -> Ladder:
        """Take its end back: policies can climb it again."""
        with unit_of_work():
            return ladders.bring_back(current_actor(), code)


@blp.route("/admin/calendars")
class AdminCalendars(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(SlaQuery, location="query")
    @blp.response(200, page_of(CalendarSchema))
    def get(self, query: dict[str, Any]) -> Page[Calendar]:
        return page(calendars.listing(), CALENDARS_BY_CODE, **query)

    @requires(Permission.ADMINISTER)
    @blp.arguments(CalendarNew)
    @blp.response(201, CalendarSchema)
    def post(self, values: dict[str, Any]) -> Calendar:
        with unit_of_work():
            return calendars.add(current_actor(), values)


@blp.route("/admin/calendars/<code>")
class AdminCalendar(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, CalendarSchema)
    def get(self, code: str) -> Calendar:
        return calendars.by_code(code)

    @requires(Permission.ADMINISTER)
    @blp.arguments(CalendarChange)
    @blp.response(200, CalendarSchema)
    def patch(self, values: dict[str, Any], code: str) -> Calendar:
        with unit_of_work():
            return calendars.change(current_actor(), code, values)

    @requires(Permission.ADMINISTER)
    @blp.arguments(EndQuery, location="query")
    @blp.response(200, CalendarSchema)
    def delete(self, query: dict[str, Any], code: str) -> Calendar:
        with unit_of_work():
            return calendars.end(current_actor(), code, **query)


@blp.route("/admin/calendars/<code>/end")
class AdminCalendarEnd(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, CalendarSchema)
    def delete(self, code: str) -> Calendar:
        """Take its end back: the oldest one that goes on is in force."""
        with unit_of_work():
            return calendars.bring_back(current_actor(), code)


@blp.route("/admin/calendars/<code>/days")
class AdminCalendarDays(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(DaysQuery, location="query")
    @blp.response(200, DaysSchema)
    def get(self, query: dict[str, Any], code: str) -> dict[str, Any]:
        return {"items": calendars.days_of(code, **query)}


@blp.route("/admin/calendars/<code>/days/<day>")
class AdminCalendarDay(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(DayChange)
    @blp.response(200, DaySchema)
    def put(self, values: dict[str, Any], code: str, day: str) -> CalendarDay:
        with unit_of_work():
            return calendars.set_day(current_actor(), code, read_day(day), values)

    @requires(Permission.ADMINISTER)
    @blp.response(204)
    def delete(self, code: str, day: str) -> None:
        with unit_of_work():
            calendars.reset_day(current_actor(), code, read_day(day))


@blp.route("/admin/calendars/<code>/days/<day>/change")
class AdminCalendarDayChange(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(204)
    def delete(self, code: str, day: str) -> None:
        """Take the last change of a day back; a second time, and it is changed again."""
        with unit_of_work():
            calendars.take_back_day(current_actor(), code, read_day(day))
