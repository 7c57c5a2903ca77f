"""A report in the few words that a decision at the desk needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports_service.core.words import named
from reports_service.web.pages import language


@dataclass(frozen=True)
class Picture:
    """A picture that can be looked at; ``hidden`` from the public."""

    id: str
    small: str
    large: str
    hidden: bool


@dataclass(frozen=True)
class Seen:
    """What stands on a card of the desk."""

    code: str
    version: str
    status: str
    text: str | None
    category: str | None
    area: str | None
    address: str | None
    agency: str | None
    because: str | None
    filed: datetime
    promised: datetime
    point: tuple[float, float] | None
    pictures: Sequence[Picture]
    text_hidden: bool


def seen(view: Mapping[str, Any], version: str) -> Seen:
    """From a report as ``presenting.full`` shows it to this asker."""
    held = (view.get("inside", {}).get("assignments") or [{}])[-1]
    place = view["location"]
    return Seen(
        code=view["code"],
        version=version,
        status=view["status_name"],
        text=view["description"],
        category=_name(view["category"]),
        area=_name(view["area"]),
        address=view["address"],
        agency=_name(view["agency"]),
        because=held.get("because"),
        filed=view["created_at"],
        promised=view["promised_by"],
        point=(place["lat"], place["lon"]) if place else None,
        pictures=[
            Picture(str(one["id"]), one["urls"]["small"], one["urls"]["large"],
                    bool(one.get("hidden_reason")))
            for one in view["photos"] if one["urls"]
        ],
        text_hidden=bool(view.get("text_hidden")),
    )  # fmt: skip


def _name(thing: Any) -> str | None:
    return named(thing.names, language()) if thing else None
