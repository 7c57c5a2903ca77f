"""A photo store that is full or away stops photos, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.pressure.meeting import A_BIT, as_before, reads_go_on, refused_in_order
from tests.pressure.served import Web

pytestmark = pytest.mark.pure  # the database is the server's


def test_with_a_full_photo_store_reports_without_photos_are_taken(web: Web, database: str) -> None:
    room = _above_the_database(database)
    with web.files_at_most(room):
        refused_in_order(web.file(bytes(room + 1_000_000), Accept_Language="en"), "photo store")
        assert web.file().status == 201
        reads_go_on(web)
    with _no_folder(web):
        found = web.part("storage")
        assert (found["ready"], found["why"]) == (False, "storage_away")
        assert "Reports without photos are taken" in found["detail"]
        assert web.part("database") == {"ready": True}
    as_before(web)


def _above_the_database(database: str) -> int:
    """More than any file of the database, less than a photo may have."""
    if not database.startswith("sqlite"):
        return A_BIT
    return Path(str(make_url(database).database)).stat().st_size + 6_000_000


@contextmanager
def _no_folder(web: Web) -> Iterator[None]:
    """The photo store is not there: its place is taken by a file."""
    photos, aside = web.folder / "photos", web.folder / "aside"
    with ExitStack() as undo:
        if photos.exists():
            photos.rename(aside)
            undo.callback(lambda: aside.rename(photos))
        photos.write_bytes(b"")
        undo.callback(photos.unlink)
        yield
