"""Forms of customer records; the fields of the collection standard are in ``inputs``."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guiju.access.actors import Actor
from guiju.access.permissions import Permission
from guiju.access.purposes import BASES, PURPOSES
from guiju.kit.ids import parse_uuid
from guiju.records import choices, standard
from guiju.records.actions import ERASE_REASONS, RELATIONS
from guiju.records.declaring import Declaration
from guiju.records.models import Customer
from guiju.records.queries import REASONS
from guiju.records.values.base import Parsed
from guiju.records.values.texts import parse_tags

NOTHING = ("", "–")


class PlaceForm(forms.Form):
    """Where a customer lies and whose it is."""

    unit = forms.ChoiceField(label=_("Unit"), help_text=_("Who works there can see the customer."))
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"),
        required=False,
        help_text=_("The country or region whose law protects the customer; also the country of phone numbers."),
    )
    reference = forms.CharField(label=_("Reference in the old system"), required=False, max_length=120)
    tags = forms.CharField(
        label=_("Tags"), required=False, help_text=_("Separated by commas; never anything about a person.")
    )

    def __init__(self, *args: Any, actor: Actor, permission: Permission, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = choices.units(actor=actor, permission=permission)
        self._offer("unit", choices.named_units(units))
        self._offer("owner", [NOTHING, *choices.named_people(choices.colleagues(actor=actor, within=units))])
        self._offer("jurisdiction", [NOTHING, *choices.named_countries()])

    def _offer(self, name: str, offered: list[tuple[str, str]]) -> None:
        self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean_tags(self) -> list[str]:
        """Return the tags one by one."""
        typed = self.cleaned_data["tags"]
        read = parse_tags(typed, "") if typed.strip() else Parsed([])
        if not isinstance(read, Parsed):
            raise forms.ValidationError(str(read.message), code=read.rule, params={"remedy": read.remedy})
        longest = Customer._meta.get_field("tags").base_field.max_length or 0
        if any(len(tag) > longest for tag in read.value):
            raise forms.ValidationError(_("A tag is too long."), code="too-long", params={"remedy": _("Shorten it.")})
        return list(read.value)

    def columns(self) -> dict[str, object]:
        """Return the envelope columns that were filled in."""
        data = self.cleaned_data
        return {
            "unit_id": int(data["unit"]),
            "owner_id": parse_uuid(data["owner"]),
            "jurisdiction": data["jurisdiction"],
            "reference": data["reference"],
            "tags": data["tags"],
        }


class DeclarationForm(PlaceForm):
    """What must be said before anything is kept: basis, purposes, source; and the place."""

    basis = forms.ChoiceField(label=_("Lawful basis"))
    purposes = forms.MultipleChoiceField(label=_("Purposes"), widget=forms.CheckboxSelectMultiple)
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        help_text=_("Where the data came from, such as a form, a call or a contract."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("basis", [("", "–"), *((code, str(entry.title)) for code, entry in BASES.items())])
        self._offer("purposes", [(code, str(entry.title)) for code, entry in PURPOSES.items()])

    def declaration(self) -> Declaration:
        """Return what was declared."""
        data = self.cleaned_data
        return Declaration(
            unit_id=int(data["unit"]),
            owner_id=parse_uuid(data["owner"]),
            basis=data["basis"],
            purposes=tuple(data["purposes"]),
            source=data["source"],
            jurisdiction=data["jurisdiction"],
            reference=data["reference"],
            tags=tuple(data["tags"]),
        )


class ReasonForm(forms.Form):
    """Why a sensitive value is revealed."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect, choices=list(REASONS.items()))


class EraseForm(forms.Form):
    """Why a record is erased, and the code of the record typed to be sure."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect, choices=list(ERASE_REASONS.items()))
    code = forms.CharField(label=_("Code of the record"), widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def clean_code(self) -> str:
        """Refuse any other code."""
        typed = str(self.cleaned_data["code"]).strip().upper()
        if typed != self.expected:
            raise forms.ValidationError(
                _("This is not the code of this record."), code="code", params={"remedy": _("Copy it from above.")}
            )
        return typed


class RelateForm(forms.Form):
    """Somebody who belongs to a customer."""

    kind = forms.ChoiceField(label=_("Relationship"), choices=list(RELATIONS.items()))
    other = forms.CharField(
        label=_("Other customer"),
        help_text=_("Reference, phone, e-mail, ID number or name; or the address of the customer's page."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class StandardFilter(forms.Form):
    """Which fields of the standard to show."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    field_class = forms.ChoiceField(label=_("Class"), required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), required=False)
    retention = forms.ChoiceField(label=_("Retention class"), required=False)

    def __init__(self, *args: Any, rules: standard.Standard, words: dict[str, dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = words | {
            "purpose": {code: entry.title for code, entry in PURPOSES.items()},
            "retention": {code: entry.title for code, entry in rules.retention_classes.items()},
        }
        for name, entries in offered.items():
            listed = [("", _("Any")), *((code, str(label)) for code, label in entries.items())]
            self.fields[name].choices = listed  # type: ignore[attr-defined]
