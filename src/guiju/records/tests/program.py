"""A program that uses the API with a token."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client

from guiju.access import actions
from guiju.access.models import Person
from guiju.access.tests.cast import OPERATOR
from guiju.kit import clock

BASE = "/api/v1"


@dataclass
class Program:
    """Calls the API as a person's program does; each call may add headers."""

    secret: str
    headers: dict[str, str] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a call; header names have underscores for hyphens."""
        sent = {"Authorization": f"Bearer {self.secret}", **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        kind = sent.pop("Content-Type", "application/json")
        data = {} if body is None else {"data": body, "content_type": kind}
        return self.client.generic(method, BASE + path, headers=sent, **_encoded(data))

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send something new."""
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """Change something."""
        return self.call("PATCH", path, body, **headers)


def _encoded(data: dict[str, Any]) -> dict[str, Any]:
    if data and not isinstance(data["data"], str | bytes):
        data["data"] = json.dumps(data["data"])
    return data


def program_of(person: Person, *purposes: str, **headers: str) -> Program:
    """Give a person's program a token for some purposes."""
    now = clock.now()
    _token, secret = actions.create_token(
        person=person,
        name="test",
        purposes=purposes or ("account-management",),
        expires_at=now + timedelta(hours=1),
        by=OPERATOR,
        at=now,
    )
    return Program(secret, headers)
