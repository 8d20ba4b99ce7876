"""HTTP to the capture service."""

from __future__ import annotations

import base64

# Looking up a name imports it otherwise: a fork at that moment would leave the child without it for ever.
import encodings.idna  # noqa: F401
import gzip
import http.client
import ssl
import threading
import time
import urllib.request
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from .answer import Response
from .deadline_socket import DeadlineSocket
from .version import LIB, VERSION

# A dropped event is answered with about 250 bytes; what is longer than this is no answer of ours.
_MAX_ANSWER_BYTES = 8 * 1024 * 1024
# Below this gzip makes more of it.
_MIN_GZIP_BYTES = 512
# Firewalls forget connections silently.
_MAX_IDLE_S = 60
_MAX_IDLE_CONNECTIONS = 8


class NoAnswer(Exception):
    """The request came to no answer; the events may have arrived or not."""


@dataclass(frozen=True)
class TransportOptions:
    """Where to, and how."""

    host: str
    gzip: bool
    proxy: str | None
    """None: what the environment says (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). Empty: none."""
    ssl_context: ssl.SSLContext | None


class _Connection:
    def __init__(self, http_connection: http.client.HTTPConnection) -> None:
        self.http = http_connection
        self.idle_since = 0.0

    def connect(self, deadline: float) -> None:
        self.http.timeout = max(deadline - time.monotonic(), 0.001)
        self.http.connect()
        self._socket = DeadlineSocket(self.http.sock)
        self.http.sock = self._socket

    def exchange(
        self, path: str, body: bytes, headers: dict[str, str], deadline: float
    ) -> Response:
        self._socket.set_deadline(deadline)
        self.http.request("POST", path, body, headers)
        response = self.http.getresponse()
        content = response.read(_MAX_ANSWER_BYTES + 1)
        if len(content) > _MAX_ANSWER_BYTES:
            raise http.client.HTTPException("the answer is too long")
        return Response(response.status, response.getheader("Retry-After"), content)

    @property
    def is_open(self) -> bool:
        return self.http.sock is not None


class Transport:
    """Sends bodies to `POST /batch`, on connections that are kept. Any number of threads may."""

    def __init__(self, options: TransportOptions) -> None:
        self._url = read_host(options.host)
        self._options = options
        self._proxy = _find_proxy(self._url, options.proxy)
        self._path = f"{self._url.path.rstrip('/')}/batch"
        self._headers = {
            "Content-Type": "application/json",
            "User-Agent": f"headwater-{LIB}/{VERSION}",
        }
        if self._proxy and self._url.scheme == "http":
            # Such a proxy is told the whole address; to others there is a tunnel.
            self._path = f"http://{self._url.netloc}{self._path}"
            self._headers.update(_proxy_headers(self._proxy))
        self._lock = threading.RLock()
        self._idle: list[_Connection] = []
        # Made with the first connection: reading the system's certificates takes 20 ms.
        self._ssl_context = options.ssl_context

    def post(self, body: bytes, timeout_s: float) -> Response:
        """Resolves to whatever was answered, 5xx too. Raises NoAnswer; never takes much longer than it may."""
        headers = self._headers
        if self._options.gzip and len(body) >= _MIN_GZIP_BYTES:
            body = gzip.compress(body, compresslevel=6, mtime=0)
            headers = {**headers, "Content-Encoding": "gzip"}
        deadline = time.monotonic() + timeout_s
        kept = self._take_idle()
        if kept is not None:
            try:
                return self._exchange(kept, body, headers, deadline)
            except (OSError, http.client.HTTPException):
                # The server may just have ended a connection that was long idle: that is no failure of its.
                if time.monotonic() >= deadline:
                    raise NoAnswer("timed out") from None
        try:
            connection = _Connection(self._open())
            connection.connect(deadline)
            return self._exchange(connection, body, headers, deadline)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Ends the idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.http.close()

    def abandon(self) -> None:
        """After a fork: lets go of the parent's connections. Its locks are not to be trusted."""
        self._lock = threading.RLock()
        self.close()

    def _exchange(
        self, connection: _Connection, body: bytes, headers: dict[str, str], deadline: float
    ) -> Response:
        try:
            response = connection.exchange(self._path, body, headers, deadline)
        except BaseException:
            connection.http.close()
            raise
        self._keep(connection)
        return response

    def _keep(self, connection: _Connection) -> None:
        if not connection.is_open:
            return
        connection.idle_since = time.monotonic()
        with self._lock:
            if len(self._idle) < _MAX_IDLE_CONNECTIONS:
                return self._idle.append(connection)
        connection.http.close()

    def _take_idle(self) -> _Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if time.monotonic() - connection.idle_since < _MAX_IDLE_S:
                return connection
            connection.http.close()

    def _open(self) -> http.client.HTTPConnection:
        url, proxy = self._url, self._proxy
        if url.scheme == "http":
            at = proxy or url
            return http.client.HTTPConnection(at.hostname or "", at.port)
        if self._ssl_context is None:
            self._ssl_context = ssl.create_default_context()
        at = proxy or url
        connection = http.client.HTTPSConnection(
            at.hostname or "", at.port or (80 if proxy else 443), context=self._ssl_context
        )
        if proxy:
            connection.set_tunnel(url.hostname or "", url.port or 443, _proxy_headers(proxy))
        return connection


def read_host(host: str) -> SplitResult:
    """The address of the capture service. Raises ValueError when it is not one."""
    url = urlsplit(host.strip())
    _ = url.port  # raises for what is no port
    if url.scheme not in ("http", "https") or not url.hostname:
        raise ValueError(f"invalid host {host!r}: give it as https://events.example.com")
    if url.query or url.fragment or url.username is not None:
        raise ValueError(f"invalid host {host!r}: it has more than an address and a path")
    return url


def _find_proxy(url: SplitResult, proxy: str | None) -> SplitResult | None:
    if proxy is None:
        proxies = urllib.request.getproxies()
        found = proxies.get(url.scheme) or proxies.get("all") or ""
        proxy = "" if urllib.request.proxy_bypass(url.netloc) else found
    if not proxy:
        return None
    read = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if read.scheme != "http" or not read.hostname:
        raise ValueError(f"invalid proxy {read.scheme}://{read.hostname}: only http:// can be used")
    return read


def _proxy_headers(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
