"""What the service says to people: words by code and language, from ``reports_service/words``.

Each TOML file holds tables ``[code]`` with ``vi`` and ``en``; placeholders are ``str.format``'s.
A file belongs to a package; codes are unique over all of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
FOLDER = Path(__file__).parent.parent / "words"


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All words: code -> language -> sentence. Raises ``ValueError`` on a code said twice."""
    words: dict[str, Mapping[str, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for code, sentences in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if code in words:
                raise ValueError(f"{path.name}: the words for {code} stand in two files")
            words[code] = sentences
    return words


def knows(code: str) -> bool:
    """Whether there are words for ``code``."""
    return code in catalogue()


def say(code: str, language: str = DEFAULT_LANGUAGE, /, **values: object) -> str:
    """The sentence for ``code`` in ``language``. Raises ``KeyError`` for an unknown code."""
    return catalogue()[code][_known(language)].format(**values)


def named(names: Mapping[str, str], language: str = DEFAULT_LANGUAGE) -> str:
    """A name kept by language, in ``language`` or in the one that it has."""
    return names.get(_known(language)) or names.get(DEFAULT_LANGUAGE) or next(iter(names.values()))


def _known(language: str) -> str:
    return language if language in LANGUAGES else DEFAULT_LANGUAGE
