"""Trying what a form asks for: what comes of it, or what was wrong in words for the form again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import marshmallow as ma

from reports_service.domain.errors import Refusal
from reports_service.web.forms import problem_of

T = TypeVar("T")


@dataclass(frozen=True)
class Wrong:
    """Why it was not done: an RFC 9457 document, its status, and the refusal if one was raised."""

    problem: Mapping[str, Any]
    status: int
    refusal: Refusal | None = None

    def within(self, form: str) -> Mapping[str, Any]:
        """The same, its fields named as they are on a page of several forms: ``form.field``."""
        errors = [
            {**error, "field": f"{form}.{error['field']}"} for error in self.problem["errors"]
        ]
        return {**self.problem, "errors": errors}


def attempt(work: Callable[[], T]) -> T | Wrong:
    """What ``work`` gives, or why it was refused."""
    try:
        return work()
    except Refusal as refusal:
        return Wrong(*problem_of(refusal), refusal)
    except ma.ValidationError as wrong:
        return Wrong(*problem_of(wrong))
