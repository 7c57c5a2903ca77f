"""The memory of a process that serves: it stays, since every request needs as much again."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

# glibc's numbers of its own settings (mallopt(3)).
M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
LARGEST_KEPT: Final = 32 << 20  # bytes of one array; the largest value that every glibc takes
FREE_KEPT: Final = 128 << 20


def keep() -> None:
    """Once everything is loaded: collecting garbage need not walk over it at each round, and what
    a request gives back is not returned to the system. Fetching it again, page by page, was a third
    of the time that a table of figures takes.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    set_allocator = getattr(ctypes.CDLL(None), "mallopt", None)  # of glibc alone
    if set_allocator is not None:
        set_allocator(M_MMAP_THRESHOLD, LARGEST_KEPT)
        set_allocator(M_TRIM_THRESHOLD, FREE_KEPT)
