"""Words for the codes of customer records, and the tone each is shown in."""

from django.utils.translation import gettext_lazy as _

from guiju.access.fields import FieldClass
from guiju.kit.errors import Words
from guiju.records.models import Kind, State

KINDS: dict[str, Words] = {Kind.PERSON: _("Person"), Kind.ORGANISATION: _("Organisation")}
KIND_ICONS: dict[str, str] = {Kind.PERSON: "user", Kind.ORGANISATION: "building"}
STATES: dict[str, Words] = {State.ACTIVE: _("Active"), State.RESTRICTED: _("Restricted"), State.ERASED: _("Erased")}
STATE_TONES: dict[str, str] = {State.ACTIVE: "success", State.RESTRICTED: "warning", State.ERASED: "danger"}
CLASSES: dict[str, Words] = {
    FieldClass.PUBLIC: _("Public"),
    FieldClass.INTERNAL: _("Internal"),
    FieldClass.PERSONAL: _("Personal"),
    FieldClass.SENSITIVE: _("Sensitive personal"),
}
CLASS_TONES: dict[str, str] = {
    FieldClass.PUBLIC: "neutral",
    FieldClass.INTERNAL: "neutral",
    FieldClass.PERSONAL: "info",
    FieldClass.SENSITIVE: "danger",
}
COLUMNS: dict[str, Words] = {
    "unit_id": _("Unit"),
    "owner_id": _("Owner"),
    "jurisdiction": _("Jurisdiction"),
    "tags": _("Tags"),
    "reference": _("Reference"),
    "state": _("State"),
}
