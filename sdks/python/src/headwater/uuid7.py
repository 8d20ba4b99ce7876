"""Ids of events, and their order within a millisecond."""

from __future__ import annotations

import os
import threading
import time
from typing import NamedTuple


class Stamp(NamedTuple):
    """When an event was captured, and its id."""

    ms: int
    """Milliseconds since 1970."""
    place: int
    """How many this process stamped before in the same millisecond."""
    uuid: str


class _Stamper:
    def __init__(self) -> None:
        # Reentrant: a signal handler or a __del__ may capture while this thread is in here.
        self._lock = threading.RLock()
        self._ms = 0
        self._place = 0

    def next(self) -> Stamp:
        with self._lock:
            ms = time.time_ns() // 1_000_000
            self._place = self._place + 1 if ms == self._ms else 0
            self._ms = ms
            return Stamp(ms, self._place, uuid7(ms, self._place))


def uuid7(ms: int, place: int) -> str:
    """A version 7 UUID: those of one process sort in the order in which they were made."""
    random = int.from_bytes(os.urandom(8), "big") >> 2
    head = (ms & (1 << 48) - 1) << 16 | 0x7000 | min(place, 0xFFF)
    digits = f"{head:016x}{0b10 << 62 | random:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_stamper = _Stamper()


def stamp() -> Stamp:
    """The time, and an id, for the event captured now."""
    return _stamper.next()


def _after_fork() -> None:
    # Another thread of the parent may have held the lock; here nobody would ever release it.
    global _stamper
    _stamper = _Stamper()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
