"""``reports backup``: what it refuses, what it says, and what it leaves alone."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import String, select

from config import default, environment
from reports_service.attachments.models import Attachment
from reports_service.attachments.uploads import service as uploads
from reports_service.attachments.uploads.refusals import UploadGone
from reports_service.backups import configuration, files
from reports_service.backups.archive import ABOUT, writing
from reports_service.cli import reports
from reports_service.core import clock
from reports_service.core.db import Model, db, unit_of_work
from reports_service.core.reference import Snapshot
from reports_service.reports.models import Report
from tests.personas import MONDAY, People
from tests.pictures import jpeg

Run = Callable[..., Result]


@pytest.fixture
def run(live_province: Flask) -> Iterator[Run]:
    """``bin/reports backup`` on the deployment of the test, in English."""

    def answer(*words: object) -> Result:
        db.session.commit()
        said = [str(word) for word in words]
        return CliRunner(env={"LANGUAGE": "en"}).invoke(reports, ["backup", *said])

    yield answer
    Snapshot.forget_all()


def test_an_upload_that_was_not_whole_is_begun_anew_after_a_restore(
    run: Run, tmp_path: Path
) -> None:
    """Its first part lay on the machine that is lost: going on would leave a hole."""
    with unit_of_work():
        begun = uploads.begin(100, b"s" * 32, uploads.Bounds(1000, 10))
    assert run("create", tmp_path / "a").exit_code == 0
    assert uploads.standing(begun.uuid).arrived == 0
    assert run("restore", tmp_path / "a", "--replace").exit_code == 0
    with pytest.raises(UploadGone):
        uploads.standing(begun.uuid)


def codes() -> set[str]:
    db.session.rollback()
    return set(db.session.scalars(select(Report.code)))


def test_what_is_there_is_replaced_only_if_that_is_wished(
    run: Run, people: People, tmp_path: Path
) -> None:
    people.file_with_photos(jpeg(64, 48))
    before, archive = codes(), tmp_path / "a.backup"
    assert run("create", archive).exit_code == 0
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir() if "a.backup" in one.name] == ["a.backup"]
    again = run("create", archive)
    assert (again.exit_code, "is there already" in again.stderr) == (1, True)
    with clock.moved_to(MONDAY):
        people.file()
    refused = run("restore", archive)
    assert (refused.exit_code, "say --replace" in refused.stderr) == (1, True)
    assert codes() > before
    done = run("restore", archive, "--replace")
    assert done.exit_code == 0, done.output
    assert codes() == before
    people.file()
    assert len(codes()) == len(before) + 1, "numbers go on behind those that are there"


def test_files_that_are_lost_are_named_and_the_rest_is_kept(
    run: Run, live_province: Flask, people: People, tmp_path: Path
) -> None:
    for _ in range(3):
        people.file_with_photos(jpeg(64, 48))
    gone, altered, rejected = db.session.scalars(select(Attachment).order_by(Attachment.id)).all()
    store = live_province.extensions["storage"]
    for one in (gone, rejected):
        store.delete(one.original_key)
    store.put(altered.original_key, b"something else")
    with unit_of_work():
        rejected.original_key = None  # let go on purpose: nobody misses it
    made = run("create", tmp_path / "a.backup")
    assert made.exit_code == 3
    assert f"1 files that the database names are not in the photo store: {gone.original_key}" in (
        made.stderr
    )
    assert f"not what was once received: {altered.original_key}" in made.stderr
    assert run("check", tmp_path / "a.backup").exit_code == 0


def test_secrets_are_in_it_only_where_it_is_sealed(
    run: Run, live_province: Flask, tmp_path: Path, key: Path
) -> None:
    secret = live_province.config["SECRET_KEY"]
    assert run("create", tmp_path / "open").exit_code == 0
    assert run("create", tmp_path / "sealed", "--key", key).exit_code == 0
    assert secret.encode() not in (tmp_path / "open").read_bytes()
    shown = json.loads(run("show", tmp_path / "open", "--json", "--secrets").stdout)
    assert "SECRET_KEY" in shown["configuration"]["left_out"]
    assert shown["configuration"]["values"]["TZ_NAME"] == "Asia/Ho_Chi_Minh"
    assert "SECRET_KEY" not in shown["configuration"]["values"]
    assert "# SECRET_KEY is not in the backup" in run("show", tmp_path / "open", "--secrets").stdout
    sealed = (tmp_path / "sealed", "--key", key)
    for words in ((), ("--json",)):
        assert secret not in run("show", *sealed, *words).stdout
    assert "# SECRET_KEY is in the backup; --secrets prints it" in run("show", *sealed).stdout
    shown = json.loads(run("show", *sealed, "--json", "--secrets").stdout)
    assert shown["configuration"]["values"]["SECRET_KEY"] == secret
    refused = run("check", tmp_path / "sealed")
    assert (refused.exit_code, "name it by --key" in refused.stderr) == (1, True)


def test_a_restore_under_another_secret_must_be_wished_for(
    run: Run, live_province: Flask, tmp_path: Path
) -> None:
    assert run("create", tmp_path / "a").exit_code == 0
    kept = live_province.config["SECRET_KEY"]
    live_province.config["SECRET_KEY"] = "another secret, long enough to be one"
    try:
        refused = run("restore", tmp_path / "a", "--replace")
        assert (refused.exit_code, "is not that of the backup" in refused.stderr) == (1, True)
        done = run("restore", tmp_path / "a", "--replace", "--other-secret")
        assert done.exit_code == 0, done.output
    finally:
        live_province.config["SECRET_KEY"] = kept


def test_the_settings_that_are_shown_can_be_exported_and_mean_the_same(
    run: Run, live_province: Flask, tmp_path: Path, key: Path
) -> None:
    settings = {"SECOND_FACTOR_ROLES": frozenset({"leader", "administrator"}), "DEMO": False,
                "MAIL_FROM": "Tỉnh's 1022 <no-reply@demo.example>"}  # fmt: skip
    before = {name: live_province.config[name] for name in settings}
    live_province.config.update(settings)
    assert run("create", tmp_path / "a", "--key", key).exit_code == 0
    live_province.config.update(before)
    shown = run("show", tmp_path / "a", "--key", key, "--secrets").stdout
    (tmp_path / "settings").write_text(shown)
    script = f"set -a; . {tmp_path}/settings; env -0"
    exported = subprocess.run(["sh", "-c", script], env={}, capture_output=True, check=True).stdout
    found = dict(one.split("=", 1) for one in exported.decode().strip("\0").split("\0"))
    assert found["SECOND_FACTOR_ROLES"] == "administrator,leader"
    assert (found["DEMO"], found["MAIL_FROM"]) == ("0", settings["MAIL_FROM"])
    assert found["DATABASE_URL"] == live_province.config["SQLALCHEMY_DATABASE_URI"]
    assert found["SECRET_KEY"] == live_province.config["SECRET_KEY"]
    assert "MAX_CONTENT_LENGTH" not in found


@pytest.mark.pure
def test_archives_of_earlier_versions_show_their_sets() -> None:
    for earlier, names in (("frozenset()", "none"), ("frozenset({'b', 'a'})", "a,b")):
        kept = {"values": {"SECOND_FACTOR_ROLES": earlier}, "left_out": []}
        shown = configuration.exported(kept, environment.said, secrets=False)
        assert list(shown) == [("SECOND_FACTOR_ROLES", f"SECOND_FACTOR_ROLES={names}")]


@pytest.mark.pure
def test_every_setting_of_the_environment_is_known_to_be_one() -> None:
    source = Path(str(default.__file__)).read_text(encoding="utf-8")
    said_so = set(re.findall(r"Environment: ([A-Z_]+)", source.replace("\n# ", " ")))
    chosen = {environment.OTHERWISE_CALLED.get(key, key) for key in environment.CHOSEN}
    assert chosen - said_so == {"PROVINCE_CODE"}, "which needs no words"
    assert said_so - chosen == {"CLOCK_STEP_FILE"}, "which is for tests alone"


def test_a_key_that_others_can_read_is_warned_of(run: Run, tmp_path: Path, key: Path) -> None:
    warning = f"others on this machine can read the key file {key}"
    assert warning not in run("create", tmp_path / "a", "--key", key).stderr
    key.chmod(0o640)
    answer = run("check", tmp_path / "a", "--key", key)
    assert (answer.exit_code, warning in answer.stderr) == (0, True)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "9999"}, "of a later version (tables at 9999)"),
        ({"engine": "oracle"}, "The backup is of oracle"),
    ],
)
def test_what_does_not_fit_is_refused(
    run: Run, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    assert run("create", tmp_path / "a").exit_code == 0
    about = {**json.loads(run("show", tmp_path / "a", "--json").stdout)["backup"], **changes}
    with (tmp_path / "b").open("wb") as file, writing(file, None) as archive:
        archive.put(ABOUT, orjson.dumps(about))
    refused = run("restore", tmp_path / "b", "--replace")
    assert (refused.exit_code, said in refused.stderr) == (1, True)
    assert run("restore", tmp_path / "none").exit_code == 1
    assert run("create", tmp_path / "no" / "such" / "folder").exit_code == 1


@pytest.mark.pure
def test_passwords_in_addresses_are_left_out_of_what_is_open() -> None:
    config = {"MAIL_URL": "smtp://me:hidden@mail.example:587", "REDIS_URL": "redis://h:6379/0",
              "SOME_API_KEY": "hidden", "TZ_NAME": "UTC"}  # fmt: skip
    store = {"AWS_SECRET_ACCESS_KEY": "hidden", "PATH": "/bin"}
    written = configuration.written(config, list(config), sealed=False, environment=store)
    assert b"hidden" not in written
    assert b"redis://h:6379/0" in written
    assert orjson.loads(written)["left_out"] == [
        "AWS_SECRET_ACCESS_KEY",
        "MAIL_URL",
        "SOME_API_KEY",
    ]
    assert b"hidden" in configuration.written(config, list(config), sealed=True)


@pytest.mark.pure
def test_every_column_that_names_a_file_is_backed_up() -> None:
    no_file = {"idempotency_key", "object_key", "p256dh"}
    columns = {
        (table.name, column.name)
        for table in Model.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_key") and isinstance(column.type, String)
    }
    named = {(table, column) for table, column, _, _ in files.NAMED}
    assert {one for one in columns if one[1] not in no_file} <= named
