"""How many events a request may carry."""

from __future__ import annotations


class BatchLimit:
    """Halved when the service, or a proxy before it, finds a batch too big; grows by one with every answer.

    So a proxy with a low limit refuses few batches.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.events = most

    def refused(self, events: int) -> None:
        """A batch of that many was too big."""
        # A single event that is too big says nothing of batches: it was the reason for the halving.
        self.events = max(1, events // 2) if events > 1 else self._most

    def answered(self) -> None:
        """A batch went through."""
        self.events = min(self.events + 1, self._most)
