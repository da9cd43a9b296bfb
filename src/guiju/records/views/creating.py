"""Adding a customer: the kind first, then what the standard keeps of that kind, with basis, purposes and source."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from guiju.access.permissions import Permission
from guiju.access.web import BOTH, Request, page
from guiju.kit.errors import NotFound, Problem, Refused
from guiju.kit.forms import refuse
from guiju.records import actions, alike, drafting, standard
from guiju.records import inputs as filling
from guiju.records.forms import DeclarationForm
from guiju.records.inputs import Input
from guiju.records.models import Customer
from guiju.records.showing import Shown
from guiju.records.standard import Kind
from guiju.records.views.fields import grouped
from guiju.records.views.frame import crumbs
from guiju.records.wording import KINDS
from guiju.vault.normalising import REGION


@dataclass
class Adding:
    """One attempt to add a customer: what was typed and what is in its way."""

    request: Request
    kind: Kind
    inputs: list[Input]
    form: DeclarationForm
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    doubles: list[Shown] = field(default_factory=list)

    @property
    def region(self) -> str:
        """Return the country of phone numbers."""
        return self.form.cleaned_data.get("jurisdiction") or REGION

    def save(self) -> Customer | None:
        """Create the customer; None where something is in the way, which the page then shows."""
        good = self.form.is_valid()
        raw = filling.changes(self.inputs)
        values, problems, warnings = drafting.draft(self.kind, raw, standard.load(), self.region)
        self._complain(problems)
        self.warnings = warnings
        if problems or not good:
            return None
        return self._create(values)

    def _create(self, values: dict[str, object]) -> Customer | None:
        request = self.request
        self.doubles = alike.customers(values=values, actor=request.actor, purpose=request.purpose, at=request.at)
        if self.doubles and "anyway" not in request.POST:
            return None
        try:
            return actions.create(
                kind=self.kind,
                values=values,
                declaration=self.form.declaration(),
                purpose=request.purpose,
                by=request.actor,
                at=request.at,
            )
        except Refused as refused:
            self._complain(refused.problems)
            if not refused.problems:
                refuse(self.form, refused)
            return None

    def _complain(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        left = filling.complain(self.inputs, problems)
        ours = [one for one in left if one.field in self.form.fields]
        if ours:
            refuse(self.form, Refused(problems=ours))
        self.problems += [one for one in left if one not in ours]


@page(needs=Permission.CUSTOMER_CREATE)
def choose_kind(request: Request) -> HttpResponse:
    """Ask what the new customer is."""
    return render(request, "records/choose_kind.html", {"kinds": KINDS.items()})


@page(needs=Permission.CUSTOMER_CREATE, methods=BOTH)
def new(request: Request, kind: str) -> HttpResponse:
    """Add a customer of one kind."""
    if kind not in KINDS:
        raise NotFound(_("There is no such kind of customer."))
    posted = request.POST if request.method == "POST" else None
    more = request.POST.get("more", "")
    adding = Adding(
        request=request,
        kind=Kind(kind),
        inputs=filling.inputs(standard.load().fields_of(Kind(kind)), {}, posted, more=more),
        form=DeclarationForm(
            posted, initial=_initial(request), actor=request.actor, permission=Permission.CUSTOMER_CREATE
        ),
    )
    if posted is not None and not more:
        customer = adding.save()
        if customer is not None:
            messages.success(request, _("The customer is added."))
            return redirect("records:customer", customer.pk)
    elif more:
        adding.form.is_bound = False
        adding.form.initial = _as_typed(request)
    words = {
        "adding": adding,
        "form": adding.form,
        "groups": grouped(adding.inputs),
        "kind": KINDS[kind],
        "crumbs": crumbs(),
    }
    return render(request, "records/new.html", words, status=422 if posted is not None and not more else 200)


def _initial(request: Request) -> dict[str, object]:
    return {
        "unit": request.actor.unit_id or "",
        "owner": request.actor.person_id or "",
        "purposes": [request.purpose] if request.purpose else [],
    }


def _as_typed(request: Request) -> dict[str, object]:
    posted = request.POST
    return {name: posted.getlist(name) if name == "purposes" else posted.get(name, "") for name in posted}
