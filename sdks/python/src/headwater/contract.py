"""What the event contract says, from `schemas/`. Written by `write-contract.ts`, which a test runs."""

from __future__ import annotations

from typing import Final

MAX_BODY_BYTES = 20971520
MAX_DISTINCT_ID_LENGTH = 200
MAX_EVENT_BYTES = 1048576
MAX_EVENT_NAME_LENGTH = 200
MAX_PROPERTY_DEPTH = 100
MAX_PROPERTY_KEYS = 2000
MAX_WRITE_KEY_LENGTH = 64

DROP_REASONS: Final[dict[str, str]] = {
    "not_an_object": "Each event must be a JSON object.",
    "missing_event": 'Field "event" (the event name) is missing or empty.',
    "invalid_event": 'Field "event" must be a string.',
    "event_too_long": 'Field "event" is longer than 200 characters.',
    "missing_distinct_id": 'Field "distinct_id" is missing or empty.',
    "invalid_distinct_id": 'Field "distinct_id" must be a string, a number or a boolean.',
    "distinct_id_too_long": 'Field "distinct_id" is longer than 200 characters.',
    "invalid_uuid": 'Field "uuid" is not a UUID.',
    "invalid_properties": 'Field "properties" must be a JSON object.',
    "invalid_set": 'Fields "$set" and "$set_once" must be JSON objects.',
    "too_deep": 'Field "properties" is nested too deeply.',
    "too_many_keys": 'Field "properties" has too many keys.',
    "event_too_big": "The event is larger than 1 MiB.",
}
