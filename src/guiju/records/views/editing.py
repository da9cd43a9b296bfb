"""Editing a record: all of it in one form, or one field in its place; what is masked is never filled in.

One request is one transaction: the looks before and after and the change between are committed together, once.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guiju.access.fields import Visibility
from guiju.access.permissions import Permission
from guiju.access.web import BOTH, SEND, Request, page
from guiju.kit.errors import Invalid, NotFound, Problem, Refused
from guiju.kit.forms import refuse
from guiju.kit.ids import parse_number
from guiju.records import actions, drafting, past, queries, reaching, standard
from guiju.records import inputs as filling
from guiju.records.forms import PlaceForm
from guiju.records.holding import Erased, Held, hold
from guiju.records.inputs import Input
from guiju.records.models import Customer, State
from guiju.records.queries import NAMES
from guiju.records.showing import Shown
from guiju.records.standard import FieldSpec, Kind
from guiju.records.views import frame
from guiju.records.views.fields import grouped
from guiju.records.views.revealing import respond_value, spec_of
from guiju.vault.normalising import REGION

SEEN = (Visibility.CLEAR, Visibility.MASKED)


@dataclass
class Edit:
    """One attempt to change a record: what was typed, which version it began from, what is in its way."""

    request: Request
    shown: Shown
    inputs: list[Input]
    place: PlaceForm | None
    version: int
    problems: list[Problem] = field(default_factory=list)
    refusal: Refused | None = None
    meanwhile: past.Meanwhile | None = None
    held: Held | None = None

    @property
    def customer(self) -> Customer:
        """Return the record's envelope."""
        return self.shown.customer

    def save(self) -> bool:
        """Write what changed; False where something is in the way, which the page then shows."""
        good = self.place is None or self.place.is_valid()
        place = self.place.cleaned_data if self.place is not None else {}
        region = place.get("jurisdiction") or self.customer.jurisdiction or REGION
        kind = Kind(self.customer.kind)
        raw = filling.changes(self.inputs)
        values, problems, _warnings = drafting.draft(kind, raw, standard.load(), region, removing=True)
        self._complain(problems)
        if problems or not good:
            return False
        columns = self._columns()
        return not (values or columns) or self._update(values, columns)

    def _columns(self) -> dict[str, object]:
        if self.place is None:
            return {}
        typed = self.place.columns()
        return {name: value for name, value in typed.items() if getattr(self.customer, name) != value}

    def _update(self, values: dict[str, object], columns: dict[str, object]) -> bool:
        request = self.request
        try:
            actions.update(
                customer=self.customer.pk,
                changes=values,
                version=self.version,
                purpose=request.purpose,
                by=request.actor,
                at=request.at,
                columns=columns,
                held=self.held,
            )
        except actions.Stale as stale:
            self._catch_up(stale)
        except NotFound:
            raise
        except Refused as refused:
            self._complain(refused.problems)
            self.refusal = None if refused.problems else refused
        else:
            return True
        return False

    def _catch_up(self, stale: Refused) -> None:
        """Keep what was typed, say what changed meanwhile, and let the next save begin from now."""
        self.refusal = stale
        self.meanwhile = past.meanwhile(customer=self.customer.pk, actor=self.request.actor, version=self.version)
        self.version = self.customer.version
        for one in self.inputs:
            if one.spec.key in self.meanwhile.fields:
                one.now = one.cell.lines if one.cell is not None else (_("empty"),)

    def _complain(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        left = filling.complain(self.inputs, problems)
        ours = [one for one in left if self.place is not None and one.field in self.place.fields]
        if ours and self.place is not None:
            refuse(self.place, Invalid(problems=ours))
        self.problems += [one for one in left if one not in ours]


def _begin(request: Request, customer_id: UUID, *, only: list[str] | None = None) -> Edit:
    reveal = [key for key in [request.POST.get("reveal", "")] if key and (only is None or key in only)]
    held = None
    if _is_saving(request):
        held = hold(customer=customer_id, by=request.actor, permission=Permission.CUSTOMER_UPDATE)
    shown = queries.opened(
        customer=customer_id,
        actor=request.actor,
        purpose=request.purpose,
        at=request.at,
        only=only,
        permission=Permission.CUSTOMER_UPDATE,
        reveal=reveal,
        reason="correct" if reveal else "",
        held=held,
    )
    if shown.customer.state == State.ERASED:
        raise Erased
    posted = request.POST if request.method == "POST" else None
    typed = parse_number(request.POST.get("version", ""))
    return Edit(
        request=request,
        shown=shown,
        inputs=filling.inputs(_editable(shown, only), shown.cells, posted, more=request.POST.get("more", "")),
        place=_place(request, shown.customer) if only is None else None,
        version=shown.customer.version if typed is None else typed,
        held=held,
    )


def _editable(shown: Shown, only: list[str] | None) -> list[FieldSpec]:
    specs = standard.load().fields_of(Kind(shown.customer.kind))
    return [
        spec
        for spec in specs
        if (only is None or spec.key in only)
        and spec.key not in shown.hidden
        and (spec.key not in shown.cells or _is_seen(shown, spec))
    ]


def _is_seen(shown: Shown, spec: FieldSpec) -> bool:
    cell = shown.cells[spec.key]
    return cell.visibility in SEEN and not cell.erased


def _place(request: Request, customer: Customer) -> PlaceForm:
    held = {
        "unit": str(customer.unit_id),
        "owner": str(customer.owner_id or ""),
        "jurisdiction": customer.jurisdiction,
        "reference": customer.reference,
        "tags": ", ".join(customer.tags),
    }
    posted = request.POST if request.method == "POST" else None
    return PlaceForm(posted, initial=held, actor=request.actor, permission=Permission.CUSTOMER_UPDATE)


def _is_saving(request: Request) -> bool:
    return request.method == "POST" and not {"more", "reveal"} & request.POST.keys()


@page(needs=Permission.CUSTOMER_UPDATE, methods=BOTH)
@transaction.atomic
def edit(request: Request, customer_id: UUID) -> HttpResponse:
    """Edit the whole record."""
    attempt = _begin(request, customer_id)
    saving = _is_saving(request)
    if saving and attempt.save():
        messages.success(request, _("The changes are saved."))
        return redirect("records:customer", customer_id)
    words = {
        "attempt": attempt,
        "customer": attempt.customer,
        "title": frame.title_of(attempt.shown),
        "crumbs": frame.crumbs(attempt.shown),
        "groups": grouped(attempt.inputs),
    }
    return render(request, "records/edit.html", words, status=422 if saving else 200)


@page(needs=Permission.CUSTOMER_UPDATE, methods=BOTH)
@transaction.atomic
def edit_field(request: Request, customer_id: UUID, field: str) -> HttpResponse:
    """Edit one field, in its place on the customer's page where scripts run."""
    spec = spec_of(field)
    attempt = _begin(request, customer_id, only=[field, *(NAMES if not request.htmx else ())])
    attempt.inputs = [one for one in attempt.inputs if one.spec.key == field]
    if not attempt.inputs:
        raise NotFound(_("This field is not open to you."))
    saving = _is_saving(request)
    if saving and attempt.save():
        return _saved(request, attempt, spec)
    words = {
        "attempt": attempt,
        "customer": attempt.customer,
        "title": frame.title_of(attempt.shown),
        "crumbs": frame.crumbs(attempt.shown),
        "one": attempt.inputs[0],
    }
    template = "records/parts/edit_field.html" if request.htmx else "records/edit_field.html"
    return render(request, template, words, status=422 if saving else 200)


def _saved(request: Request, attempt: Edit, spec: FieldSpec) -> HttpResponse:
    if not request.htmx:
        messages.success(request, _("The changes are saved."))
        return redirect("records:customer", attempt.customer.pk)
    shown = queries.opened(
        customer=attempt.customer.pk,
        actor=request.actor,
        purpose=request.purpose,
        at=request.at,
        only=[spec.key],
        held=attempt.held,
        seen=attempt.shown,
    )
    return respond_value(request, shown, spec)


@page(needs=Permission.CUSTOMER_UPDATE, methods=SEND)
def restrict(request: Request, customer_id: UUID) -> HttpResponse:
    """Restrict processing of a record, or lift the restriction."""
    record = reaching.find(customer=customer_id, actor=request.actor, permission=Permission.CUSTOMER_UPDATE)
    wanted = State.ACTIVE if record.state == State.RESTRICTED else State.RESTRICTED
    actions.update(
        customer=record.pk,
        changes={},
        columns={"state": wanted},
        version=record.version,
        purpose=request.purpose,
        by=request.actor,
        at=request.at,
    )
    lifted = wanted == State.ACTIVE
    messages.success(request, _("The restriction is lifted.") if lifted else _("Processing is restricted."))
    return redirect("records:customer", customer_id)
