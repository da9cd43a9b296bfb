"""What is declared of a file before it may come in: basis, purposes, source, place, and what to do with duplicates."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.access.purposes import BASES, PURPOSES, Basis, Purpose, registry
from guiju.access.web import BOTH, Request, page
from guiju.kit.errors import Refused, Words
from guiju.kit.forms import refuse
from guiju.kit.ids import parse_uuid
from guiju.records import choices
from guiju.records.declaring import Declaration
from guiju.records.gate import actions
from guiju.records.gate.mapping import Mapping
from guiju.records.gate.wording import DUPLICATES
from guiju.records.models import Duplicates, ImportBatch
from guiju.records.views import import_frame as frame

MISSING: dict[str, tuple[Words, Words]] = {
    "basis": (_("No record may be kept without a lawful basis."), _("Choose the one that holds for these customers.")),
    "purposes": (_("No record may be kept without a purpose."), _("Choose at least one.")),
    "source": (
        _("No record may be kept without its source."),
        _("Say where the data came from, such as the system or the form."),
    ),
    "unit": (_("The customers must belong to a unit."), _("Choose one.")),
}


class ImportForm(forms.Form):
    """The declaration of one file."""

    basis = forms.ChoiceField(label=_("Lawful basis"), widget=forms.RadioSelect)
    purposes = forms.MultipleChoiceField(label=_("Purposes"), widget=forms.CheckboxSelectMultiple)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("The system or the occasion the file comes from; kept with every record."),
    )
    unit = forms.ChoiceField(label=_("Unit"), help_text=_("Who works there will see these customers."))
    region = forms.ChoiceField(
        label=_("Country of the customers"),
        required=False,
        help_text=_("For phone numbers without a country code, and as the law that protects them."),
    )
    duplicates = forms.ChoiceField(label=_("Customers that are here already"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = choices.units(actor=actor, permission=Permission.CUSTOMER_IMPORT)
        offered: dict[str, list[tuple[str, Any]]] = {
            "basis": [(code, str(entry.title)) for code, entry in BASES.items()],
            "purposes": [(code, str(entry.title)) for code, entry in PURPOSES.items()],
            "unit": list(choices.named_units(units)),
            "region": [("", "–"), *choices.named_countries()],
            "duplicates": [(code, title) for code, (title, _says) in DUPLICATES.items()],
        }
        for name, listed in offered.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for name, (message, remedy) in MISSING.items():
            error = forms.ValidationError(str(message), code="required", params={"remedy": remedy})
            self.fields[name].error_messages["required"] = error  # type: ignore[assignment]

    @property
    def bases(self) -> list[dict[str, Any]]:
        """Return the lawful bases with their sentence and the law behind each."""
        return [_option(entry, self["basis"].value()) for entry in BASES.values()]

    @property
    def purpose_options(self) -> list[dict[str, Any]]:
        """Return the purposes with their sentence and the law behind each."""
        chosen = self["purposes"].value() or []
        return [_option(entry, *chosen) for entry in PURPOSES.values()]

    @property
    def ways(self) -> list[dict[str, Any]]:
        """Return what may be done with duplicates, each explained."""
        chosen = self["duplicates"].value()
        return [
            {"code": code, "title": title, "says": says, "chosen": code == chosen}
            for code, (title, says) in DUPLICATES.items()
        ]


def _option(entry: Basis | Purpose, *chosen: Any) -> dict[str, Any]:
    """Return an entry of the register as an option, its articles gathered law by law."""
    articles = [registry().article(reference) for reference in entry.articles]
    numbers: dict[str, list[str]] = {}
    for article in articles:
        numbers.setdefault(str(article.law.title), []).append(article.number)
    return {
        "code": entry.code,
        "title": entry.title,
        "says": entry.says,
        "articles": str(_("; ")).join(
            _("%(law)s, Art. %(numbers)s") % {"law": law, "numbers": str(_(", ")).join(found)}
            for law, found in numbers.items()
        ),
        "unverified": not all(article.law.verified for article in articles),
        "chosen": entry.code in chosen,
    }


@page(needs=Permission.CUSTOMER_IMPORT, methods=BOTH)
def declare(request: Request, batch_id: UUID) -> HttpResponse:
    """Ask for the declaration, and start the check once it is complete."""
    batch = frame.found(request, batch_id)
    if batch.state not in actions.OPEN:
        return redirect("records:import", batch.pk)
    if Mapping.from_json(batch.mapping).undecided():
        return redirect("records:import_columns", batch.pk)
    form = ImportForm(request.POST or None, initial=_initial(request, batch), actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            _declare_and_check(request, batch, form.cleaned_data)
        except Refused as refused:
            refuse(form, refused)
        else:
            return redirect("records:import", batch.pk)
    return frame.respond(
        request,
        "declare",
        at=frame.DECLARATION,
        batch=batch,
        title=batch.filename,
        form=form,
        status=422 if form.errors else 200,
    )


def _declare_and_check(request: Request, batch: ImportBatch, said: dict[str, Any]) -> None:
    actions.declare(
        batch=batch.pk,
        declaration=Declaration(
            unit_id=int(said["unit"]), basis=said["basis"], purposes=tuple(said["purposes"]), source=said["source"]
        ),
        mapping=Mapping.from_json(batch.mapping),
        region=said["region"],
        duplicates=Duplicates(said["duplicates"]),
        by=request.actor,
        at=request.at,
    )
    actions.check(batch=batch.pk, by=request.actor, at=request.at)


def _initial(request: Request, batch: ImportBatch) -> dict[str, object]:
    """Return what the form begins with: what was declared before, here or for the import this one follows."""
    like = parse_uuid(request.GET.get("like", ""))
    said = batch if batch.basis or like is None else frame.found(request, like)
    return {
        "basis": said.basis,
        "purposes": said.purposes or ([request.purpose] if request.purpose else []),
        "source": said.source,
        "unit": str(said.unit_id or request.actor.unit_id or ""),
        "region": said.region,
        "duplicates": said.duplicates,
    }
