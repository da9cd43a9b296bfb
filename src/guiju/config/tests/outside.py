"""Whoever talks to a running product over HTTP: a browser without scripts, and a program with a token."""

import json
import re
import secrets
import time
from dataclasses import dataclass, field
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Answer:
    """What came back: status, address after redirects, and content."""

    status: int
    address: str
    content: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """Return the content as text."""
        return self.content.decode(errors="replace")

    @property
    def json(self) -> Any:
        """Return the content as JSON."""
        return json.loads(self.content)


def _answer(opener: OpenerDirector, request: Request) -> Answer:
    try:
        response: HTTPResponse | HTTPError = opener.open(request, timeout=60)
    except HTTPError as error:
        response = error
    with response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status or 0, response.geturl() or "", response.read(), headers)


def multipart(filename: str, content: bytes, **fields: str) -> tuple[bytes, str]:
    """Return a form with one file, ``file``, and its content type."""
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
    parts += [
        head.encode(),
        b"Content-Type: application/octet-stream\r\n\r\n",
        content,
        f"\r\n--{mark}--\r\n".encode(),
    ]
    return b"".join(parts), f"multipart/form-data; boundary={mark}"


@dataclass
class Browser:
    """A browser without scripts: follows redirects, keeps cookies, sends forms."""

    base: str
    language: str = "en"
    jar: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> Answer:
        """Open a page."""
        return _answer(self._opener, Request(self._address(path), headers={"Accept-Language": self.language}))

    def post(self, path: str, **fields: Any) -> Answer:
        """Send a form; a field's value may be a list."""
        body = urlencode({"csrfmiddlewaretoken": self._token(), **fields}, doseq=True).encode()
        return self._send(path, body, "application/x-www-form-urlencoded")

    def upload(self, path: str, filename: str, content: bytes) -> Answer:
        """Send a form with one file."""
        return self._send(path, *multipart(filename, content, csrfmiddlewaretoken=self._token()))

    def _send(self, path: str, body: bytes, kind: str) -> Answer:
        headers = {"Content-Type": kind, "Accept-Language": self.language}
        return _answer(self._opener, Request(self._address(path), data=body, headers=headers, method="POST"))

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.base}{path}"

    def _token(self) -> str:
        if not any(cookie.name == "csrftoken" for cookie in self.jar):
            self.get("/sign-in/")
        return next(cookie.value or "" for cookie in self.jar if cookie.name == "csrftoken")

    def come_in(self, link: str) -> "Browser":
        """Sign in by a one-time link, choose a password, and set up an authenticator app where the role needs one."""
        address, _mark, code = link.partition("#")
        self.get(address)
        page = self.post(address, code=code)
        if "/account/password/first/" in page.address:
            page = self.post("/account/password/first/", password1=PASSWORD, password2=PASSWORD)
            page = self.get("/account/")
        if "/account/second-factor/" in page.address:
            page = self.get("/account/second-factor/app/add/")
            secret = re.search(r"\b[A-Z2-7]{32}\b", page.text)
            assert secret, page.text
            code = format_hotp_value(hotp_value(secret[0], int(time.time()) // 30))
            page = self.post("/account/second-factor/app/add/", code=code)
        assert self.get("/account/").address.endswith("/account/"), page.address
        return self


@dataclass
class Caller:
    """A program that calls the API with a token, under a purpose."""

    base: str
    token: str
    purpose: str = "account-management"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send a call; header names have underscores for hyphens."""
        data = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        return self._send(
            method, path, data, kind | {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def upload(self, path: str, filename: str, content: bytes) -> Answer:
        """Send one file."""
        data, kind = multipart(filename, content)
        return self._send("POST", path, data, {"Content-Type": kind})

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        known = {"Authorization": f"Bearer {self.token}", "Guiju-Purpose": self.purpose, "Accept": "*/*"}
        address = f"{self.base}/api/v1{path}"
        return _answer(build_opener(), Request(address, data=data, headers=known | headers, method=method))
