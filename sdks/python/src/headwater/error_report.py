"""Tells the application of events that will not be stored."""

from __future__ import annotations

import logging
import sys
import threading
import time

from .capture_error import CaptureError
from .options import OnError

logger = logging.getLogger("headwater")
# Beyond it a full queue would fill the log as well.
_LOG_INTERVAL_S = 10.0


class ErrorReport:
    """Calls ``on_error`` for each error, and logs each code once in a while. Never raises."""

    def __init__(self, on_error: OnError | None) -> None:
        self._on_error = on_error
        self._inside = threading.local()
        self._logged: dict[str, float] = {}
        self._unlogged: dict[str, int] = {}

    def __call__(self, error: CaptureError) -> None:
        self._log(error)
        # An on_error that captures would, with a full queue, call itself for ever.
        if self._on_error is None or getattr(self._inside, "is_reporting", False):
            return
        self._inside.is_reporting = True
        try:
            self._on_error(error)
        except Exception:
            logger.exception("on_error raised")
        finally:
            self._inside.is_reporting = False

    def _log(self, error: CaptureError) -> None:
        now = time.monotonic()
        count = len(error.uuids) or 1
        if now - self._logged.get(error.code, -_LOG_INTERVAL_S) < _LOG_INTERVAL_S:
            self._unlogged[error.code] = self._unlogged.get(error.code, 0) + count
            return
        self._logged[error.code] = now
        more = self._unlogged.pop(error.code, 0)
        since = f", and {more} before" if more else ""
        logger.error("%d events will not be stored%s: %s", count, since, error)


def log_to_stderr() -> None:
    """All that the SDK does, for who looks for a fault."""
    logger.setLevel(logging.DEBUG)
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s headwater %(levelname)s %(message)s"))
        logger.addHandler(handler)
