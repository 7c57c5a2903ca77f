"""/admin/api-keys: keys of other systems, made, shown once, ended."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import marshmallow as ma
from flask import Blueprint, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from reports_service.accounts import api_keys
from reports_service.accounts.api_key_schemas import ApiKeyNew
from reports_service.accounts.models import ApiKey
from reports_service.core.auth import current_actor, requires
from reports_service.core.db import db, unit_of_work
from reports_service.core.words import say
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Permission, Scope
from reports_service.sla.hours import read_day
from reports_service.web.forms import problem_of
from reports_service.web.pages import back_to, language, page, reading, sent

administers = requires(Permission.ADMINISTER)


def add_to(bp: Blueprint) -> None:
    """Serve the page and the forms on it."""
    bp.add_url_rule("/admin/api-keys", "api_keys", listed)
    bp.add_url_rule("/admin/api-keys", "api_key_made", made, methods=["POST"])
    bp.add_url_rule("/admin/api-keys/<key_id>/end", "api_key_end", ended, methods=["POST"])


@administers
def listed() -> str:
    """All keys, newest first, also those that expired or were ended."""
    return _page({}, None)


@administers
def made() -> tuple[str, int]:
    """A new key: this answer alone shows it."""
    given: dict[str, Any] = {**sent(), "scopes": request.form.getlist("scopes")}
    try:
        values = ApiKeyNew().load(_said(given))
        with unit_of_work():
            key = api_keys.create(current_actor(), **values).key
    except (Refusal, ma.ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return _page(given, problem), status
    return _page({}, None, key), 201


@administers
def ended(key_id: str) -> Response:
    """It opens nothing from now on."""
    with unit_of_work():
        api_keys.end(current_actor(), key_id)
    return back_to("admin.api_keys", done="ended")


def _said(given: dict[str, Any]) -> dict[str, Any]:
    said = {name: given[name] for name in ("name", "scopes") if given.get(name)}
    if given.get("expires_at"):
        day = read_day(given["expires_at"])
        end = datetime.combine(day + timedelta(days=1), time(), reading().zone)
        said["expires_at"] = end.isoformat()
    return said


def _page(given: dict[str, Any], problem: Any, key: str | None = None) -> str:
    spoken = language()
    return page(
        "admin/api_keys.html",
        keys=db.session.scalars(select(ApiKey).order_by(ApiKey.id.desc())).all(),
        scopes=[(str(one), say(f"admin_key_{one}", spoken), "") for one in Scope],
        now=reading().now,
        given=given,
        problem=problem,
        made=key,
    )
