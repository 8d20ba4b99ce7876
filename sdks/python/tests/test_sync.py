"""Sync mode: a call returns when the service has stored the event, or raises."""

from __future__ import annotations

import pickle
import time
import unittest

from headwater import CaptureError

from .clients import client
from .scripted_server import STORED_THEN_500, STORED_THEN_CUT, UNAVAILABLE, ScriptedServer, Step
from .test_concurrency import run_threads


class Sync(unittest.TestCase):
    def test_returns_when_the_event_is_stored(self) -> None:
        with ScriptedServer() as server, client(server.url, mode="sync") as headwater:
            for name in ("one", "two"):
                uuid = headwater.capture(name, "ann")
                self.assertEqual(server.once()[-1]["uuid"], uuid)
            headwater.identify("ann", {"name": "Ann"})
            self.assertEqual(server.names, ["one", "two", "$identify"])
            self.assertEqual(server.connections, 1)
            self.assertTrue(headwater.flush())
            self.assertEqual(headwater.stats().accepted, 3)

    def test_retries_what_may_succeed_with_the_same_bytes(self) -> None:
        with ScriptedServer(UNAVAILABLE, STORED_THEN_500, STORED_THEN_CUT) as server:
            with client(server.url, mode="sync") as headwater:
                uuid = headwater.capture("signup", "ann")
            self.assertEqual(server.copies()[uuid], 3)
            self.assertEqual(len({request.batch_bytes for request in server.requests}), 1)

    def test_raises_what_the_service_says_of_the_event_or_of_the_request(self) -> None:
        refusal = Step(401, stores=False)
        with ScriptedServer(Step(), refusal, drops={"bad": "too_deep"}) as server:
            with client(server.url, mode="sync") as headwater:
                for name, code in (("bad", "too_deep"), ("good", "code_401")):
                    with self.assertRaises(CaptureError) as raised:
                        headwater.capture(name, "ann")
                    self.assertEqual(raised.exception.code, code)
                    self.assertEqual(len(raised.exception.uuids), 1)
                with self.assertRaises(CaptureError) as raised:
                    headwater.capture("", "ann")
                self.assertEqual(raised.exception.code, "missing_event")
                self.assertEqual(len(server.requests), 2)
                copy = pickle.loads(pickle.dumps(raised.exception))
                self.assertEqual((copy.code, copy.uuids), ("missing_event", raised.exception.uuids))

    def test_raises_when_the_service_cannot_be_reached_in_time(self) -> None:
        for host in ("http://localhost:9", None):
            with self.subTest(host=host), ScriptedServer(forever=Step(wait_s=30)) as server:
                headwater = client(host or server.url, mode="sync", sync_timeout_ms=400)
                started = time.monotonic()
                with self.assertRaises(CaptureError) as raised:
                    headwater.capture("signup", "ann")
                self.assertEqual(raised.exception.code, "not_delivered")
                self.assertLess(time.monotonic() - started, 5)
                self.assertEqual(headwater.stats().not_delivered, 1)

    def test_raises_at_once_when_the_service_asks_for_more_time_than_there_is(self) -> None:
        later = Step(503, stores=False, headers={"Retry-After": "60"})
        with ScriptedServer(forever=later) as server:
            with client(server.url, mode="sync", sync_timeout_ms=5_000) as headwater:
                started = time.monotonic()
                with self.assertRaisesRegex(CaptureError, "not_delivered: Not now"):
                    headwater.capture("signup", "ann")
                self.assertLess(time.monotonic() - started, 4)

    def test_threads_do_not_wait_for_each_other(self) -> None:
        with ScriptedServer(forever=Step(wait_s=0.5)) as server:
            with client(server.url, mode="sync") as headwater:
                started = time.monotonic()
                run_threads(10, lambda number: headwater.capture("signup", number))
                self.assertLess(time.monotonic() - started, 4)
                self.assertEqual(len(server.once()), 10)

    def test_raises_after_shutdown(self) -> None:
        with ScriptedServer() as server:
            headwater = client(server.url, mode="sync")
            headwater.shutdown()
            with self.assertRaises(CaptureError) as raised:
                headwater.capture("signup", "ann")
            self.assertEqual(raised.exception.code, "shut_down")
