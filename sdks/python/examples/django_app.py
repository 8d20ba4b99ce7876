"""Headwater in Django: who makes the request, and what with, is said once for all events of it.

    HEADWATER_WRITE_KEY=wk_… gunicorn --preload examples.django_app:application

In a project of yours: `HeadwaterMiddleware` after the AuthenticationMiddleware, `headwater.init` in settings.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

import headwater

settings.configure(
    SECRET_KEY="only for this example",
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[f"{__name__}.HeadwaterMiddleware"],
)
django.setup()
headwater.init(
    os.environ["HEADWATER_WRITE_KEY"],
    host=os.environ.get("HEADWATER_HOST", "http://localhost:8000"),
)


class HeadwaterMiddleware:
    """All events of a request are its user's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        # Without Django's users, as here: whoever the gateway in front says.
        who = (
            user.pk if user is not None and user.is_authenticated else request.headers.get("X-User")
        )
        properties = {
            "$current_url": request.build_absolute_uri(),
            "$raw_user_agent": request.headers.get("User-Agent", ""),
        }
        with headwater.context(who, properties, fresh=True):
            return self.get_response(request)


def order(request: HttpRequest, number: int) -> HttpResponse:
    """A view: it captures, and knows nothing of who."""
    return JsonResponse({"uuid": headwater.capture("order placed", properties={"order": number})})


urlpatterns = [path("orders/<int:number>", order)]
application = get_wsgi_application()
# In gunicorn's master, before it forks: its own to send, and no worker sends it again.
headwater.capture("service started", "shop")
