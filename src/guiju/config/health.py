"""Tells load balancers and the supervisor that the web process answers."""

from django.db import connections
from django.http import HttpRequest, HttpResponse

from guiju.access.web import public


@public(reason="a load balancer has no account, and the answer is one word", methods=("GET", "HEAD"))
def alive(request: HttpRequest) -> HttpResponse:
    """Answer ``ok`` where both databases answer; it says nothing about the contents."""
    for name in ("default", "keyring"):
        with connections[name].cursor() as cursor:
            cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
