"""Ties a process to its parent: killed parents cannot stop what they started."""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # of Linux: which signal to get when the thread that started us ends


def ended_with_parent(number: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """For ``Popen(preexec_fn=…)``: the child gets ``number`` when its parent dies.

    Only Linux has it; elsewhere nothing happens. Start the child from the main thread.
    """

    def tie() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)

    return tie
