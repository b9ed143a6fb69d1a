"""A web server on loopback for one page: three files without personal data, and one way to talk.

Only this computer reaches it, and of its pages only its own: a name that resolves here (DNS
rebinding) is refused by the Host header, another site's page by Origin. Nothing is logged and
nothing may be kept in a cache. Messages wait in a queue for the thread that holds the store.
"""

from __future__ import annotations

import contextlib
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_FOLDER = Path(__file__).with_name("page")
_FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
}
_MAX_MESSAGE = 8192
_PATIENCE = 15

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "clipboard-write=(self), clipboard-read=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Asked:
    """One message of the page, which waits for its answer."""

    def __init__(self, message: dict[str, Any]):
        self.message = message
        self._answers: queue.Queue[tuple[int, dict[str, Any]]] = queue.Queue(1)
        self.written = threading.Event()

    def reply(self, status: int, answer: dict[str, Any]) -> None:
        """Answer it, and wait until the answer has left, so that the last one leaves, too."""
        self._answers.put((status, answer))
        self.written.wait(_PATIENCE)

    def answer(self) -> tuple[int, dict[str, Any]]:
        """Return the answer once there is one; 503 where nobody answers any more."""
        try:
            return self._answers.get(timeout=_PATIENCE)
        except queue.Empty:
            return 503, {}


class Loopback:
    """The server, for as long as it is entered."""

    def __init__(self) -> None:
        self._asked: queue.Queue[Asked] = queue.Queue()
        self._server = _Server(self._asked)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )

    @property
    def address(self) -> str:
        """Where it listens, such as ``http://127.0.0.1:41234``."""
        return f"http://{self._server.host}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def next(self, seconds: float) -> Asked | None:
        """Return the next message, or None when none comes within *seconds*."""
        with contextlib.suppress(queue.Empty):
            return self._asked.get(timeout=max(seconds, 0))
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, asked: queue.Queue[Asked]):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = asked
        self.host = f"127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that hung up: what the library would print names the request."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE

    def version_string(self) -> str:
        """Tell no versions."""
        return "perisai"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Keep no access log."""

    def _refused(self) -> bool:
        """Tell whether a request is not from our own page, or not meant for this server."""
        host, origin = self.headers.get_all("Host", []), self.headers.get("Origin")
        site = self.headers.get("Sec-Fetch-Site", "none")
        ours = f"http://{self.server.host}"
        return host != [self.server.host] or origin not in (None, ours) or site not in _SITES

    def do_GET(self) -> None:
        """Serve one of the three files."""
        if self._refused():
            self._send(403, b"", "text/plain")
        elif self.path in _FILES:
            name, kind = _FILES[self.path]
            self._send(200, (_FOLDER / name).read_bytes(), kind)
        else:
            self._send(404, b"", "text/plain")

    def do_POST(self) -> None:
        """Hand one message of the page on, and send its answer."""
        message = None if self._refused() or self.headers.get("Origin") is None else self._message()
        if message is None:
            self._send(403, b"{}", _JSON)
            return
        asked = Asked(message)
        self.server.asked.put(asked)
        status, answer = asked.answer()
        try:
            self._send(status, json.dumps(answer).encode("utf-8"), _JSON)
        finally:
            asked.written.set()

    def _message(self) -> dict[str, Any] | None:
        """Return the message in the request's body; None where it is none."""
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        plain = length.isascii() and length.isdigit() and len(length) < 6
        if self.path != "/talk" or kind != _JSON or not plain or int(length) > _MAX_MESSAGE:
            return None
        try:
            held = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):  # no JSON, no UTF-8, or nested without end
            return None
        return held if isinstance(held, dict) else None

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


_JSON = "application/json"
_SITES = ("none", "same-origin")
