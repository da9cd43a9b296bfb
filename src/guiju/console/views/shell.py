"""What the frame itself asks for: home, palette."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from guiju.access.permissions import Permission
from guiju.access.web import BOTH, Request, page, public
from guiju.console import palette
from guiju.console.context import Shell


@public(reason="the first address only sends everybody on to the page they start with")
def home(request: Request) -> HttpResponse:
    """Send the reader to Today, or where that is not theirs, to their account."""
    return redirect("console:today" if request.actor.may(Permission.TODAY_READ) else "access:account")


@page(needs=Permission.ACCOUNT_OWN, methods=BOTH)
def commands(request: Request) -> HttpResponse:
    """List the pages, actions and customers that match what was typed; posted, as a name may be among the words."""
    words = request.POST.get("q", "").strip()
    found = palette.search(words=words, request=request)
    return render(
        request, "console/palette.html", {"found": found, "words": words, "search_url": Shell(request).search_url}
    )
