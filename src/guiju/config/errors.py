"""The pages for what no view answers: bad requests, unknown addresses, defects, a database that is away."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from guiju.access.web import refused
from guiju.kit.errors import Refused


class TooLarge(Refused):
    """More was sent than is read."""

    code = "too-large"
    status = 413
    message = _("This is larger than Guiju accepts at once.")
    remedy = _("Split the file, or ask whoever runs this installation for a higher limit.")


class Malformed(Refused):
    """The request cannot be read."""

    code = "malformed"
    status = 400
    message = _("Guiju could not read this request.")
    remedy = _("Go back, load the page again and repeat what you did.")


class Expired(Refused):
    """The form was sent without the token of this visit, or from another site."""

    code = "form-expired"
    status = 403
    message = _("This form is no longer valid: your visit began anew meanwhile, or cookies are off.")
    remedy = _("Go back, load the page again and repeat what you did.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that was too large or could not be read."""
    return refused(request, TooLarge() if isinstance(exception, RequestDataTooBig) else Malformed())


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token."""
    return refused(request, Expired())


def broken(request: HttpRequest) -> HttpResponse:
    """Answer after a defect, or while a database is away, with a page that needs no database itself."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = HttpResponse(render_to_string("config/broken.html", {"away": away}), status=503 if away else 500)
    if away:
        response["Retry-After"] = "5"
    return response
