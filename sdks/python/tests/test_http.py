"""HTTP: connections, compression, proxies, certificates."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from .clients import client
from .scripted_server import ScriptedServer, Step


class Connections(unittest.TestCase):
    def test_keeps_one_connection_for_all_batches(self) -> None:
        with ScriptedServer() as server, client(server.url) as headwater:
            for i in range(10):
                headwater.capture(f"event {i}", "ann")
                self.assertTrue(headwater.flush())
            self.assertEqual(len(server.requests), 10)
            self.assertEqual(server.connections, 1)

    def test_sends_at_once_anew_when_a_kept_connection_was_ended_by_the_server(self) -> None:
        with ScriptedServer(Step(), Step(cuts=True, stores=False)) as server:
            with client(server.url, retry_min_ms=60_000, retry_max_ms=60_000) as headwater:
                headwater.capture("first", "ann")
                self.assertTrue(headwater.flush())
                headwater.capture("second", "ann")
                self.assertTrue(headwater.flush())
            self.assertEqual(server.names, ["first", "second"])
            self.assertEqual(server.connections, 2)

    def test_goes_on_when_the_server_ends_every_connection_after_its_answer(self) -> None:
        close = Step(headers={"Connection": "close"})
        with ScriptedServer(forever=close) as server, client(server.url) as headwater:
            for i in range(3):
                headwater.capture(f"event {i}", "ann")
                self.assertTrue(headwater.flush())
            self.assertEqual(headwater.stats().retries, 0)
            self.assertEqual(len(server.names), 3)

    def test_compresses_what_is_worth_it_unless_told_not_to(self) -> None:
        for gzip in (True, False):
            with (
                self.subTest(gzip=gzip),
                ScriptedServer() as server,
                client(server.url, gzip=gzip) as headwater,
            ):
                for text in ("short", "x" * 10_000):
                    headwater.capture("signup", "ann", {"text": text})
                    self.assertTrue(headwater.flush())
                short, long = (request.headers for request in server.requests)
                self.assertNotIn("content-encoding", short)
                self.assertEqual(long.get("content-encoding"), "gzip" if gzip else None)
                self.assertEqual(int(long["content-length"]) < 1_000, gzip)

    def test_sends_below_the_path_of_the_host(self) -> None:
        with ScriptedServer() as server, client(f"{server.url}/events/") as headwater:
            headwater.capture("signup", "ann")
            self.assertTrue(headwater.flush())
            self.assertEqual(server.requests[0].path, "/events/batch")

    def test_gives_up_an_answer_that_never_ends(self) -> None:
        endless = Step(body="x" * 9_000_000, stores=False)
        with ScriptedServer(endless) as server, client(server.url) as headwater:
            headwater.capture("signup", "ann")
            server.wait_for(1)
            self.assertTrue(headwater.flush())
            self.assertEqual(headwater.stats().retries, 1)


class Proxies(unittest.TestCase):
    def test_goes_through_the_proxy_that_the_environment_names(self) -> None:
        with ScriptedServer() as server, Proxy() as proxy:
            environment = {
                "http_proxy": f"http://user:p%40ss@127.0.0.1:{proxy.port}",
                "no_proxy": "",
            }
            with mock.patch.dict(os.environ, environment), client(server.url) as headwater:
                headwater.capture("signup", "ann")
                self.assertTrue(headwater.flush())
            self.assertEqual(server.names, ["signup"])
            head = proxy.heads[0]
            self.assertTrue(head.startswith(f"POST http://localhost:{server.port}/batch HTTP/1.1"))
            self.assertIn("Proxy-Authorization: Basic dXNlcjpwQHNz", head)

    def test_goes_past_the_proxy_where_the_environment_or_the_option_says_so(self) -> None:
        with ScriptedServer() as server:
            for environment, proxy in (({"no_proxy": "localhost"}, None), ({"no_proxy": ""}, "")):
                nowhere = {"http_proxy": "http://127.0.0.1:9", **environment}
                with (
                    mock.patch.dict(os.environ, nowhere),
                    client(server.url, proxy=proxy) as headwater,
                ):
                    headwater.capture("signup", "ann")
                    self.assertTrue(headwater.flush())

    def test_tunnels_tls_through_the_proxy(self) -> None:
        with certificate() as (server_context, client_context):
            with ScriptedServer(tls=server_context) as server, Proxy() as proxy:
                address = f"http://127.0.0.1:{proxy.port}"
                with client(server.url, proxy=address, ssl_context=client_context) as headwater:
                    headwater.capture("signup", "ann")
                    self.assertTrue(headwater.flush())
                self.assertEqual(server.names, ["signup"])
                self.assertIn(f"CONNECT localhost:{server.port}", proxy.heads[0])


class Certificates(unittest.TestCase):
    def test_trusts_whom_it_is_told_to_and_nobody_else(self) -> None:
        with certificate() as (server_context, client_context):
            with ScriptedServer(tls=server_context) as server:
                with client(server.url, ssl_context=client_context) as headwater:
                    headwater.capture("signup", "ann")
                    self.assertTrue(headwater.flush())
                with client(server.url, shutdown_timeout_ms=200) as headwater:
                    headwater.capture("secret", "ann")
                    self.assertFalse(headwater.flush())
                self.assertEqual(server.names, ["signup"])

    def test_a_handshake_that_hangs_is_over_in_time(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            headwater = client(
                f"https://localhost:{port}", request_timeout_ms=200, shutdown_timeout_ms=0
            )
            headwater.capture("signup", "ann")
            started = time.monotonic()
            self.assertFalse(headwater.flush())
            self.assertLess(time.monotonic() - started, 5)
            headwater.shutdown()


@contextlib.contextmanager
def certificate() -> Iterator[tuple[ssl.SSLContext, ssl.SSLContext]]:
    """What a server of `localhost` shows, and what trusts it."""
    with tempfile.TemporaryDirectory() as folder:
        key, pem = Path(folder, "key.pem"), Path(folder, "cert.pem")
        command = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ]
        command += [
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            str(key),
            "-out",
            str(pem),
        ]
        command += ["-addext", "subjectAltName=DNS:localhost"]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except FileNotFoundError:
            raise unittest.SkipTest("there is no openssl to make a certificate with") from None
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(pem, key)
        yield server, ssl.create_default_context(cafile=str(pem))


class Proxy:
    """A forward proxy that passes on everything, and remembers the heads of requests."""

    def __init__(self) -> None:
        self.heads: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(65_536)
        self.heads.append(head.decode("latin-1"))
        method, target, _ = head.split(b" ", 2)
        address = target if method == b"CONNECT" else target.split(b"/")[2]
        host, port = address.decode().rsplit(":", 1)
        upstream = socket.create_connection((host, int(port)))
        if method == b"CONNECT":
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            upstream.sendall(head)
        threading.Thread(target=_pass_on, args=(upstream, connection), daemon=True).start()
        _pass_on(connection, upstream)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
