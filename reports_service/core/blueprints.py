"""flask-smorest's blueprint, reading bodies strictly and refusing unknown fields everywhere."""

from __future__ import annotations

from functools import partial
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Request
from webargs.flaskparser import FlaskParser, abort


class StrictParser(FlaskParser):
    """Reads JSON by ``BoundedRequest.json_body``; each schema says itself what it does not know."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012 - webargs' own type

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        return req.json_body()  # type: ignore[attr-defined]


class Blueprint(flask_smorest.Blueprint):
    """A blueprint of the JSON interface."""

    ARGUMENTS_PARSER = StrictParser()

    def arguments(self, schema: Any, *, location: str = "json", **described: Any) -> Any:
        """As flask-smorest; a body of which nothing is required may be missing, and says so."""
        if location == "json":
            fields = (schema() if isinstance(schema, type) else schema).fields.values()
            described.setdefault("required", any(field.required for field in fields))
        return super().arguments(schema, location=location, **described)

    def register_views_in_doc(self, api: Any, *registered: Any, **named: Any) -> None:
        """Not now: most processes are never asked for the description, which takes its time."""
        api.describe_later(partial(super().register_views_in_doc, api, *registered, **named))


def loaded(schema: ma.Schema, given: Any) -> Any:
    """What ``schema`` makes of data that came in a part; refused like any body that is wrong."""
    try:
        return schema.load(given)
    except ma.ValidationError as wrong:
        abort(422, exc=wrong, messages=wrong.messages)
