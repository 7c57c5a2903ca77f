"""The code of a report in whatever somebody typed or pasted: spaces, dashes, a whole address."""

from __future__ import annotations

import re
import unicodedata

from reports_service.reports.codes import DIGITS

# What stands between the groups of a code that is written, read out or copied from a letter.
_BETWEEN = r"[\s.,\-_/\u00ad\u2010-\u2015\u2212]*"
_CODE = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{{DIGITS - 1}}}(?!\d)")
_LONGEST = 200


def code_in(typed: str) -> str:
    """The ten digits, where there are ten in a row; else what was typed, for the page to say so."""
    text = unicodedata.normalize("NFKC", typed[:_LONGEST]).strip()
    found = _CODE.search(text)
    return re.sub(r"\D", "", found[0]) if found else text
