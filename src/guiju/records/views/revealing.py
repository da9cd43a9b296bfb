"""Revealing one value, saying why it is shown as it is, and showing it as it is again."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from guiju.access.fields import FieldClass
from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.web import BOTH, Request, page
from guiju.kit.errors import NotFound
from guiju.records import queries, reaching, standard
from guiju.records.forms import ReasonForm
from guiju.records.queries import REASONS
from guiju.records.showing import Shown
from guiju.records.standard import FieldSpec
from guiju.records.views import customer as customer_page
from guiju.records.views import frame

SECONDS = 60


def spec_of(field: str) -> FieldSpec:
    """Return a field of the standard; raises NotFound where there is none."""
    spec = standard.load().fields.get(field)
    if spec is None:
        raise NotFound(_("The collection standard has no such field."))
    return spec


@page(needs=Permission.CUSTOMER_REVEAL, methods=BOTH)
def reveal(request: Request, customer_id: UUID, field: str) -> HttpResponse:
    """Show a masked value in clear; the look is recorded, and a sensitive field asks for a reason first."""
    spec = spec_of(field)
    form = ReasonForm(request.POST if "asked" in request.POST else None)
    reason = request.POST.get("reason", "")
    asks = spec.field_class == FieldClass.SENSITIVE and reason not in REASONS
    if request.method != "POST" or asks:
        return _ask(request, customer_id, spec, form)
    only = [field] if request.htmx else None
    shown = queries.opened(
        customer=customer_id,
        actor=request.actor,
        purpose=request.purpose,
        at=request.at,
        reveal=[field],
        reason=reason,
        only=only,
    )
    if not request.htmx:
        return customer_page.respond_record(request, shown, revealed=field)
    return respond_value(request, shown, spec, revealed=True)


def _ask(request: Request, customer_id: UUID, spec: FieldSpec, form: ReasonForm) -> HttpResponse:
    customer = reaching.find(customer=customer_id, actor=request.actor)
    words = {"customer": customer, "spec": spec, "form": form}
    if not request.htmx:
        return render(request, "records/reveal.html", words, status=422 if form.errors else 200)
    response = render(request, "records/parts/reason.html", words)
    response["HX-Retarget"] = "#ask-body"
    response["HX-Reswap"] = "innerHTML"
    response["HX-Trigger"] = "records:ask"
    return response


@page(needs=Permission.CUSTOMER_READ)
def value(request: Request, customer_id: UUID, field: str) -> HttpResponse:
    """Show one value as the page first shows it; an edit that was given up comes back to it."""
    shown = queries.opened(
        customer=customer_id, actor=request.actor, purpose=request.purpose, at=request.at, only=[field]
    )
    return respond_value(request, shown, spec_of(field))


def respond_value(request: Request, shown: Shown, spec: FieldSpec, *, revealed: bool = False) -> HttpResponse:
    """Render one value of the page."""
    place = customer_page.Place(spec=spec, cell=shown.cells.get(spec.key))
    words = frame.rights(request, shown.customer) | {"customer": shown.customer, "place": place}
    if place.cell is None and spec.key not in shown.hidden:
        words["place"] = customer_page.Place(spec=spec, empty=True)
    if revealed:
        words["seconds"] = SECONDS
    return render(request, "records/parts/value.html", words)


@page(needs=Permission.CUSTOMER_READ)
def why(request: Request, customer_id: UUID, field: str) -> HttpResponse:
    """Say in sentences why the reader sees a field the way it is shown."""
    spec = spec_of(field)
    sentences = queries.explain(customer=customer_id, field=field, actor=request.actor, purpose=request.purpose)
    words = {
        "customer_id": customer_id,
        "spec": spec,
        "sentences": sentences,
        "kept_for": [found for code in spec.purposes if (found := frame.ground(PURPOSES.get(code)))],
        "retention": standard.load().retention_classes[spec.retention],
    }
    template = "records/parts/why.html" if request.htmx else "records/why.html"
    return render(request, template, words)
