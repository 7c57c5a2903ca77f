"""The pins hold for every Python that the README names, not only for the one that made them."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ("requirements.txt",)
PYTHONS = ("3.11.0", "3.11.2", "3.12.0", "3.13.0", "3.14.0")


def pinned(python: str, *names: str) -> dict[str, Requirement]:
    """What these files install with this Python, by name."""
    lines = [line for name in names for line in (ROOT / name).read_text().splitlines()]
    asked = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {canonicalize_name(one.name): one for one in asked if holds(one, python)}


def holds(asked: Requirement, python: str) -> bool:
    """Whether it is asked for with this Python, and by no extra."""
    short = ".".join(python.split(".")[:2])
    environment = {"python_full_version": python, "python_version": short, "extra": ""}
    return asked.marker is None or asked.marker.evaluate({**default_environment(), **environment})


@pytest.mark.parametrize("files", [SERVICE, (*SERVICE, "requirements-dev.txt")], ids=" ".join)
@pytest.mark.parametrize("python", PYTHONS)
def test_nothing_that_a_pinned_library_needs_is_missing(
    python: str, files: tuple[str, ...]
) -> None:
    there = pinned(python, *files)
    missing = {
        (name, needed.name)
        for name in there
        for needed in needs(name)
        if holds(needed, python) and canonicalize_name(needed.name) not in there
    }
    assert missing == set()


def needs(name: str) -> list[Requirement]:
    """What a library asks for; one that this Python has no use for is not there to be asked."""
    try:
        return list(map(Requirement, requires(name) or ()))
    except PackageNotFoundError:
        return []
