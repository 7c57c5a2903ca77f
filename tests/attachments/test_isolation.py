"""The child process that decodes."""

from __future__ import annotations

import os
import signal
import time
from typing import NoReturn

import pytest

from reports_service.attachments.formats import PictureTooHeavy, PictureUnreadable
from reports_service.attachments.isolation import Bounds, ChildFault, ChildLost, run

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]


def spin() -> NoReturn:
    while True:
        pass


def die_of(number: int) -> NoReturn:
    os.kill(os.getpid(), number)
    raise AssertionError("still alive")


def fail() -> NoReturn:
    raise RuntimeError("never seen before")


def test_what_the_work_returns_comes_back_whole() -> None:
    answer = os.urandom(3_000_000)
    assert run(lambda: answer, Bounds()).answer == answer


def test_work_without_end_is_too_heavy() -> None:
    with pytest.raises(PictureTooHeavy):
        run(spin, Bounds(seconds=0.2))


def test_meanwhile_the_parent_is_called_again_and_again() -> None:
    calls: list[int] = []
    with pytest.raises(PictureTooHeavy):
        run(spin, Bounds(seconds=0.5, pulse_s=0.05), lambda: calls.append(1))
    assert len(calls) > 2


def test_what_the_parent_meets_meanwhile_ends_the_child() -> None:
    def lost() -> NoReturn:
        raise LookupError("another has taken it")

    began = time.monotonic()
    with pytest.raises(LookupError, match="another"):
        run(spin, Bounds(seconds=600, pulse_s=0.05), lost)
    assert time.monotonic() - began < 300


def test_memory_without_end_is_too_heavy() -> None:
    with pytest.raises(PictureTooHeavy):
        run(lambda: bytes(2_000_000_000), Bounds())


def test_a_decoder_that_crashes_makes_the_picture_unreadable() -> None:
    with pytest.raises(PictureUnreadable):
        run(lambda: die_of(signal.SIGTRAP), Bounds())


def test_a_child_that_somebody_ended_may_be_tried_again() -> None:
    with pytest.raises(ChildLost):
        run(lambda: die_of(signal.SIGKILL), Bounds())


def test_a_fault_of_ours_is_told_and_not_blamed_on_the_picture() -> None:
    with pytest.raises(ChildFault, match="never seen before"):
        run(fail, Bounds())


def test_no_child_is_left_behind() -> None:
    # The number that the child has in its own eyes: this process may have other children, since
    # the server of an earlier test lives as long as its whole run.
    child = int(run(lambda: str(os.getpid()).encode(), Bounds()).answer)
    with pytest.raises(ChildProcessError):
        os.waitpid(child, os.WNOHANG)
