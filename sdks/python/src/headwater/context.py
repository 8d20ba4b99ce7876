"""What all events of a request or job have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Context:
    """Of the current thread or asyncio task."""

    distinct_id: str | int | None = None
    properties: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


_NOTHING = Context()
_current: ContextVar[Context] = ContextVar("headwater_context", default=_NOTHING)


def current_context() -> Context:
    """What applies here."""
    return _current.get()


@contextmanager
def context(
    distinct_id: str | int | None = None,
    properties: Mapping[str, Any] | None = None,
    *,
    fresh: bool = False,
) -> Iterator[None]:
    """Events captured inside are from this distinct_id, and have these properties.

    Contexts nest: an inner one adds to the outer, unless it is ``fresh``. Each thread and each asyncio task has
    its own. What a call of ``capture`` says itself wins.
    """
    outer = _NOTHING if fresh else _current.get()
    token = _current.set(_merged(outer, distinct_id, properties))
    try:
        yield
    finally:
        _current.reset(token)


def update_context(
    distinct_id: str | int | None = None, properties: Mapping[str, Any] | None = None
) -> None:
    """Adds to the innermost context, for instance once the user of the request is known."""
    _current.set(_merged(_current.get(), distinct_id, properties))


def _merged(
    before: Context, distinct_id: str | int | None, properties: Mapping[str, Any] | None
) -> Context:
    after = before if distinct_id is None else replace(before, distinct_id=distinct_id)
    if not properties:
        return after
    return replace(after, properties=MappingProxyType({**before.properties, **properties}))
