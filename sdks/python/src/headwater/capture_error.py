"""Why events will not be stored."""

from __future__ import annotations


class CaptureError(Exception):
    """Events that will not be stored, and why.

    ``on_error`` is called with one; in sync and test mode a call raises it.

    ``code`` is a drop reason of the contract (``missing_event``, ``event_too_big``, …), the code of a refused
    request (``invalid_write_key``, ``http_403``, …), or one of the SDK's own: ``queue_full``, ``not_delivered`` (time
    was up; the server may have it all the same), ``shut_down``, ``before_send_failed``.
    """

    def __init__(self, code: str, message: str, uuids: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.uuids = uuids

    def __reduce__(self) -> tuple[type[CaptureError], tuple[str, str, tuple[str, ...]]]:
        # Exceptions are pickled by their text otherwise; worker pools hand them from process to process.
        return (CaptureError, (self.code, self.message, self.uuids))
