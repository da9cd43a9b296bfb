"""The gallery: every component, live, with sample contents of no real person."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from guiju.access.permissions import Permission
from guiju.access.web import Request, page
from guiju.kit.errors import Invalid, Problem
from guiju.kit.forms import refuse

KINDS = ("neutral", "accent", "info", "success", "warning", "danger")


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As it is written on the contract."), initial="Li Na")
    email = forms.EmailField(label=_("E-mail"), initial="li.na@")
    kind = forms.ChoiceField(label=_("Kind"), choices=[("person", _("Person")), ("organisation", _("Organisation"))])
    contact = forms.ChoiceField(
        label=_("Preferred contact"),
        choices=[("phone", _("Phone")), ("mail", _("E-mail"))],
        widget=forms.RadioSelect,
        initial="phone",
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label=_("The customer has received the notice"), required=False)


def _sample_form() -> SampleForm:
    blank = SampleForm()
    form = SampleForm({each.name: each.value() or "" for each in blank}, auto_id="sample-%s")
    form.fields["email"] = forms.CharField(label=_("E-mail"))
    wrong = Problem(
        field="email",
        rule="email",
        message=_("This is not an e-mail address."),
        remedy=_("Write the part after the @ as well."),
    )
    refuse(form, Invalid(problems=[wrong]))
    return form


@page(needs=Permission.ACCOUNT_OWN)
def gallery(request: Request) -> HttpResponse:
    """Show every component."""
    at = request.at
    context = {
        "form": _sample_form(),
        "kinds": KINDS,
        "earlier": [at - timedelta(minutes=4), at - timedelta(hours=3), at - timedelta(days=2)],
        "steps": [
            {"label": _("File"), "url": "#stepper", "state": "done"},
            {"label": _("Columns"), "url": "#stepper", "state": "done"},
            {"label": _("Check"), "url": "", "state": "current"},
            {"label": _("Import"), "url": "", "state": "todo"},
        ],
        "tabs": [
            {"label": _("Record"), "url": "#tabs", "current": True},
            {"label": _("History"), "url": "#tabs", "count": 12},
            {"label": _("Access trail"), "url": "#tabs", "count": 48},
        ],
        "figures": {
            "labels": ["09-21", "09-22", "09-23", "09-24", "09-25", "09-26", "09-27"],
            "series": [
                {"name": str(_("Reads")), "values": [120, 132, 101, 134, 90, 23, 21]},
                {"name": str(_("Changes")), "values": [22, 18, 19, 23, 29, 3, 1]},
            ],
        },
    }
    return render(request, "console/gallery.html", context)
