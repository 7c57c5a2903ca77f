"""Addresses to points and points to addresses: a Nominatim-compatible server, or the areas' names.

Only the configured server is ever asked: redirects are not followed, and nothing of a question
becomes part of an address but its escaped query. It is asked while a person waits for the form,
so it gets little time and rests after a failure; a report is filed without it.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim
from geopy.location import Location
from sqlalchemy import delete

from reports_service.areas import service
from reports_service.areas.index import AreaIndex, Place
from reports_service.areas.models import GeocodeAnswer
from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.core.words import named

RESULTS_MAX = 10
ANSWER_MAX_BYTES = 1_000_000
KEPT = timedelta(days=30)
KEPT_IF_EMPTY = timedelta(days=1)
REST_S = 15.0  # after a failure nobody waits for the server again for so long
USER_AGENT = "reports-service-1022"
ADDRESS_MAX = 300
# Besides its own errors geopy lets through what a malformed answer breaks in its parser.
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Server:
    """A Nominatim-compatible server: its address, and how long to wait for it."""

    url: str | None
    timeout_s: float = 2


@dataclass(frozen=True, slots=True)
class Found:
    """A point with its address; ``area`` is the smallest that holds it."""

    address: str
    lat: float
    lon: float
    area: Place | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, by ``geocoder`` or ``areas``; ``silent``: the server did not answer."""

    items: list[Found]
    source: str
    silent: bool = False


class Silent(Exception):
    """The server did not answer, or not in a way that can be read."""


def find(server: Server, text: str, language: str) -> Answer:
    """Points for an address or a place's name, within the province's box, best first."""
    areas = service.present()
    if server.url is None:
        return Answer(_by_name(areas, text, language), "areas")
    asked = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return _ask(
        server, areas, f"find|{asked}", language, lambda geocoder: geocoder.find(text, language)
    )


def reverse(server: Server, lat: float, lon: float, language: str) -> Answer:
    """The address of a point; without a server, the names of the areas that hold it.

    Raises ``CoordinatesInvalid``, ``PointSwapped``.
    """
    areas = service.present()
    path = service.areas_at(lat, lon)
    if server.url is None:
        return Answer(_by_path(path, lat, lon, language), "areas")
    asked = f"reverse|{lat:.5f}|{lon:.5f}"
    return _ask(
        server, areas, asked, language, lambda geocoder: geocoder.reverse(lat, lon, language)
    )


def _ask(
    server: Server,
    areas: AreaIndex,
    question: str,
    language: str,
    ask: Callable[[Geocoder], list[dict[str, Any]]],
) -> Answer:
    key = hashlib.sha256(f"{server.url}|{language}|{question}".encode()).hexdigest()
    raw = _remembered(key)
    if raw is None:
        geocoder = _geocoder(str(server.url), server.timeout_s, areas.bounds)
        try:
            raw = ask(geocoder)
        except Silent:
            return Answer([], "geocoder", silent=True)
        _remember(key, raw)
    return Answer([_placed(areas, item) for item in raw], "geocoder")


def _remembered(key: str) -> list[dict[str, Any]] | None:
    kept = db.session.get(GeocodeAnswer, key)
    return kept.answer if kept is not None and kept.expires_at > clock.now() else None


def _remember(key: str, answer: list[dict[str, Any]]) -> None:
    """Keep an answer. A cache belongs to no other change, so it is a unit of work by itself."""
    now = clock.now()
    expires_at = now + (KEPT if answer else KEPT_IF_EMPTY)
    with unit_of_work():
        db.session.execute(delete(GeocodeAnswer).where(GeocodeAnswer.expires_at <= now))
        db.session.merge(GeocodeAnswer(key=key, answer=answer, asked_at=now, expires_at=expires_at))


def _placed(areas: AreaIndex, item: dict[str, Any]) -> Found:
    path = areas.areas_at(item["lat"], item["lon"])
    return Found(item["address"], item["lat"], item["lon"], path[0] if path else None)


def _by_name(areas: AreaIndex, text: str, language: str) -> list[Found]:
    found = [place for place in areas.named(text) if place.lat is not None][:RESULTS_MAX]
    return [
        Found(_address(areas.paths[p.code], language), float(p.lat or 0), float(p.lon or 0), p)
        for p in found
    ]


def _by_path(path: Iterable[Place], lat: float, lon: float, language: str) -> list[Found]:
    places = list(path)
    return [Found(_address(places, language), lat, lon, places[0])] if places else []


def _address(path: Iterable[Place], language: str) -> str:
    return ", ".join(named(place.names, language) for place in path)


class Geocoder:
    """geopy's Nominatim on one server, kept to the province, patient for ``timeout_s`` only."""

    def __init__(
        self, url: str, timeout_s: float, bounds: tuple[float, float, float, float] | None
    ) -> None:
        address = urlsplit(url)
        self._nominatim = Nominatim(
            scheme=address.scheme,
            domain=address.netloc + address.path.rstrip("/"),
            timeout=timeout_s,
            user_agent=USER_AGENT,
            adapter_factory=OneServer,
        )
        self._bounds = bounds
        self._resting_until = float("-inf")

    def find(self, text: str, language: str) -> list[dict[str, Any]]:
        """Points for a text. Raises ``Silent``."""
        box = {}
        if self._bounds:
            west, south, east, north = self._bounds
            box = {"viewbox": [(north, west), (south, east)], "bounded": True}
        return self._patiently(
            lambda: self._nominatim.geocode(
                text, exactly_one=False, limit=RESULTS_MAX, language=language, **box
            )
        )

    def reverse(self, lat: float, lon: float, language: str) -> list[dict[str, Any]]:
        """The address of a point. Raises ``Silent``."""
        return self._patiently(
            lambda: self._nominatim.reverse((lat, lon), exactly_one=False, language=language)
        )

    def _patiently(self, ask: Callable[[], list[Location] | None]) -> list[dict[str, Any]]:
        if time.monotonic() < self._resting_until:
            raise Silent
        try:
            return [
                _plain(place)
                for place in (ask() or [])[:RESULTS_MAX]
                if isinstance(place.address, str) and self._within(place.latitude, place.longitude)
            ]
        except (GeopyError, *MALFORMED) as failure:
            self._resting_until = time.monotonic() + REST_S
            raise Silent from failure

    def _within(self, lat: float, lon: float) -> bool:
        """Some servers pass over ``bounded``; nothing outside the box is shown."""
        if self._bounds is None:
            return math.isfinite(lat) and abs(lat) <= 90 and math.isfinite(lon) and abs(lon) <= 180
        west, south, east, north = self._bounds
        return south <= lat <= north and west <= lon <= east


def _plain(place: Location) -> dict[str, Any]:
    address = place.address[:ADDRESS_MAX].replace("\x00", "")
    return {"address": address, "lat": place.latitude, "lon": place.longitude}


@lru_cache(maxsize=8)
def _geocoder(
    url: str, timeout_s: float, bounds: tuple[float, float, float, float] | None
) -> Geocoder:
    return Geocoder(url, timeout_s, bounds)


class _NoRedirects(HTTPRedirectHandler):
    """A redirect could lead a question to any machine: it counts as a failure."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class OneServer(BaseSyncAdapter):
    """geopy's connection to a server: no redirects, a limit of bytes, a limit of the whole time."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._opener = build_opener(
            ProxyHandler(proxies or {}), HTTPSHandler(context=ssl_context), _NoRedirects()
        )

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """The parsed answer. Raises ``GeopyError`` or ``ValueError``."""
        return json.loads(self.get_text(url, timeout=timeout, headers=headers))

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """The answer's text. Raises ``GeopyError`` or ``ValueError``."""
        until = time.monotonic() + timeout
        try:
            with self._opener.open(Request(url, headers=headers), timeout=timeout) as answer:
                return _read(answer, until).decode()
        except (URLError, OSError, HTTPException) as failure:
            raise GeopyError(str(failure)) from failure


def _read(answer: Any, until: float) -> bytes:
    """All bytes of an answer, as long as they are few and come in time."""
    parts: list[bytes] = []
    while part := answer.read1(65_536):
        parts.append(part)
        if sum(map(len, parts)) > ANSWER_MAX_BYTES or time.monotonic() > until:
            raise GeopyError("the answer is too long or too slow")
    return b"".join(parts)
