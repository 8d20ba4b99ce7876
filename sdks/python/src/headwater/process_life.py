"""What happens to clients when their process forks, is told to end, or ends."""

from __future__ import annotations

import _thread
import atexit
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Protocol

from . import uuid7

logger = logging.getLogger("headwater")


class Client(Protocol):
    """The part of a client that a process's life concerns."""

    def _begin_shutdown(self) -> None: ...

    def shutdown(self) -> bool: ...

    def _after_fork(self) -> None: ...


_clients: dict[int, Client] = {}
_is_exit_watched = False
_pid = os.getpid()
# Of an init process SIGTERM is ignored unless it has a handler of its own.
_SIGTERM_EXIT_CODE = 128 + signal.SIGTERM


def register(client: Client) -> None:
    """From now on the client is drained when the process ends, and starts anew in forks of it."""
    _clients[id(client)] = client
    _watch_exit()


def unregister(client: Client) -> None:
    """The client was shut down; it is not needed any more."""
    _clients.pop(id(client), None)


def notice_fork() -> None:
    """Called with events: uWSGI forks without telling Python, so that what is registered for forks is not run."""
    if os.getpid() != _pid:
        _in_forked_child()


def shut_down_all() -> None:
    """All clients at the same time: each has its own time limit, together they take no longer."""
    notice_fork()
    clients = list(_clients.values())
    for client in clients:
        client._begin_shutdown()
    for client in clients:
        client.shutdown()


def watch_exit_of_fork() -> None:
    """Called with events, since a child of multiprocessing forgets what was registered before it ran."""
    if not _is_exit_watched:
        _watch_exit()


def _watch_exit() -> None:
    global _is_exit_watched
    if _is_exit_watched:
        return
    _is_exit_watched = True
    atexit.unregister(shut_down_all)
    atexit.register(shut_down_all)
    # A forked child of multiprocessing ends by os._exit: it runs its own finalizers, nothing of atexit.
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing import util

        util.Finalize(None, shut_down_all, exitpriority=0)


def flush_on_sigterm() -> None:
    """Unless the program has its own mind about SIGTERM: drains before the process dies of it."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _on_sigterm)


def _on_sigterm(_signal: int, _frame: FrameType | None) -> None:
    # A second SIGTERM ends the process at once.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # Not here: this thread may be within a lock that draining needs. Nor by threading.Thread, whose own lock it may
    # be within.
    _thread.start_new_thread(_drain_and_die, ())


def _drain_and_die() -> None:
    try:
        shut_down_all()
    finally:
        # As it would have died without us: whoever waits for it sees the signal.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.5)
        os._exit(_SIGTERM_EXIT_CODE)


def _in_forked_child() -> None:
    global _is_exit_watched, _pid
    _is_exit_watched = False
    _pid = os.getpid()
    uuid7.start_anew()
    for client in list(_clients.values()):
        with contextlib.suppress(Exception):
            client._after_fork()


def warn_of_missing_threads() -> None:
    """Of uWSGI, which runs no thread of Python's unless it is told to: events would wait for ever."""
    options = getattr(sys.modules.get("uwsgi"), "opt", None)
    if isinstance(options, dict) and not {"enable-threads", "threads"} & set(options):
        logger.error("uWSGI runs no threads, so no event is sent: start it with --enable-threads")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)
