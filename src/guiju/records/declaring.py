"""What must be said before any customer data is kept."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access.purposes import BASES, PURPOSES
from guiju.kit.errors import Problem


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Basis, purposes and source of what is to be kept; where it lies and whose it is."""

    unit_id: int
    basis: str
    purposes: tuple[str, ...]
    source: str
    owner_id: UUID | None = None
    jurisdiction: str = ""
    reference: str = ""
    tags: tuple[str, ...] = field(default=())

    def problems(self) -> list[Problem]:
        """Return what is missing or unknown, one problem per field."""
        found = []
        if self.basis not in BASES:
            found.append(
                Problem(
                    field="basis",
                    rule="lawful-basis",
                    message=_("No record may be kept without a lawful basis."),
                    remedy=_("Choose one of: %(codes)s.") % {"codes": ", ".join(BASES)},
                )
            )
        if not self.purposes or not set(self.purposes) <= PURPOSES.keys():
            found.append(
                Problem(
                    field="purposes",
                    rule="purpose",
                    message=_("No record may be kept without a purpose of the register."),
                    remedy=_("Choose among: %(codes)s.") % {"codes": ", ".join(PURPOSES)},
                )
            )
        if not self.source.strip():
            found.append(
                Problem(
                    field="source",
                    rule="source",
                    message=_("No record may be kept without its source."),
                    remedy=_("Say where the data came from, such as the system or the form."),
                )
            )
        return found
