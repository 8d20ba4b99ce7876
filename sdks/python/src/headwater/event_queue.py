"""The events that no answer has come for."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import Literal

from .event import Entry

Refusal = Literal["queue_full", "shut_down"]


class EventQueue:
    """Bounded by events and by bytes; when it is full the newest is refused.

    All who use it hold ``lock``, which is reentrant: a signal handler or a ``__del__`` may capture while its own
    thread is in here.
    """

    def __init__(self, max_events: int, max_bytes: int) -> None:
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self._is_closed = False
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        """Notified when something was removed, and by whoever has news for those who wait."""
        self.appended = 0
        """Events ever taken in."""

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        """Of the events' JSON."""
        return self._bytes

    @property
    def removed(self) -> int:
        """Events ever removed."""
        return self.appended - len(self._entries)

    @property
    def oldest_since(self) -> float:
        """Since when (time.monotonic()) the oldest has waited."""
        return self._entries[0].since if self._entries else float("inf")

    def append(self, entry: Entry, wait_s: float) -> Refusal | None:
        """Takes an event in, or says why not: there is no room, nor any after waiting that long, or it is closed."""
        with self.lock:
            if wait_s > 0:
                self.changed.wait_for(lambda: self._is_closed or self._has_room(entry), wait_s)
            if self._is_closed:
                return "shut_down"
            if not self._has_room(entry):
                return "queue_full"
            self._entries.append(entry)
            self._bytes += len(entry.body)
            self.appended += 1
            return None

    def close(self) -> None:
        """Takes no more events."""
        with self.lock:
            self._is_closed = True
            self.changed.notify_all()

    def head(self, max_events: int, max_bytes: int) -> list[Entry]:
        """The oldest, together below the limits, but at least one. They stay in the queue."""
        batch: list[Entry] = []
        size = 0
        with self.lock:
            for entry in islice(self._entries, max_events):
                size += len(entry.body) + 1
                if batch and size > max_bytes:
                    break
                batch.append(entry)
        return batch

    def remove(self, answered: list[Entry]) -> None:
        """Forgets the oldest, as ``head`` gave them; those that are gone already are no matter."""
        with self.lock:
            for entry in answered:
                if self._entries and self._entries[0] is entry:
                    self._entries.popleft()
                    self._bytes -= len(entry.body)
            self.changed.notify_all()

    def _has_room(self, entry: Entry) -> bool:
        return (
            len(self._entries) < self._max_events
            and self._bytes + len(entry.body) <= self._max_bytes
        )
