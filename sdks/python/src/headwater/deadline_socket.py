"""A socket whose reads and writes are over at one moment, however slowly the bytes come."""

from __future__ import annotations

import io
import socket
import time
from typing import Any


class DeadlineSocket:
    """Stands where http.client has its socket.

    A socket's own timeout starts anew with every byte: a server that sends one a second could hold a request for
    ever.
    """

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._deadline = 0.0

    def set_deadline(self, deadline: float) -> None:
        """Until when (time.monotonic()) everything that follows may take."""
        self._deadline = deadline

    def arm(self) -> None:
        """Gives the next call what is left of the time. Raises TimeoutError when nothing is."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._inner.settimeout(left)

    def sendall(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            self.arm()
            view = view[self._inner.send(view) :]

    def makefile(self, mode: str, *_ignored: Any) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self, self._inner.makefile("rb", buffering=0)))

    def close(self) -> None:
        self._inner.close()


class _DeadlineReader(io.RawIOBase):
    def __init__(self, owner: DeadlineSocket, raw: Any) -> None:
        self._owner = owner
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._owner.arm()
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
