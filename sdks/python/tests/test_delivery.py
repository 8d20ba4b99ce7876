"""Delivery: an event leaves the queue only when it was answered."""

from __future__ import annotations

import itertools
import time
import unittest

from headwater import CaptureError, Headwater

from .clients import WRITE_KEY, Errors, client
from .scripted_server import (
    CUT,
    STORED_THEN_500,
    STORED_THEN_CUT,
    UNAVAILABLE,
    ScriptedServer,
    Step,
)


class Delivery(unittest.TestCase):
    def test_sends_events_in_order_with_the_write_key_and_the_time_of_sending(self) -> None:
        with ScriptedServer() as server, client(server.url) as headwater:
            for name in ("one", "two", "three"):
                headwater.capture(name, "ann")
            self.assertTrue(headwater.flush())
            self.assertEqual(server.names, ["one", "two", "three"])
            [request] = server.requests
            self.assertEqual(request.path, "/batch")
            self.assertEqual(request.envelope["api_key"], WRITE_KEY)
            self.assertRegex(request.envelope["sent_at"], r"^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$")

    def test_sends_at_once_when_enough_wait_and_after_the_interval_otherwise(self) -> None:
        with (
            ScriptedServer() as server,
            client(server.url, flush_at=3, flush_interval_ms=1_500) as headwater,
        ):
            started = time.monotonic()
            for _ in range(3):
                headwater.capture("signup", "ann")
            server.wait_for(3)
            self.assertLess(time.monotonic() - started, 1.2)
            started = time.monotonic()
            headwater.capture("signup", "ann")
            server.wait_for(4)
            self.assertGreater(time.monotonic() - started, 1.2)

    def test_sends_the_same_bytes_of_an_event_on_every_try_until_it_is_answered(self) -> None:
        script = [UNAVAILABLE, STORED_THEN_500, CUT, STORED_THEN_CUT, Step(404), Step(429)]
        with ScriptedServer(*script) as server, client(server.url) as headwater:
            uuids = [headwater.capture(f"event {i}", "ann", {"i": i}) for i in range(5)]
            server.wait_for_requests(7)
            self.assertTrue(headwater.flush())
            self.assertEqual([event["uuid"] for event in server.once()], uuids)
            self.assertEqual(len(server.requests), 7)
            self.assertEqual(len({request.batch_bytes for request in server.requests}), 1)
            self.assertEqual(headwater.stats().accepted, 5)
            # The first cut was of a kept connection, whose end says nothing of the server: sent anew at once.
            self.assertEqual(headwater.stats().retries, 5)

    def test_says_that_events_are_of_the_past_when_told_so(self) -> None:
        for historical in (True, False):
            with ScriptedServer() as server, client(server.url, historical=historical) as headwater:
                headwater.capture("signup", "ann", timestamp="2019-01-01T00:00:00Z")
                headwater.flush()
                said = server.requests[0].envelope.get("historical_migration")
                self.assertEqual(said, True if historical else None)

    def test_tells_the_time_of_sending_anew_with_every_try(self) -> None:
        with ScriptedServer(UNAVAILABLE, UNAVAILABLE) as server, client(server.url) as headwater:
            headwater.capture("signup", "ann")
            server.wait_for_requests(3)
            times = {request.envelope["sent_at"] for request in server.requests}
            self.assertEqual(len(times), 3)

    def test_comes_back_no_sooner_than_the_server_asks(self) -> None:
        for header in ("1", "http date"):
            with self.subTest(header):
                at = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 2))
                value = at if header == "http date" else header
                step = Step(503, stores=False, headers={"Retry-After": value})
                with ScriptedServer(step) as server, client(server.url) as headwater:
                    headwater.capture("signup", "ann")
                    server.wait_for_requests(1)
                    # Neither a flush nor more events make it come sooner.
                    headwater.capture("signup", "bob")
                    headwater.flush(200)
                    server.wait_for_requests(2)
                    first, second = server.requests
                    self.assertGreaterEqual(second.at - first.at, 0.95)

    def test_waits_longer_after_every_failure_and_never_for_equal_times(self) -> None:
        with (
            ScriptedServer(*[UNAVAILABLE] * 5) as server,
            client(server.url, retry_min_ms=40, retry_max_ms=10_000) as headwater,
        ):
            headwater.capture("signup", "ann")
            server.wait_for_requests(6)
            at = [request.at for request in server.requests]
            waits = [after - before for before, after in itertools.pairwise(at)]
            for i, wait in enumerate(waits):
                self.assertGreaterEqual(wait, 0.04 * 2**i / 2)
                self.assertLess(wait, 0.04 * 2**i + 2)
            shares = {wait / 2**i for i, wait in enumerate(waits)}
            self.assertEqual(len(shares), len(waits))

    def test_tries_again_after_the_back_off_however_long_the_interval_is(self) -> None:
        with (
            ScriptedServer(UNAVAILABLE) as server,
            client(server.url, flush_interval_ms=60_000) as headwater,
        ):
            headwater.capture("signup", "ann")
            self.assertFalse(headwater.flush())
            server.wait_for(1)

    def test_reports_every_event_that_the_server_drops_and_keeps_the_others(self) -> None:
        errors = Errors()
        with (
            ScriptedServer(drops={"bad": "too_deep"}) as server,
            client(server.url, on_error=errors) as headwater,
        ):
            names = ["good", "bad", "fine", "bad"]
            uuids = [headwater.capture(name, "ann") for name in names]
            self.assertTrue(headwater.flush())
            self.assertEqual(server.names, ["good", "fine"])
            reported = [(error.code, error.message, error.uuids) for error in errors]
            expected = [("too_deep", "No.", (uuids[1],)), ("too_deep", "No.", (uuids[3],))]
            self.assertEqual(reported, expected)
            self.assertEqual((headwater.stats().accepted, headwater.stats().dropped), (2, 2))

    def test_gives_up_what_the_server_refuses_for_good_and_goes_on(self) -> None:
        for status in (400, 401):
            with self.subTest(status):
                errors = Errors()
                with (
                    ScriptedServer(Step(status, stores=False)) as server,
                    client(server.url, on_error=errors) as headwater,
                ):
                    first = headwater.capture("first", "ann")
                    self.assertTrue(headwater.flush())
                    headwater.capture("second", "ann")
                    self.assertTrue(headwater.flush())
                    self.assertEqual(server.names, ["second"])
                    self.assertEqual(errors.codes, [f"code_{status}"])
                    self.assertEqual(errors[0].uuids, (first,))
                    self.assertEqual(headwater.stats().refused, 1)

    def test_takes_no_other_answer_of_200_for_the_service(self) -> None:
        pages = ["<html>Sign in to the hotel</html>", "", "[]", '{"status":"error"}', "7"]
        steps = [Step(200, stores=False, body=page) for page in pages]
        with ScriptedServer(*steps) as server, client(server.url) as headwater:
            headwater.capture("signup", "ann")
            server.wait_for(1)
            self.assertEqual(len(server.requests), 6)

    def test_halves_a_batch_that_is_too_big_until_it_passes(self) -> None:
        errors = Errors()
        with (
            ScriptedServer(max_body_bytes=2_000) as server,
            client(server.url, on_error=errors, flush_at=64, flush_interval_ms=1_000) as headwater,
        ):
            uuids = [headwater.capture(f"event {i}", "ann") for i in range(64)]
            self.assertTrue(headwater.flush())
            self.assertEqual([event["uuid"] for event in server.once()], uuids)
            self.assertEqual(set(server.copies().values()), {1})
            self.assertEqual(errors, [])
            sizes = [len(request.events) for request in server.requests]
            self.assertEqual(sizes[:4], [64, 32, 16, 8])

    def test_sends_the_second_half_of_a_batch_right_after_the_first(self) -> None:
        with (
            ScriptedServer(Step(413, stores=False)) as server,
            client(server.url, flush_at=4, flush_interval_ms=60_000) as headwater,
        ):
            for i in range(4):
                headwater.capture(f"event {i}", "ann")
            server.wait_for(4)
            self.assertEqual([len(request.events) for request in server.requests], [4, 2, 2])
        with (
            ScriptedServer(Step(413, stores=False)) as server,
            client(server.url, flush_at=100, flush_interval_ms=1_000) as headwater,
        ):
            for i in range(4):
                headwater.capture(f"event {i}", "ann")
            server.wait_for(2)
            server.wait_for(4, 0.7)

    def test_gives_up_a_single_event_that_is_too_big_and_sends_large_batches_again(self) -> None:
        errors = Errors()
        with (
            ScriptedServer(max_body_bytes=5_000) as server,
            client(server.url, on_error=errors, flush_at=1_000, flush_interval_ms=300) as headwater,
        ):
            big = headwater.capture("big", "ann", {"text": "x" * 6_000})
            for i in range(7):
                headwater.capture(f"event {i}", "ann")
            self.assertTrue(headwater.flush())
            self.assertEqual(server.names, [f"event {i}" for i in range(7)])
            self.assertEqual(
                [(error.code, error.uuids) for error in errors], [("code_413", (big,))]
            )
            self.assertEqual([len(request.events) for request in server.requests], [8, 4, 2, 1, 7])

    def test_does_not_wait_longer_than_the_time_limit_however_the_server_hangs(self) -> None:
        for step in (Step(wait_s=30), Step(drip_s=0.05)):
            with (
                self.subTest(step=step),
                ScriptedServer(step) as server,
                client(server.url, request_timeout_ms=300) as headwater,
            ):
                started = time.monotonic()
                headwater.capture("signup", "ann")
                server.wait_for_requests(2)
                self.assertLess(time.monotonic() - started, 5)
                self.assertTrue(headwater.flush())
                self.assertEqual(server.names, ["signup"])
                self.assertEqual(headwater.stats().retries, 1)

    def test_has_told_on_error_everything_when_flush_and_shutdown_return(self) -> None:
        told: list[str] = []

        def on_error(error: CaptureError) -> None:
            time.sleep(0.1)
            told.append(error.code)

        with ScriptedServer(drops={"bad": "too_deep"}) as server:
            headwater = client(server.url, on_error=on_error)
            headwater.capture("bad", "ann")
            self.assertTrue(headwater.flush())
            self.assertEqual(told, ["too_deep"])
            headwater.capture("bad", "ann")
            self.assertTrue(headwater.shutdown())
            self.assertEqual(told, ["too_deep"] * 2)

    def test_an_on_error_that_flushes_or_shuts_down_does_not_wait_for_itself(self) -> None:
        answers: list[bool] = []
        calls = [lambda: headwater.flush(), lambda: headwater.shutdown()]
        with ScriptedServer(drops={"bad": "too_deep"}) as server:
            headwater: Headwater[str] = client(
                server.url, on_error=lambda _: answers.append(calls.pop(0)())
            )
            started = time.monotonic()
            for _ in range(2):
                headwater.capture("bad", "ann")
                self.assertTrue(headwater.flush())
            self.assertTrue(headwater.shutdown())
            self.assertLess(time.monotonic() - started, 5)
            self.assertEqual(answers, [False, False])

    def test_goes_on_when_on_error_raises_or_captures(self) -> None:
        with ScriptedServer(drops={"bad": "too_deep"}) as server:

            def on_error(_error: Exception) -> None:
                headwater.capture("", "ann")
                headwater.capture("an error", "ann")
                raise ValueError("a fault of the application")

            with client(server.url, on_error=on_error) as headwater:
                headwater.capture("bad", "ann")
                server.wait_for(1)
                headwater.capture("good", "ann")
                self.assertTrue(headwater.flush())
                self.assertEqual(server.names, ["an error", "good"])
