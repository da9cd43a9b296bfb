"""What the frame itself asks for: home, language, palette."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language

from guiju.access.permissions import Permission
from guiju.access.web import Request, page, public
from guiju.console import palette


@public(reason=_("The first address sends everybody on to the page they start with."))
def home(request: Request) -> HttpResponse:
    """Send the reader to Today, or where that is not theirs, to their account."""
    return redirect("console:today" if request.actor.may(Permission.TODAY_READ) else "access:account")


@public(reason=_("Everybody chooses the language they read, signed in or not."), methods=("POST",))
def language(request: Request) -> HttpResponse:
    """Remember the chosen language and come back to the same page."""
    return set_language(request)


@page(needs=Permission.ACCOUNT_OWN)
def commands(request: Request) -> HttpResponse:
    """List the pages, actions and customers that match what was typed."""
    groups = palette.search(words=request.GET.get("q", "").strip(), request=request)
    return render(request, "console/palette.html", {"found": groups})
