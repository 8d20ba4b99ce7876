"""Where captured events go: to the background, straight to the service, or to a list."""

from __future__ import annotations

import json
import threading
import time
from typing import Any, Protocol

from .capture_error import CaptureError
from .counters import Counters
from .delivery import BackOff, Delivery, Report
from .event import Entry
from .event_queue import EventQueue
from .options import Options
from .sender import Sender, SenderOptions
from .transport import Transport, TransportOptions

# Time enough for an answer that is on its way.
_LAST_TIMEOUT_S = 0.05
_REFUSALS = {
    "queue_full": "Too many events wait to be sent.",
    "shut_down": "The client was shut down before this event.",
}


class Outlet(Protocol):
    """Takes events for one client in one process."""

    counters: Counters

    def take(self, entry: Entry) -> None:
        """Takes an event. Raises CaptureError when it will not be stored."""

    def flush(self, timeout_s: float) -> bool:
        """True when all that was taken before is answered."""

    def begin_close(self, deadline: float) -> None:
        """Goes on in the background to what ``close`` waits for."""

    def close(self, deadline: float) -> bool:
        """Sends what is left, until that time (time.monotonic()); True when all is answered."""

    def waiting(self) -> tuple[int, int]:
        """How many events no answer has come for, and the bytes of their JSON."""

    def abandon(self) -> None:
        """Forgets what belongs to the parent process, after a fork."""


class BackgroundOutlet:
    """Takes events into the queue; a thread sends them."""

    def __init__(self, write_key: str, options: Options, report: Report) -> None:
        self.counters = Counters()
        self._wait_s = options.wait_when_full_ms / 1000
        self._report = report
        self._queue = EventQueue(options.max_queue_events, options.max_queue_bytes)
        self._transport = Transport(_transport_options(options))
        delivery = Delivery(write_key, options.historical, self._transport, self.counters)
        self._sender = Sender(self._queue, delivery, _sender_options(options), report)

    def take(self, entry: Entry) -> None:
        with self._queue.lock:
            refusal = self._queue.append(entry, self._wait_s)
            if refusal is None:
                self._sender.nudge()
        if refusal is not None:
            self.counters.add("not_captured")
            raise CaptureError(refusal, _REFUSALS[refusal], (entry.uuid,))
        self.counters.add("captured")

    def flush(self, timeout_s: float) -> bool:
        return self._sender.flush(timeout_s)

    def begin_close(self, deadline: float) -> None:
        self._sender.begin_drain(deadline)

    def close(self, deadline: float) -> bool:
        if self._sender.is_own_thread():
            self._sender.begin_drain(deadline)
            return False
        is_sent = self._sender.drain(deadline)
        left = None if is_sent else self._sender.left_over()
        if left is not None:
            self.counters.add("not_delivered", len(left.uuids))
            self._report(left)
        self._transport.close()
        return is_sent

    def waiting(self) -> tuple[int, int]:
        return len(self._queue), self._queue.bytes

    def abandon(self) -> None:
        self._transport.abandon()


class SyncOutlet:
    """Answers when the service has answered."""

    def __init__(self, write_key: str, options: Options, _report: Report) -> None:
        self.counters = Counters()
        self._options = options
        self._is_closed = False
        self._transport = Transport(_transport_options(options))
        self._delivery = Delivery(write_key, options.historical, self._transport, self.counters)

    def take(self, entry: Entry) -> None:
        if self._is_closed:
            self.counters.add("not_captured")
            raise CaptureError("shut_down", _REFUSALS["shut_down"], (entry.uuid,))
        options = self._options
        deadline = time.monotonic() + options.sync_timeout_ms / 1000
        back_off = BackOff(options.retry_min_ms / 1000, options.retry_max_ms / 1000)
        self.counters.add("captured")
        while True:
            left_s = max(deadline - time.monotonic(), _LAST_TIMEOUT_S)
            answer = self._delivery.attempt([entry], min(options.request_timeout_ms / 1000, left_s))
            if answer.outcome != "retry":
                for error in self._delivery.errors_of(answer, [entry]):
                    raise error
                return
            wait_s = max(answer.wait_s, back_off.next_s())
            if time.monotonic() + wait_s >= deadline:
                self.counters.add("not_delivered")
                raise CaptureError(
                    "not_delivered", f"{answer.message} ({answer.code})", (entry.uuid,)
                )
            time.sleep(wait_s)

    def flush(self, timeout_s: float) -> bool:
        return True

    def begin_close(self, deadline: float) -> None:
        self._is_closed = True

    def close(self, deadline: float) -> bool:
        self._transport.close()
        return True

    def waiting(self) -> tuple[int, int]:
        return 0, 0

    def abandon(self) -> None:
        self._transport.abandon()


class ListOutlet:
    """For tests: keeps the events as the service would get them."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.counters = Counters()
        self._lock = threading.RLock()

    def take(self, entry: Entry) -> None:
        with self._lock:
            self.counters.add("captured")
            self.counters.add("accepted")
            self.events.append(json.loads(entry.body))

    def flush(self, timeout_s: float) -> bool:
        return True

    def begin_close(self, deadline: float) -> None:
        pass

    def close(self, deadline: float) -> bool:
        return True

    def waiting(self) -> tuple[int, int]:
        return 0, 0

    def abandon(self) -> None:
        pass


def _transport_options(options: Options) -> TransportOptions:
    return TransportOptions(options.host, options.gzip, options.proxy, options.ssl_context)


def _sender_options(options: Options) -> SenderOptions:
    return SenderOptions(
        options.flush_at,
        options.flush_interval_ms / 1000,
        options.request_timeout_ms / 1000,
        options.retry_min_ms / 1000,
        options.retry_max_ms / 1000,
    )
