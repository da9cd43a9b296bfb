"""Writing notes about a customer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from guiju.access.permissions import Permission
from guiju.access.web import SEND, Request, page
from guiju.kit.errors import Invalid
from guiju.records import actions
from guiju.records.views.customer import respond_notes


@page(needs=Permission.CUSTOMER_UPDATE, methods=SEND)
def add(request: Request, customer_id: UUID) -> HttpResponse:
    """Add a note."""
    text = request.POST.get("text", "")
    try:
        actions.add_note(customer=customer_id, text=text, purpose=request.purpose, by=request.actor, at=request.at)
    except Invalid as refused:
        problem = refused.problems[0].message if refused.problems else refused.message
        return respond_notes(request, customer_id, typed=text, problem=problem, status=422)
    messages.success(request, _("The note is kept, sealed under the customer's own key."))
    return redirect("records:customer_notes", customer_id)
