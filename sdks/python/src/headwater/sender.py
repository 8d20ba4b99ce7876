"""The background: moves events from the queue to the service, one batch at a time, oldest first."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from . import process_life
from .batch_limit import BatchLimit
from .capture_error import CaptureError
from .delivery import BackOff, Delivery, Report
from .event_queue import EventQueue

logger = logging.getLogger("headwater")

MAX_BATCH_EVENTS = 1_000
MAX_BATCH_BYTES = 1024 * 1024
_FOREVER = float("inf")


@dataclass(frozen=True)
class SenderOptions:
    """Times are in seconds."""

    flush_at: int
    flush_interval_s: float
    timeout_s: float
    retry_min_s: float
    retry_max_s: float


class Sender:
    """An event leaves the queue only when it was answered.

    The thread is a daemon that is started with the first event, and waits without a timer when there is nothing to
    do. ``drain`` does its work where no thread can be had.
    """

    def __init__(
        self, queue: EventQueue, delivery: Delivery, options: SenderOptions, report: Report
    ) -> None:
        self._queue = queue
        self._delivery = delivery
        self._options = options
        self._report = report
        self._limit = BatchLimit(MAX_BATCH_EVENTS)
        self._back_off = BackOff(options.retry_min_s, options.retry_max_s)
        self._thread: threading.Thread | None = None
        # All below are guarded by the queue's lock.
        self._work = threading.Condition(queue.lock)
        self._is_sending = False
        self._sleeps_until = 0.0
        """The thread; 0 while it is awake."""
        self._failed = 0
        self._settled = 0
        """Events that were removed, and all that was to be said of them said."""
        self._not_before = 0.0
        """Until when the service asked to be left alone."""
        self._retry_at = 0.0
        self._flush_up_to = 0
        self._enough_up_to = 0
        """Of events that were enough to be sent at once none waits, also when a request cannot carry all."""
        self._drain_until: float | None = None
        self._is_last_try_over = False

    def nudge(self) -> None:
        """Something was appended just now, by a caller who still holds the queue's lock."""
        self._has_thread()
        # Most events change nothing: waking the thread costs more than taking the event.
        if self._due_at() < self._sleeps_until:
            self._work.notify()

    def flush(self, timeout_s: float) -> bool:
        """Waits until all that waits now was answered (True), or an attempt failed or time is up (False).

        When it returns, ``report`` has been told what it is to be told of the answers.
        """
        if self.is_own_thread():
            return False
        deadline = time.monotonic() + timeout_s
        with self._queue.lock:
            goal, failed = self._queue.appended, self._failed
            self._flush_up_to = goal
            self._work.notify()

            def is_over() -> bool:
                return self._settled >= goal or self._failed > failed

            # Nobody may come before the time that the service named.
            may_wait = self._settled < goal and self._not_before <= deadline
            if may_wait and self._has_thread():
                self._queue.changed.wait_for(is_over, timeout_s)
            return self._settled >= goal

    def begin_drain(self, deadline: float) -> None:
        """From now on sends, again and again, until all is answered or it is that late; then the thread ends."""
        with self._queue.lock:
            self._queue.close()
            self._drain_until = deadline
            self._work.notify_all()

    def drain(self, deadline: float) -> bool:
        """Drains, and waits for it; True when all was answered."""
        with self._queue.lock:
            self.begin_drain(deadline)
            if self._is_drained():
                return len(self._queue) == 0
            if self._has_thread():
                self._queue.changed.wait_for(self._is_drained, deadline - time.monotonic())
                return len(self._queue) == 0
        self._run()
        return len(self._queue) == 0

    def is_own_thread(self) -> bool:
        """Whether the caller is an on_error that runs in here: it cannot wait for itself."""
        return threading.current_thread() is self._thread

    def _has_thread(self) -> bool:
        if self._thread is not None:
            return True
        process_life.watch_exit_of_fork()
        process_life.warn_of_missing_threads()
        thread = threading.Thread(target=self._run, name="headwater", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            # At the interpreter's end this is nothing to worry about: draining does without.
            level = logging.DEBUG if "shutdown" in str(error) else logging.WARNING
            logger.log(level, "no thread to send events with: %s", error)
            return False
        self._thread = thread
        return True

    def _run(self) -> None:
        while self._wait_for_work():
            try:
                self._attempt()
            except Exception:
                # Whatever it is, the events are still in the queue.
                logger.exception("an attempt to send failed")
                self._back_off_for(0)

    def _wait_for_work(self) -> bool:
        """False when draining is over."""
        with self._queue.lock:
            while True:
                if self._is_drained():
                    self._queue.changed.notify_all()
                    return False
                due_at = self._due_at()
                wait_s = due_at - time.monotonic()
                if wait_s <= 0:
                    self._is_sending = True
                    return True
                self._sleeps_until = due_at
                self._work.wait(None if due_at == _FOREVER else wait_s)
                self._sleeps_until = 0

    def _is_drained(self) -> bool:
        if self._drain_until is None:
            return False
        is_late = self._is_last_try_over or time.monotonic() >= self._drain_until
        return (len(self._queue) == 0 or is_late) and not self._is_sending

    def _due_at(self) -> float:
        queue, options = self._queue, self._options
        if len(queue) == 0:
            return _FOREVER
        if self._drain_until is not None:
            # One try at the end is better than none, also when the service wanted to be left alone for longer.
            return self._retry_at if self._retry_at < self._drain_until else 0
        if queue.removed < self._flush_up_to:
            return self._not_before
        if self._retry_at > 0:
            # An attempt has failed: the back-off decides, not how long events may wait for company.
            return self._retry_at
        is_enough = len(queue) >= options.flush_at or queue.removed < self._enough_up_to
        return 0 if is_enough else queue.oldest_since + options.flush_interval_s

    def _attempt(self) -> None:
        queue = self._queue
        with queue.lock:
            if len(queue) >= self._options.flush_at:
                self._enough_up_to = queue.appended
            batch = queue.head(self._limit.events, MAX_BATCH_BYTES)
            timeout_s = self._options.timeout_s
            if self._drain_until is not None:
                timeout_s = min(timeout_s, max(self._drain_until - time.monotonic(), 0.01))
                self._is_last_try_over = self._retry_at >= self._drain_until
        answer = self._delivery.attempt(batch, timeout_s)
        if answer.outcome == "retry":
            return self._back_off_for(answer.wait_s)
        if answer.outcome == "too_big":
            self._limit.refused(len(batch))
            if len(batch) > 1:
                return self._sent()
        else:
            self._limit.answered()
        errors = self._delivery.errors_of(answer, batch)
        with queue.lock:
            self._retry_at = self._not_before = 0
            self._back_off.reset()
            self._is_last_try_over = False
            queue.remove(batch)
        for error in errors:
            self._report(error)
        with queue.lock:
            self._settled = queue.removed
            self._sent()

    def _sent(self) -> None:
        with self._queue.lock:
            self._is_sending = False
            self._queue.changed.notify_all()

    def _back_off_for(self, asked_s: float) -> None:
        with self._queue.lock:
            now = time.monotonic()
            self._not_before = now + asked_s
            self._retry_at = now + max(asked_s, self._back_off.next_s())
            self._failed += 1
            # Who waits for a flush is told; the next try is the back-off's.
            self._flush_up_to = 0
            self._sent()

    def left_over(self) -> CaptureError | None:
        """What draining could not send; forgets it."""
        with self._queue.lock:
            left = self._queue.head(len(self._queue), 2**63)
            if not left:
                return None
            self._queue.remove(left)
            self._settled = self._queue.removed
        message = f"{len(left)} events could not be sent in time."
        return CaptureError("not_delivered", message, tuple(entry.uuid for entry in left))
