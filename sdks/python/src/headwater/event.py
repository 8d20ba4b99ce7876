"""Events: what the contract asks of one, and its bytes."""

from __future__ import annotations

import datetime
import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from .capture_error import CaptureError
from .contract import (
    DROP_REASONS,
    MAX_DISTINCT_ID_LENGTH,
    MAX_EVENT_BYTES,
    MAX_EVENT_NAME_LENGTH,
)
from .json_value import Json, PropertyReader

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# White space as JavaScript has it, and control characters: such a name says nothing.
_BLANK = re.compile(r"[\s\u0000-\u001f\u007f-\u009f\ufeff]*")


@dataclass(frozen=True)
class Entry:
    """One captured event. Its JSON is made once: every attempt to send it has the same bytes."""

    uuid: str
    body: bytes
    since: float = field(default_factory=time.monotonic)
    """When it was captured (time.monotonic())."""


def read_event(event: Mapping[str, Any]) -> dict[str, Json]:
    """The event as it goes to the service. Raises CaptureError with the contract's drop reason."""
    properties = _object(event.get("properties"), "invalid_properties")
    result: dict[str, Json] = {}
    uuid = event.get("uuid")
    if uuid is not None and uuid != "":
        result["uuid"] = _uuid(uuid)
    result["event"] = _name(event.get("event"))
    who = (event.get("distinct_id"), event.get("$distinct_id"), properties.get("distinct_id"))
    result["distinct_id"] = _distinct_id(next((one for one in who if one is not None), None))
    if event.get("timestamp") is not None:
        result["timestamp"] = _timestamp(event["timestamp"])
    # Before the properties are read, which would make anything into JSON.
    for inner in ("$set", "$set_once"):
        _object(
            event.get(inner) if event.get(inner) is not None else properties.get(inner),
            "invalid_set",
        )
    reader = PropertyReader()
    result["properties"] = reader.read(properties)
    for name in ("$set", "$set_once"):
        if event.get(name) is not None:
            result[name] = reader.read(event[name])
    return result


def encode_event(event: Mapping[str, Json]) -> bytes:
    """The event's JSON in UTF-8. Raises CaptureError ``event_too_big``, which names the largest property."""
    body = _json_bytes(event)
    if len(body) <= MAX_EVENT_BYTES:
        return body
    properties = event.get("properties")
    parts = properties if isinstance(properties, dict) and properties else event
    name, size = max(
        ((name, len(_json_bytes(value))) for name, value in parts.items()), key=lambda one: one[1]
    )
    message = f'{DROP_REASONS["event_too_big"]} Its largest property, "{name}", has {size:,} bytes.'
    raise CaptureError("event_too_big", message)


def timestamp_text(ms: int) -> str:
    """RFC 3339 in UTC of milliseconds since 1970."""
    time = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _json_bytes(value: object) -> bytes:
    text = _encoder.encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Halves of characters, as from file names that are no UTF-8: two that belong together become one
        # again, what is left over becomes U+FFFD.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _object(value: object, reason: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    return value if isinstance(value, Mapping) else _refuse(reason)


def _name(name: object) -> str:
    if name is None or name == "":
        _refuse("missing_event")
    if not isinstance(name, str):
        _refuse("invalid_event")
    if _BLANK.fullmatch(name):
        _refuse("missing_event")
    if _is_longer(name, MAX_EVENT_NAME_LENGTH):
        _refuse("event_too_long")
    return str(name)


def _distinct_id(value: object) -> Json:
    if value is None or value == "":
        _refuse("missing_distinct_id")
    # Ids of databases are often UUIDs, which have but one way to be written.
    if type(value).__name__ == "UUID":
        value = str(value)
    text = _id_text(value)
    if _BLANK.fullmatch(text):
        _refuse("missing_distinct_id")
    if _is_longer(text, MAX_DISTINCT_ID_LENGTH):
        _refuse("distinct_id_too_long")
    # A NUL cannot be typed, searched or shown: the service replaces it too.
    return text.replace("\0", "\ufffd")


def _id_text(value: object) -> str:
    """As the service writes it; the SDK does, since it could not read an integer beyond 2^53 exactly."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        # Data frames make 17 into 17.0.
        return str(int(value)) if value.is_integer() else repr(float(value))
    return str(int(value)) if isinstance(value, int) else _refuse("invalid_distinct_id")


def _uuid(value: object) -> str:
    text = str(value) if isinstance(value, str) or type(value).__name__ == "UUID" else ""
    return text.lower() if _UUID.fullmatch(text) else _refuse("invalid_uuid")


def _timestamp(value: object) -> Json:
    if isinstance(value, datetime.datetime):
        try:
            # A time without zone is local time: so Python takes it everywhere else.
            return value.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        except (OverflowError, ValueError, OSError):
            return value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, str) else None


def _is_longer(text: str, limit: int) -> bool:
    if len(text) * 2 <= limit:
        return False
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 > limit


def _refuse(reason: str) -> NoReturn:
    raise CaptureError(reason, DROP_REASONS[reason])
