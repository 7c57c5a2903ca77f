"""What people say: texts of reports, questions, replies, notes, reasons, from ``names.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from reports_service.categories.service import CategoryFacts, book
from reports_service.cli import province

NO_PHONE = "090000{:04d}"  # no network gives such numbers out
DEMO_MAIL = "demo.example"
# What people report while the water stands high.
IN_A_FLOOD = frozenset(
    {"ngap-nuoc", "nap-ho-ga", "cay-xanh", "mat-dien", "su-co-dien", "sat-lo", "giong-loc"}
)
MORE_IN_A_FLOOD = 7.0


class Speech:
    """The words of a province's file, drawn at random. ``folder``: the seed's data files."""

    def __init__(self, folder: Path, chance: Random) -> None:
        self._words = province.document(folder, "names")
        self._chance = chance
        known = {one.code for one in book()}
        self._kinds = [code for code in self._words["reports"] if code in known]
        plain = [float(self._words["reports"][code]["weight"]) for code in self._kinds]
        self._weights = {
            False: plain,
            True: [
                weight * (MORE_IN_A_FLOOD if code in IN_A_FLOOD else 1)
                for code, weight in zip(self._kinds, plain, strict=True)
            ],
        }

    def category(self, flooded: bool) -> CategoryFacts:
        """What a report is about."""
        code = self._chance.choices(self._kinds, self._weights[flooded])[0]
        found = book().by_code(code)
        assert found is not None
        return found

    def description(self, category: str, street: str, number: str) -> str:
        """The text of a report, as people write."""
        text: str = self._one(self._words["reports"][category]["texts"])
        return text.format(street=street, number=number)

    def street(self) -> tuple[str, str]:
        """A street and a house number in it."""
        return self._one(self._words["places"]["streets"]), str(self._chance.randint(1, 480))

    def address(self, street: str, number: str) -> str:
        """Where it is, for who goes there."""
        landmark = self._one(self._words["places"]["landmarks"])
        return f"{number} {street}, {landmark}"

    def person(self) -> dict[str, Any]:
        """Somebody who leaves a contact: invented name, a number that rings nowhere."""
        people, chance = self._words["people"], self._chance
        sex = chance.choice(("male", "female"))
        parts = (people["family"], people[f"middle_{sex}"], people[f"given_{sex}"])
        number = chance.randrange(10_000)
        mail = f"dan{number:04d}@{DEMO_MAIL}" if chance.random() < 0.4 else None
        return {
            "name": " ".join(chance.choice(part) for part in parts),
            "phone": NO_PHONE.format(number),
            "email": mail,
            "consent": True,
        }

    def question(self, parent: str) -> tuple[str, Sequence[str]]:
        """What an officer asks, and what reporters answer to it."""
        fitting = [
            one for one in self._words["exchange"] if parent in one.get("parents", (parent,))
        ]
        asked = self._chance.choice(fitting)
        return asked["question"], asked["replies"]

    def result(self, parent: str, kind: str) -> str:
        """What an officer writes with a resolution."""
        notes: Mapping[str, Any] = self._words["notes"]
        return self._one(notes.get(parent, notes["khac"])[kind])

    def reason(self, act: str) -> str:
        """Why staff do this, or what they note."""
        return self._one(self._words["reasons"][act])

    def comment(self, mood: str) -> str:
        """What the reporter says of the result."""
        return self._one(self._words["feedback"][mood])

    def reply(self, replies: Sequence[str]) -> str:
        """One of the answers."""
        return self._one(replies)

    def _one(self, choices: Sequence[str]) -> str:
        return self._chance.choice(choices)


def family(category: CategoryFacts) -> str:
    """The code of the category's parent, or its own at the top of the tree."""
    top = book().by_id(category.path[-1])
    assert top is not None
    return top.code
