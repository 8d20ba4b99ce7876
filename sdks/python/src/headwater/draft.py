"""From what the application says to the event that is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .capture_error import CaptureError
from .context import current_context
from .contract import DROP_REASONS
from .event import Entry, encode_event, read_event, timestamp_text
from .options import BeforeSend
from .uuid7 import stamp
from .version import LIB, VERSION

_LIB = {"$lib": LIB, "$lib_version": VERSION}


@dataclass
class Draft:
    """One call, as it was made."""

    event: Any
    distinct_id: Any = None
    properties: Any = None
    timestamp: Any = None
    uuid: Any = None
    groups: Any = None
    set: Any = None
    set_once: Any = None

    def entry(self, defaults: Mapping[str, Any], before_send: BeforeSend | None) -> Entry | None:
        """The event's bytes; None when before_send does not want it. Raises CaptureError when it is not valid."""
        event, uuid = self._event(defaults)
        try:
            read = read_event(event)
            if before_send is not None:
                wanted = _ask(before_send, read)
                if wanted is None:
                    return None
                read = read_event({"uuid": uuid, **wanted})
            return Entry(str(read["uuid"]), encode_event(read))
        except CaptureError as error:
            error.uuids = (uuid,)
            raise
        except Exception as error:
            message = f"The properties could not be read: {type(error).__name__}: {error}"
            raise CaptureError("invalid_properties", message, (uuid,)) from error

    def _event(self, defaults: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        own = {} if self.properties is None else self.properties
        now = stamp()
        uuid = now.uuid if self.uuid is None or self.uuid == "" else str(self.uuid)
        if not isinstance(own, Mapping):
            raise CaptureError("invalid_properties", DROP_REASONS["invalid_properties"], (uuid,))
        context = current_context()
        properties: dict[Any, Any] = {**_LIB, **defaults, **context.properties, **own}
        if self.groups is not None:
            properties["$groups"] = self.groups
        timestamp = self.timestamp
        if timestamp is None:
            timestamp = timestamp_text(now.ms)
            if now.place > 0:
                # Of the same millisecond: without it their order would be lost.
                properties.setdefault("$sequence", now.place)
        distinct_id = self.distinct_id
        if distinct_id is None and own.get("distinct_id") is None:
            distinct_id = context.distinct_id
        event = {
            "uuid": uuid,
            "event": self.event,
            "distinct_id": distinct_id,
            "timestamp": timestamp,
            "properties": properties,
            "$set": self.set,
            "$set_once": self.set_once,
        }
        return event, uuid


def _ask(before_send: BeforeSend, event: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return before_send(event)
    except Exception as error:
        # Unseen by the filter it must not go out: it may hold what the filter takes away.
        raise CaptureError("before_send_failed", f"before_send raised {error!r}.") from error
