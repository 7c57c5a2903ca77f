"""The pages of figures beside each other: each keeps the period, and the filters that it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request, url_for

from reports_service.core.auth import Actor, current_actor
from reports_service.core.words import say
from reports_service.domain.roles import Permission
from reports_service.web.leader import asked

OF_ALL: Final = Permission.SEE_FIGURES
OF_OWN: Final = Permission.SEE_FIGURES_OF_OWN_AGENCY
PAGES: Final[Sequence[tuple[str, str, Permission]]] = (
    ("leader_overview", "leader.figures", OF_OWN),
    ("sheet_agencies", "leader.agencies", OF_ALL),
    ("quality_sheet", "leader.quality", OF_OWN),
    ("sheet_five_groups", "leader.five_groups", OF_ALL),
    ("leader_months", "leader.months", OF_ALL),
    ("leader_definitions", "leader.definitions", OF_OWN),
)


@dataclass(frozen=True)
class Way:
    """A page one tap away; ``here``: the one that is shown."""

    name: str
    address: str
    here: bool


def pages(language: str) -> list[Way]:
    """Those that who looks may open."""
    actor = current_actor()
    return [
        Way(
            say(word, language),
            url_for(endpoint, **_understood(endpoint)),
            _here(endpoint, actor),
        )
        for word, endpoint, need in PAGES
        if actor.may(need)
    ]


def _here(endpoint: str, actor: Actor) -> bool:
    """Who sees one agency only is led from all figures to its own."""
    if endpoint == "leader.figures" and not actor.may(OF_ALL):
        return request.endpoint == "leader.agency"
    return request.endpoint == endpoint


def _understood(endpoint: str) -> Mapping[str, Any]:
    """What the page at ``endpoint`` takes over from the address of this one."""
    if endpoint in ("leader.months", "leader.definitions"):
        return {}
    if endpoint == "leader.quality":
        one = (request.view_args or {}).get("code") or asked.given().get(asked.AGENCY)
        return {**asked.period(), **({asked.AGENCY: one} if one else {})}
    return asked.filters(agency="")
