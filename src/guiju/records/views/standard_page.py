"""The collection standard: every field with its rules, the versions that were in force, and their hashes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guiju.access.permissions import Permission
from guiju.access.purposes import PURPOSES
from guiju.access.web import Request, page
from guiju.kit.errors import NotFound, Words
from guiju.records import adopting, standard
from guiju.records.forms import StandardFilter
from guiju.records.standard import FieldSpec, Standard
from guiju.records.wording import CLASS_TONES, CLASSES, KINDS

MASKS: dict[str, Words] = {
    "none": gettext_lazy("Not masked"),
    "name": gettext_lazy("Surname or initials stay"),
    "phone": gettext_lazy("First three and last four digits stay"),
    "email": gettext_lazy("First letter and domain stay"),
    "id": gettext_lazy("Last four characters stay"),
    "address": gettext_lazy("City and country stay"),
    "date": gettext_lazy("The year stays"),
    "text": gettext_lazy("First character stays"),
    "all": gettext_lazy("All is hidden"),
}
SEARCHES: dict[str, Words] = {
    "phone": gettext_lazy("whole number"),
    "email": gettext_lazy("whole address"),
    "id-number": gettext_lazy("whole number"),
    "name": gettext_lazy("words, pinyin, initials"),
    "pinyin": gettext_lazy("words, initials"),
}


@page(needs=Permission.STANDARD_READ)
def standard_page(request: Request) -> HttpResponse:
    """Show the standard in force."""
    return _respond(request, standard.load())


@page(needs=Permission.STANDARD_READ)
def version(request: Request, sha256: str) -> HttpResponse:
    """Show a standard that was in force before."""
    found = next((one for one in adopting.adopted() if one.sha256 == sha256), None)
    if found is None:
        raise NotFound(_("There is no such version of the collection standard."))
    return _respond(request, standard.parse(found.content, name=found.version))


def _respond(request: Request, rules: Standard) -> HttpResponse:
    form = StandardFilter(request.GET or None, rules=rules, words={"kind": KINDS, "field_class": CLASSES})
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    shown = [spec for spec in rules.entries if _matches(spec, chosen)]
    words: dict[str, Any] = {
        "rules": rules,
        "form": form,
        "narrowed": bool(chosen),
        "fields": [_told(spec, rules) for spec in shown],
        "total": len(rules.entries),
        "hash": rules.content_hash,
        "versions": adopting.adopted(),
    }
    return render(request, "records/standard.html", words)


def _matches(spec: FieldSpec, chosen: dict[str, str]) -> bool:
    held: dict[str, set[str]] = {
        "kind": set(spec.kinds),
        "field_class": {spec.field_class},
        "purpose": set(spec.purposes),
        "retention": {spec.retention},
    }
    return all(value in held[name] for name, value in chosen.items())


def _told(spec: FieldSpec, rules: Standard) -> dict[str, Any]:
    marks = [(spec.required, _("required")), (spec.unique, _("nobody else may have it")), (spec.multi, _("several"))]
    return {
        "spec": spec,
        "kinds": [KINDS[kind] for kind in spec.kinds],
        "class": (CLASS_TONES[spec.field_class], CLASSES[spec.field_class]),
        "purposes": [PURPOSES[code].title for code in spec.purposes],
        "retention": rules.retention_classes[spec.retention].title,
        "mask": MASKS[spec.mask],
        "search": SEARCHES[spec.searchable] if spec.searchable else "",
        "marks": [word for holds, word in marks if holds],
    }
