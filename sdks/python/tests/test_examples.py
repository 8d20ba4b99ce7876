"""The examples, on the servers that they are for."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import unittest
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .scripted_server import UNAVAILABLE, ScriptedServer

ROOT = Path(__file__).parents[1]
REQUESTS = 60


def needs(*modules: str) -> None:
    """Skips the test where the framework is not installed."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise unittest.SkipTest(f"{module} is not installed")


@contextlib.contextmanager
def serving(server: ScriptedServer, *command: str) -> Iterator[str]:
    """Runs a web server, and ends it as an operator does; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "HEADWATER_WRITE_KEY": "wk_x",
        "HEADWATER_HOST": server.url,
    }
    module, *options = command
    arguments = [argument.replace("PORT", str(port)) for argument in options]
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_until_open(port, process)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        assert "Traceback" not in output, output
    finally:
        process.kill()
        process.communicate()


def _wait_until_open(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    process.kill()
    raise AssertionError(f"the server did not start:\n{process.communicate()[0]}")


def place_orders(url: str, path: str = "orders") -> list[str]:
    """Requests of 60 users, eight at a time; the uuids that the application answered with."""

    def place(number: int) -> str:
        request = urllib.request.Request(
            f"{url}/{path}/{number}", headers={"X-User": f"user {number}"}
        )
        with urllib.request.urlopen(request, timeout=20) as response:
            uuid: str = json.load(response)["uuid"]
            return uuid

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(place, range(REQUESTS)))


class Examples(unittest.TestCase):
    def check(self, server: ScriptedServer, uuids: list[str], paths: tuple[str, ...]) -> None:
        """Every order once, with its own user and address."""
        orders = [event for event in server.once() if event["event"] == "order placed"]
        self.assertEqual(sorted(event["uuid"] for event in orders), sorted(uuids))
        self.assertEqual({server.copies()[uuid] for uuid in uuids}, {1})
        for event in orders:
            number = event["properties"]["order"]
            self.assertEqual(event["distinct_id"], f"user {number}")
            url = event["properties"]["$current_url"]
            self.assertTrue(any(url.endswith(f"/{path}/{number}") for path in paths), url)
            self.assertTrue(event["properties"]["$raw_user_agent"].startswith("Python-urllib"))

    def test_django_on_gunicorn_with_preload_sends_each_event_once(self) -> None:
        needs("django", "gunicorn")
        with ScriptedServer(UNAVAILABLE) as server:
            options = ("--preload", "--workers", "3", "--bind", "127.0.0.1:PORT")
            with serving(server, "gunicorn", *options, "examples.django_app:application") as url:
                uuids = place_orders(url)
            self.check(server, uuids, ("orders",))
            self.assertEqual(server.names.count("service started"), 1)
            started = [e for e in server.stored if e["event"] == "service started"]
            self.assertEqual(len(started), 1)

    def test_flask_on_gunicorn_with_threads_keeps_requests_apart(self) -> None:
        needs("flask", "gunicorn")
        with ScriptedServer() as server:
            options = ("--workers", "2", "--threads", "4", "--bind", "127.0.0.1:PORT")
            with serving(server, "gunicorn", *options, "examples.flask_app:app") as url:
                uuids = place_orders(url)
            self.check(server, uuids, ("orders",))

    def test_fastapi_on_uvicorn_keeps_requests_apart_in_the_loop_and_in_threads(self) -> None:
        needs("fastapi", "uvicorn")
        with ScriptedServer() as server:
            options = ("--port", "PORT", "--log-level", "warning")
            with serving(server, "uvicorn", *options, "examples.fastapi_app:app") as url:
                uuids = place_orders(url) + place_orders(url, "threads")
            self.check(server, uuids, ("orders", "threads"))
