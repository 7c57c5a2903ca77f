"""Every refusal has one status and words in both languages; no words are left over."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import reports_service
from reports_service.core import http_errors, words
from reports_service.domain.errors import Refusal

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

ROOT = Path(reports_service.__file__).parent
# Families of words whose last part is a value: a status, an event, a role, a unit …
FAMILY = re.compile(r"f[\"']([a-z_]*)\{")


def _import_all() -> None:
    for module in pkgutil.walk_packages([str(ROOT)], "reports_service."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """All kinds of refusal that the service knows."""
    if kind.__module__.startswith("reports_service."):
        yield kind
    for child in kind.__subclasses__():
        yield from refusals(child)


_import_all()
KINDS = sorted(set(refusals()) - {Refusal}, key=lambda kind: f"{kind.__module__}.{kind.__name__}")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_each_refusal_has_one_status_and_words(kind: type[Refusal]) -> None:
    status = http_errors.status_of(kind)
    assert 400 <= status < 600
    placed = [ancestor for ancestor in kind.__mro__ if ancestor in http_errors.STATUS]
    statuses = {http_errors.STATUS[ancestor] for ancestor in placed}
    assert len(statuses) == 1, placed
    assert kind.code in words.catalogue(), kind


def test_each_refusal_has_a_code_of_its_own() -> None:
    own = [kind for kind in KINDS if "code" in vars(kind)]
    codes = [kind.code for kind in own]
    assert sorted(codes) == sorted(set(codes))
    without = [kind.__name__ for kind in KINDS if "code" not in vars(kind)]
    assert without == []


def test_words_say_the_same_in_both_languages() -> None:
    assert [code for code, said in words.catalogue().items() if set(said) != {"vi", "en"}] == []
    unlike = {
        code: said
        for code, said in words.catalogue().items()
        if placeholders(said["vi"]) != placeholders(said["en"])
        or not all(sentence.strip() for sentence in said.values())
    }
    assert unlike == {}


def sources() -> Iterator[tuple[Path, str]]:
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in (".py", ".html", ".txt", ".j2"):
            yield path, path.read_text(encoding="utf-8")


def test_every_word_is_used_somewhere() -> None:
    texts = [text for _, text in sources()]
    everything = "\n".join(texts)
    used = set(re.findall(r"[a-z][a-z0-9_]+", everything))
    # The last text before a "{" in a formatted code begins a family of words.
    families = {begin for text in texts for begin in FAMILY.findall(text) if len(begin) > 2}
    left = [
        code
        for code in words.catalogue()
        if code not in used
        and not any(code.startswith(begin) for begin in families)
        and not code.startswith(("word_", "status_", "action_", "role_", "need_", "unit_"))
    ]
    assert left == []


def test_every_refusal_gives_the_values_that_its_words_need() -> None:
    """Read from the code: ``raise SomeRefusal(name=…)`` names each placeholder of its words."""
    needs = {kind.__name__: placeholders(words.catalogue()[kind.code]["vi"]) for kind in KINDS}
    lacking = []
    for path, text in sources():
        if path.suffix != ".py" or "raise type(" in text:  # it adds values to what it caught
            continue
        for node in ast.walk(ast.parse(text)):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            name = ast.unparse(node.exc.func).split(".")[-1]
            given = {keyword.arg for keyword in node.exc.keywords}
            if name in needs and None not in given:
                missing = needs[name] - given - {"field"}
                if missing:
                    lacking.append((path.name, node.lineno, name, missing))
    assert lacking == []


@pytest.mark.parametrize("kind", ["department", "committee", "utility"])
def test_a_kind_of_agency_has_one_name_on_every_page_and_in_every_file(kind: str) -> None:
    said = {
        code: sentences["vi"]
        for code, sentences in words.catalogue().items()
        if code.endswith(f"_kind_{kind}")
    }
    assert len(said) > 1
    assert len(set(said.values())) == 1, said
