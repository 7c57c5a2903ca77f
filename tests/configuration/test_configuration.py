"""Configuration: what is kept, what is refused."""

from __future__ import annotations

import os
import re
import secrets
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

import config
from config import environment
from config.secret import kept_secret

pytestmark = pytest.mark.pure

COMPLETE = {
    "SECRET_KEY": "V7q2Zk0mR9sXb4TnYc8WdLpJ3hGfA1uE6iOy5QaBvCw=",
    "DATABASE_URL": "postgresql://db/reports?sslmode=verify-full",
    "REDIS_URL": "rediss://queue",
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


@pytest.mark.parametrize(
    "secret",
    [
        "x" * 64,
        "abcabcabcabcabcabcabcabcabcabcabcabc",
        "1022102210221022102210221022102210221022",
        "please-change-me-please-change-me-please",
        "known-to-every-test-and-worth-nothing",
        "known-and-worth-nothing-but-to-measure",
        "at-least-32-random-characters-example",
    ],
)
def test_production_refuses_a_secret_that_others_know_or_guess(secret: str, production) -> None:
    with pytest.raises(production.Unsafe, match="SECRET_KEY"):
        production.check({**COMPLETE, "SECRET_KEY": secret})


@pytest.mark.parametrize("made_by", [secrets.token_urlsafe, secrets.token_hex])
def test_production_takes_every_random_secret(made_by, production) -> None:
    for _ in range(200):
        production.check({**COMPLETE, "SECRET_KEY": made_by(24)})


@pytest.mark.parametrize("url", ["http://1022.example", "1022.example", "https://", "ftp://x"])
def test_production_refuses_addresses_whose_cookies_would_travel_in_the_clear(
    url: str, production
) -> None:
    with pytest.raises(production.Unsafe, match="PUBLIC_URL"):
        production.check({**COMPLETE, "PUBLIC_URL": url})


def test_production_refuses_debugging(production) -> None:
    with pytest.raises(production.Unsafe, match="FLASK_DEBUG"):
        production.check({**COMPLETE, "FLASK_DEBUG": "1"})
    for name in ("DEBUG", "TESTING"):
        with pytest.raises(production.Unsafe, match=name):
            config.check_running("production", {name: True})
    config.check_running("development", {"DEBUG": True})


def test_production_says_aloud_that_demo_accounts_are_open(
    production, caplog: pytest.LogCaptureFixture
) -> None:
    config.check_running("production", {"DEMO": True})
    assert "published password" in caplog.text


def test_production_is_not_served_with_debugging_on(tmp_path: Path) -> None:
    given = {**os.environ, **COMPLETE, "REPORTS_CONFIG": "production", "FLASK_DEBUG": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=Path(config.__file__).parents[1],
        env={**given, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "FLASK_DEBUG" in ended.stderr


def test_production_takes_an_https_issuer_alone(production) -> None:
    production.check({**COMPLETE, "OIDC_ISSUER": "https://id.example"})
    with pytest.raises(production.Unsafe, match="OIDC_ISSUER"):
        production.check({**COMPLETE, "OIDC_ISSUER": "http://id.example"})


def test_in_production_administrators_and_leaders_show_two_factors(production) -> None:
    assert {"admin", "leader"} == production.SECOND_FACTOR_ROLES


def test_roles_are_named_with_commas_and_none_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for said, read in {"admin, head": ["admin", "head"], "none": [], "": ["leader"]}.items():
        monkeypatch.setenv("SECOND_FACTOR_ROLES", said)
        assert environment.names("SECOND_FACTOR_ROLES", ["leader"]) == read


def test_production_refuses_a_clock_that_goes_wrong(production) -> None:
    with pytest.raises(production.Unsafe, match="CLOCK_STEP_FILE"):
        production.check({**COMPLETE, "CLOCK_STEP_FILE": "/tmp/step"})


DB = "postgresql://reports:p%40ss@db.example/reports"


@pytest.mark.parametrize(
    "more",
    [
        {"DATABASE_URL": DB},
        {"DATABASE_URL": f"{DB}?sslmode=require"},
        {"DATABASE_URL": f"{DB}?sslmode=verify-full&sslmode=disable"},
        {"DATABASE_URL": f"{DB}?sslmode=verify-ca", "PGSSLMODE": "verify-full"},
        {"DATABASE_URL": "postgres://10.0.0.7:5432/reports"},
        {"DATABASE_URL": "postgresql+psycopg://[2001:db8::7]/reports"},
        {"DATABASE_URL": "postgresql:///reports?host=/run/postgresql,db.example"},
        {"DATABASE_URL": "postgresql:///reports?host=db.example:5433"},
        {"DATABASE_URL": "postgresql://localhost/reports?hostaddr=10.0.0.7"},
        {"DATABASE_URL": "postgresql:///reports", "PGHOST": "db.example"},
        {"DATABASE_URL": "postgresql://localhost/reports", "PGHOSTADDR": "10.0.0.7"},
        {"DATABASE_URL": "postgresql:///reports?service=province"},
        {"DATABASE_URL": "postgresql:///reports", "PGSERVICE": "province"},
        {"DATABASE_URL": "postgresql://localhost.example/reports"},
    ],
)
def test_production_refuses_a_database_that_is_reached_unproved(
    more: dict[str, str], production
) -> None:
    with pytest.raises(production.Unsafe, match="sslmode=verify-full"):
        production.check({**COMPLETE, **more})


@pytest.mark.parametrize(
    "more",
    [
        {"DATABASE_URL": f"{DB}?sslmode=verify-full&sslrootcert=system"},
        {"DATABASE_URL": DB, "PGSSLMODE": "verify-full"},
        {"DATABASE_URL": "postgresql://reports@localhost/reports", "PGHOST": "db.example"},
        {"DATABASE_URL": "postgresql://127.0.0.1:5432/reports"},
        {"DATABASE_URL": "postgresql://[::1]:5432/reports"},
        {"DATABASE_URL": "postgresql:///reports"},
        {"DATABASE_URL": "postgresql:///reports?host=/run/postgresql"},
        {"DATABASE_URL": "postgresql://%2Frun%2Fpostgresql/reports"},
        {"DATABASE_URL": "sqlite:////srv/reports.sqlite3"},
        {"REDIS_URL": "redis://:secret@127.0.0.1:6379/0"},
        {"REDIS_URL": "unix:///run/valkey/valkey.sock"},
        {"REDIS_URL": "rediss://:secret@queue.example:6380/0"},
        {"MAIL_URL": "smtp://localhost"},
        {"MAIL_URL": "smtps://me:secret@mail.example"},
        {"MAIL_URL": "smtp://me:secret@mail.example:587?starttls=1"},
        {"GEOCODER_URL": "https://geocoder.example"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9000"},
    ],
)
def test_production_takes_links_that_are_sealed_or_stay_on_the_machine(
    more: dict[str, str], production
) -> None:
    production.check({**COMPLETE, **more})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("REDIS_URL", "redis://queue.example:6379/0"),
        ("REDIS_URL", "redis://:secret@10.0.0.8"),
        ("REDIS_URL", "rediss://queue.example?ssl_cert_reqs=none"),
        ("REDIS_URL", "rediss://queue.example?ssl_cert_reqs=optional"),
        ("REDIS_URL", "rediss://queue.example?ssl_check_hostname=false"),
        ("MAIL_URL", "smtp://me:secret@mail.example:587"),
        ("MAIL_URL", "smtp://mail.example?starttls=0"),
        ("GEOCODER_URL", "http://geocoder.example"),
        ("AWS_ENDPOINT_URL", "http://store.example:9000"),
        ("AWS_ENDPOINT_URL_S3", "http://store.example:9000"),
    ],
)
def test_production_refuses_links_that_can_be_overheard(name: str, url: str, production) -> None:
    with pytest.raises(production.Unsafe, match=f"{name} .*TRUSTED_HOSTS_PLAIN"):
        production.check({**COMPLETE, name: url})


def test_a_link_that_an_operator_calls_private_may_be_plain_and_no_other(production) -> None:
    plain = {
        "DATABASE_URL": "postgresql://database/reports",
        "REDIS_URL": "redis://queue:6379/0",
        "MAIL_URL": "smtp://mail.example",
    }
    with pytest.raises(production.Unsafe) as refused:
        production.check({**COMPLETE, **plain, "TRUSTED_HOSTS_PLAIN": "Database, queue"})
    assert "mail.example" in str(refused.value)
    assert "DATABASE_URL" not in str(refused.value)
    assert "REDIS_URL" not in str(refused.value)
    production.check({**COMPLETE, **plain, "TRUSTED_HOSTS_PLAIN": "database,queue,mail.example"})


def test_no_refusal_says_a_password(production) -> None:
    with pytest.raises(production.Unsafe) as refused:
        production.check({**COMPLETE, "DATABASE_URL": DB, "REDIS_URL": "redis://:hidden@far"})
    assert "hidden" not in str(refused.value)
    assert "p%40ss" not in str(refused.value)


def test_the_containers_of_compose_name_the_hosts_of_their_own_network(production) -> None:
    text = (Path(config.__file__).parents[1] / "compose.yaml").read_text()
    text = re.sub(r"\$\{[^}]*\}", "given", text)
    given = dict(re.findall(r"^    ([A-Z_]+): (.+)$", text, re.MULTILINE))
    services = set(re.findall(r"^  ([a-z]+):$", text, re.MULTILINE))
    names = ("DATABASE_URL", "REDIS_URL", "TRUSTED_HOSTS_PLAIN")
    production.check({**COMPLETE, **{name: given[name].split(" #")[0] for name in names}})
    assert set(given["TRUSTED_HOSTS_PLAIN"].split(" #")[0].split(",")) <= services


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
