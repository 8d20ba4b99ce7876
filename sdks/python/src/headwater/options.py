"""What a client can be told; the README explains each."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from .capture_error import CaptureError
from .contract import MAX_EVENT_BYTES, MAX_WRITE_KEY_LENGTH
from .transport import read_host

Mode = Literal["background", "sync", "test"]
OnError = Callable[[CaptureError], object]
BeforeSend = Callable[[dict[str, Any]], "dict[str, Any] | None"]


@dataclass(frozen=True)
class Options:
    """A client's settings. Raises ValueError, which names the one that is wrong."""

    host: str = "http://localhost:8000"
    mode: Mode = "background"
    disabled: bool = False
    debug: bool = False
    default_properties: Mapping[str, Any] = field(default_factory=dict)
    flush_at: int = 100
    flush_interval_ms: int = 1_000
    max_queue_events: int = 10_000
    max_queue_bytes: int = 32 * 1024 * 1024
    wait_when_full_ms: int = 0
    request_timeout_ms: int = 10_000
    sync_timeout_ms: int = 15_000
    shutdown_timeout_ms: int = 8_000
    retry_min_ms: int = 500
    retry_max_ms: int = 30_000
    gzip: bool = True
    historical: bool = False
    proxy: str | None = None
    ssl_context: ssl.SSLContext | None = None
    flush_on_sigterm: bool = True
    before_send: BeforeSend | None = None
    on_error: OnError | None = None

    def __post_init__(self) -> None:
        if self.mode not in ("background", "sync", "test"):
            raise ValueError(f"invalid mode {self.mode!r}: use 'background', 'sync' or 'test'")
        read_host(self.host)
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < least:
                raise ValueError(f"invalid {name} {value!r}: at least {least}")


_LEAST = {
    "flush_at": 1,
    "flush_interval_ms": 0,
    "max_queue_events": 1,
    # One event of the largest size has room.
    "max_queue_bytes": MAX_EVENT_BYTES,
    "wait_when_full_ms": 0,
    "request_timeout_ms": 1,
    "sync_timeout_ms": 1,
    "shutdown_timeout_ms": 0,
    "retry_min_ms": 1,
    "retry_max_ms": 1,
}


def read_write_key(write_key: str) -> str:
    """The key without the white space that comes with files and environments."""
    key = write_key.strip() if isinstance(write_key, str) else ""
    if not key or len(key) > MAX_WRITE_KEY_LENGTH or not key.isascii():
        raise ValueError("invalid write key: it looks like wk_default_1_…; `npm start` prints one")
    return key
