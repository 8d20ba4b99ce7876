"""Threads, asyncio, and a great many events."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
import unittest
from collections.abc import Callable

from headwater import Headwater, context, update_context

from .clients import client
from .programs import run
from .scripted_server import STORED_THEN_500, UNAVAILABLE, ScriptedServer, Step


def run_threads(count: int, work: Callable[[int], object]) -> None:
    """All at once; waits for them."""
    start = threading.Barrier(count)

    def begin(number: int) -> None:
        start.wait(10)
        work(number)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


class Threads(unittest.TestCase):
    def test_a_hundred_threads_lose_nothing_while_the_server_fails_now_and_then(self) -> None:
        script = [UNAVAILABLE, Step(), STORED_THEN_500, Step(), STORED_THEN_500, UNAVAILABLE]
        with ScriptedServer(*script) as server, client(server.url) as headwater:

            def work(number: int) -> None:
                for i in range(50):
                    headwater.capture("click", f"person {number}", {"i": i})

            run_threads(100, work)
            self.assertTrue(any(headwater.flush() for _ in range(len(script) + 1)))
            once = server.once()
            self.assertEqual(len(once), 5_000)
            for number in (0, 50, 99):
                theirs = [
                    e["properties"]["i"] for e in once if e["distinct_id"] == f"person {number}"
                ]
                self.assertEqual(theirs, list(range(50)))
            self.assertEqual(headwater.stats().accepted, 5_000)

    def test_threads_share_one_sender_and_do_not_see_each_others_context(self) -> None:
        with ScriptedServer() as server, client(server.url) as headwater:

            def work(number: int) -> None:
                with context(f"person {number}", {"thread": number}):
                    time.sleep(0.01)
                    headwater.capture("click")

            run_threads(20, work)
            headwater.flush()
            pairs = {(e["distinct_id"], e["properties"]["thread"]) for e in server.once()}
            self.assertEqual(pairs, {(f"person {i}", i) for i in range(20)})
            self.assertEqual(server.connections, 1)

    def test_a_finalizer_that_captures_within_a_capture_leaves_nobody_asleep(self) -> None:
        with ScriptedServer() as server, client(server.url) as headwater:
            queue = headwater._outlet._queue  # type: ignore[attr-defined]
            append = queue.append
            nested = ["nested"]

            def append_and_capture(*arguments: object) -> object:
                refusal = append(*arguments)
                if nested:
                    headwater.capture(nested.pop(), "ann")
                return refusal

            queue.append = append_and_capture
            for _ in range(5):
                nested = ["nested"]
                headwater.capture("outer", "ann")
                # Without a flush: what was taken is enough.
                server.wait_for(len(server.copies()) + 2)
            self.assertEqual(server.names, ["outer", "nested"] * 5)

    def test_a_signal_handler_or_finalizer_may_capture_in_the_middle_of_a_capture(self) -> None:
        headwater = client("http://localhost:9", shutdown_timeout_ms=0)
        queue = headwater._outlet._queue  # type: ignore[attr-defined]
        done = threading.Event()

        def work() -> None:
            with queue.lock:
                headwater.capture("from within", "ann")
            done.set()

        threading.Thread(target=work, daemon=True).start()
        self.assertTrue(done.wait(5))
        headwater.shutdown()


class Asyncio(unittest.TestCase):
    def test_never_blocks_the_loop_even_when_the_server_hangs(self) -> None:
        with ScriptedServer(forever=Step(wait_s=5)) as server:
            headwater = client(server.url, flush_at=10, shutdown_timeout_ms=0)

            async def main() -> float:
                longest = 0.0
                is_over = False

                async def watch() -> None:
                    nonlocal longest
                    before = time.perf_counter()
                    while not is_over:
                        await asyncio.sleep(0)
                        now = time.perf_counter()
                        longest = max(longest, now - before)
                        before = now

                async def work(number: int) -> None:
                    for _ in range(100):
                        headwater.capture("click", f"person {number}")
                        await asyncio.sleep(0)

                watcher = asyncio.create_task(watch())
                await asyncio.gather(*(work(number) for number in range(20)))
                is_over = True
                await watcher
                return longest

            self.assertLess(asyncio.run(main()), 0.5)
            self.assertEqual(headwater.stats().captured, 2_000)
            headwater.shutdown()

    def test_tasks_do_not_see_each_others_context(self) -> None:
        headwater = Headwater("", mode="test")

        async def work(number: int) -> None:
            with context(properties={"request": number}):
                await asyncio.sleep(0.001 * (number % 3))
                update_context(f"person {number}")
                await asyncio.sleep(0)
                headwater.capture("click")

        async def main() -> None:
            await asyncio.gather(*(work(number) for number in range(30)))

        asyncio.run(main())
        pairs = {(e["distinct_id"], e["properties"]["request"]) for e in headwater.captured}
        self.assertEqual(pairs, {(f"person {i}", i) for i in range(30)})

    def test_contexts_nest_and_end(self) -> None:
        headwater = Headwater("", mode="test")

        def check() -> None:
            with context("ann", {"a": 1}):
                with context(properties={"b": 2}):
                    headwater.capture("inner")
                with context("bob", fresh=True):
                    headwater.capture("fresh")
                headwater.capture("outer")
            with self.assertRaisesRegex(Exception, "missing_distinct_id"):
                headwater.capture("outside")

        contextvars.copy_context().run(check)
        said = [
            (e["event"], e["distinct_id"], {k for k in e["properties"] if "$" not in k})
            for e in headwater.captured
        ]
        inner, fresh = ("inner", "ann", {"a", "b"}), ("fresh", "bob", set[str]())
        self.assertEqual(said, [inner, fresh, ("outer", "ann", {"a"})])


class Volume(unittest.TestCase):
    def test_a_hundred_thousand_events_arrive_once_each_in_bounded_memory(self) -> None:
        code = """
            import resource
            h = start(flush_interval_ms=100, wait_when_full_ms=10_000, shutdown_timeout_ms=20_000)
            grown_from = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for i in range(100_000): h.capture('click', 'ann', {'i': i, 'text': 'x' * 100})
            assert h.shutdown()
            assert h.stats().accepted == 100_000
            print('grown', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown_from)
        """
        numbers: list[int] = []
        with ScriptedServer() as server:
            server.on_events = lambda events: numbers.extend(e["properties"]["i"] for e in events)
            ended = run(server.url, code, 110)
        self.assertEqual(ended.code, 0, ended.output)
        self.assertEqual(numbers, list(range(100_000)))
        # 10,000 events of 350 bytes wait at most.
        self.assertLess(ended.number("grown"), 40 * 1024)

    def test_a_hundred_thousand_events_with_the_server_down_do_not_fill_the_memory(self) -> None:
        code = """
            import resource
            h = start(flush_interval_ms=100, shutdown_timeout_ms=0)
            grown_from = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for i in range(100_000): h.capture('click', 'ann', {'i': i, 'text': 'x' * 100})
            stats = h.stats()
            assert (stats.captured, stats.not_captured) == (10_000, 90_000), stats
            h.shutdown()
            assert h.stats().not_delivered == 10_000
            print('grown', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - grown_from)
        """
        ended = run("http://localhost:9", code, 110)
        self.assertEqual(ended.code, 0, ended.output)
        self.assertLess(ended.number("grown"), 40 * 1024)
        # Nor the log.
        self.assertLess(len(ended.output.splitlines()), 30)
