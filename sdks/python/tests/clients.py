"""Clients as the tests want them: quick to retry, and their errors kept."""

from __future__ import annotations

import logging
from typing import Any

from headwater import CaptureError, Headwater

WRITE_KEY = "wk_default_1_00000000000000000000000000000000"

# What the SDK logs is wanted where a test looks for it.
logging.getLogger("headwater").addHandler(logging.NullHandler())
logging.getLogger("headwater").propagate = False


class Errors(list[CaptureError]):
    """Use as on_error."""

    def __call__(self, error: CaptureError) -> None:
        self.append(error)

    @property
    def codes(self) -> list[str]:
        return [error.code for error in self]


def client(host: str, **options: Any) -> Headwater[str]:
    """In background mode, with times that tests can wait for."""
    quick: dict[str, Any] = {
        "flush_interval_ms": 20,
        "retry_min_ms": 20,
        "retry_max_ms": 100,
        "request_timeout_ms": 2_000,
        "shutdown_timeout_ms": 2_000,
        "flush_on_sigterm": False,
    }
    return Headwater(WRITE_KEY, host=host, **{**quick, **options})
