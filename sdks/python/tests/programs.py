"""Programs as users write them, run in processes of their own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "src"
_BEGIN = """
import os, sys, time, signal
# A shell that runs the tests in the background has them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
import headwater
from headwater import Headwater
HOST = sys.argv[1]
# In one piece, newline and all: other threads write to the log meanwhile.
def print(*parts): sys.stdout.write(' '.join(map(str, parts)) + '\\n')
def start(**options):
    return Headwater("wk_x", host=HOST, **{"flush_interval_ms": 60_000, "retry_min_ms": 50, **options})
"""


@dataclass(frozen=True)
class Ended:
    code: int
    """As subprocess has it: negative for a signal."""
    seconds: float
    output: str

    def number(self, name: str) -> int:
        """What the program printed after that word. Raises AssertionError when it did not."""
        found = re.search(rf"^{name} (\d+)$", self.output, re.MULTILINE)
        assert found is not None, self.output
        return int(found[1])


class Program:
    """A running program; `HOST` and `start(**options)`, a client that sends at the end only, are given."""

    def __init__(self, host: str, code: str) -> None:
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _BEGIN + textwrap.dedent(code), host],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # So that its children can be ended with it.
            start_new_session=True,
            env={
                **os.environ,
                "PYTHONPATH": f"{SOURCES}{os.pathsep}{Path(__file__).parent}",
                "PYTHONUNBUFFERED": "1",
                # Since 3.12 Python warns of every fork beside a thread.
                "PYTHONWARNINGS": "ignore::DeprecationWarning",
            },
        )

    def wait_for_line(self, line: str) -> None:
        """Until it printed that."""
        assert self.process.stdout is not None
        for said in self.process.stdout:
            if said.strip() == line:
                return
        raise AssertionError(f"the program ended without {line!r}")

    def end(self, limit_s: float = 20) -> Ended:
        """Waits for its end; kills it when it takes longer."""
        try:
            output, _ = self.process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            output, _ = self.process.communicate()
            raise AssertionError(f"the program did not end in {limit_s} s:\n{output}") from None
        return Ended(self.process.returncode, time.monotonic() - self._started, output)


def run(host: str, code: str, limit_s: float = 20) -> Ended:
    """Runs a program to its end."""
    return Program(host, code).end(limit_s)
