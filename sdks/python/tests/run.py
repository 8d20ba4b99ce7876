"""Lists or runs the tests, as lines of JSON for who reads them by program."""

from __future__ import annotations

import faulthandler
import json
import re
import sys
import time
import traceback
import unittest
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

# One that hangs must not hide the others.
MAX_TEST_S = 150
HERE = Path(__file__).parent
ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


def all_tests() -> Iterator[unittest.TestCase]:
    """Of every test_*.py beside this file."""
    waiting: list[Any] = [
        unittest.defaultTestLoader.discover(str(HERE), top_level_dir=str(HERE.parent))
    ]
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, unittest.TestCase):
            yield found
        else:
            waiting[:0] = list(found)


def title(test: unittest.TestCase) -> str:
    """The class and the method as a sentence: "Queue keeps the oldest when it is full"."""
    _, kind, method = test.id().rsplit(".", 2)
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", kind).capitalize()
    return f"{words}: {method.removeprefix('test_').replace('_', ' ')}"


class Lines(unittest.TestResult):
    """Prints the result of each test when it has one."""

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        faulthandler.dump_traceback_later(MAX_TEST_S, exit=True)
        self._started = time.monotonic()
        self._faults: list[str] = []
        self._skipped = ""

    def addError(self, test: unittest.TestCase, err: ExcInfo) -> None:
        super().addError(test, err)
        self._fail(test, err)

    def addFailure(self, test: unittest.TestCase, err: ExcInfo) -> None:
        super().addFailure(test, err)
        self._fail(test, err)

    def addSubTest(
        self, test: unittest.TestCase, subtest: unittest.TestCase, err: ExcInfo | None
    ) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._fail(subtest, err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self._skipped = reason

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        seconds = round(time.monotonic() - self._started, 3)
        fault = "\n".join(self._faults)
        say({"test": title(test), "seconds": seconds, "fault": fault, "skipped": self._skipped})

    def _fail(self, test: unittest.TestCase, err: ExcInfo) -> None:
        if not hasattr(self, "_faults"):
            # Before any test: a module that cannot be imported.
            self._faults = []
        self._faults.append(f"{test.id()}\n{''.join(traceback.format_exception(*err))}")


def say(line: object) -> None:
    """One line of JSON."""
    print(json.dumps(line), flush=True)


def main() -> None:
    sys.path.insert(0, str(HERE.parent))
    tests = list(all_tests())
    if "--list" in sys.argv:
        say([title(test) for test in tests])
        return
    unittest.TestSuite(tests).run(Lines())


if __name__ == "__main__":
    main()
