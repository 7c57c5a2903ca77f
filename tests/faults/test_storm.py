"""A service that is hurt, and one that is restarted: nothing is lost, doubled or stuck."""

from __future__ import annotations

import time
from signal import SIGHUP, SIGTERM

from tests.faults import processes
from tests.faults.filing import Citizens, Half
from tests.faults.service import Service, eventually
from tests.faults.storm import SHOWN, Weathered, chance_of, escalated, tell, weather
from tests.faults.striking import AN_HOUR_S, STEP, Faults

SEED, ROLLING_SEED = 1022, 2210
ROLLS = 2
RENEWED_WITHIN_S = 400.0
REPORTS = 60
CLIMBED_WITHIN_S = 400.0


# In an order in which the clock's step frees what the killed ones had leased.
AHEAD, ESCALATED, RIGHT = "clock ahead", "ladders climbed", "clock right"
ORDER = (
    "a web process killed",
    "work-horse killed",
    "web server killed",
    "worker killed",
    "queue emptied",
    AHEAD,
    "queue server killed",
    "connections cut",
    "PostgreSQL restarted",
    "photo store full",
    ESCALATED,
    RIGHT,
    "queue server away",
    "cron killed",
)


def each_once(faults: Faults, citizens: Citizens) -> None:
    """Every fault that the service can meet, and some reports before each."""
    for number, name in enumerate(ORDER, start=1):
        citizens.file_for(0.4, REPORTS * number // len(ORDER) - len(citizens.filed))
        if name == AHEAD:
            faults.service.step_clock(AN_HOUR_S)
            faults.struck.append(STEP)
        elif name == ESCALATED:
            eventually(lambda: escalated(faults.service) > 0, name, CLIMBED_WITHIN_S)
        elif name == RIGHT:
            faults.service.step_clock(0)
        elif name in faults.all():
            faults.strike(name)


def test_sixty_reports_filed_while_everything_fails_once(service: Service) -> None:
    faults = Faults(service, chance_of(SEED), away_s=3, full_s=2)
    weathered = weather(service, faults, SEED, each_once)
    tell(weathered)
    assert not weathered.wrong, wrong_of(weathered, service)
    assert len(weathered.filed) == REPORTS
    assert set(weathered.struck) == set(faults.all())
    assert weathered.escalated > 0


def test_a_rolling_restart_under_load_loses_no_request(service: Service) -> None:
    def rolling(faults: Faults, citizens: Citizens) -> None:
        for _ in range(ROLLS):
            before = service.below("web")
            citizens.file_for(1.0, 3)
            for pid in service.mains("web"):
                processes.kill(pid, SIGHUP)
            for pid in service.mains("worker"):
                processes.kill(pid, SIGTERM)
                citizens.file_for(1.5, 4)
            eventually(lambda old=before: renewed(service, old), "all are new", RENEWED_WITHIN_S)

    weathered = weather(service, Faults(service, chance_of(1)), ROLLING_SEED, rolling)
    tell(weathered)
    assert not weathered.wrong, wrong_of(weathered, service)
    assert {tuple(one.met) for one in weathered.filed} == {()}
    assert weathered.tries == len(weathered.filed)


def wrong_of(weathered: Weathered, service: Service) -> str:
    """What is wrong, and before it the end of what the service said."""
    return "\n".join([service.said(), *weathered.wrong[:SHOWN]])


def renewed(service: Service, before: list[int]) -> bool:
    """Whether other processes answer than before, and there is a worker."""
    now = service.below("web")
    return bool(now) and not set(now) & set(before) and bool(service.mains("worker"))


def test_a_request_that_is_being_sent_when_the_server_is_to_stop_is_answered(
    service: Service,
) -> None:
    (web,) = service.mains("web")
    half = Half(service.address, "faults-half")
    half.begin()
    processes.kill(web, SIGTERM)
    time.sleep(1)
    assert half.finish() == 201
    eventually(lambda: service.mains("web") not in ([], [web]), "a new one", RENEWED_WITHIN_S)
    eventually(service.answers, "it answers", RENEWED_WITHIN_S)
