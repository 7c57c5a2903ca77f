"""Configuration: what is kept, what is refused."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

import config
from config import environment
from config.secret import kept_secret

pytestmark = pytest.mark.pure

COMPLETE = {
    "SECRET_KEY": "x" * 32,
    "DATABASE_URL": "postgresql://db/reports",
    "REDIS_URL": "redis://queue",
    "PUBLIC_URL": "https://1022.example",
}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch):
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    from config import production

    return production


def test_production_starts_with_all_it_needs(production) -> None:
    production.check(COMPLETE)


@pytest.mark.parametrize("name", COMPLETE)
def test_production_refuses_to_start_without(name: str, production) -> None:
    incomplete = {key: value for key, value in COMPLETE.items() if key != name}
    with pytest.raises(production.SecretsMissing, match=name):
        production.check(incomplete)


def test_production_refuses_a_short_secret(production) -> None:
    with pytest.raises(production.SecretsMissing, match="this one has 5"):
        production.check({**COMPLETE, "SECRET_KEY": "short"})


def test_production_refuses_a_clock_that_goes_wrong(production) -> None:
    with pytest.raises(production.SecretsMissing, match="CLOCK_STEP_FILE"):
        production.check({**COMPLETE, "CLOCK_STEP_FILE": "/tmp/step"})


def test_the_demo_is_never_laid_in_production_unasked(production) -> None:
    assert production.DEMO is False


def test_an_unknown_configuration_is_named() -> None:
    with pytest.raises(ValueError, match="staging"):
        config.load("staging")


def test_every_key_of_a_deployment_has_a_default() -> None:
    known = config.load("test").keys()
    for name in ("SQLALCHEMY_DATABASE_URI", "REDIS_URL", "PHOTO_STORE", "TZ_NAME", "MAIL_FOLDER"):
        assert name in known


def test_every_key_has_a_comment() -> None:
    for file in ("default", "development", "test", "production"):
        lines = (Path(config.__file__).parent / f"{file}.py").read_text().splitlines()
        for before, line in pairwise(lines):
            key = line.partition(" = ")[0]
            if key.isupper() and key.isidentifier() and not key.startswith("_"):
                assert before.startswith("#"), f"{file}.py: {key}"


def test_the_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = kept_secret(tmp_path)
    assert len(first) >= 48
    assert kept_secret(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starting:
        secrets = set(starting.map(kept_secret, [tmp_path] * 32))
    assert len(secrets) == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgres://db/reports", "postgresql+psycopg://db/reports"),
        ("postgresql://db/reports", "postgresql+psycopg://db/reports"),
        ("postgresql+psycopg://db/reports", "postgresql+psycopg://db/reports"),
        ("sqlite:////srv/reports.sqlite3", "sqlite:////srv/reports.sqlite3"),
    ],
)
def test_a_database_url_is_taken_as_people_write_it(written: str, meant: str) -> None:
    assert environment.with_driver(written) == meant


@pytest.mark.parametrize(
    ("value", "means"), [("0", False), ("no", False), ("", True), ("1", True), ("yes", True)]
)
def test_demo_takes_the_usual_words(
    value: str, means: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEMO", value)
    assert environment.flag("DEMO", default=True) is means
