"""Python values as the JSON that the service understands."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from .capture_error import CaptureError
from .contract import DROP_REASONS, MAX_PROPERTY_DEPTH, MAX_PROPERTY_KEYS

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

# Beyond it the service, like all JavaScript, loses the last digits of an integer.
_MAX_EXACT_INTEGER = 2**53 - 1


class PropertyReader:
    """Reads the properties of one event; all its keys count together.

    Raises CaptureError ``too_deep`` (also for what contains itself) or ``too_many_keys``. Everything else
    becomes JSON: Decimal a number, NaN null, infinities and integers beyond 2^53 text, times ISO 8601,
    bytes text (base64 when they are no UTF-8), sets lists, and what JSON has no word for its ``str()``.
    """

    def __init__(self) -> None:
        self._keys = 0

    def read(self, properties: Mapping[Any, Any]) -> dict[str, Json]:
        """The properties as JSON; the caller's object is only read."""
        return self._mapping(properties, 1)

    def _mapping(self, mapping: Mapping[Any, Any], depth: int) -> dict[str, Json]:
        _check_depth(depth)
        self._keys += len(mapping)
        if self._keys > MAX_PROPERTY_KEYS:
            raise CaptureError("too_many_keys", DROP_REASONS["too_many_keys"])
        return {_key(key): self._value(value, depth) for key, value in list(mapping.items())}

    def _list(self, values: Iterable[object], depth: int) -> list[Json]:
        _check_depth(depth)
        return [self._value(value, depth) for value in values]

    def _value(self, value: object, depth: int) -> Json:
        kind = type(value)
        if kind is str or kind is bool or value is None:
            return value  # type: ignore[return-value]
        if kind is int or kind is float:
            return _number(value)  # type: ignore[arg-type]
        if isinstance(value, enum.Enum):
            return self._value(value.value, depth)
        if isinstance(value, Mapping):
            return self._mapping(value, depth + 1)
        if isinstance(value, (list, tuple)):
            return self._list(value, depth + 1)
        if isinstance(value, (set, frozenset)):
            # Sets have no order of their own: without one the same set would be many values.
            return self._list(sorted(value, key=str), depth + 1)
        if isinstance(value, str):
            return str(value)
        if isinstance(value, (int, float, decimal.Decimal)):
            return _number(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            return self._mapping(fields, depth + 1)
        scalar = _scalar(value)
        if scalar is not value:
            return self._value(scalar, depth)
        return _text(value)


def _check_depth(depth: int) -> None:
    if depth > MAX_PROPERTY_DEPTH:
        raise CaptureError("too_deep", DROP_REASONS["too_deep"])


def _key(key: object) -> str:
    if isinstance(key, enum.Enum):
        key = key.value
    if key is True or key is False or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    return str(key) if isinstance(key, str) else _text(key)


def _number(value: int | float | decimal.Decimal) -> Json:
    if isinstance(value, int):
        return int(value) if abs(value) <= _MAX_EXACT_INTEGER else str(int(value))
    if isinstance(value, decimal.Decimal) and value.is_nan():
        return None
    number = float(value)
    if math.isfinite(number):
        return number
    if math.isnan(number):
        return None
    # As the service writes a number that is beyond a double.
    return "Infinity" if number > 0 else "-Infinity"


def _scalar(value: object) -> object:
    """What is within a number or array of numpy, pandas or torch; otherwise the value itself."""
    for method in ("tolist", "item"):
        convert = getattr(value, method, None)
        if not callable(convert):
            continue
        try:
            inner = convert()
        except Exception:
            return value
        if isinstance(inner, (str, int, float, list, datetime.datetime, datetime.date)):
            return inner
    return value


def _text(value: object) -> str:
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return str(value.total_seconds())
    if isinstance(value, (bytes, bytearray, memoryview)):
        raw = bytes(value)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return base64.b64encode(raw).decode()
    try:
        return str(value)
    except Exception:
        # An object that cannot even be printed must not cost the event.
        return f"<{type(value).__name__}>"
