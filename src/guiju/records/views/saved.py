"""Saving and removing views of the list."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from guiju.access.permissions import Permission
from guiju.access.web import SEND, Request, page
from guiju.records import saving


@page(needs=Permission.CUSTOMER_READ, methods=SEND)
def save(request: Request) -> HttpResponse:
    """Save the filters in force under a name."""
    view = saving.save_view(
        name=request.POST.get("name", ""),
        params=QueryDict(request.POST.get("params", "").removeprefix("?")),
        shared="shared" in request.POST,
        by=request.actor,
        at=request.at,
    )
    messages.success(request, _("The view is saved."))
    return redirect(f"{reverse('records:customers')}?{view.params}")


@page(needs=Permission.CUSTOMER_READ, methods=SEND)
def drop(request: Request, view_id: UUID) -> HttpResponse:
    """Remove a view."""
    saving.drop_view(view=view_id, by=request.actor, at=request.at)
    messages.success(request, _("The view is removed."))
    return redirect("records:customers")
