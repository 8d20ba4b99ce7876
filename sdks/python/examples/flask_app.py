"""Headwater in Flask: who makes the request, and what with, is said once for all events of it.

HEADWATER_WRITE_KEY=wk_… gunicorn --threads 8 examples.flask_app:app
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, jsonify, request

import headwater

headwater.init(
    os.environ["HEADWATER_WRITE_KEY"],
    host=os.environ.get("HEADWATER_HOST", "http://localhost:8000"),
)
app = Flask(__name__)
flask_wsgi_app = app.wsgi_app


def with_context(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Gives each request a context of its own: a thread serves many requests, one after the other."""
    with headwater.context(fresh=True):
        return flask_wsgi_app(environ, start_response)


app.wsgi_app = with_context  # type: ignore[method-assign]


@app.before_request
def say_who() -> None:
    """Where the user is known."""
    agent = request.headers.get("User-Agent", "")
    headwater.update_context(
        request.headers.get("X-User"), {"$current_url": request.url, "$raw_user_agent": agent}
    )


@app.get("/orders/<int:number>")
def order(number: int) -> Response:
    """A view: it captures, and knows nothing of who."""
    return jsonify(uuid=headwater.capture("order placed", properties={"order": number}))
