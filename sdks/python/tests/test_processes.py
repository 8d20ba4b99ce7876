"""Processes: their end, signals and forks, each in a real one."""

from __future__ import annotations

import signal
import time
import unittest

from .programs import Program, run
from .scripted_server import STORED_THEN_500, UNAVAILABLE, ScriptedServer, Step

DOWN = "http://localhost:9"


class ProcessEnd(unittest.TestCase):
    def test_sends_what_waits_when_the_interpreter_ends(self) -> None:
        with ScriptedServer(UNAVAILABLE, STORED_THEN_500) as server:
            ended = run(
                server.url, "h = start(); [h.capture(f'event {i}', 'ann') for i in range(50)]"
            )
            self.assertEqual(ended.code, 0, ended.output)
            self.assertEqual(server.names, [f"event {i}" for i in range(50)])

    def test_sends_what_waits_when_the_program_fails_or_exits(self) -> None:
        for way, code in (("raise ValueError('x')", 1), ("sys.exit(3)", 3)):
            with self.subTest(way), ScriptedServer() as server:
                ended = run(server.url, f"h = start(); h.capture('last', 'ann'); {way}")
                self.assertEqual(ended.code, code)
                self.assertEqual(server.names, ["last"])

    def test_ends_within_ten_seconds_when_the_server_is_down_and_says_what_is_lost(self) -> None:
        ended = run(DOWN, "h = start(); h.capture('lost', 'ann')")
        self.assertEqual(ended.code, 0)
        self.assertLess(ended.seconds, 10)
        self.assertIn("1 events will not be stored: not_delivered", ended.output)

    def test_ends_within_ten_seconds_when_the_server_hangs(self) -> None:
        with ScriptedServer(forever=Step(wait_s=60)) as server:
            ended = run(server.url, "h = start(); h.capture('lost', 'ann')")
            self.assertEqual(ended.code, 0)
            self.assertLess(ended.seconds, 10)

    def test_several_clients_share_the_time_at_the_end(self) -> None:
        code = "hs = [start(shutdown_timeout_ms=2_000) for _ in range(5)]; [h.capture('x', 'a') for h in hs]"
        ended = run(DOWN, code)
        self.assertLess(ended.seconds, 5)

    def test_captures_in_other_threads_at_the_end_are_sent(self) -> None:
        with ScriptedServer() as server:
            code = """
                import threading
                h = start()
                def work():
                    time.sleep(0.2)
                    h.capture('late', 'ann')
                threading.Thread(target=work).start()
            """
            self.assertEqual(run(server.url, code).code, 0)
            self.assertEqual(server.names, ["late"])

    def test_an_exit_handler_that_captures_the_first_event_has_it_sent(self) -> None:
        with ScriptedServer() as server:
            code = """
                import atexit
                h = start()
                atexit.register(lambda: h.capture('at exit', 'ann'))
            """
            ended = run(server.url, code)
            self.assertEqual((ended.code, ended.output), (0, ""))
            self.assertEqual(server.names, ["at exit"])

    def test_ends_at_once_when_nothing_waits(self) -> None:
        ended = run(DOWN, "start()")
        self.assertEqual((ended.code, ended.output), (0, ""))
        self.assertLess(ended.seconds, 3)


class Logs(unittest.TestCase):
    def test_says_everything_in_debug_mode_and_only_what_is_wrong_otherwise(self) -> None:
        code = "h = start(debug={}); h.capture('signup', 'ann'); h.flush(); h.capture('', 'ann')"
        with ScriptedServer() as server:
            quiet = run(server.url, code.format(False)).output
            self.assertEqual(len(quiet.splitlines()), 1)
            self.assertIn("1 events will not be stored: missing_event", quiet)
            verbose = run(server.url, code.format(True)).output
            self.assertIn("headwater DEBUG sent 1 events: acknowledged", verbose)
            self.assertIn("headwater ERROR 1 events will not be stored: missing_event", verbose)


class Signals(unittest.TestCase):
    def test_sends_what_waits_on_sigterm_and_dies_of_it(self) -> None:
        with ScriptedServer(UNAVAILABLE) as server:
            code = """
                h = start()
                for i in range(50): h.capture(f'event {i}', 'ann')
                print('ready')
                time.sleep(60)
            """
            program = Program(server.url, code)
            program.wait_for_line("ready")
            program.process.send_signal(signal.SIGTERM)
            self.assertEqual(program.end().code, -signal.SIGTERM)
            self.assertEqual(server.names, [f"event {i}" for i in range(50)])

    def test_dies_within_ten_seconds_of_sigterm_when_the_server_is_down_and_at_once_of_a_second(
        self,
    ) -> None:
        for signals, limit_s in ((1, 10), (2, 2)):
            with self.subTest(signals=signals):
                program = Program(
                    DOWN, "h = start(); h.capture('x', 'a'); print('ready'); time.sleep(60)"
                )
                program.wait_for_line("ready")
                started = time.monotonic()
                for _ in range(signals):
                    program.process.send_signal(signal.SIGTERM)
                    time.sleep(0.3)
                self.assertEqual(program.end().code, -signal.SIGTERM)
                self.assertLess(time.monotonic() - started, limit_s)

    def test_sigterm_in_the_middle_of_capturing_loses_nothing_that_was_taken(self) -> None:
        with ScriptedServer() as server:
            code = """
                h = start(flush_interval_ms=20, on_error=lambda error: None)
                print('ready')
                while True:
                    uuid = h.capture('click', 'ann')
                    if uuid: print(uuid)
            """
            program = Program(server.url, code)
            program.wait_for_line("ready")
            time.sleep(0.2)
            program.process.send_signal(signal.SIGTERM)
            ended = program.end()
            self.assertEqual(ended.code, -signal.SIGTERM)
            printed = [line for line in ended.output.splitlines() if len(line) == 36]
            self.assertGreater(len(printed), 10)
            self.assertLessEqual(set(printed), set(server.copies()))

    def test_leaves_the_programs_own_handler_alone(self) -> None:
        with ScriptedServer() as server:
            code = """
                def stop(*_):
                    h.capture('stopping', 'ann')
                    sys.exit(7)
                signal.signal(signal.SIGTERM, stop)
                h = start()
                print('ready')
                time.sleep(60)
            """
            program = Program(server.url, code)
            program.wait_for_line("ready")
            program.process.send_signal(signal.SIGTERM)
            self.assertEqual(program.end().code, 7)
            self.assertEqual(server.names, ["stopping"])

    def test_ctrl_c_sends_what_waits(self) -> None:
        with ScriptedServer() as server:
            program = Program(
                server.url, "h = start(); h.capture('last', 'ann'); print('ready'); time.sleep(60)"
            )
            program.wait_for_line("ready")
            program.process.send_signal(signal.SIGINT)
            self.assertNotEqual(program.end().code, 0)
            self.assertEqual(server.names, ["last"])


class Forks(unittest.TestCase):
    def test_a_child_sends_its_own_events_and_none_of_the_parents(self) -> None:
        with ScriptedServer() as server:
            code = """
                h = start()
                for i in range(20): h.capture(f'parent {i}', 'ann')
                children = []
                for number in range(4):
                    pid = os.fork()
                    if pid == 0:
                        assert h.stats().queued == 0
                        for i in range(5): h.capture(f'child {number} {i}', 'bob')
                        sys.exit(0)
                    children.append(pid)
                for pid in children: assert os.waitpid(pid, 0)[1] == 0
                h.capture('parent last', 'ann')
            """
            ended = run(server.url, code)
            self.assertEqual((ended.code, ended.output), (0, ""))
            expected = [f"parent {i}" for i in range(20)] + ["parent last"]
            expected += [f"child {number} {i}" for number in range(4) for i in range(5)]
            self.assertEqual(sorted(server.names), sorted(expected))
            self.assertEqual(set(server.copies().values()), {1})

    def test_a_fork_of_which_python_is_not_told_is_noticed(self) -> None:
        with ScriptedServer() as server:
            # As uWSGI forks.
            code = """
                import ctypes
                h = start()
                h.capture('parent', 'ann')
                h.flush()
                h.capture('parent waiting', 'ann')
                # Until the thread sleeps: a fork while it wants Python's own lock hangs any program.
                time.sleep(0.3)
                pid = ctypes.PyDLL(None).fork()
                if pid == 0:
                    h.capture('child', 'bob')
                    os._exit(0 if h.flush() else 9)
                assert os.waitpid(pid, 0)[1] == 0
            """
            ended = run(server.url, code)
            self.assertEqual((ended.code, ended.output), (0, ""))
            self.assertEqual(sorted(server.names), ["child", "parent", "parent waiting"])
            self.assertEqual(set(server.copies().values()), {1})

    def test_a_fork_while_events_are_in_flight_and_captured_hangs_nobody(self) -> None:
        with ScriptedServer(forever=Step(wait_s=0.01)) as server:
            code = """
                import threading
                h = start(flush_at=5, flush_interval_ms=5)
                is_over = False
                def work():
                    while not is_over: h.capture('parent', 'ann'); time.sleep(0.0005)
                threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
                for thread in threads: thread.start()
                children = []
                for number in range(20):
                    time.sleep(0.01)
                    pid = os.fork()
                    if pid == 0:
                        for i in range(3): h.capture(f'child {number} {i}', 'bob')
                        os._exit(0 if h.shutdown(15_000) else 9)
                    children.append(pid)
                assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 20
                is_over = True
                for thread in threads: thread.join()
                assert h.shutdown()
                print('taken', h.stats().captured)
            """
            ended = run(server.url, code, 40)
            self.assertEqual(ended.code, 0, ended.output)
            taken = ended.number("taken")
            names = server.names
            self.assertEqual(names.count("parent"), taken)
            self.assertEqual(sum(name.startswith("child") for name in names), 60)
            self.assertEqual(set(server.copies().values()), {1})

    def test_children_of_multiprocessing_send_what_they_hold_however_they_are_started(self) -> None:
        for method in ("fork", "spawn", "forkserver"):
            with self.subTest(method), ScriptedServer() as server:
                code = f"""
                    import multiprocessing
                    def work(number):
                        headwater.capture(f'child {{number}}', 'bob')
                    if __name__ == '__main__':
                        context = multiprocessing.get_context({method!r})
                        headwater.init('wk_x', host=HOST, flush_interval_ms=60_000)
                        headwater.capture('parent', 'ann')
                        if {method!r} == 'fork':
                            children = [context.Process(target=work, args=(i,)) for i in range(3)]
                        else:
                            import workers
                            children = [context.Process(target=workers.work, args=(HOST, i)) for i in range(3)]
                        for child in children: child.start()
                        for child in children: child.join()
                """
                ended = run(server.url, code)
                self.assertEqual((ended.code, ended.output), (0, ""))
                self.assertEqual(
                    sorted(server.names), [f"child {i}" for i in range(3)] + ["parent"]
                )

    def test_a_fork_of_a_client_in_sync_mode_uses_connections_of_its_own(self) -> None:
        with ScriptedServer() as server:
            code = """
                h = start(mode='sync')
                h.capture('parent', 'ann')
                pid = os.fork()
                h.capture('child' if pid == 0 else 'parent', 'ann')
                if pid: os.waitpid(pid, 0)
            """
            ended = run(server.url, code)
            self.assertEqual((ended.code, ended.output), (0, ""))
            self.assertEqual(sorted(server.names), ["child", "parent", "parent"])
            by_child = [r for r in server.requests if r.events[0]["event"] == "child"]
            self.assertNotEqual(by_child[0].connection, server.requests[0].connection)
