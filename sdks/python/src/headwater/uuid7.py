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


# Asking the system for random bytes costs more than all else of a uuid: they are asked for many at once.
_RANDOM_BYTES = 8
_UUIDS_AT_ONCE = 64


class _Stamper:
    def __init__(self) -> None:
        self._random = b""
        # Reentrant: a signal handler or a __del__ may capture while this thread is in here.
        self._lock = threading.RLock()
        self._ms = 0
        self._place = 0

    def next(self) -> Stamp:
        with self._lock:
            ms = time.time_ns() // 1_000_000
            self._place = self._place + 1 if ms == self._ms else 0
            self._ms = ms
            if not self._random:
                self._random = os.urandom(_RANDOM_BYTES * _UUIDS_AT_ONCE)
            random, self._random = self._random[:_RANDOM_BYTES], self._random[_RANDOM_BYTES:]
            return Stamp(ms, self._place, uuid7(ms, self._place, random))


def uuid7(ms: int, place: int, random_bytes: bytes) -> str:
    """A version 7 UUID: those of one process sort in the order in which they were made."""
    random = int.from_bytes(random_bytes, "big") >> 2
    head = (ms & (1 << 48) - 1) << 16 | 0x7000 | min(place, 0xFFF)
    digits = f"{head:016x}{0b10 << 62 | random:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_stamper = _Stamper()


def stamp() -> Stamp:
    """The time, and an id, for the event captured now."""
    return _stamper.next()


def start_anew() -> None:
    """After a fork: another thread of the parent may have held the lock, and its random bytes make its uuids."""
    global _stamper
    _stamper = _Stamper()
