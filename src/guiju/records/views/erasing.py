"""Erasing a record: what is destroyed, for which reason, typed to be sure."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guiju.access.permissions import Permission
from guiju.access.web import BOTH, Request, page
from guiju.kit.errors import Refused
from guiju.kit.forms import refuse
from guiju.records import actions, queries, reaching
from guiju.records.forms import EraseForm
from guiju.records.views import frame


@page(needs=Permission.CUSTOMER_ERASE, methods=BOTH)
def erase(request: Request, customer_id: UUID) -> HttpResponse:
    """Destroy the keys of a record after its code was typed."""
    record = reaching.find(customer=customer_id, actor=request.actor, permission=Permission.CUSTOMER_ERASE)
    form = EraseForm(request.POST or None, expected=code_of(record.pk))
    if form.is_valid():
        try:
            actions.erase(
                customer=record.pk,
                reason=form.cleaned_data["reason"],
                purpose=request.purpose,
                by=request.actor,
                at=request.at,
            )
        except Refused as refused:
            refuse(form, refused)
        else:
            messages.success(request, _("The keys are destroyed. Nobody can read this record any more."))
            return redirect("records:customer", record.pk)
    shown = frame.name_only(request, customer_id)
    words = {
        "form": form,
        "customer": record,
        "title": frame.title_of(shown),
        "code": code_of(record.pk),
        "keys": frame.key_states(record.pk),
        "held": queries.holdings(customer=record.pk, actor=request.actor),
    }
    return render(request, "records/erase.html", words, status=422 if form.errors else 200)


def code_of(customer: UUID) -> str:
    """Return the short code that names a record when something irreversible is confirmed."""
    return customer.hex[-6:].upper()
