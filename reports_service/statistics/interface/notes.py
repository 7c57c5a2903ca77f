"""What a reader of figures must know, in words: filters on what is no more, and remarks."""

from __future__ import annotations

from reports_service.core.auth import current_language
from reports_service.core.words import named, say
from reports_service.statistics.scope import Scope


def notes(scope: Scope) -> list[str]:
    """What a reader of these figures must know, in the reader's language."""
    language = current_language()
    ended = [
        say(
            f"ended_{one.filter}",
            language,
            name=named(one.names, language),
            day=f"{one.day:%d/%m/%Y}",
        )
        for one in scope.ended
    ]
    return [*ended, *(say(f"note_{one.code}", language, **one.values) for one in scope.remarks)]
