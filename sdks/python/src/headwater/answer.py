"""What the service said to a batch."""

from __future__ import annotations

import email.utils
import json
import time
from dataclasses import dataclass
from typing import Any, Literal

# The service says these of what it will never take. 403 and 404 are somebody else's word: of a proxy on the way, or of
# an address that is being moved.
_FINAL = frozenset({400, 401})
_MAX_WAIT_S = 3_600


@dataclass(frozen=True)
class Response:
    """An HTTP answer, read whole."""

    status: int
    retry_after: str | None
    body: bytes


@dataclass(frozen=True)
class Dropped:
    """One event of a batch that the service did not take."""

    index: int
    reason: str
    message: str


@dataclass(frozen=True)
class Answer:
    """What an attempt to send came to."""

    outcome: Literal["acknowledged", "refused", "too_big", "retry"]
    code: str = ""
    message: str = ""
    dropped: tuple[Dropped, ...] = ()
    wait_s: float = 0
    """What the server asked for; 0 when it did not."""


def no_answer(why: str) -> Answer:
    """Nobody answered; the events may have arrived or not."""
    return Answer("retry", "no_answer", why)


def interpret(response: Response, events: int) -> Answer:
    """Reads the capture service's answer; any other one is no decision on the events."""
    said = _object(response.body)
    status = response.status
    # A proxy or login page answers 200 as well: only the service's own word counts.
    if status == 200 and said.get("status") == "Ok":
        return Answer("acknowledged", dropped=_dropped(said.get("dropped"), events))
    error = said.get("error")
    fields: dict[str, Any] = error if isinstance(error, dict) else {}
    code = str(fields.get("code") or f"http_{status}")
    message = str(fields.get("message") or response.body[:200].decode("utf-8", "replace"))
    if status == 413:
        return Answer("too_big", code, message)
    if status in _FINAL:
        return Answer("refused", code, message)
    return Answer("retry", code, message, wait_s=_retry_after_s(response.retry_after))


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _dropped(value: object, events: int) -> tuple[Dropped, ...]:
    found = []
    for one in value if isinstance(value, list) else []:
        index = one.get("index") if isinstance(one, dict) else None
        if isinstance(index, int) and 0 <= index < events:
            found.append(Dropped(index, str(one.get("reason")), str(one.get("message"))))
    return tuple(found)


def _retry_after_s(value: str | None) -> float:
    """Seconds, or a date."""
    if not value:
        return 0
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError):
            return 0
    # NaN is neither.
    return min(max(seconds, 0), _MAX_WAIT_S) if seconds == seconds else 0
