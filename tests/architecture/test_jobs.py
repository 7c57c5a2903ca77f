"""Jobs and effects are known by name only; here each name is found to mean something."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

from reports_service.core import outbox, queue
from workers import jobs, schedule

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

SERVICE = Path(__file__).resolve().parents[2] / "reports_service"


def test_the_job_that_the_service_wakes_exists() -> None:
    module, _, name = queue.WORK_OUTBOX.rpartition(".")
    assert getattr(import_module(module), name) is jobs.work_outbox


@pytest.mark.parametrize("periodic", schedule.SCHEDULE, ids=lambda one: one.job.__name__)
def test_each_periodic_job_is_found_by_the_name_that_is_queued(
    periodic: schedule.Periodic,
) -> None:
    module = import_module(periodic.job.__module__)
    assert getattr(module, periodic.job.__name__) is periodic.job
    assert periodic.every_s > 0


def test_each_effect_that_the_service_writes_can_be_performed() -> None:
    written = {kind for path in SERVICE.rglob("*.py") for kind in kinds_put_in(path)}
    assert {"notify", "deliver", "picture"} <= written <= set(outbox.kinds())


def kinds_put_in(path: Path) -> set[str]:
    """The kinds that a module gives to ``outbox.put``: a string, or a constant of some module."""
    module = ".".join(path.relative_to(SERVICE.parent).with_suffix("").parts)
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "outbox.put"
    ]
    names = [ast.unparse(call.args[0]) for call in calls]
    return {eval_name(name, module) for name in names}


def eval_name(name: str, module: str) -> str:
    """The value of a string or of a (dotted) name in a module."""
    if name[0] in "'\"":
        return str(ast.literal_eval(name))
    found: object = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return str(found)
