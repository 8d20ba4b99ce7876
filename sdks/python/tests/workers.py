"""What the children of a spawned process do: they import it."""

from __future__ import annotations

import headwater


def work(host: str, number: int) -> None:
    """Captures one event, and leaves it to the end of the process."""
    headwater.init("wk_x", host=host, flush_interval_ms=60_000)
    headwater.capture(f"child {number}", "bob")
