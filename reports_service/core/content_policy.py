"""The Content-Security-Policy of answers that are made below the pages and the headers' edge."""

from __future__ import annotations

from typing import Final

# Loads nothing, sends nothing and stands in no frame.
NOTHING_MORE: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
