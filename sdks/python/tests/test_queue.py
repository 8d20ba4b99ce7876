"""The queue: bounded, and emptied by flush and shutdown."""

from __future__ import annotations

import threading
import time
import unittest

from headwater import Headwater

from .clients import Errors, client
from .scripted_server import UNAVAILABLE, ScriptedServer, Step

DOWN = "http://localhost:9"
"""Nobody listens there."""


def assert_adds_up(test: unittest.TestCase, headwater: Headwater[str]) -> None:
    """Every event that was taken is accounted for."""
    stats = headwater.stats()
    parts = stats.accepted + stats.dropped + stats.refused + stats.not_delivered + stats.queued
    test.assertEqual(stats.captured, parts, stats)


class Queue(unittest.TestCase):
    def test_keeps_the_oldest_when_it_is_full_and_counts_and_reports_the_others(self) -> None:
        errors = Errors()
        with ScriptedServer(Step(wait_s=0.3)) as server:
            headwater = client(server.url, max_queue_events=10, on_error=errors)
            taken = [headwater.capture(f"event {i}", "ann") for i in range(25)]
            self.assertEqual(taken[10:], [""] * 15)
            self.assertEqual(errors.codes, ["queue_full"] * 15)
            self.assertEqual(len({uuid for error in errors for uuid in error.uuids}), 15)
            stats = headwater.stats()
            self.assertEqual((stats.captured, stats.not_captured), (10, 15))
            self.assertTrue(headwater.shutdown())
            self.assertEqual([event["uuid"] for event in server.once()], taken[:10])
            assert_adds_up(self, headwater)

    def test_is_bounded_by_bytes_too(self) -> None:
        errors = Errors()
        headwater = client(DOWN, max_queue_bytes=2**20, on_error=errors, shutdown_timeout_ms=0)
        text = "x" * 300_000
        taken = [headwater.capture("big", "ann", {"text": text}) for _ in range(5)]
        self.assertEqual([bool(uuid) for uuid in taken], [True, True, True, False, False])
        self.assertLess(headwater.stats().queued_bytes, 2**20)
        headwater.shutdown()
        assert_adds_up(self, headwater)

    def test_waits_for_room_when_told_to(self) -> None:
        with (
            ScriptedServer() as server,
            client(server.url, max_queue_events=10, wait_when_full_ms=5_000) as headwater,
        ):
            uuids = [headwater.capture("signup", "ann", {"i": i}) for i in range(500)]
            self.assertTrue(headwater.flush())
            self.assertEqual([event["uuid"] for event in server.once()], uuids)

    def test_flush_says_whether_everything_was_answered(self) -> None:
        with (
            ScriptedServer(UNAVAILABLE) as server,
            client(server.url, retry_min_ms=5_000) as headwater,
        ):
            self.assertTrue(headwater.flush())
            headwater.capture("signup", "ann")
            started = time.monotonic()
            # The attempt fails; the next one is up to the flush that follows, not to the back-off.
            self.assertFalse(headwater.flush())
            self.assertEqual(headwater.stats().queued, 1)
            self.assertTrue(headwater.flush())
            self.assertLess(time.monotonic() - started, 4)
            self.assertEqual(server.names, ["signup"])

    def test_flush_does_not_wait_longer_than_it_may(self) -> None:
        with ScriptedServer(Step(wait_s=5)) as server:
            headwater = client(server.url, shutdown_timeout_ms=0)
            headwater.capture("signup", "ann")
            started = time.monotonic()
            self.assertFalse(headwater.flush(200))
            self.assertLess(time.monotonic() - started, 3)
            headwater.shutdown()

    def test_flush_returns_for_all_of_many_threads(self) -> None:
        with ScriptedServer() as server, client(server.url, flush_interval_ms=60_000) as headwater:
            results: list[bool] = []

            def work() -> None:
                headwater.capture("signup", "ann")
                results.append(headwater.flush())

            threads = [threading.Thread(target=work) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10)
            self.assertEqual(results, [True] * 20)
            self.assertEqual(len(server.once()), 20)

    def test_shutdown_sends_what_waits_through_failures(self) -> None:
        with ScriptedServer(*[UNAVAILABLE] * 4) as server:
            headwater = client(server.url, flush_interval_ms=60_000)
            for i in range(2_500):
                headwater.capture(f"event {i}", "ann")
            self.assertTrue(headwater.shutdown())
            self.assertEqual(server.names, [f"event {i}" for i in range(2_500)])
            assert_adds_up(self, headwater)

    def test_shutdown_ends_in_time_when_the_server_is_down_and_names_what_is_lost(self) -> None:
        for host, step in ((DOWN, None), (None, Step(wait_s=30))):
            with self.subTest(host=host), ScriptedServer(forever=step or Step()) as server:
                errors = Errors()
                headwater = client(host or server.url, on_error=errors, shutdown_timeout_ms=500)
                uuids = tuple(headwater.capture("signup", "ann") for _ in range(3))
                started = time.monotonic()
                self.assertFalse(headwater.shutdown())
                self.assertLess(time.monotonic() - started, 3)
                self.assertEqual([(e.code, e.uuids) for e in errors], [("not_delivered", uuids)])
                self.assertEqual(headwater.stats().not_delivered, 3)
                assert_adds_up(self, headwater)

    def test_shutdown_tries_once_more_when_the_server_wants_to_be_left_alone_for_longer(
        self,
    ) -> None:
        step = Step(503, stores=False, headers={"Retry-After": "60"})
        with ScriptedServer(step) as server:
            headwater = client(server.url)
            headwater.capture("signup", "ann")
            server.wait_for_requests(1)
            self.assertTrue(headwater.shutdown())
            self.assertEqual(server.names, ["signup"])
        with ScriptedServer(forever=step) as server:
            headwater = client(server.url)
            headwater.capture("signup", "ann")
            server.wait_for_requests(1)
            started = time.monotonic()
            self.assertFalse(headwater.shutdown())
            self.assertLess(time.monotonic() - started, 1.5)
            self.assertEqual(len(server.requests), 2)

    def test_shutdown_may_be_called_again_and_refuses_what_comes_later(self) -> None:
        errors = Errors()
        with ScriptedServer() as server:
            headwater = client(server.url, on_error=errors)
            headwater.capture("signup", "ann")
            self.assertTrue(headwater.shutdown())
            self.assertTrue(headwater.shutdown())
            self.assertEqual(headwater.capture("too late", "ann"), "")
            self.assertEqual(errors.codes, ["shut_down"])
            self.assertEqual(server.names, ["signup"])
            assert_adds_up(self, headwater)

    def test_a_thread_that_cannot_be_started_costs_no_event(self) -> None:
        start = threading.Thread.start

        def refuse(_thread: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        with ScriptedServer() as server:
            headwater = client(server.url)
            threading.Thread.start = refuse  # type: ignore[method-assign, assignment]
            try:
                self.assertNotEqual(headwater.capture("signup", "ann"), "")
                self.assertFalse(headwater.flush(50))
            finally:
                threading.Thread.start = start  # type: ignore[method-assign]
            headwater.capture("login", "ann")
            self.assertTrue(headwater.flush())
            self.assertEqual(server.names, ["signup", "login"])
            headwater.shutdown()
