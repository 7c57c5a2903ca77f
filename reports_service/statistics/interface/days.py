"""A local day as it is asked for, within the years that reports can be of."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import fields

from reports_service.core.schemas import OutOfRange

FIRST_YEAR, LAST_YEAR = 1900, 2200


class LocalDay(fields.Date):
    """A day such as 2026-12-01."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            out = OutOfRange(value=value, lowest=FIRST_YEAR, highest=LAST_YEAR)
            raise ma.ValidationError([out])
        return day
