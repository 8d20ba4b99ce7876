"""Headwater in FastAPI: who makes the request, and what with, is said once for all events of it.

HEADWATER_WRITE_KEY=wk_… uvicorn examples.fastapi_app:app
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

import headwater


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Starts the client, and sends what waits at the end, without holding up the loop."""
    headwater.init(
        os.environ["HEADWATER_WRITE_KEY"],
        host=os.environ.get("HEADWATER_HOST", "http://localhost:8000"),
    )
    yield
    await asyncio.to_thread(headwater.shutdown)


class HeadwaterMiddleware:
    """Gives each request a context of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        agent = request.headers.get("user-agent", "")
        properties = {"$current_url": str(request.url), "$raw_user_agent": agent}
        with headwater.context(properties=properties, fresh=True):
            await self.app(scope, receive, send)


async def say_who(request: Request) -> None:
    """Where the user is known. It must be async: what runs in a thread changes a copy of the context."""
    headwater.update_context(request.headers.get("x-user"))


app = FastAPI(lifespan=lifespan)
app.add_middleware(HeadwaterMiddleware)
Who = Annotated[None, Depends(say_who)]


@app.get("/orders/{number}")
async def order(number: int, _who: Who) -> dict[str, str]:
    """An endpoint: it captures, and knows nothing of who."""
    return {"uuid": headwater.capture("order placed", properties={"order": number})}


@app.get("/threads/{number}")
def order_in_a_thread(number: int, _who: Who) -> dict[str, str]:
    """The same in FastAPI's thread pool."""
    return {"uuid": headwater.capture("order placed", properties={"order": number})}
