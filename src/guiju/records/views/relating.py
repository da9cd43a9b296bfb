"""Recording and ending relationships between customers."""

import re
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guiju.access.permissions import Permission
from guiju.access.web import BOTH, SEND, Request, page
from guiju.kit.errors import Refused
from guiju.kit.forms import refuse
from guiju.kit.ids import parse_uuid
from guiju.records import actions, queries
from guiju.records.finding import Filters
from guiju.records.forms import RelateForm
from guiju.records.showing import Shown
from guiju.records.views import frame

MOST = 8
PAGE_OF = re.compile(r"customers/([0-9a-f-]{36})")


@page(needs=Permission.CUSTOMER_UPDATE, methods=BOTH)
def relate(request: Request, customer_id: UUID) -> HttpResponse:
    """Find the other customer and record what they are to each other."""
    form = RelateForm(request.POST or None)
    shown = frame.name_only(request, customer_id)
    offered: list[Shown] = []
    if form.is_valid():
        chosen = parse_uuid(request.POST.get("chosen", "")) or _named(form.cleaned_data["other"])
        if chosen is None:
            offered = _found(request, form.cleaned_data["other"], but=customer_id)
        else:
            try:
                actions.relate(
                    subject=customer_id,
                    related=chosen,
                    kind=form.cleaned_data["kind"],
                    purpose=request.purpose,
                    by=request.actor,
                    at=request.at,
                )
            except Refused as refused:
                refuse(form, refused)
            else:
                messages.success(request, _("The relationship is recorded."))
                return redirect("records:customer_relationships", customer_id)
    words = {"form": form, "offered": offered, "customer": shown.customer, "title": frame.title_of(shown)}
    words["searched"] = form.is_bound and form.is_valid()
    return render(request, "records/relate.html", words, status=422 if form.errors else 200)


def _named(text: str) -> UUID | None:
    match = PAGE_OF.search(text)
    return parse_uuid(match[1] if match else text.strip())


def _found(request: Request, text: str, *, but: UUID) -> list[Shown]:
    listed = queries.listing(
        actor=request.actor,
        purpose=request.purpose,
        at=request.at,
        filters=Filters(text=text),
        size=MOST,
        columns=("job-title",),
    )
    return [row for row in listed.rows if row.customer.pk != but]


@page(needs=Permission.CUSTOMER_UPDATE, methods=SEND)
def end(request: Request, customer_id: UUID, tie_id: UUID) -> HttpResponse:
    """End a relationship."""
    actions.end_relationship(relationship=tie_id, purpose=request.purpose, by=request.actor, at=request.at)
    messages.success(request, _("The relationship is ended; it stays in the history."))
    return redirect("records:customer_relationships", customer_id)
