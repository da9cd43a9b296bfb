"""Today: the first page of the day."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render

from guiju.access import queries as access
from guiju.access.permissions import Permission
from guiju.access.web import Request, page
from guiju.console import today


@page(needs=Permission.TODAY_READ)
def cockpit(request: Request) -> HttpResponse:
    """Show what is in reach, what is running, how far the ledger is sealed and what happened lately.

    Under htmx only the imports are asked for, as long as one of them is running.
    """
    actor = request.actor
    runs = today.imports(actor=actor, at=request.at)
    running = {"runs": runs, "moving": any(run.moving for run in runs)}
    if request.htmx:
        return render(request, "console/today.html#imports", running)
    oversees = actor.may(Permission.LEDGER_READ)
    figures = today.customers(actor=actor)
    context = {
        **running,
        "figures": figures,
        "nobody": bool(figures) and not figures[0].count,
        "proposals": today.proposals(actor=actor, at=request.at),
        "seal": today.seal(),
        "oversees": oversees,
        "refused": today.refused_since(at=request.at - timedelta(days=7)) if oversees else [],
        "lately": today.lately(actor=actor),
        "sessions": len(access.sessions_of(person=request.person, at=request.at)),
    }
    return render(request, "console/today.html", context)
