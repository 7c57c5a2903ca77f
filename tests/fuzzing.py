"""schemathesis against the running service: every check, as each kind of caller.

A caller tries the operations that the guards let it into: elsewhere each answer is 401 or 403,
which ``tests/architecture/test_routes.py`` walks already. Public operations are everybody's.
"""

from __future__ import annotations

import json
import urllib.request
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from reports_service.api import PREFIX
from reports_service.core.auth import GUARD, roles_for
from reports_service.describing import openapi_path
from reports_service.domain.roles import Role
from tests.personas import CONTACT, LIGHT

PASSWORD = "demo-1022"
PUBLIC, REPORTER = "public", "reporter"
CALLERS = (PUBLIC, REPORTER, *(str(role) for role in Role))
PHASES = ("examples", "coverage", "fuzzing", "stateful")
# A piece of an upload is bytes like any others.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
# The session that everything else is tried with would be over.
LEFT_OUT = {("delete", f"{PREFIX}/sessions")}
# No check is left out. Two know fewer refusals than the service has words for:
# 422 also answers what has the right form and cannot be meant (no such category, a last day before
# the first, a cursor of another list), which no schema can say; 412 and 428 are about the version
# that an act was decided on; 410, 413, 423 and 460 about an upload: over, longer than announced,
# in somebody else's hands, not what its digest says.
CHECKS = {
    "positive_data_acceptance": {
        "expected-statuses": [
            *("2xx", "3xx", "401", "403", "404", "409", "429"),
            *("410", "412", "413", "422", "423", "428", "460"),
        ]
    },
    # tus says 412 for a version that it does not speak and 460 for a wrong digest; 413 and 414 are
    # for what is too large to be looked at. 5xx is no rejection.
    "negative_data_rejection": {
        "expected-statuses": [
            *("400", "401", "403", "404", "405", "406", "409", "415", "422", "428", "429"),
            *("410", "412", "413", "414", "423", "431", "460"),
        ]
    },
    "missing_required_header": {  # again tus: 412 where its version is missing
        "expected-statuses": ["400", "401", "403", "406", "412", "415", "422"]
    },
}
# Which of tus's headers a request needs depends on the others, and 400 is for who lacks one.
_TAKEN = CHECKS["positive_data_acceptance"]["expected-statuses"]
CHECKS_OF_UPLOADS = {"positive_data_acceptance": {"expected-statuses": [*_TAKEN, "400"]}}


@dataclass
class Tried:
    """How many cases each operation got, and what failed: a sentence, a command to repeat it."""

    cases: Counter[str] = field(default_factory=Counter)
    failed: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def add(self, other: Tried) -> None:
        """Count another run in."""
        self.cases.update(other.cases)
        self.failed.update(other.failed)

    @property
    def total(self) -> int:
        """All cases."""
        return self.cases.total()


def authorization(address: str, caller: str) -> str | None:
    """What a caller shows: nothing, the tracking token of a report just filed, a session."""
    if caller == PUBLIC:
        return None
    if caller == REPORTER:
        filed = _post(address, "/reports", {**LIGHT, "reporter": CONTACT})
        return f"Tracking {filed['tracking_token']}"
    signed_in = _post(
        address, "/sessions", {"email": f"{caller}@demo.example", "password": PASSWORD}
    )
    return f"Bearer {signed_in['token']}"


def open_to(app: Flask, caller: str) -> set[tuple[str, str]]:
    """Method and path of the operations that this caller may call."""
    return {
        (method.lower(), openapi_path(rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX)
        for method in (rule.methods or set()) - {"OPTIONS"}
        if _lets_in(app.view_functions[rule.endpoint], method.lower(), caller)
    } - LEFT_OUT


def _lets_in(view: Any, method: str, caller: str) -> bool:
    kind = getattr(view, "view_class", None)
    guard = getattr(getattr(kind, method, None) or view, GUARD, "public")
    if guard == "public":
        return True
    needs, reporter = guard
    if caller in (PUBLIC, REPORTER):
        return reporter and caller == REPORTER
    return any(Role(caller) in roles_for(need) for need in needs)


def attack(
    address: str,
    shown: str | None,
    operations: Iterable[tuple[str, str]],
    *,
    examples: int,
    seed: int,
    phases: Sequence[str] = PHASES,
) -> Tried:
    """Try these operations; ``examples`` is how many cases each gets of each kind at most."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_url(
            f"{address}/openapi.json", config=_settings(shown, examples, seed, phases)
        )
        chosen = set(operations)
        schema = schema.include(
            func=lambda found: (found.operation.method.lower(), found.operation.path) in chosen
        )
        return _heard(from_schema(schema).execute())


def _settings(
    shown: str | None, examples: int, seed: int, phases: Sequence[str]
) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {"Authorization": shown} if shown else {},
            "checks": CHECKS,
            "operations": [{"include-path-regex": "/uploads", "checks": CHECKS_OF_UPLOADS}],
            "continue-on-failure": True,
            "request-timeout": 30,
            "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
            "phases": {phase: {"enabled": phase in phases} for phase in PHASES},
            "suppress-health-check": ["all"],
        }
    )


def _heard(happened: Iterable[Any]) -> Tried:
    tried = Tried()
    for event in happened:
        if isinstance(event, events.ScenarioFinished):
            _count(event.recorder, tried)
        elif isinstance(event, events.NonFatalError):
            tried.failed["error", event.label, str(event.value)[:200]] = ""
    return tried


def _count(recorder: Any, tried: Tried) -> None:
    for case_id in recorder.interactions:
        case = recorder.cases.get(case_id)
        tried.cases[case.value.operation.label if case else recorder.label] += 1
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info:
                case = recorder.cases.get(case_id)
                label = case.value.operation.label if case else recorder.label
                said = " ".join(check.failure_info.failure.message.split())[:300]
                tried.failed.setdefault((check.name, label, said), check.failure_info.code_sample)


def _post(address: str, path: str, body: Mapping[str, Any]) -> Any:
    request = urllib.request.Request(
        f"{address}{PREFIX}{path}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
