"""The client of the process: functions of the module, for who needs only one."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from .client import Headwater

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

logger = logging.getLogger("headwater")
_client: Headwater[str] | None = None
_has_warned = False


def _starting(make: Callable[Arguments, Headwater[str]]) -> Callable[Arguments, Headwater[str]]:
    @functools.wraps(make, assigned=("__annotations__",))
    def init(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Headwater[str]:
        """Starts the client that the functions of the module use; takes what Headwater takes.

        A second call replaces the client, after what the first one holds was sent.
        """
        global _client
        before, _client = _client, make(*args, **kwargs)
        if before is not None:
            before.shutdown()
        return _client

    return init


def _forwarding(
    method: Callable[Concatenate[Headwater[str], Arguments], Result], without: Result
) -> Callable[Arguments, Result]:
    @functools.wraps(method)
    def forward(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        global _has_warned
        if _client is not None:
            return method(_client, *args, **kwargs)
        if not _has_warned:
            _has_warned = True
            logger.error("%s() before init(): no event is captured", method.__name__)
        return without

    return forward


init = _starting(Headwater[str])
capture = _forwarding(Headwater[str].capture, "")
identify = _forwarding(Headwater[str].identify, "")
alias = _forwarding(Headwater[str].alias, "")
group_identify = _forwarding(Headwater[str].group_identify, "")
set = _forwarding(Headwater[str].set, "")
set_once = _forwarding(Headwater[str].set_once, "")
register = _forwarding(Headwater[str].register, None)
unregister = _forwarding(Headwater[str].unregister, None)
flush = _forwarding(Headwater[str].flush, True)
shutdown = _forwarding(Headwater[str].shutdown, True)
