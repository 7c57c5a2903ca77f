"""Lays the demo province into a database: agencies, areas, categories, rules, deadlines, people."""

from __future__ import annotations

from pathlib import Path

from reports_service import create_app
from reports_service.cli import province
from reports_service.core.db import db, unit_of_work
from reports_service.core.reference import Snapshot

SEEDS = Path(__file__).parents[1] / "config" / "seeds" / "tay_ninh"


def lay(url: str) -> None:
    """Lay it into the migrated database at ``url``."""
    app = create_app("test", SQLALCHEMY_DATABASE_URI=url)
    Snapshot.forget_all()
    with app.app_context():
        with unit_of_work():
            for step in province.steps(SEEDS, demo_accounts=True):
                for row in step.rows:
                    step.lay(row)
        db.session.remove()
        db.engine.dispose()
    Snapshot.forget_all()
