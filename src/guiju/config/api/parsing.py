"""Reads the bodies of calls strictly: JSON in UTF-8 without double keys, NUL characters or half characters."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from ninja.parser import Parser

from guiju.kit.errors import Invalid, Problem, Refused


class Malformed(Refused):
    """The body is no JSON."""

    code = "malformed"
    status = 400
    message = _("The body is not one well-formed JSON document in UTF-8.")


class StrictParser(Parser):
    """Django Ninja's parser, without what JSON leaves open."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body. Raises Malformed, or Invalid for text that cannot be kept."""
        try:
            found = json.loads(
                request.body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError) as error:
            raise Malformed from error
        _check_text(found)
        return found

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Return query parameters, form fields or files; text that cannot be kept is refused."""
        found = super().parse_querydict(data, list_fields, request)
        _check_text(found)
        return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError


def _check_text(found: Any) -> None:
    if any("\0" in text or not _whole(text) for text in _texts(found)):
        message = _("Text must not hold NUL characters or halves of characters.")
        raise Invalid(problems=[Problem(field="body", rule="text", message=message)])


def _whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text) if not text.isascii() else True


def _texts(found: Any) -> Iterator[str]:
    match found:
        case str():
            yield found
        case dict():
            for key, value in found.items():
                yield str(key)
                yield from _texts(value)
        case list():
            for value in found:
                yield from _texts(value)
