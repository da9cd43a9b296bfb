"""Changing many records at once: choose, see what it would do, do it, undo it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guiju.access.permissions import Permission
from guiju.access.web import SEND, Request, page
from guiju.kit.errors import Invalid, NotFound, Words
from guiju.kit.ids import parse_uuid
from guiju.records import bulk as bulk_actions
from guiju.records import choices
from guiju.records.bulk import Change

TITLES: dict[Change, Words] = {
    Change.OWNER: gettext_lazy("Assign owner"),
    Change.UNIT: gettext_lazy("Move to a unit"),
    Change.ADD_TAG: gettext_lazy("Add a tag"),
    Change.REMOVE_TAG: gettext_lazy("Remove a tag"),
}


@page(needs=Permission.CUSTOMER_UPDATE, methods=SEND)
def bulk(request: Request, change: str) -> HttpResponse:
    """Ask for the value, show what the change would do, and do it once that was confirmed."""
    if change not in list(Change):
        raise NotFound(_("There is no such change."))
    wanted = Change(change)
    picked = [found for key in request.POST.getlist("picked") if (found := parse_uuid(key))]
    if not picked:
        messages.info(request, _("Choose some rows first."))
        return redirect("records:customers")
    words: dict[str, Any] = {"change": change, "title": TITLES[wanted], "picked": picked, "options": None}
    words |= {"value": request.POST.get("value", "")} | _options(request, wanted)
    if "value" in request.POST:
        try:
            if "sure" in request.POST:
                return _do(request, picked, wanted)
            words["preview"] = bulk_actions.preview(
                customers=picked, change=wanted, value=words["value"], by=request.actor
            )
        except Invalid as refused:
            words["problems"] = refused.problems
    return render(request, "records/bulk.html", words, status=422 if "problems" in words else 200)


def _options(request: Request, change: Change) -> dict[str, Any]:
    units = choices.units(actor=request.actor, permission=Permission.CUSTOMER_UPDATE)
    if change is Change.UNIT:
        return {"options": choices.named_units(units)}
    if change is Change.OWNER:
        people = choices.named_people(choices.colleagues(actor=request.actor, within=units))
        return {"options": [("", _("Nobody")), *people]}
    return {}


def _do(request: Request, picked: list[UUID], change: Change) -> HttpResponse:
    done = bulk_actions.bulk_change(
        customers=picked,
        change=change,
        value=request.POST["value"],
        purpose=request.purpose,
        by=request.actor,
        at=request.at,
    )
    words = ngettext("%(count)s record is changed.", "%(count)s records are changed.", done.changed)
    undo = reverse("records:customers_bulk_undo", args=[done.bulk])
    link = format_html('{} <a href="{}">{}</a>', words % {"count": done.changed}, undo, _("Undo"))
    messages.success(request, link)
    return redirect("records:customers")


@page(needs=Permission.CUSTOMER_UPDATE, methods=("GET", "HEAD", "POST"))
def undo(request: Request, bulk_id: UUID) -> HttpResponse:
    """Put back what a bulk change replaced."""
    if request.method != "POST":
        return render(request, "records/bulk_undo.html", {})
    done = bulk_actions.undo_bulk(bulk=bulk_id, purpose=request.purpose, by=request.actor, at=request.at)
    words = ngettext(
        "%(count)s record is as it was before.", "%(count)s records are as they were before.", done.changed
    )
    messages.success(request, words % {"count": done.changed})
    return redirect("records:customers")
