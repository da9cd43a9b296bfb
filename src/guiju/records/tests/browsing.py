"""Browsers of the records' tests: who is at which desk, addresses of pages, what must never stand in an answer."""

from html.parser import HTMLParser
from typing import Any

from django.urls import reverse

from guiju.ledger.models import Entry
from guiju.records.models import Customer

CLEAR = ("13800138000", "138 0013 8000", "li.na@example.com", "11010519491231002X")
HTMX = {"HX-Request": "true"}
PLAIN_STATIC = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def page_of(customer: Customer, name: str = "customer", *more: object) -> str:
    """Return the address of a page of a customer."""
    return reverse(f"records:{name}", args=[customer.pk, *more])


def text_of(answer: Any) -> str:
    """Return the answer as text."""
    return str(answer.content.decode())


def leaks(answer: Any) -> list[str]:
    """Return the values in an answer that are to be masked."""
    text = text_of(answer)
    return [value for value in CLEAR if value in text]


def kinds() -> list[str]:
    """Return the kinds of all entries about records, the oldest first."""
    return list(Entry.objects.filter(kind__startswith="records").order_by("id").values_list("kind", flat=True))


class _Form(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._action, self._inside, self._area, self._select = action, False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name = found.get("name") or ""
        if tag == "form":
            self._inside = found.get("action", "") == self._action and found.get("method") == "post"
        elif not self._inside:
            return
        elif tag == "input" and name:
            if found.get("type") in ("checkbox", "radio") and "checked" not in found:
                return
            self.fields.setdefault(name, []).append(found.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self.fields.setdefault(name, []).append("")
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in found and self._select:
            self.fields.setdefault(self._select, []).append(found.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area][-1] += data


def filled_in(answer: Any, *, action: str = "") -> dict[str, Any]:
    """Return what a browser would send of the page's form: names and values as they stand in it."""
    form = _Form(action)
    form.feed(text_of(answer))
    return {name: values[0] if len(values) == 1 else values for name, values in form.fields.items()}
