"""Headwater for Python: captures events, keeps them until they are acknowledged.

import headwater

headwater.init("wk_…", host="http://localhost:8000")
headwater.capture("signup", "ann", {"plan": "team"})
"""

from __future__ import annotations

from .capture_error import CaptureError
from .client import Headwater
from .context import context, update_context
from .counters import Stats
from .default_client import (
    alias,
    capture,
    flush,
    group_identify,
    identify,
    init,
    register,
    set_once,
    shutdown,
    unregister,
)
from .default_client import (
    set as set,
)
from .version import VERSION as __version__

# `set` is not in it: `from headwater import *` must not take Python's own away.
__all__ = [
    "CaptureError",
    "Headwater",
    "Stats",
    "__version__",
    "alias",
    "capture",
    "context",
    "flush",
    "group_identify",
    "identify",
    "init",
    "register",
    "set_once",
    "shutdown",
    "unregister",
    "update_context",
]
