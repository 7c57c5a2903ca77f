"""A storm: reports with photos are filed while one fault after another strikes, and then peace."""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from reports_service.core.db import db
from reports_service.reports.models import Escalation
from tests.faults import checking
from tests.faults.checking import Letters
from tests.faults.filing import Citizens, Filed
from tests.faults.service import Service, eventually
from tests.faults.striking import Faults
from tests.faults.watching import Watch

CALM_WITHIN_S = 400.0
SHOWN = 40  # of what is wrong
Strikes = Callable[[Faults, Citizens], None]


@dataclass(frozen=True)
class Weathered:
    """What came of it. Delays are in seconds, without the time in which a part was away."""

    mode: str
    filed: Sequence[Filed]
    struck: Sequence[str]
    wrong: Sequence[str]
    longest_s: float
    longest_kind: str
    longest_raw_s: float
    longest_answer_s: float
    calm_after_s: float
    escalated: int
    letters: int
    repeated_letters: int

    @property
    def tries(self) -> int:
        """Requests that were sent."""
        return sum(one.tries for one in self.filed)

    def met(self) -> Counter[str]:
        """What tries met that were not answered 2xx: statuses, and how connections ended."""
        every = (met for one in self.filed for met in one.met)
        return Counter(met[:3] if met[:3].isdigit() else met for met in every)


def weather(service: Service, faults: Faults, seed: int, strikes: Strikes) -> Weathered:
    """File what ``strikes`` hands over while it strikes; look at everything when all is calm."""
    citizens = Citizens(service.address, seed)
    with Watch(service.database) as watch:
        try:
            strikes(faults, citizens)
        finally:
            citizens.done()
        began = time.monotonic()
        try:
            eventually(lambda: _calm(service, watch), "all effects are done", CALM_WITHIN_S)
        except AssertionError:
            say(f"still to do: {dict(watch.waiting or {}) or service.ready()}")
            raise
        calm_after = time.monotonic() - began
    letters = Letters.of(service.app, service.post)
    with service.its_clock():
        wrong = checking.everything(service.app, citizens.filed, letters)
    longest, kind = watch.longest(faults.outages)
    answered = [one.answered - one.began for one in citizens.filed if one.answered]
    return Weathered(
        mode=service.mode,
        filed=citizens.filed,
        struck=faults.struck,
        wrong=wrong,
        longest_s=longest,
        longest_kind=kind,
        longest_raw_s=watch.longest(())[0],
        longest_answer_s=max(answered, default=0.0),
        calm_after_s=calm_after,
        escalated=escalated(service),
        letters=len(letters.arrived),
        repeated_letters=sum(letters.arrived.values()) - len(letters.arrived),
    )


def escalated(service: Service) -> int:
    """How many steps of ladders were climbed so far."""
    with service.app.app_context():
        found = db.session.scalar(select(func.count(Escalation.id))) or 0
        db.session.rollback()
        return found


def at_random(reports: int, per_s: float, gap_s: float) -> Strikes:
    """Faults at random, each at least once, with pauses about ``gap_s``, for as long as it takes
    to file so many reports at that pace.
    """

    def strikes(faults: Faults, citizens: Citizens) -> None:
        filing = threading.Thread(target=citizens.file_for, args=(reports / per_s, reports))
        filing.start()
        names = list(faults.all())
        left = faults.chance.sample(names, len(names))
        while left or filing.is_alive():
            time.sleep(faults.chance.uniform(0.5, 1.5) * gap_s)
            name = left.pop() if left else faults.chance.choice(names)
            say(f"{len(citizens.filed)} filed, {citizens.unanswered} unanswered: {name}")
            faults.strike(name)
        filing.join()

    return strikes


def tell(found: Weathered) -> None:
    """Say how it went, in lines."""
    for wrong in found.wrong[:SHOWN]:
        say(f"WRONG: {wrong}")
    photos = sum(len(one.photos) for one in found.filed)
    struck = ", ".join(f"{name} {count}" for name, count in Counter(found.struck).most_common())
    say(f"{found.mode}: {len(found.filed)} reports, {photos} photos, {found.tries} requests")
    say(f"  faults: {struck}")
    say(f"  tries that were not answered 2xx: {dict(found.met())}")
    say(f"  letters {found.letters}, sent once more {found.repeated_letters}")
    say(f"  steps of ladders climbed {found.escalated}")
    say(
        f"  longest wait of an effect {found.longest_s:.1f} s ({found.longest_kind}), with the time"
        f" in which parts were away {found.longest_raw_s:.1f} s"
    )
    say(f"  longest until an app had its answer {found.longest_answer_s:.1f} s")
    say(f"  calm {found.calm_after_s:.1f} s after the last report")


def say(line: str) -> None:
    """A line for whoever watches."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def chance_of(seed: int) -> random.Random:
    """What decides which fault comes next, and which process it strikes."""
    return random.Random(seed)


def _calm(service: Service, watch: Watch) -> bool:
    nothing_waits = watch.waiting is not None and not watch.waiting
    return nothing_waits and all(service.ready().values())
