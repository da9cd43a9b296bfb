"""What operations do alike: honour an Idempotency-Key, compare versions, hand out files."""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from guiju.access import repeating
from guiju.access.calls import Call, header
from guiju.access.repeating import Made
from guiju.kit.errors import Conflict, Invalid, Problem, Refused

KEY = "Idempotency-Key"
KEY_HEADER = header(
    KEY,
    "Any text of your own; sent again within a day with the same body, the call gives its first answer again.",
    pattern=r"^[!-~]{1,255}$",
)
IF_MATCH_HEADER = header(
    "If-Match", 'The ETag of the version that the change is made to, such as `"3"`.', required=True, pattern=r'^"\d+"$'
)

_KEY = re.compile(r"[!-~]{1,255}")
_VERSION = re.compile(r'"(\d{1,9})"')


class PreconditionRequired(Refused):
    """The change does not say which version it is made to."""

    code = "precondition-required"
    status = 428
    message = _("Say which version you change: send its ETag as If-Match.")
    remedy = _("Read the record first, and repeat the change with its ETag.")


class Stale(Conflict):
    """The version asked for is not the current one."""

    code = "stale"
    message = _("If-Match names no version of this record; nothing was saved.")
    remedy = _("Read the record again and repeat your change.")


def made_once(call: Call, response: HttpResponse, *, operation: str, body: bytes, make: Callable[[], Made]) -> Made:
    """Call ``make``, or where the call's Idempotency-Key was used before, return what it made then."""
    key = call.headers.get(KEY)
    if key is None:
        return make()
    if not _KEY.fullmatch(key):
        message = _("The key must have 1 to 255 visible ASCII characters.")
        raise Invalid(problems=[Problem(field=KEY, rule="text", message=message)])
    made, repeated = repeating.once(
        key=key,
        operation=f"{operation}:{call.purpose}",
        body=body,
        make=make,
        by=call.actor,
        token=call.token,
        at=call.at,
    )
    response["Idempotency-Replayed"] = "true" if repeated else "false"
    return made


def version_asked(call: Call) -> int:
    """Return the version that If-Match names. Raises PreconditionRequired without it, Stale for no version of ours."""
    given = call.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    match = _VERSION.fullmatch(given.strip())
    if match is None:
        raise Stale
    return int(match[1])


def etag(version: int) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def listed(values: Iterable[str]) -> list[str]:
    """Return the items of a parameter that is repeated or separated by commas."""
    return [item.strip() for value in values for item in value.split(",") if item.strip()]


def download(content: Iterable[bytes] | Iterator[bytes], *, filename: str, content_type: str) -> StreamingHttpResponse:
    """Answer with a file to save."""
    response = StreamingHttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
