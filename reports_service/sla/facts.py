"""What a policy says, as a value: it is copied onto each assignment that is timed by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from reports_service.domain.escalation import Ladder
from reports_service.domain.targets import Target

TARGETS = ("acknowledge", "resolve", "extension_longest")


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """Targets, ladder and limits of one policy. Days are calendar days.

    ``questions_max`` and ``question_days``: questions to the reporter, and how long each waits.
    ``silence_days``: from resolved to closed without a word; ``reopen_days``: after closing.
    """

    id: int
    code: str
    acknowledge: Target
    resolve: Target
    ladder: Ladder | None
    questions_max: int
    question_days: int
    extensions_max: int
    extension_longest: Target
    silence_days: int
    reopen_days: int
    triage: bool

    def to_dict(self) -> dict[str, Any]:
        """All of it for JSON, the ladder's steps included."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in TARGETS:
            plain[name] = plain[name].serialise()
        plain["ladder"] = self.ladder.serialise() if self.ladder else None
        return plain

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """The facts that ``to_dict`` wrote."""
        values = {name: kept[name] for name in cls.__dataclass_fields__}
        for name in TARGETS:
            values[name] = Target.parse(values[name])
        values["ladder"] = Ladder.parse(values["ladder"]) if values["ladder"] else None
        return cls(**values)
