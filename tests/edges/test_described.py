"""schemathesis tries the running service: no fault, every answer as the description says.

The long form is ``bin/bench fuzz``. Here each operation gets a few cases, the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.running import Running, running
from tests.databases import Databases
from tests.fuzzing import attack, authorization, open_to

# What is sent is written by both engines in tests/architecture/test_openapi.py.
pytestmark = pytest.mark.any_engine
SEED = 1022
FEW = 1


@pytest.fixture
def database() -> None:
    """The service is another process, and its commits are real."""


@pytest.fixture(scope="module")
def service(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("described")
    with (
        databases.copy(province_template) as url,
        running(url, folder, RATE_FACTOR="1000000") as service,
    ):
        yield service


@pytest.mark.parametrize(
    ("who", "least"), [("public", 40), ("reporter", 40), ("operator", 60), ("admin", 150)]
)
def test_every_answer_is_as_described(who: str, least: int, service: Running) -> None:
    tried = attack(
        service.address,
        authorization(service.address, who),
        open_to(service.app, who),
        examples=FEW,
        seed=SEED,
        phases=("examples", "fuzzing"),
    )
    assert tried.failed == {}
    assert tried.total >= least
    assert "a fault of ours" not in service.said()
