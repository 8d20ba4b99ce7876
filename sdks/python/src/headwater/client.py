"""The client of one project."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic

from . import process_life
from .capture_error import CaptureError
from .context import current_context
from .counters import Stats
from .draft import Draft
from .error_report import ErrorReport, log_to_stderr
from .event import Entry
from .options import BeforeSend, Mode, OnError, Options, read_write_key
from .outlet import BackgroundOutlet, ListOutlet, Outlet, SyncOutlet

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    # Known to type checkers only. An application may narrow it to the names of its events.
    from typing_extensions import Self, TypeVar

    EventName = TypeVar("EventName", bound=str, default=str)
    DistinctId = str | int | UUID
    Timestamp = datetime | str | int | float
    Properties = Mapping[str, Any]
else:
    from typing import TypeVar

    EventName = TypeVar("EventName", bound=str)


class Headwater(Generic[EventName]):
    """Takes events, and keeps them until the service has acknowledged them.

    Any number of threads, asyncio tasks and forked processes may use one client. In background mode no method
    raises, and only ``flush``, ``shutdown`` and ``wait_when_full_ms`` wait for anything.
    """

    def __init__(
        self,
        write_key: str,
        *,
        host: str = Options.host,
        mode: Mode = Options.mode,
        disabled: bool = Options.disabled,
        debug: bool = Options.debug,
        default_properties: Mapping[str, Any] | None = None,
        flush_at: int = Options.flush_at,
        flush_interval_ms: int = Options.flush_interval_ms,
        max_queue_events: int = Options.max_queue_events,
        max_queue_bytes: int = Options.max_queue_bytes,
        wait_when_full_ms: int = Options.wait_when_full_ms,
        request_timeout_ms: int = Options.request_timeout_ms,
        sync_timeout_ms: int = Options.sync_timeout_ms,
        shutdown_timeout_ms: int = Options.shutdown_timeout_ms,
        retry_min_ms: int = Options.retry_min_ms,
        retry_max_ms: int = Options.retry_max_ms,
        gzip: bool = Options.gzip,
        historical: bool = Options.historical,
        proxy: str | None = Options.proxy,
        ssl_context: ssl.SSLContext | None = Options.ssl_context,
        flush_on_sigterm: bool = Options.flush_on_sigterm,
        before_send: BeforeSend | None = Options.before_send,
        on_error: OnError | None = Options.on_error,
    ) -> None:
        """Raises ValueError when an option, or the write key, cannot be right."""
        self._options = Options(
            host=host,
            mode=mode,
            disabled=disabled,
            debug=debug,
            default_properties=dict(default_properties or {}),
            flush_at=flush_at,
            flush_interval_ms=flush_interval_ms,
            max_queue_events=max_queue_events,
            max_queue_bytes=max_queue_bytes,
            wait_when_full_ms=wait_when_full_ms,
            request_timeout_ms=request_timeout_ms,
            sync_timeout_ms=sync_timeout_ms,
            shutdown_timeout_ms=shutdown_timeout_ms,
            retry_min_ms=retry_min_ms,
            retry_max_ms=retry_max_ms,
            gzip=gzip,
            historical=historical,
            proxy=proxy,
            ssl_context=ssl_context,
            flush_on_sigterm=flush_on_sigterm,
            before_send=before_send,
            on_error=on_error,
        )
        is_sending = mode != "test" and not disabled
        self._write_key = read_write_key(write_key) if is_sending else ""
        if debug:
            log_to_stderr()
        self._default_properties = self._options.default_properties
        self._report = ErrorReport(on_error)
        self._raises = mode != "background"
        self._outlet = self._open()
        self._deadline: float | None = None
        if is_sending:
            process_life.register(self)
            if mode == "background" and flush_on_sigterm:
                process_life.flush_on_sigterm()

    def capture(
        self,
        event: EventName,
        distinct_id: DistinctId | None = None,
        properties: Properties | None = None,
        *,
        timestamp: Timestamp | None = None,
        uuid: str | UUID | None = None,
        groups: Mapping[str, str | int] | None = None,
        set: Properties | None = None,
        set_once: Properties | None = None,
    ) -> str:
        """Takes one event. Returns its uuid; empty when it could not be taken (``on_error`` is told why).

        Without a distinct_id it is that of the context. ``timestamp`` is a datetime (without a zone: local time), RFC
        3339, or milliseconds since 1970. In sync mode it returns when the service has stored the event, and raises
        CaptureError when that did not come to be.
        """
        return self._take(
            Draft(event, distinct_id, properties, timestamp, uuid, groups, set, set_once)
        )

    def identify(
        self,
        distinct_id: DistinctId | None = None,
        set: Properties | None = None,
        set_once: Properties | None = None,
        *,
        anonymous_id: DistinctId | None = None,
        timestamp: Timestamp | None = None,
        uuid: str | UUID | None = None,
    ) -> str:
        """Says who somebody is; what ``anonymous_id`` did before is theirs from now on."""
        properties = {} if anonymous_id is None else {"$anon_distinct_id": str(anonymous_id)}
        return self._take(
            Draft("$identify", distinct_id, properties, timestamp, uuid, None, set, set_once)
        )

    def alias(
        self,
        distinct_id: DistinctId,
        alias: DistinctId,
        *,
        timestamp: Timestamp | None = None,
        uuid: str | UUID | None = None,
    ) -> str:
        """Says that ``alias`` is another id of the same person."""
        return self._take(
            Draft("$create_alias", distinct_id, {"alias": str(alias)}, timestamp, uuid)
        )

    def group_identify(
        self,
        group_type: str,
        group_key: str | int,
        set: Properties | None = None,
        *,
        distinct_id: DistinctId | None = None,
        timestamp: Timestamp | None = None,
        uuid: str | UUID | None = None,
    ) -> str:
        """Sets properties of a group. Without a distinct_id, and outside a context, it is nobody's event."""
        properties: dict[str, Any] = {"$group_type": group_type, "$group_key": str(group_key)}
        if set is not None:
            properties["$group_set"] = set
        if distinct_id is None and current_context().distinct_id is None:
            distinct_id = f"${group_type}_{group_key}"
        return self._take(Draft("$groupidentify", distinct_id, properties, timestamp, uuid))

    def set(
        self,
        distinct_id: DistinctId | None,
        properties: Properties,
        *,
        timestamp: Timestamp | None = None,
        uuid: str | UUID | None = None,
    ) -> str:
        """Sets properties of a person."""
        return self._take(Draft("$set", distinct_id, None, timestamp, uuid, set=properties))

    def set_once(
        self,
        distinct_id: DistinctId | None,
        properties: Properties,
        *,
        timestamp: Timestamp | None = None,
        uuid: str | UUID | None = None,
    ) -> str:
        """Sets those properties of a person that are not set."""
        return self._take(Draft("$set", distinct_id, None, timestamp, uuid, set_once=properties))

    def register(self, properties: Properties) -> None:
        """Adds to the properties that every event has."""
        self._default_properties = {**self._default_properties, **properties}

    def unregister(self, *names: str) -> None:
        """Takes away what ``register`` added."""
        kept = self._default_properties.items()
        self._default_properties = {name: value for name, value in kept if name not in names}

    def flush(self, timeout_ms: int = 10_000) -> bool:
        """Sends what waits, and waits for it. True when all is answered; False when an attempt failed or time is up.

        What is not answered is still in the queue, and will be tried again.
        """
        process_life.notice_fork()
        return self._outlet.flush(timeout_ms / 1000)

    def shutdown(self, timeout_ms: int | None = None) -> bool:
        """Takes no more events, and sends what waits until time is up. True when all is answered.

        What is left over is told to ``on_error`` as ``not_delivered``. The end of the process calls it.
        """
        process_life.notice_fork()
        self._begin_shutdown(timeout_ms)
        is_sent = self._outlet.close(self._deadline or 0)
        process_life.unregister(self)
        return is_sent

    def stats(self) -> Stats:
        """What became of events so far, in this process."""
        return self._outlet.counters.stats(*self._outlet.waiting())

    @property
    def captured(self) -> list[dict[str, Any]]:
        """Test mode: the events, as the service would get them. The list may be cleared."""
        if not isinstance(self._outlet, ListOutlet):
            raise RuntimeError("only a client in test mode keeps its events: mode='test'")
        return self._outlet.events

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        self.shutdown()

    def _take(self, draft: Draft) -> str:
        if self._options.disabled:
            return ""
        process_life.notice_fork()
        try:
            entry = self._read(draft)
            if entry is None:
                return ""
            self._outlet.take(entry)
            return entry.uuid
        except CaptureError as error:
            if self._raises:
                raise
            self._report(error)
            return ""

    def _read(self, draft: Draft) -> Entry | None:
        try:
            return draft.entry(self._default_properties, self._options.before_send)
        except CaptureError:
            self._outlet.counters.add("not_captured")
            raise

    def _open(self) -> Outlet:
        if self._options.mode == "test":
            return ListOutlet()
        make = BackgroundOutlet if self._options.mode == "background" else SyncOutlet
        return make(self._write_key, self._options, self._report)

    def _begin_shutdown(self, timeout_ms: int | None = None) -> None:
        if self._deadline is None:
            limit_ms = self._options.shutdown_timeout_ms if timeout_ms is None else timeout_ms
            self._deadline = time.monotonic() + limit_ms / 1000
        self._outlet.begin_close(self._deadline)

    def _after_fork(self) -> None:
        # The events that the parent holds are the parent's to send; its threads do not exist here.
        parents = self._outlet
        self._outlet = self._open()
        self._report = ErrorReport(self._options.on_error)
        parents.abandon()
        if self._deadline is not None:
            self._outlet.begin_close(0)
