"""How the interpreter is set for a process that serves: memory given back, threads in turns."""

from __future__ import annotations

import ctypes
import gc
import sys

SWITCH_AFTER = 0.005
"""Seconds after which a busy loop lets the store's thread run (default 5 ms).

With SQLite each group waits for that thread a few times; at 5 ms a turn that is most of its time.
"""

COLLECT_AFTER = 20_000
"""New objects before a collection (default 700): a message makes hundreds and keeps none."""

M_ARENA_MAX = -8  # malloc.h


def before_start() -> None:
    """Before threads and big imports: one heap instead of one for each thread."""
    sys.setswitchinterval(SWITCH_AFTER)
    gc.set_threshold(COLLECT_AFTER, 20, 20)
    libc = _libc()
    if libc and hasattr(libc, "mallopt"):
        libc.mallopt(M_ARENA_MAX, 1)


def after_start() -> None:
    """What starting left behind goes back; what stays is never looked at by a collection again."""
    gc.collect()
    gc.freeze()
    libc = _libc()
    if libc and hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def _libc() -> ctypes.CDLL | None:
    """The C library; None where there is none to be had (both calls are glibc's)."""
    try:
        return ctypes.CDLL(None)
    except OSError:
        return None
