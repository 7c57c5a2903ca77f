"""How answers become JSON: by orjson, with their fields in the order in which they were written."""

from __future__ import annotations

from typing import Any

import orjson
from flask.json.provider import JSONProvider


class OrjsonProvider(JSONProvider):
    """Flask's JSON, several times faster, and readable: a report begins with its code."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        return orjson.dumps(obj, default=str).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return orjson.loads(s)
