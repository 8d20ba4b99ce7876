"""A capture server that answers by a script, and remembers what it was sent."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Step:
    """How one request is answered. Steps of a script are taken in turn; after the last, all goes well."""

    status: int = 200
    stores: bool = True
    """Whether the events are stored, whatever is answered."""
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    """None: the service's own answer."""
    cuts: bool = False
    """Ends the connection in place of an answer."""
    wait_s: float = 0
    """Before it answers."""
    drip_s: float = 0
    """Between any two bytes of the answer."""


OK = Step()
UNAVAILABLE = Step(503, stores=False, headers={"Retry-After": "0"})
STORED_THEN_500 = Step(500)
STORED_THEN_CUT = Step(cuts=True)
CUT = Step(cuts=True, stores=False)
TOO_BIG = Step(413, stores=False)


@dataclass(frozen=True)
class Request:
    at: float
    path: str
    headers: dict[str, str]
    body: bytes
    connection: tuple[str, int]

    @property
    def envelope(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body)
        return read

    @property
    def events(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = self.envelope["batch"]
        return events

    @property
    def batch_bytes(self) -> bytes:
        return self.body[self.body.index(b'"batch":') :]

    @property
    def uuids(self) -> list[str]:
        return [event["uuid"] for event in self.events]


class ScriptedServer:
    """Use as a context manager. `drops` maps names of events to the reason for which they are dropped."""

    def __init__(
        self,
        *script: Step,
        drops: dict[str, str] | None = None,
        max_body_bytes: int | None = None,
        tls: ssl.SSLContext | None = None,
        forever: Step = OK,
    ) -> None:
        self.requests: list[Request] = []
        self.stored: list[dict[str, Any]] = []
        self.connections = 0
        self.on_events: Callable[[list[dict[str, Any]]], object] | None = None
        """Gets the events in place of `requests` and `stored`: for a great many."""
        self._script = list(script)
        self._forever = forever
        self._drops = drops or {}
        self._max_body_bytes = max_body_bytes
        self._lock = threading.Lock()
        self._ended = threading.Event()
        server = self
        self._http = _Server(("127.0.0.1", 0), lambda *args: _Handler(server, *args))
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self._scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"{self._scheme}://localhost:{self.port}"

    @property
    def names(self) -> list[str]:
        """Names of what is stored, each event once by uuid, in order of arrival."""
        return [event["event"] for event in self.once()]

    def once(self) -> list[dict[str, Any]]:
        """As the service stores them: the first of each uuid."""
        with self._lock:
            return list({event["uuid"]: event for event in reversed(self.stored)}.values())[::-1]

    def copies(self) -> Counter[str]:
        """How often each uuid came to be stored."""
        with self._lock:
            return Counter(event["uuid"] for event in self.stored)

    def wait_for(self, events: int, limit_s: float = 10) -> None:
        """Until that many different events are stored."""
        deadline = time.monotonic() + limit_s
        while len(self.copies()) < events:
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{len(self.copies())} of {events} events arrived in {limit_s} s"
                )
            time.sleep(0.005)

    def wait_for_requests(self, count: int, limit_s: float = 10) -> None:
        deadline = time.monotonic() + limit_s
        while len(self.requests) < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{len(self.requests)} of {count} requests in {limit_s} s")
            time.sleep(0.005)

    def take(self, request: Request) -> tuple[Step, bytes]:
        """The step for this request, and the body of its answer."""
        with self._lock:
            if self.on_events is not None:
                events = request.events
                self.on_events(events)
                return OK, json.dumps(
                    {"status": "Ok", "accepted": len(events), "dropped": []}
                ).encode()
            self.requests.append(request)
            step = self._script.pop(0) if self._script else self._forever
            if self._max_body_bytes is not None and len(request.body) > self._max_body_bytes:
                step = TOO_BIG
            dropped = []
            for index, event in enumerate(request.events):
                reason = self._drops.get(event["event"])
                if reason is not None:
                    dropped.append(
                        {"index": index, "uuid": None, "reason": reason, "message": "No."}
                    )
                elif step.stores:
                    self.stored.append(event)
            accepted = len(request.events) - len(dropped)
        answer = {"status": "Ok", "accepted": accepted, "dropped": dropped}
        if step.status != 200:
            answer = {"error": {"code": f"code_{step.status}", "message": "Not now."}}
        return step, (json.dumps(answer) if step.body is None else step.body).encode()

    def sleep(self, seconds: float) -> None:
        """Or until the server ends."""
        self._ended.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Otherwise the system waits 40 ms with the second part of an answer.
    disable_nagle_algorithm = True

    def __init__(self, server: ScriptedServer, *args: Any) -> None:
        self._scripted = server
        super().__init__(*args)

    def setup(self) -> None:
        super().setup()
        self._scripted.connections += 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(time.monotonic(), self.path, headers, body, self.client_address)
        step, content = self._scripted.take(request)
        self._scripted.sleep(step.wait_s)
        if step.cuts:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        answer = [f"HTTP/1.1 {step.status} Said", f"Content-Length: {len(content)}"]
        answer += [f"{name}: {value}" for name, value in step.headers.items()]
        raw = "\r\n".join([*answer, "", ""]).encode() + content
        if step.drip_s == 0:
            self.wfile.write(raw)
            return
        for byte in raw:
            self.wfile.write(bytes([byte]))
            self._scripted.sleep(step.drip_s)

    def log_message(self, *_args: Any) -> None:
        """Quiet."""
