"""What became of events."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Stats:
    """Since the client was made in this process.

    ``captured`` is the sum of ``accepted``, ``dropped``, ``refused``, ``not_delivered`` and ``queued``.
    """

    captured: int = 0
    """Events that were taken in."""
    not_captured: int = 0
    """Events that were not: invalid, no room, after ``shutdown``."""
    accepted: int = 0
    """Stored by the service."""
    dropped: int = 0
    """Dropped by the service, each with a reason."""
    refused: int = 0
    """In requests that the service refused for good."""
    not_delivered: int = 0
    """Left when ``shutdown`` ran out of time."""
    attempts: int = 0
    """Requests."""
    retries: int = 0
    """Requests that were not answered, or told to come again."""
    queued: int = 0
    """Events that no answer has come for."""
    queued_bytes: int = 0


class Counters:
    """Counts, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._values = dict.fromkeys(asdict(Stats()), 0)

    def add(self, name: str, count: int = 1) -> None:
        with self._lock:
            self._values[name] += count

    def stats(self, queued: int, queued_bytes: int) -> Stats:
        with self._lock:
            return Stats(**{**self._values, "queued": queued, "queued_bytes": queued_bytes})
