"""The queue server of the embedded mode, started for real."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import redis

from reports_service.core import embedded

pytestmark = pytest.mark.pure


def client(server: embedded.QueueServer) -> redis.Redis:
    return redis.Redis.from_url(server.url)


def test_what_was_queued_is_there_after_a_restart(tmp_path: Path) -> None:
    server = embedded.start(tmp_path)
    with client(server) as connection:
        connection.rpush("queue", "job")
    server.stop()
    server = embedded.start(tmp_path)
    with client(server) as connection:
        assert connection.lrange("queue", 0, -1) == [b"job"]
    server.stop()


def test_the_server_listens_on_a_socket_of_its_owner_only(tmp_path: Path) -> None:
    server = embedded.start(tmp_path)
    path = embedded.socket_path(tmp_path)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with client(server) as connection:
        assert connection.config_get("port") == {"port": "0"}
    server.stop()


def test_a_second_start_finds_the_server_that_runs(tmp_path: Path) -> None:
    first = embedded.start(tmp_path)
    second = embedded.start(tmp_path)
    assert second.process is None
    assert second.alive()
    second.stop()
    assert first.process is not None
    assert first.process.wait(5) == 0


def test_who_holds_the_folder_stops_a_server_that_was_left_behind(tmp_path: Path) -> None:
    left = embedded.start(tmp_path)
    own = embedded.start_own(tmp_path)
    assert own.process is not None
    assert own.alive()
    assert left.process is not None
    assert left.process.wait(5) == 0
    own.stop()


def test_a_data_folder_with_a_long_name_gets_a_socket_that_the_kernel_takes(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    server = embedded.start(folder)
    assert server.alive()
    server.stop()
    assert not server.alive()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "queue").mkdir()
    (tmp_path / "queue" / "appendonlydir").write_text("in the way")
    with pytest.raises(embedded.QueueServerFailed, match="did not start"):
        embedded.start(tmp_path)
